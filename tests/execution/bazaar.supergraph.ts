import { fails, type TestSupergraph, type Thing, told } from './test-supergraph.js';

/** A bazaar: several and nested keys, what one subgraph requires of others or provides of theirs, lists in lists, changes. */

const GOODS = `
  type Query {
    products(first: Int = 4, kind: Kind): [Product!]!
    product(id: ID!): Product
    shelves: [[Product]]
    makers: [Maker!]
    search(text: String = "a", kinds: [Kind!] = [BOOK, LAMP]): [Found!]!
    cheapest: Product!
    version: String! @shareable
  }
  type Mutation { rename(id: ID!, name: String = "Renamed", tags: [[String!]!] = [["x"]]): Renamed! }
  type Renamed { product: Product done: [String!]! tags: [[String!]!] }
  enum Kind { BOOK LAMP SECRET @inaccessible }
  union Found = Book | Lamp | Maker
  interface Product { id: ID! name: String kind: Kind! maker: Maker size: Size }
  type Size @shareable { height: Int width: Int unit: Unit! }
  enum Unit { CM INCH }
  type Book implements Product @key(fields: "id") @key(fields: "isbn edition { number }") {
    id: ID! isbn: String! edition: Edition! name: String kind: Kind! maker: Maker size: Size weight: Int
    secret: String @inaccessible
  }
  type Edition @shareable { number: Int! }
  type Lamp implements Product @key(fields: "id") {
    id: ID! name: String! kind: Kind! maker: Maker! size: Size! weight: Int watts: Int
    parts: [Part!] @shareable
  }
  type Part { code: String }
  type Maker @key(fields: "country { code } number") {
    country: Country! number: Int! name: String products(kind: Kind): [Product!]!
  }
  type Country @shareable { code: String! }
`;

const PRICES = `
  type Query { sale: [Priced!] version: String! @shareable }
  interface Priced { price(in: Currency! = CNY): Price }
  enum Currency { CNY EUR }
  type Price @shareable { amount: Int currency: Currency! was: Price }
  type Book implements Priced @key(fields: "isbn edition { number }") {
    isbn: String! edition: Edition! price(in: Currency! = CNY): Price discount: Int!
  }
  type Edition @shareable { number: Int! }
  type Lamp implements Priced @key(fields: "id") { id: ID! price(in: Currency! = CNY): Price }
`;

const DEPOT = `
  type Query { depots: [Depot!]! }
  type Book @key(fields: "id") {
    id: ID!
    weight: Int @external
    size: Size @external
    price(in: Currency! = CNY): Price @external
    postage: Int @requires(fields: "weight price(in: EUR) { amount }")
    parcel: Parcel @requires(fields: "size { height width }")
    inStock: Boolean!
    depot: Depot
  }
  type Lamp @key(fields: "id") {
    id: ID!
    weight: Int @external
    postage: Int @requires(fields: "weight")
    parts: [Part!] @shareable
    inStock: Boolean!
    depot: Depot
  }
  type Size @shareable { height: Int width: Int unit: Unit! }
  enum Unit { CM INCH }
  enum Currency { CNY EUR }
  type Price @shareable { amount: Int currency: Currency! was: Price }
  type Part { place: String! }
  type Parcel { volume: Int label: String! }
  type Depot @key(fields: "place { city } code") { place: Place! code: String! stock: [[Item]!] keeper: Person }
  type Place @shareable { city: String! }
  union Item = Book | Lamp
  type Person @key(fields: "id") { id: ID! }
`;

const OPINIONS = `
  type Query { reviews(first: Int = 3, stars: [Int!]): [Review]! bestOf: [Review!] }
  type Mutation { review(input: ReviewInput!): Reviewed! unreview(id: ID!): Boolean }
  input ReviewInput { product: ID! stars: Int! = 3 body: String = "fine" by: ByInput = { person: "p1" } }
  input ByInput { person: ID! }
  type Reviewed { review: Review! done: [String!]! }
  interface Product { id: ID! reviews(first: Int = 2): [Review] rating: Int }
  type Book implements Product @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] rating: Int }
  type Lamp implements Product @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] rating: Int }
  type Review @key(fields: "id") {
    id: ID! body: String stars: Int! of: Product! tags: [[String]!]
    author: Person @provides(fields: "nick")
    replies: [Review!]
  }
  type Person @key(fields: "id") { id: ID! nick: String @external wrote(stars: Int): [Review!] }
`;

