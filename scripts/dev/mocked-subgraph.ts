import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type GraphQLAbstractType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import { fixedId } from '../../subgraphs/common/ids.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { LocalSubgraph, SubgraphRequest, SubgraphResult } from '../../subgraphs/common/subgraph.js';
import { leafValue, numberOf, oneOf } from './mocked-values.js';

/** What real subgraphs have of records that mocks speak of too. */
export interface KnownRecords {
  /** Their ids, by type. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** By type, whose record is which: subjects with the id of their own. */
  readonly own: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** An object that is made up: all that is not given follows from the seed. */
interface Mocked {
  readonly __typename: string;
  readonly seed: string;
  readonly given: Readonly<Record<string, unknown>>;
}

type Args = Readonly<Record<string, unknown>>;

/** Where a value stands. */
interface Place {
  readonly field: string;
  readonly seed: string;
  readonly args: Args;
  readonly parent?: Mocked;
  readonly subject: string;
  /** Which one of a list, and the list's own seed. */
  readonly nth?: { readonly index: number; readonly of: string };
}

const PAGING = new Set(['first', 'after', 'last', 'before']);
/** Failures of this schema have this interface; mocks always succeed. */
const FAILURE = 'UserError';
/** So many children of made-up objects are remembered, with where they came from. */
const MOST_REMEMBERED = 100_000;

/**
 * Plays a subgraph from its schema alone, with nothing behind. What it answers follows from ids: an object of the same id is the
 * same always and wherever it is met, on every machine, and what was reached from an object leads back to it. It changes nothing,
 * knows nobody's rights beyond what the gateway applies, and takes no notice of filters but that other ones give other records.
 */
export class MockedSubgraph implements LocalSubgraph {
  private readonly schema: GraphQLSchema;
  /** From which object another one was reached, by its type and id. */
  private readonly parents = new Map<string, Mocked>();

  /** @param sdl as the subgraph publishes it */
  constructor(
    readonly name: SubgraphName,
    sdl: string,
    private readonly known: KnownRecords,
  ) {
    this.schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
    // the library asks resolvers, and there are none
    const entities = this.schema.getQueryType()?.getFields()._entities;
    if (entities) entities.resolve = undefined;
    const entity = this.schema.getType('_Entity');
    if (isAbstractType(entity)) entity.resolveType = undefined;
    this.rememberChildrenOfKnown();
  }

  request({ identity }: Caller): SubgraphRequest {
    return {
      execute: async ({ query, variables }): Promise<SubgraphResult> => {
        const result = await execute({
          schema: this.schema,
          document: parse(query),
          variableValues: variables,
          typeResolver: (value) => (value as Mocked).__typename,
          fieldResolver: (source: Mocked | undefined, args: Args, _, { fieldName, parentType }) =>
            this.valueOf(source, args, parentType, fieldName, identity.subject),
        });
        return { ...result, mocked: true };
      },
    };
  }

  async http(_request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.writeHead(501, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`The ${this.name} subgraph is mocked: there are no files. Start \`npm run dev\` without --only.\n`);
  }

  async ready(): Promise<boolean> {
    return true;
  }

  private valueOf(
    source: Mocked | undefined,
    args: Args,
    type: GraphQLObjectType,
    field: string,
    subject: string,
  ): unknown {
    if (field === '_entities')
      return (args.representations as Record<string, unknown>[]).map((each) => this.represented(each));
    if (source && Object.hasOwn(source.given, field)) return source.given[field];
    const asked = Object.entries(args).filter(([name, value]) => !PAGING.has(name) && value !== undefined);
    const told = asked.length > 0 ? JSON.stringify(asked) : '';
    const seed = `${source?.seed ?? type.name}.${field}${told}`;
    const { type: wanted } = type.getFields()[field] as GraphQLField<unknown, unknown>;
    return this.make(wanted, { field, seed, args, parent: source, subject });
  }

