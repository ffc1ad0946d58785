import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLEnumType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Fields, isFields } from './data.js';
import { namesWithin, possibleNames } from './types.js';

/** Makes a value of what has come for it: null where it does not fit, and then where something below may not be null. */
type Shape = (value: unknown) => unknown;

/** Whether what bears these directives is in the answer. */
export type Included = (directives: readonly DirectiveNode[] | undefined) => boolean;

/**
 * Makes a function that makes the answer of what has come: what was asked for alone, in the order of the text, with null up to
 * where null may be.
 *
 * @param schema as clients see it
 * @param document valid against it
 */
export function compileShape(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  included: Included,
): (data: Fields) => Fields | null {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The schema has no ${operation.operation}`);
  const shape = new Shapes(schema, document, included).ofObject([operation.selectionSet], root.name);
  return (data) => shape(data) as Fields | null;
}

/** The shapes of one operation. An object's is made when the first of its type comes to its place. */
class Shapes {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By the selections that meet at a place and the type that is promised there. */
  private readonly ofPlaces = new Map<string, Shape>();
  private readonly numbers = new Map<SelectionSetNode, number>();
  private readonly within = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly included: Included,
  ) {
    const { definitions } = document;
    this.fragments = new Map(
      definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
  }

  /** @param promised the type's name, for what does not say its own */
  ofObject(selectionSets: readonly SelectionSetNode[], promised: string): Shape {
    const key = `${promised} ${selectionSets.map((each) => this.numberOf(each))}`;
    let shape = this.ofPlaces.get(key);
    if (!shape) {
      shape = this.byType(selectionSets, promised);
      this.ofPlaces.set(key, shape);
    }
    return shape;
  }

  private numberOf(selectionSet: SelectionSetNode): number {
    const number = this.numbers.get(selectionSet) ?? this.numbers.size;
    this.numbers.set(selectionSet, number);
    return number;
  }

  private byType(selectionSets: readonly SelectionSetNode[], promised: string): Shape {
    const shapes = new Map<unknown, Shape>();
    // most places know objects of one type
    let lastName: unknown;
    let last: Shape | undefined;
    return (value) => {
      if (!isFields(value)) return null;
      const name = value.__typename ?? promised;
      if (name === lastName && last) return last(value);
      let shape = shapes.get(name);
      if (!shape) {
        const type = this.schema.getType(String(name));
        // a type that clients do not know
        shape = isCompositeType(type) ? this.ofType(selectionSets, type.name) : () => null;
        // names come from subgraphs: what is no type's is not kept
        if (isCompositeType(type)) shapes.set(name, shape);
      }
      lastName = name;
      last = shape;
      return shape(value);
    };
  }

  /** A function that reads an object's fields one by one and makes an object of them, written for these fields. */
  private ofType(selectionSets: readonly SelectionSetNode[], typeName: string): Shape {
    const type = this.schema.getType(typeName) as GraphQLNamedType;
    const values: unknown[] = [];
    const read: string[] = [];
    const made: string[] = [];
    for (const [key, nodes] of this.fieldsOf(selectionSets, typeName)) {
      const local = `v${made.length}`;
      const name = nodes[0]?.name.value ?? '';
      if (name === '__typename') {
        if (isObjectType(type)) read.push(`const ${local} = ${JSON.stringify(typeName)};`);
        else {
          const index = values.push((said: unknown) => this.objectName(said)) - 1;
          read.push(`const ${local} = s[${index}](o[${JSON.stringify(key)}]);`, `if (${local} === null) return null;`);
        }
      } else if (name === '__schema' || name === '__type') {
        // the gateway itself has answered that
        read.push(`const ${local} = o[${JSON.stringify(key)}];`);
      } else {
        const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
        const field = fields[name];
        if (!field) continue;
        const index = values.push(this.ofValue(field.type, nodes)) - 1;
        read.push(`const ${local} = s[${index}](o[${JSON.stringify(key)}]);`);
        if (isNonNullType(field.type)) read.push(`if (${local} === null) return null;`);
      }
      // of the reserved name, a literal would change what the object is
      made.push(`${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: ${local}`);
    }
    // response keys are names, and are written as texts: nothing that a client sends gets into the code otherwise
    return new Function('s', `return (o) => {\n${read.join('\n')}\nreturn { ${made.join(', ')} };\n};`)(
      values,
    ) as Shape;
  }

  private ofValue(type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape {
    if (isNonNullType(type)) return this.ofValue(type.ofType, nodes);
    if (isListType(type)) return listOf(this.ofValue(type.ofType, nodes), isNonNullType(type.ofType));
    const named = getNamedType(type);
    if (!isCompositeType(named)) return leafOf(named);
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return this.ofObject(below, this.promisedBy(named.name));
  }

  /** What a subgraph says an object to be: null when no object is that, an interface for instance. */
  private objectName(said: unknown): unknown {
    return isObjectType(this.schema.getType(String(said))) ? said : null;
  }

  /** What is promised as something abstract may be one type alone. */
  private promisedBy(name: string): string {
    const [only, ...others] = possibleNames(this.schema, name);
    return only !== undefined && others.length === 0 ? only : name;
  }

  /** The fields of an object of this type, by response key, in the order of the text. */
  private fieldsOf(selectionSets: readonly SelectionSetNode[], typeName: string): ReadonlyMap<string, FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const node of selections) {
        if (!this.included(node.directives)) continue;
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          const known = fields.get(key);
          if (known) known.push(node);
          else fields.set(key, [node]);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          if (this.applies(node.typeCondition?.name.value, typeName)) collect(node.selectionSet);
        } else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = this.fragments.get(node.name.value);
          if (fragment && this.applies(fragment.typeCondition.name.value, typeName)) collect(fragment.selectionSet);
        }
      }
    };
    selectionSets.forEach(collect);
    return fields;
  }

  private applies(condition: string | undefined, typeName: string): boolean {
    if (condition === undefined || condition === typeName) return true;
    let names = this.within.get(condition);
    if (!names) {
      names = namesWithin(this.schema, condition);
      this.within.set(condition, names);
    }
    return names.has(typeName);
  }
}

function listOf(item: Shape, isItemNonNull: boolean): Shape {
  return (value) => {
    if (!Array.isArray(value)) return null;
    const items = new Array<unknown>(value.length);
    for (let index = 0; index < items.length; index++) {
      const shaped = item(value[index]);
      if (shaped === null && isItemNonNull) return null;
      items[index] = shaped;
    }
    return items;
  };
}

const isInteger = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value);

/** What a scalar of the language may be. Others are left to the subgraph that knows them. */
const LEAVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => typeof value === 'number',
  ID: (value) => typeof value === 'string' || isInteger(value),
  Int: isInteger,
  String: (value) => typeof value === 'string',
};

function leafOf(type: GraphQLNamedType): Shape {
  if (type instanceof GraphQLEnumType) {
    const names = new Set<unknown>(type.getValues().map(({ name }) => name));
    return (value) => (names.has(value) ? value : null);
  }
  const fits = LEAVES[type.name];
  return fits ? (value) => (fits(value) ? value : null) : (value) => value ?? null;
}
