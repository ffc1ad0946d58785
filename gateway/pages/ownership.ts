/**
 * Which subgraph owns what, read from any Federation 2 supergraph. Pure.
 *
 * `ownershipOf(sdl)` gives `{ subgraphs, types, links }`: names of the subgraphs, an `OwnedType` for each type that
 * clients see, and an `EntityLink` for each field by which one entity leads to another.
 */
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  parse,
} from 'graphql';

/** `entity`: has a key or an `id`. `page`: lists of them. `failure`: says what went wrong. `value`: a part of something. */
export type OwnedKind =
  | ('root' | 'entity' | 'value' | 'page' | 'failure')
  | ('interface' | 'union' | 'enum' | 'input' | 'scalar');

/** Something that clients send or read under a type's name: a field, an input field, or a value of an enum. */
export interface OwnedField {
  readonly name: string;
  readonly description: string;
  /** As in the schema, `[Review!]!`; of an enum's value, empty. */
  readonly type: string;
  /** The type's bare name, `Review`; of an enum's value, empty. */
  readonly of: string;
  readonly args: readonly Pick<OwnedField, 'name' | 'description' | 'type' | 'of'>[];
  /** Names of the subgraphs that can answer it; the type's owner first, where it is one of them. */
  readonly owners: readonly string[];
  /** It is (part of) a key, by which subgraphs mean the same object. */
  readonly key: boolean;
  /** What to do instead. */
  readonly deprecated?: string;
}

export interface OwnedType {
  readonly name: string;
  readonly kind: OwnedKind;
  readonly description: string;
  /** Who keeps it. Absent where several subgraphs define the same: roots, pages' places, amounts of money. */
  readonly owner?: string;
  /** Every subgraph that knows it. */
  readonly subgraphs: readonly string[];
  /** Of entities: the fields by which another subgraph may refer to it, for each key: `id`. */
  readonly keys: readonly string[];
  /** Fields, input fields, or the values of an enum; of unions and scalars none. */
  readonly fields: readonly OwnedField[];
  /** Of a union: what it may be. Of an interface: who has its fields. */
  readonly members: readonly string[];
}

/** By which field one entity leads to another, perhaps by way of a page or a value. */
export interface EntityLink {
  readonly from: string;
  /** `drugOrders`, or by way of a value `expense.order`. */
  readonly field: string;
  readonly to: string;
  /** The subgraph that answers the field. */
  readonly by: string;
  /** The two entities are kept by different subgraphs: a seam of the federation. */
  readonly crosses: boolean;
}

/** All of it, types and links in the order of their names. */
export interface Ownership {
  readonly subgraphs: readonly string[];
  readonly types: readonly OwnedType[];
  readonly links: readonly EntityLink[];
}

let latest: { readonly sdl: string; readonly ownership: Ownership } | undefined;

/** @param supergraphSdl as Federation composes it. The latest answer is kept: a supergraph seldom changes. */
export function ownershipOf(supergraphSdl: string): Ownership {
  if (latest?.sdl !== supergraphSdl) latest = { sdl: supergraphSdl, ownership: new Reading(supergraphSdl).ownership() };
  return latest.ownership;
}

/** What the subgraph itself has put into the API, and no other: the fields of others' entities that it answers. */
export const contributions = ({ types }: Ownership, subgraph: string): { type: OwnedType; field: OwnedField }[] =>
  types
    .filter(({ kind, owner }) => kind === 'entity' && owner !== undefined && owner !== subgraph)
    .flatMap((type) => type.fields.map((field) => ({ type, field })))
    .filter(({ field }) => field.owners[0] === subgraph);

/** What composition says of a type or field in one subgraph. */
interface Joined {
  readonly graph?: string;
  readonly key?: string;
  readonly resolvable?: boolean;
  readonly extension?: boolean;
  readonly isInterfaceObject?: boolean;
  readonly external?: boolean;
  readonly usedOverridden?: boolean;
}

interface Described {
  readonly name: string;
  readonly description?: string | null;
  readonly deprecationReason?: string | null;
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] } | null;
}

class Reading {
  private readonly schema: GraphQLSchema;
  private readonly graphs: ReadonlyMap<string, string>;
  /** How types begin that belong to the language of supergraphs, as `join__FieldSet` does. */
  private readonly language: readonly string[];

