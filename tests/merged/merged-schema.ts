import {
  buildSchema,
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type FieldNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type AccessRule, type AccessRules, permits } from '../../subgraphs/common/access.js';
import type { SubgraphContext } from '../../subgraphs/common/context.js';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import { CannotOpen } from '../../subgraphs/common/sealed.js';
import type { BuiltSchema, SubgraphDefinition } from '../../subgraphs/common/subgraph.js';

/** One subgraph: what it executes, and how it finds its entities. */
export type Part = BuiltSchema & Pick<SubgraphDefinition, 'name' | 'references'>;

/** An answer as far as clients may build on it. */
export interface Outcome {
  readonly data: unknown;
  readonly errors: readonly Failed[];
}

export interface Failed {
  readonly path: readonly (string | number)[];
  readonly code: string;
  /** It stands for so many that are not named. */
  readonly more?: number;
}

/** Who asks, and what that one's request has in each subgraph. */
export interface Asking {
  readonly identity: Identity;
  readonly contexts: ReadonlyMap<string, SubgraphContext>;
}

interface Running extends Asking {
  /** Selections that this caller may not make. */
  readonly denied: ReadonlySet<FieldNode>;
}

/** An object as one subgraph gave it, and the same entity in the others, which are asked at most once. */
class Located {
  private readonly elsewhere = new Map<Part, Promise<unknown>>();

  constructor(
    readonly part: Part,
    readonly value: unknown,
  ) {}

  in(part: Part, type: string, running: Running, info: GraphQLResolveInfo): unknown {
    if (part === this.part) return this.value;
    let found = this.elsewhere.get(part);
    if (!found) {
      found = this.find(part, type, running, info);
      this.elsewhere.set(part, found);
    }
    return found;
  }

  private async find(part: Part, type: string, running: Running, info: GraphQLResolveInfo): Promise<unknown> {
    const reference = part.references[type];
    if (!reference) throw new Error(`${part.name} gives no ${type} for a reference`);
    const id = await resolveIn(this.part, `${type}.id`, this.value, {}, running, info);
    return reference(String(id), contextIn(part, running));
  }
}

/** An entity that one subgraph names and its owner does not show to the caller: null, and no error. */
class NotShown extends Error {}

function fieldOf({ schema }: Part, coordinate: string): GraphQLField<unknown, SubgraphContext> | undefined {
  const [type = '', field = ''] = coordinate.split('.');
  const found = schema.getType(type);
  return isObjectType(found) ? found.getFields()[field] : undefined;
}

function contextIn({ name }: Part, { contexts }: Running): SubgraphContext {
  const context = contexts.get(name);
  if (!context) throw new Error(`Nothing is open in ${name}`);
  return context;
}

/** What a subgraph's own resolver says of an object of its own. */
function resolveIn(
  part: Part,
  coordinate: string,
  value: unknown,
  args: Record<string, unknown>,
  running: Running,
  info: GraphQLResolveInfo,
): unknown {
  const field = fieldOf(part, coordinate);
  if (!field) throw new Error(`${part.name} has no ${coordinate}`);
  return (field.resolve ?? defaultFieldResolver)(value, args, contextIn(part, running), {
    ...info,
    fieldName: field.name,
  });
}

/** Marks every object in a value, however deep in lists, with the subgraph that gave it. */
function located(value: unknown, type: GraphQLOutputType, part: Part): unknown {
  if (isNonNullType(type)) return located(value, type.ofType, part);
  if (value === null || value === undefined || value instanceof Error || isLeafType(type)) return value;
  if (isListType(type)) {
    return Array.from(value as Iterable<unknown>, async (item) => located(await item, type.ofType, part));
  }
  return new Located(part, value);
}

/** How many fields a query can come to. */
function fieldsBelow(schema: GraphQLSchema): number {
  const types = new Set<GraphQLNamedType>();
  const come = (type: GraphQLNamedType) => {
    if (types.has(type)) return;
    types.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(come);
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) come(getNamedType(field.type));
  };
  come(schema.getQueryType() as GraphQLObjectType);
  return [...types].filter(isObjectType).reduce((sum, type) => sum + Object.keys(type.getFields()).length, 0);
}

/** The code that a client is promised for what a resolver threw. */
function codeOf({ originalError, extensions }: GraphQLError): string {
  const code = extensions.code ?? (originalError instanceof GraphQLError ? originalError.extensions.code : undefined);
  if (typeof code === 'string') return code;
  return originalError instanceof CannotOpen ? 'DATA_UNREADABLE' : 'INTERNAL';
}

/**
 * One executable schema out of the subgraphs' own: each field is resolved by the subgraph that has it, with that
 * subgraph's context; where an object comes from another one, the field's owner finds the entity by its reference. Who may
 * read what is decided field by field, by the rules declared in the subgraphs. For queries alone.
 */