  /** The entity that another subgraph names by its key. */
  private represented({ __typename, ...given }: Record<string, unknown>): Mocked {
    const type = String(__typename);
    const key = given.id ?? JSON.stringify(Object.entries(given).sort());
    return { __typename: type, seed: `${type}:${key}`, given };
  }

  private make(type: GraphQLOutputType, place: Place): unknown {
    if (isNonNullType(type)) return this.make(type.ofType, place);
    if (isListType(type)) return this.list(type.ofType, place);
    if (isLeafType(type)) return type.name === 'ID' ? fixedId('mocked', place.seed) : this.leaf(type, place);
    if (isAbstractType(type)) return this.abstract(type, place);
    return this.object(type, place);
  }

  private leaf(type: Parameters<typeof leafValue>[0], { field, seed }: Place): unknown {
    return leafValue(type, field, seed);
  }

  /** A few; where ids are asked for, one for each of them. */
  private list(type: GraphQLOutputType, place: Place): unknown[] {
    const { seed, args } = place;
    const [name, ids] =
      Object.entries(args).find(([key, value]) => /(^i|I)ds$/.test(key) && Array.isArray(value)) ?? [];
    if (name && !isLeafType(getNullableType(type))) {
      const one = name.replace(/s$/, '');
      return (ids as string[]).map((id) => this.make(type, { ...place, seed: `${seed}:${id}`, args: { [one]: id } }));
    }
    return this.some(type, place).map(({ item }) => item);
  }

  /** A few different ones, each with its seed. */
  private some(type: GraphQLOutputType, place: Place): { item: unknown; at: string }[] {
    const found = new Map<unknown, { item: unknown; at: string }>();
    for (let index = 0; index < sizeOf(place.seed); index++) {
      const at = `${place.seed}[${index}]`;
      const item = this.make(type, { ...place, seed: at, args: {}, nth: { index, of: place.seed } });
      found.set((item as Partial<Mocked>).seed ?? item, { item, at });
    }
    return [...found.values()];
  }

  private abstract(type: GraphQLAbstractType, place: Place): Mocked {
    const possible = this.possible(type);
    // a record behind an interface is of the same type by whatever way it is found, so the id decides
    const id = isInterfaceType(type) && type.getFields().id ? this.idOf([type.name], place) : undefined;
    if (id === undefined) return this.object(oneOf(possible, place.seed), place);
    const concrete = oneOf(possible, `${type.name}:${id}`);
    return this.entity(concrete, id, place);
  }

  private possible(type: GraphQLAbstractType): readonly GraphQLObjectType[] {
    const all = [...this.schema.getPossibleTypes(type)].sort((a, b) => (a.name < b.name ? -1 : 1));
    const successes = all.filter((each) => !each.getInterfaces().some(({ name }) => name === FAILURE));
    return successes.length > 0 ? successes : all;
  }

  private object(type: GraphQLObjectType, place: Place): Mocked {
    const fields = type.getFields();
    if (fields.id) return this.entity(type, this.idOf(namesOf(type), place, type), place);
    if (fields.edges && fields.pageInfo) return this.page(type, place);
    // what was asked about is what is answered about
    const given = Object.fromEntries(
      Object.entries(place.args).filter(([name]) => fields[name] && isLeafType(getNamedType(fields[name].type))),
    );
    return { __typename: type.name, seed: place.seed, given };
  }

  private entity(type: GraphQLObjectType, id: string, { parent }: Place): Mocked {
    const object: Mocked = { __typename: type.name, seed: `${type.name}:${id}`, given: { id } };
    const key = object.seed;
    if (parent?.given.id !== undefined && !this.parents.has(key) && this.parents.size < MOST_REMEMBERED)
      this.parents.set(key, parent);
    return object;
  }

