import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Asks for an entity as the gateway does. */
export const byReference = (type: string, selection: string): string =>
  `query($references: [_Any!]!) { _entities(representations: $references) { ... on ${type} { ${selection} } } }`;

/** What a question is asked with: most take the id, references their key. */
export const asked = (query: string, id: string): object => {
  if (query.includes('$references')) return { references: [{ __typename: /on (\w+)/u.exec(query)?.[1], id }] };
  return query.includes('$id') ? { id } : {};
};

/** What is filled in where something is required. Null: it takes something that is not filled in here. */
function filled(type: unknown): string | null {
  if (isNonNullType(type)) return filled(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? null;
  return { ID: '$id', Int: '2', String: '"words"' }[(type as GraphQLNamedType).name] ?? null;
}

function call({ args, name }: GraphQLField<unknown, unknown>): string | null {
  const required = args.filter(isRequiredArgument).map((arg) => [arg.name, filled(arg.type)]);
  if (required.some(([, value]) => value === null)) return null;
  return required.length === 0 ? name : `${name}(${required.map(([arg, value]) => `${arg}: ${value}`).join()})`;
}

/**
 * Everything that can be asked of a subgraph: each query, by id or not, and each entity, with all that can be selected, so
 * that whatever comes out by some path is in one of the answers.
 *
 * @param entities the types that can be asked for by reference
 * @param depth how many objects deep
 * @param mayAsk whether somebody may ask for fields or types at all, by coordinate: for one that they may not, the whole question
 *   would be refused
 */
export function allQuestions(
  schema: GraphQLSchema,
  entities: readonly string[],
  depth: number,
  mayAsk: (...coordinates: string[]) => boolean = () => true,
): string[] {
  function all(type: unknown, left: number): string {
    if (isAbstractType(type)) {
      const members = schema.getPossibleTypes(type).filter(({ name }) => mayAsk(name));
      return ['__typename', ...members.map((of) => `... on ${of.name} { ${all(of, left)} }`)].join(' ');
    }
    if (!isObjectType(type)) return '__typename';
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const called = call(field);
      const of = getNamedType(field.type);
      if (called === null || called.includes('$id')) return [];
      if (!mayAsk(type.name, `${type.name}.${field.name}`, of.name)) return [];
      // under one name the types of a union may have fields of several types
      const alias = `${type.name}_${field.name}: ${called}`;
      if (isLeafType(of)) return [alias];
      return left > 0 ? [`${alias} { ${all(of, left - 1)} }`] : [];
    });
    return ['__typename', ...fields].join(' ');
  }
  const roots = Object.values((schema.getQueryType() as GraphQLObjectType).getFields());
  const queries = roots.flatMap((field) => {
    const called = call(field);
    const of = getNamedType(field.type);
    if (field.name.startsWith('_') || called === null || !mayAsk(`Query.${field.name}`, of.name)) return [];
    const variables = called.includes('$id') ? 'query($id: ID!) ' : '';
    return [`${variables}{ ${called} ${isLeafType(of) ? '' : `{ ${all(of, depth)} }`} }`];
  });
  return [...queries, ...entities.map((type) => byReference(type, all(schema.getType(type), depth)))];
}