  constructor(supergraphSdl: string) {
    this.schema = buildASTSchema(parse(supergraphSdl, { noLocation: true }), { assumeValid: true });
    const graphs = this.schema.getType('join__Graph');
    this.graphs = new Map(
      (isEnumType(graphs) ? graphs.getValues() : []).map((value) => [
        value.name,
        String(this.said<{ name: string }>(value, 'join__graph')[0]?.name ?? value.name),
      ]),
    );
    const { astNode, extensionASTNodes } = this.schema;
    this.language = [astNode, ...extensionASTNodes]
      .flatMap((node) => this.said<{ url?: string; as?: string }>({ name: 'schema', astNode: node }, 'link'))
      .map(({ url, as }) => `${as ?? url?.split('/').at(-2)}__`);
  }

  ownership(): Ownership {
    const types = Object.values(this.schema.getTypeMap())
      .filter((type) => this.isSeen(type))
      .map((type) => this.typeOf(type))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { subgraphs: [...this.graphs.values()].sort(), types, links: linksOf(types) };
  }

  private isSeen(type: GraphQLNamedType): boolean {
    const { name } = type;
    if (name.startsWith('__') || isSpecifiedScalarType(type)) return false;
    return !this.language.some((prefix) => name.startsWith(prefix)) && this.isAccessible(type);
  }

  private isAccessible(node: Described): boolean {
    return this.said(node, 'inaccessible').length === 0;
  }

  /** The values of each use of a directive. */
  private said<Values>({ astNode }: Described, directive: string): Values[] {
    const definition: GraphQLDirective | null | undefined = this.schema.getDirective(directive);
    if (!definition) return [];
    const uses = astNode?.directives?.filter(({ name }) => name.value === directive) ?? [];
    return uses.map((use) => getArgumentValues(definition, use) as Values);
  }

  private typeOf(type: GraphQLNamedType): OwnedType {
    const joined = this.said<Joined>(type, 'join__type');
    const subgraphs = this.namesOf(joined);
    const keys = [...new Set(joined.flatMap(({ key }) => key ?? []))];
    const kind = this.kindOf(type, keys);
    const owner = kind === 'root' ? undefined : this.ownerOf(type, joined, keys);
    return {
      ...{ name: type.name, kind, description: type.description ?? '', subgraphs, keys },
      ...(owner !== undefined && { owner }),
      fields: this.fieldsOf(type, keys, owner),
      members: this.membersOf(type),
    };
  }

  private namesOf(joined: readonly Joined[]): string[] {
    return [...new Set(joined.flatMap(({ graph }) => this.graphs.get(graph ?? '') ?? []))].sort();
  }

  private kindOf(type: GraphQLNamedType, keys: readonly string[]): OwnedKind {
    if (isUnionType(type)) return 'union';
    if (isEnumType(type)) return 'enum';
    if (isInputObjectType(type)) return 'input';
    if (isInterfaceType(type)) return 'interface';
    if (!isObjectType(type)) return 'scalar';
    if ([this.schema.getQueryType(), this.schema.getMutationType(), this.schema.getSubscriptionType()].includes(type)) {
      return 'root';
    }
    const fields = type.getFields();
    const isFailure = type.getInterfaces().some((each) => {
      const { code, message } = each.getFields();
      return code !== undefined && message !== undefined;
    });
    if (isFailure) return 'failure';
    if (keys.length > 0 || String(fields.id?.type) === 'ID!') return 'entity';
    const isPage = (fields.edges && fields.pageInfo) || (fields.cursor && fields.node) || fields.hasNextPage;
    return isPage ? 'page' : 'value';
  }

  /**
   * Of an entity that several subgraphs can find: the one that knows most of it. Composition does not say who it is,
   * and the others each add their part.
   */
  private ownerOf(type: GraphQLNamedType, joined: readonly Joined[], keys: readonly string[]): string | undefined {
    const names = this.namesOf(joined);
    if (names.length <= 1 || keys.length === 0 || !isObjectType(type)) return names.length === 1 ? names[0] : undefined;
    const keepers = this.namesOf(
      joined.filter((each) => each.resolvable !== false && !each.extension && !each.isInterfaceObject),
    );
    const answers = Object.values(type.getFields()).flatMap((field) => this.answering(field, type));
    const count = (name: string) => answers.filter((each) => each === name).length;
    return (keepers.length > 0 ? keepers : names).toSorted((a, b) => count(b) - count(a))[0];
  }