  /** The id that was asked for, of the parent, of the caller's own, one that real subgraphs know, or one made up, in this order. */
  private idOf(names: readonly string[], place: Place, concrete?: GraphQLObjectType): string {
    const { args, parent, seed, subject } = place;
    const asked = askedId(names, args);
    if (asked !== undefined) return asked;
    const from = parent && this.parents.get(parent.seed);
    if (from && names.includes(from.__typename)) return String(from.given.id);
    const [name = ''] = names;
    const own = this.known.own.get(name)?.get(subject);
    if (own !== undefined && !parent) return own;
    const known = this.known.ids.get(name);
    if (known) return chosen(known, place.nth?.of ?? seed, place.nth?.index ?? 0);
    for (let salt = 0; ; salt++) {
      const id = fixedId(`mocked ${name}`, salt === 0 ? seed : `${seed} ${salt}`);
      if (!concrete || this.isOf(concrete, id)) return id;
    }
  }

  /** Whether a record of this id is of this type for whoever asks by an interface. */
  private isOf(type: GraphQLObjectType, id: string): boolean {
    return type
      .getInterfaces()
      .filter((each) => each.getFields().id)
      .every((each) => oneOf(this.possible(each), `${each.name}:${id}`) === type);
  }

  private page(type: GraphQLObjectType, place: Place): Mocked {
    const { seed, args } = place;
    const edge = getNamedType(type.getFields().edges?.type) as GraphQLObjectType;
    const nodeType = edge.getFields().node?.type as GraphQLOutputType;
    const all = this.some(nodeType, place).map(({ item: node, at }): Mocked => {
      return { __typename: edge.name, seed: at, given: { node, cursor: fixedId('mocked cursor', at) } };
    });
    const after = all.findIndex(({ given }) => given.cursor === args.after) + 1;
    const edges = all.slice(after, typeof args.first === 'number' ? after + args.first : undefined);
    const pageInfo: Mocked = {
      __typename: 'PageInfo',
      seed,
      given: {
        hasNextPage: after + edges.length < all.length,
        hasPreviousPage: after > 0,
        startCursor: edges[0]?.given.cursor ?? null,
        endCursor: edges.at(-1)?.given.cursor ?? null,
      },
    };
    const nodes = edges.map(({ given }) => given.node);
    return { __typename: type.name, seed, given: { edges, nodes, pageInfo, totalCount: all.length } };
  }

  /** So that what belongs to a record of a real subgraph leads back to it, also before somebody came that way. */
  private rememberChildrenOfKnown(): void {
    for (const [name, ids] of this.known.ids) {
      const type = this.schema.getType(name);
      if (!isObjectType(type)) continue;
      const fields = Object.values(type.getFields()).filter(
        (field) => !field.args.some(isRequiredArgument) && !isLeafType(getNamedType(field.type)),
      );
      for (const id of ids) {
        const record = this.represented({ __typename: name, id });
        for (const { name: field, args } of fields) this.valueOf(record, defaultsOf(args), type, field, '');
      }
    }
  }
}

const defaultsOf = (args: readonly GraphQLArgument[]): Args =>
  Object.fromEntries(args.flatMap((arg) => (arg.defaultValue === undefined ? [] : [[arg.name, arg.defaultValue]])));

/** The same ones for the same seed, also when others are added: only what a new one is chosen for changes. */
function chosen(ids: readonly string[], seed: string, index: number): string {
  const ranked = ids.map((id) => [numberOf(`${seed} ${id}`, 2 ** 40), id] as const).sort(([a], [b]) => a - b);
  return (ranked[index % ranked.length] as readonly [number, string])[1];
}

const sizeOf = (seed: string): number => 2 + numberOf(`${seed} size`, 2);

/** By which names a type's id may be asked for. */
const namesOf = (type: GraphQLObjectType): string[] => [type.name, ...type.getInterfaces().map(({ name }) => name)];

/** What `id`, or `orderId` of an `Order`, says, as an argument or in the `input`. */
function askedId(names: readonly string[], args: Args): string | undefined {
  const keys = ['id', ...names.map((name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}Id`)];
  for (const given of [args, args.input as Args | undefined])
    for (const key of keys) if (typeof given?.[key] === 'string') return given[key];
  return undefined;
}