export class MergedSchema {
  readonly schema: GraphQLSchema;
  /** The fields that have been resolved so far, by coordinate. */
  readonly reached = new Set<string>();
  /** How many can be. */
  readonly fields: number;
  /** Types of which several subgraphs know: where an answer is put together. */
  readonly joints: ReadonlySet<string>;
  private readonly rules: readonly AccessRules[];

  /** @param sdl what clients see. @throws when a field of it is resolved by none of the subgraphs, or by several that differ */
  constructor(
    sdl: string,
    private readonly parts: readonly Part[],
  ) {
    this.schema = buildSchema(sdl);
    this.rules = parts.map(({ rules }) => rules);
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      if (isObjectType(type)) for (const field of Object.values(type.getFields())) this.wire(type.name, field);
      if (isAbstractType(type)) {
        type.resolveType = (value: Located, running: Running, info) => {
          const own = value.part.schema.getType(type.name);
          if (!isAbstractType(own) || !own.resolveType) throw new Error(`${value.part.name} has no ${type.name}`);
          return own.resolveType(value.value, contextIn(value.part, running), info, own);
        };
      }
      const own = parts.map((part) => part.schema.getType(type.name)).find((found) => found !== undefined);
      if (isScalarType(type) && isScalarType(own) && !isSpecifiedScalarType(type)) {
        const { serialize, parseValue, parseLiteral } = own;
        Object.assign(type, { serialize, parseValue, parseLiteral });
      }
      // else they would have to be translated, in arguments and their defaults too
      if (isEnumType(own) && own.getValues().some(({ name, value }) => name !== value))
        throw new Error(`The values of ${own.name} are not what they are called`);
    }
    this.fields = fieldsBelow(this.schema);
    const types = Object.values(this.schema.getTypeMap()).filter((type) => isObjectType(type) && type.getFields().id);
    const known = ({ name }: GraphQLNamedType) => parts.filter((part) => fieldOf(part, `${name}.id`)).length;
    this.joints = new Set(types.filter((type) => known(type) > 1).map(({ name }) => name));
  }

  private wire(type: string, field: GraphQLField<unknown, unknown>): void {
    const coordinate = `${type}.${field.name}`;
    const owners = this.parts.filter((part) => fieldOf(part, coordinate));
    if (owners.length === 0) throw new Error(`No subgraph has ${coordinate}`);
    field.resolve = async (source, args, context, info) => {
      const running = context as Running;
      if (info.fieldNodes.some((node) => running.denied.has(node))) throw denied(running.identity);
      this.reached.add(coordinate);
      const from = source instanceof Located ? source : undefined;
      const owner = owners.find((part) => part === from?.part) ?? (owners[0] as Part);
      const value = await from?.in(owner, type, running, info);
      if (from && (value === null || value === undefined)) {
        if (isNonNullType(field.type)) throw new NotShown();
        return null;
      }
      return located(await resolveIn(owner, coordinate, value, args, running, info), field.type, owner);
    };
  }

  /** Runs one query. It must be valid. */
  async run(query: string, variableValues: Record<string, unknown>, asking: Asking): Promise<Outcome> {
    const document = parse(query);
    const running: Running = { ...asking, denied: this.deniedIn(document, asking.identity) };
    const { data, errors = [] } = await execute({
      schema: this.schema,
      document,
      contextValue: running,
      variableValues,
    });
    const told = errors.filter(({ originalError }) => !(originalError instanceof NotShown));
    return { data, errors: told.map((error) => ({ path: error.path ?? [], code: codeOf(error) })) };
  }

  /** Whether somebody may select a field there: by its own rules, and those of the types on both its ends. */
  permits(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, identity: Identity): boolean {
    return this.rulesOf(parent, field).every((rule) => permits(rule, identity));
  }

  private rulesOf(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): AccessRule[] {
    const named = [`${parent.name}.${field.name}`, parent.name, getNamedType(field.type).name];
    const own = this.rules.flatMap((rules) => named.flatMap((name) => rules.get(name) ?? []));
    if (!isInterfaceType(parent)) return own;
    // whatever stands behind the interface
    const behind = this.schema.getPossibleTypes(parent).flatMap((type) => {
      const implementation = type.getFields()[field.name];
      return implementation ? this.rulesOf(type, implementation) : [];
    });
    return [...own, ...behind];
  }

  private deniedIn(document: DocumentNode, identity: Identity): ReadonlySet<FieldNode> {
    const found = new Set<FieldNode>();
    const types = new TypeInfo(this.schema);
    visit(
      document,
      visitWithTypeInfo(types, {
        Field: (node) => {
          const parent = types.getParentType();
          const field = types.getFieldDef();
          if (parent && field && !field.name.startsWith('__') && !this.permits(parent, field, identity))
            found.add(node);
        },
      }),
    );
    return found;
  }
}

const denied = (identity: Identity): GraphQLError =>
  new GraphQLError('withheld', { extensions: { code: isSignedIn(identity) ? 'FORBIDDEN' : 'UNAUTHENTICATED' } });