  /** The subgraphs that answer a field: those that are named, else all that know the type. */
  private answering(field: Described, type: GraphQLNamedType): readonly string[] {
    const said = this.said<Joined>(field, 'join__field');
    const joined = said.filter(({ graph }) => graph !== undefined);
    if (joined.length > 0) {
      return this.namesOf(joined.filter(({ external, usedOverridden }) => !external && !usedOverridden));
    }
    // a field that names nobody was added to the whole interface by a subgraph that knows no more of it
    const added = said.length > 0 && isObjectType(type) ? this.inInterface(type, field.name) : undefined;
    return added ? this.answering(added.field, added.type) : this.namesOf(this.said<Joined>(type, 'join__type'));
  }

  private inInterface(type: GraphQLObjectType, name: string) {
    return type.getInterfaces().flatMap((each) => {
      const field = each.getFields()[name];
      return field ? { field, type: each } : [];
    })[0];
  }

  private fieldsOf(type: GraphQLNamedType, keys: readonly string[], owner: string | undefined): OwnedField[] {
    if (isEnumType(type)) {
      const values = type.getValues().filter((value) => this.isAccessible(value));
      const all = this.namesOf(this.said<Joined>(type, 'join__type'));
      return values.map((value) => ({ ...shape(value), type: '', of: '', args: [], owners: all, key: false }));
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
    const inKeys = new Set(keys.flatMap((key) => key.replace(/\{[^}]*\}/g, '').match(/\w+/g) ?? []));
    return Object.values(type.getFields())
      .filter((field) => this.isAccessible(field))
      .map((field) => ({
        ...shape(field),
        ...typed(field.type),
        args: argsOf(field).map((each) => ({ ...shape(each), ...typed(each.type) })),
        owners: this.answering(field, type).toSorted((a, b) => Number(b === owner) - Number(a === owner)),
        key: inKeys.has(field.name),
      }));
  }

  private membersOf(type: GraphQLNamedType): string[] {
    if (!isAbstractType(type)) return [];
    const members: readonly GraphQLObjectType[] = this.schema.getPossibleTypes(type);
    return members.filter((each) => this.isSeen(each)).map(({ name }) => name);
  }
}

const shape = ({ name, description, deprecationReason }: Described) => ({
  ...{ name, description: description ?? '' },
  ...(deprecationReason && { deprecated: deprecationReason }),
});

/** Input fields have none. */
const argsOf = (field: GraphQLField<unknown, unknown> | GraphQLInputField): readonly GraphQLArgument[] =>
  'args' in field ? field.args : [];

const typed = (type: Parameters<typeof getNamedType>[0]) => ({
  type: String(type),
  of: getNamedType(type)?.name ?? '',
});

/** Follows each field of an entity to the next entities, through pages, values, unions and interfaces. */
function linksOf(types: readonly OwnedType[]): EntityLink[] {
  const byName = new Map(types.map((type) => [type.name, type]));
  return types
    .filter(({ kind }) => kind === 'entity')
    .flatMap((from) => from.fields.flatMap((field) => linksBy(from, field, byName)));
}

function linksBy(from: OwnedType, field: OwnedField, byName: ReadonlyMap<string, OwnedType>): EntityLink[] {
  const reached = new Map<string, string>();
  const seen = new Set<string>();
  const follow = (name: string, path: string): void => {
    const type = byName.get(name);
    if (!type || seen.has(name)) return;
    seen.add(name);
    if (type.kind === 'entity') reached.set(name, path);
    else if (type.kind === 'union' || type.kind === 'interface') for (const each of type.members) follow(each, path);
    else if (type.kind === 'page') for (const { of } of type.fields) follow(of, path);
    else if (type.kind === 'value') for (const inner of type.fields) follow(inner.of, `${path}.${inner.name}`);
  };
  follow(field.of, field.name);
  const by = field.owners[0] ?? from.owner ?? '';
  return [...reached].map(([to, path]) => ({
    ...{ from: from.name, field: path, to, by },
    crosses: byName.get(to)?.owner !== from.owner,
  }));
}