const PEOPLE = `
  type Query { me: Person people(ids: [ID!] = ["p1", "p2"]): [Person]! }
  type Mutation { befriend(id: ID!): Person! }
  type Person @key(fields: "id") {
    id: ID! nick: String @shareable name: String! friends: [Person!] address: Address birthday: Day trades: Trades
  }
  type Address { street: String city: String! lines: [[Int!]] }
  union Trades = Shop | Stall
  type Shop { sign: String! rent: Int }
  type Stall { sign: String rent: String }
  scalar Day
  type Review @key(fields: "id") { id: ID! mood: String @override(from: "opinions") }
`;

const thing = (__typename: string, fields: Record<string, unknown>): Thing => ({ __typename, ...fields });

const size = (height: unknown, width: number | null, unit = 'CM') => ({ height, width, unit });
const price =
  (amount: unknown) =>
  ({ in: currency }: { in: string }): unknown =>
    amount === null
      ? null
      : { amount: typeof amount === 'number' && currency === 'EUR' ? amount * 8 : amount, currency, was: null };

function common(id: string): Record<string, unknown> {
  return {
    id,
    inStock: Number(id.slice(1)) % 3 !== 0,
    depot: () => DEPOTS[Number(id.slice(1)) % 2],
    rating: Number(id.slice(1)),
    reviews: ({ first }: { first: number | null }) =>
      REVIEWS.filter((each) => told(each, 'of') === byId(id)).slice(0, first ?? 9),
  };
}
const book = (id: string, name: unknown, more: Record<string, unknown> = {}): Thing =>
  thing('Book', {
    ...common(id),
    isbn: `isbn-${id}`,
    edition: { number: Number(id.slice(1)) },
    name,
    kind: 'BOOK',
    maker: () => press,
    size: size(30, 20),
    weight: 100,
    price: price(10),
    discount: 5,
    postage(this: Thing) {
      const cost = told(this, 'price', { in: 'EUR' }) as { amount?: unknown } | null;
      return Number(told(this, 'weight')) + Number(cost?.amount ?? 0);
    },
    parcel(this: Thing) {
      const of = told(this, 'size') as Thing | null;
      return of && { volume: Number(told(of, 'height')) * Number(of.width), label: `${told(of, 'height')}` };
    },
    ...more,
  });
const lamp = (id: string, name: unknown, more: Record<string, unknown> = {}): Thing =>
  thing('Lamp', {
    ...common(id),
    name,
    kind: 'LAMP',
    maker: () => works,
    size: size(50, null, 'INCH'),
    weight: 700,
    watts: 40,
    parts: [
      { code: `foot of ${id}`, place: 'below' },
      { code: null, place: 'above' },
    ],
    price: price(200),
    postage(this: Thing) {
      return Number(told(this, 'weight')) * 2;
    },
    ...more,
  });

const atlas = book('b1', 'Atlas');
const bible = book('b2', null, { size: null, price: price(null), postage: null, maker: null });
const comic = book('b3', 'Comic', { price: fails('The price is secret', 'SECRET_PRICE'), weight: null });
const diary = book('b4', fails('The name is worn off', 'WORN'), { discount: fails('No discount', 'NO_DISCOUNT') });
const essay = book('b5', 'Essay', { kind: 'SECRET', size: size(fails('Too high', 'HIGH'), 3) });
const floor = lamp('l1', 'Floor');
const globe = lamp('l2', 'Globe', { watts: fails('No bulb', 'DARK'), reviews: null });
const hurricane = lamp('l3', 'Hurricane', { inStock: null, depot: null });
const PRODUCTS = [atlas, floor, bible, comic, globe, diary, hurricane, essay];
const byId = (id: string) => PRODUCTS.find((each) => each.id === id) ?? null;

const maker = (code: string, number: number, name: unknown, products: () => unknown): Thing =>
  thing('Maker', { country: { code }, number, name, products });
const press = maker('CN', 1, 'Press', () => [atlas, comic]);
const works = maker('CN', 2, fails('The maker is gone', 'GONE'), () => [floor, globe]);
const mill = maker('DE', 1, null, () => [atlas, null]);

const person = (id: string, nick: unknown, more: Record<string, unknown> = {}): Thing =>
  thing('Person', {
    id,
    nick,
    name: `${nick} ${id}`,
    friends: () => [],
    address: { street: 'Long', city: 'Lanzhou', lines: [[1, 2], null, []] },
    birthday: '1990-05-06',
    trades: () => thing('Shop', { sign: 'Open', rent: 3 }),
    wrote: ({ stars }: { stars?: number }) =>
      REVIEWS.filter((each) => told(each, 'author') === byPerson(id) && (!stars || each.stars === stars)),
    ...more,
  });
