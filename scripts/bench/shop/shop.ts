import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLUnionType,
  parse,
} from 'graphql';
import type { SubgraphContext } from '../../../subgraphs/common/context.js';
import { Executor } from '../../../subgraphs/common/executor.js';
import type { LocalSubgraph } from '../../../subgraphs/common/subgraph.js';

/**
 * A shop in memory, as four subgraphs and as one schema: what it costs to answer is what GraphQL costs, and no database.
 * It takes keys and promises, as a loader behind a field does.
 */

type Thing = Readonly<Record<string, unknown>>;
type Resolve = GraphQLFieldResolver<Thing, unknown, Record<string, number | undefined>>;

const many = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n));

const USERS = many(30, (n) => ({
  __typename: 'User',
  id: `user-${n}`,
  name: `Customer number ${n}`,
  city: `Town ${n % 7}`,
}));
const PRODUCTS = many(27, (n) => ({
  ...{
    __typename: 'Product',
    id: `product-${n}`,
    name: `Product called ${n}`,
    price: 100 + n,
    maker: `Maker ${n % 5}`,
  },
}));
const REVIEWS = many(465, (n) => ({
  ...{
    __typename: 'Review',
    id: `review-${n}`,
    stars: 1 + (n % 5),
    userId: `user-${n % 30}`,
    productId: `product-${(n * 7) % 27}`,
  },
  body: `What customer ${n % 30} says of it.`,
}));
const byId = new Map<string, Thing>([...USERS, ...PRODUCTS].map((each) => [each.id, each]));
const ofUser = Map.groupBy(REVIEWS, ({ userId }) => userId);

const found = async (id: unknown): Promise<Thing | undefined> => byId.get(String(id));
const me: Resolve = async () => USERS[0];
const users: Resolve = async () => USERS;
const reviews: Resolve = async ({ id }, { first }) => ofUser.get(String(id))?.slice(0, first);
const inStock: Resolve = async ({ id }) => String(id).length > 0;
const left: Resolve = async ({ id }) => String(id).length;

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const USER = 'id: ID! name: String! city: String!';
const PRODUCT = 'id: ID! name: String! price: Int! maker: String!';
const STOCK = 'inStock: Boolean! left: Int!';
const OF_USER = 'reviews(first: Int): [Review!]!';

interface Part {
  readonly sdl: string;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolve>>>>;
  /** An entity by what it is known by. */
  readonly entity: (key: Thing) => Promise<Thing | undefined> | Thing;
}

const PARTS: Readonly<Record<string, Part>> = {
  users: {
    sdl: `type Query { me: User! users: [User!]! } type User @key(fields: "id") { ${USER} }`,
    resolvers: { Query: { me, users } },
    entity: ({ id }) => found(id),
  },
  products: {
    sdl: `type Query { product(id: ID!): Product } type Product @key(fields: "id") { ${PRODUCT} }`,
    resolvers: { Query: { product: (_, { id }) => found(id) } },
    entity: ({ id }) => found(id),
  },
  stock: {
    sdl: `type Product @key(fields: "id") { id: ID! ${STOCK} }`,
    resolvers: { Product: { inStock, left } },
    entity: (key) => key,
  },
  reviews: {
    sdl: `type User @key(fields: "id") { id: ID! ${OF_USER} } type Product @key(fields: "id", resolvable: false) { id: ID! }
      type Review @key(fields: "id") { id: ID! body: String! stars: Int! product: Product! }`,
    resolvers: {
      User: { reviews },
      Review: { product: async ({ productId }) => ({ __typename: 'Product', id: productId }) },
    },
    entity: (key) => key,
  },
};

export const SHOP_NAMES: readonly string[] = Object.keys(PARTS);

/** An operation whose answer has about a kilobyte, in four fetches; and one of about 90, in which 27 products stand at 465 places. */
export const SHOP_OPERATIONS = {
  small: '{ me { id name reviews(first: 6) { id body stars product { id name price inStock } } } }',
  big: '{ users { id name reviews { id body stars product { id name price maker inStock left } } } }',
} as const;

/** The schema of one of the subgraphs. */
export function shopSchema(name: string): GraphQLSchema {
  const { sdl, resolvers, entity } = PARTS[name] as Part;
  const schema = buildSubgraphSchema([{ typeDefs: parse(`${LINK} ${sdl}`), resolvers: resolvers as never }]);
  const union = schema.getType('_Entity');
  // as in our own subgraphs: what the library does here is slow, and graphql-jit wants types at once
  if (union instanceof GraphQLUnionType) union.resolveType = (value: { __typename: string }) => value.__typename;
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities)
    entities.resolve = (_, { representations }) =>
      Promise.all(
        (representations as Thing[]).map(async (key) => {
          const one = await entity(key);
          return one && { ...one, __typename: key.__typename };
        }),
      );
  return schema;
}

/** The same as one schema, for whoever needs no gateway. */
export function shopMonolith(): GraphQLSchema {
  const schema = buildSchema(`type Query { me: User! users: [User!]! } type User { ${USER} ${OF_USER} }
    type Review { id: ID! body: String! stars: Int! product: Product! } type Product { ${PRODUCT} ${STOCK} }`);
  const resolvers: Part['resolvers'] = {
    Query: { me, users },
    User: { reviews },
    Review: { product: ({ productId }) => found(productId) },
    Product: { inStock, left },
  };
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name) as GraphQLObjectType;
    for (const [field, resolve] of Object.entries(fields)) {
      const of = type.getFields()[field];
      if (of) of.resolve = resolve as never;
    }
  }
  return schema;
}

/** @param urlOf where each subgraph answers */
export function shopSupergraph(urlOf: (name: string) => string): string {
  const parts = Object.entries(PARTS);
  const { supergraphSdl, errors } = composeServices(
    parts.map(([name, { sdl }]) => ({ name, url: urlOf(name), typeDefs: parse(`${LINK} ${sdl}`) })),
  );
  if (!supergraphSdl) throw errors?.[0] ?? new Error('The shop cannot be composed');
  return supergraphSdl;
}

/** One of the subgraphs in this process, executed as ours are. */
export function shopSubgraph(name: string): LocalSubgraph {
  const executor = new Executor(shopSchema(name), new Map(), name);
  const local: Pick<LocalSubgraph, 'request'> & { name: string } = {
    name,
    request: ({ identity }) => {
      const context = { identity } as SubgraphContext;
      return { execute: (operation) => executor.execute(operation, context) };
    },
  };
  return local as LocalSubgraph;
}