const pia = person('p1', 'Pia', { friends: () => [quin, rob] });
const quin = person('p2', 'Quin', {
  address: { street: null, city: null },
  trades: () => thing('Stall', { sign: null, rent: 'one' }),
});
const rob = person('p3', null, { name: fails('Rob hides', 'HIDDEN'), friends: () => [pia] });
const sue = person('p4', 'Sue', { friends: null, trades: null, birthday: null });
const PEOPLE_HERE = [pia, quin, rob, sue];
const byPerson = (id: string) => PEOPLE_HERE.find((each) => each.id === id) ?? null;

const review = (
  id: string,
  stars: unknown,
  of: Thing,
  author: Thing | null,
  more: Record<string, unknown> = {},
): Thing =>
  thing('Review', {
    id,
    body: `body ${id}`,
    stars,
    of: () => of,
    author: () => author,
    tags: [['a', null], []],
    replies: () => [],
    mood: `mood ${id}`,
    ...more,
  });
const REVIEWS: readonly Thing[] = [
  review('r1', 5, atlas, pia, { replies: () => [REVIEWS[1], REVIEWS[4]] }),
  review('r2', 4, floor, quin, { tags: null }),
  review('r3', null, atlas, quin),
  review('r4', 2, comic, null, { body: fails('Not fit to print', 'RUDE') }),
  review('r5', 1, globe, sue, { replies: () => [REVIEWS[2]] }),
];
const DEPOTS = [
  thing('Depot', {
    place: { city: 'Xian' },
    code: 'x',
    stock: () => [[atlas, floor, null], [], [globe]],
    keeper: () => pia,
  }),
  thing('Depot', { place: { city: 'Yan' }, code: 'y', stock: () => null, keeper: () => sue }),
];

export const bazaar: TestSupergraph = {
  name: 'bazaar',
  subgraphs: { goods: GOODS, prices: PRICES, depot: DEPOT, opinions: OPINIONS, people: PEOPLE },
  query: thing('Query', {
    version: '1',
    products: ({ first, kind }: { first: number | null; kind?: string }) =>
      PRODUCTS.filter((each) => !kind || each.kind === kind)
        .slice(0, first ?? 9)
        .filter((each) => each !== essay),
    product: ({ id }: { id: string }) => byId(id),
    shelves: () => [[atlas, null, globe], null, [], [floor, atlas], [comic]],
    makers: () => [press, works, mill],
    search: ({ text, kinds }: { text: string | null; kinds: string[] }) =>
      text === 'a' ? [...PRODUCTS.filter((each) => kinds.includes(String(each.kind))), press] : [mill, globe],
    cheapest: () => bible,
    sale: () => [globe, atlas, floor],
    depots: () => DEPOTS,
    reviews: ({ first, stars }: { first: number | null; stars?: number[] }) =>
      [...REVIEWS.filter((each) => !stars || stars.includes(Number(each.stars))), null].slice(0, first ?? 9),
    bestOf: () => REVIEWS.slice(0, 2),
    me: () => pia,
    people: ({ ids }: { ids: string[] | null }) => (ids ?? ['p3']).map(byPerson),
  }),
  mutation: thing('Mutation', {
    rename: ({ id, name, tags }: Record<string, unknown>, { done }: { done: string[] }) => {
      done.push(`renamed ${id} ${name}`);
      return { product: byId(String(id)), done: [...done], tags };
    },
    review: ({ input }: { input: { product: string; stars: number; body: string } }, { done }: { done: string[] }) => {
      const of = byId(input.product);
      if (!of) return fails('There is no such product', 'NO_PRODUCT')();
      done.push(`reviewed ${JSON.stringify(input)}`);
      return { review: review('r1', input.stars, of, pia), done: [...done] };
    },
    unreview: ({ id }: { id: string }, { done }: { done: string[] }) => {
      if (id === 'r9') return null;
      done.push(`unreviewed ${id}`);
      return done.length % 2 === 0;
    },
    befriend: ({ id }: { id: string }, { done }: { done: string[] }) => {
      done.push(`befriended ${id}`);
      return byPerson(id);
    },
  }),
  entities: [...PRODUCTS, press, works, mill, ...PEOPLE_HERE, ...REVIEWS, ...DEPOTS],
  absent: { prices: [bible], depot: [diary], opinions: [hurricane, rob], people: [REVIEWS[3] as Thing] },
  size: { depth: 5, selections: 28 },
  values: {
    id: ['b1', 'b2', 'b3', 'b4', 'l1', 'l2', 'l3', 'none'],
    'befriend.id': ['p1', 'p2', 'p3', 'none'],
    'unreview.id': ['r1', 'r9'],
    ids: ['p1', 'p2', 'p3', 'p4', 'none'],
    product: ['b1', 'l1', 'none'],
    person: ['p1'],
    name: ['New', 'Newer'],
    body: ['good', 'bad'],
    text: ['a', 'b'],
    tags: ['t', 'u'],
  },
};
