import { fails, type TestSupergraph, type Thing, told } from './test-supergraph.js';

/** A railway: long ways from subgraph to subgraph, keys that only some know, things that lead back to themselves. */

const LINES = `
  type Query { lines(first: Int = 2): [Line!] line(code: ID!): Line stops: [[Stop]] state: State @shareable }
  type State @shareable { open: Boolean! note: String }
  type Line @key(fields: "code") { code: ID! name: String stations(reverse: Boolean = false): [Station!]! twin: Line }
  interface Stop { id: ID! next: Stop }
  type Station implements Stop @key(fields: "id") {
    id: ID! next: Stop lines: [Line!]! exits: [Exit]
    name: String
  }
  type Halt implements Stop { id: ID! next: Stop shelter: Boolean }
  type Exit { letter: String! steps: Int }
`;

const GEO = `
  type Query { zone(id: ID!): Zone zones: [Zone]! near(x: Int!, y: Int = 2): [Place!]! state: State @shareable }
  type Mutation { move(station: ID!, by: Int = 1): Station close(station: ID!): Closed! }
  type Closed { station: Station! done: [String!]! }
  type State @shareable { open: Boolean! note: String }
  type Station @key(fields: "id") @key(fields: "zone { id } number") {
    id: ID! zone: Zone! number: Int! name: String @override(from: "lines") at: Point grid: [[Point!]]!
    map: String @inaccessible
  }
  type Zone @key(fields: "id") { id: ID! title: String! stations: [Station!] parent: Zone children: [Zone!]! }
  type Point @shareable { x: Int! y: Int raw: Raw }
  scalar Raw
  union Place = Station | Zone | Sight
  type Sight { title: String near: Station! }
`;

const FARES = `
  type Query { ticket(id: ID!): Ticket tickets: [Ticket]! }
  type Mutation { buy(from: ID!, to: ID!, class: Class! = SECOND): Ticket! refund(ticket: ID!): [Ticket!] }
  enum Class { FIRST SECOND CARGO @inaccessible }
  type Station @key(fields: "zone { id } number") {
    zone: Zone! @shareable number: Int! @shareable fare(class: Class = SECOND): Fare tickets(first: Int! = 2): [Ticket]
  }
  type Zone @key(fields: "id") { id: ID! surcharge: Int }
  type Fare { fen: Int! class: Class! via: [Station!] }
  interface Slip { id: ID! }
  type Ticket implements Slip @key(fields: "id") { id: ID! class: Class from: Station! to: Station price: Fare! holder: Holder }
  type Holder @key(fields: "name { first last }") { name: Name! tickets: [Ticket!] }
  type Name @shareable { first: String! last: String }
`;

const LIVE = `
  type Query { trains(late: Boolean): [Train!]! alerts: [Alert!] }
  type Mutation { report(train: ID!, minutes: Int!): Train }
  type Train @key(fields: "id line { code }") {
    id: ID! line: Line! at: Point late: Minutes positions: [[Int]!] next: Station following: Train cars: [Car!]!
  }
  scalar Minutes
  type Point @shareable { x: Int! y: Int raw: Raw }
  scalar Raw
  type Line @key(fields: "code") { code: ID! trains: [Train] status: Status! }
  enum Status { GOOD BAD }
  type Station @key(fields: "id") {
    id: ID!
    zone: Zone! @external
    name: String @external
    board: [String] @requires(fields: "name zone { id title }")
    arrivals(first: Int = 2): [Train!]
  }
  type Zone @key(fields: "id") { id: ID! title: String! @external }
  union Alert = Delay | Closure
  type Delay { about: Train minutes: Int! text: String }
  type Closure { about: Station minutes: Int text: String! }
  interface Car { number: Int! seats: Int }
  type Sleeper implements Car { number: Int! seats: Int beds: Int }
  type Coach implements Car { number: Int! seats: Int! open: Boolean }
  type Diner implements Car { number: Int! seats: Int menu: [String!] }
  type Holder @key(fields: "name { first last }") { name: Name! riding: Train }
  type Name @shareable { first: String! last: String }
`;

const thing = (__typename: string, fields: Record<string, unknown>): Thing => ({ __typename, ...fields });

const zone = (id: string, title: unknown, more: Record<string, unknown>): Thing =>
  thing('Zone', {
    id,
    title,
    surcharge: id.length,
    stations: () => STATIONS.filter((each) => told(each, 'zone') === byZone(id)),
    ...more,
  });
const inner: Thing = zone('z1', 'Inner', { parent: null, children: () => [outer, far] });
const outer: Thing = zone('z2', 'Outer', { parent: () => inner, children: () => [] });
const far: Thing = zone('z3', 'Far', {
  parent: () => inner,
  children: () => [],
  surcharge: null,
});
const byZone = (id: string) => [inner, outer, far].find((each) => each.id === id) ?? null;

const station = (id: string, of: Thing, name: unknown, more: Record<string, unknown> = {}): Thing =>
  thing('Station', {
    id,
    zone: () => of,
    number: Number(id.slice(1)),
    name,
    at: { x: Number(id.slice(1)), y: 7, raw: { deep: [1, { a: null }] } },
    grid: [[{ x: 1, y: 1, raw: 'r' }], null, []],
    next: null,
    lines: () =>
      LINES_HERE.filter((line) =>
        (told(line, 'stations', { reverse: false }) as Thing[]).some((each) => each.id === id),
      ),
    exits: [{ letter: 'A', steps: 3 }, null, { letter: 'B', steps: null }],
    fare: ({ class: wanted }: { class: string | null }) => ({
      fen: 300,
      class: wanted ?? 'FIRST',
      via: () => [ash, birch],
    }),
    tickets: ({ first }: { first: number }) =>
      [...TICKETS.filter((each) => told(each, 'from') === byStation(id)), null].slice(0, first),
    board(this: Thing) {
      const within = told(this, 'zone') as Thing;
      return [told(this, 'name'), within.id, told(within, 'title')];
    },
    arrivals: ({ first }: { first: number | null }) => TRAINS.slice(0, first ?? 1),
    ...more,
  });
const ash: Thing = station('s1', inner, 'Ash', { next: () => birch });
const birch: Thing = station('s2', inner, 'Birch', {
  next: () => halt,
  exits: [{ letter: fails('The sign is down', 'NO_SIGN'), steps: 1 }],
});
const cedar: Thing = station('s3', outer, fails('The name is disputed', 'DISPUTED'), { next: () => ash, at: null });
const dogwood: Thing = station('s4', outer, null, { grid: null, exits: null });
const elm: Thing = station('s5', far, 'Elm', { fare: fails('No fare', 'NO_FARE'), at: { x: null, y: 1 } });
const fir: Thing = station('s6', inner, 'Fir', { fare: null, next: () => elm });
const STATIONS: readonly Thing[] = [ash, birch, cedar, dogwood, elm, fir];
const halt: Thing = thing('Halt', { id: 'h1', next: () => cedar, shelter: true });
const byStation = (id: string) => STATIONS.find((each) => each.id === id) ?? null;

const line = (code: string, name: unknown, along: readonly Thing[], more: Record<string, unknown> = {}): Thing =>
  thing('Line', {
    code,
    name,
    stations: ({ reverse }: { reverse?: boolean }) => (reverse ? along.toReversed() : along),
    twin: null,
    trains: () => [...TRAINS.filter((train) => told(train, 'line') === byLine(code)), null],
    status: 'GOOD',
    ...more,
  });
const red: Thing = line('red', 'Red', [ash, birch, cedar], { twin: () => blue });
const blue: Thing = line('blue', null, [birch, fir], { twin: () => red, status: 'ROTTEN' });
const green: Thing = line('green', fails('Painted over', 'PAINT'), [elm, dogwood], { trains: null });
const LINES_HERE: readonly Thing[] = [red, blue, green];
const byLine = (code: string) => LINES_HERE.find((each) => each.code === code) ?? null;

const train = (id: string, of: Thing, more: Record<string, unknown> = {}): Thing =>
  thing('Train', {
    id,
    line: () => of,
    at: { x: 4, y: null, raw: [1] },
    late: 5,
    positions: [[1, null], [], [2]],
    next: () => ash,
    following: null,
    cars: [
      thing('Sleeper', { number: 1, seats: null, beds: 8 }),
      thing('Coach', { number: 2, seats: 60, open: true }),
      thing('Diner', { number: 3, seats: 20, menu: ['tea'] }),
    ],
    ...more,
  });
const early: Thing = train('t1', red, { following: () => slow });
const slow: Thing = train('t2', blue, { late: fails('The clock stands', 'CLOCK'), next: () => cedar, positions: null });
const ghost: Thing = train('t3', red, {
  at: null,
  next: () => elm,
  cars: [thing('Coach', { number: 9, seats: null, open: false })],
});
const TRAINS: readonly Thing[] = [early, slow, ghost];

const ticket = (id: string, from: Thing, to: Thing | null, more: Record<string, unknown> = {}): Thing =>
  thing('Ticket', {
    id,
    class: 'SECOND',
    from: () => from,
    to: () => to,
    price: { fen: 1, class: 'FIRST', via: null },
    holder: () => uma,
    ...more,
  });
const holder = (first: string, last: string, riding: unknown): Thing =>
  thing('Holder', {
    name: { first, last },
    tickets: () =>
      TICKETS.filter((each) => told(told(each, 'holder') as Thing, 'riding') === told({ riding } as never, 'riding')),
    riding,
  });
const uma: Thing = holder('Uma', 'Ur', () => early);
const vic: Thing = holder('Vic', 'Vo', fails('Vic has alighted', 'ALIGHTED'));
const TICKETS: readonly Thing[] = [
  ticket('k1', ash, cedar),
  ticket('k2', birch, null, { class: 'CARGO', holder: () => vic }),
  ticket('k3', ash, fir, { price: fails('The price is torn off', 'TORN') }),
];

export const network: TestSupergraph = {
  name: 'network',
  subgraphs: { lines: LINES, geo: GEO, fares: FARES, live: LIVE },
  query: thing('Query', {
    lines: ({ first }: { first: number | null }) => LINES_HERE.slice(0, first ?? 9),
    line: ({ code }: { code: string }) => byLine(code),
    stops: () => [[ash, halt, null], [], null, [dogwood, ash]],
    state: { open: true, note: null },
    zone: ({ id }: { id: string }) => byZone(id),
    zones: () => [inner, null, far, outer],
    near: ({ x, y }: { x: number; y: number | null }) =>
      (x + (y ?? 0)) % 2 === 0 ? [ash, thing('Sight', { title: null, near: () => fir }), outer] : [inner, birch],
    ticket: ({ id }: { id: string }) => TICKETS.find((each) => each.id === id),
    tickets: () => [TICKETS[0], null, TICKETS[1]],
    trains: ({ late }: { late?: boolean | null }) => (late ? [slow, early] : [early, slow]),
    alerts: () => [
      thing('Delay', { about: () => slow, minutes: 4, text: null }),
      thing('Closure', { about: () => birch, minutes: null, text: 'snow' }),
    ],
  }),
  mutation: thing('Mutation', {
    move: ({ station: id, by }: Record<string, unknown>, { done }: { done: string[] }) => {
      done.push(`moved ${id} ${by}`);
      return byStation(String(id));
    },
    close: ({ station: id }: { station: string }, { done }: { done: string[] }) => {
      done.push(`closed ${id}`);
      return { station: byStation(id), done: [...done] };
    },
    buy: ({ from, to }: { from: string; to: string }, { done }: { done: string[] }) => {
      done.push(`bought ${from} ${to}`);
      return from === to ? fails('You are there', 'THERE')() : TICKETS[done.length % 2];
    },
    refund: ({ ticket: id }: { ticket: string }, { done }: { done: string[] }) => {
      done.push(`refunded ${id}`);
      return TICKETS.slice(0, done.length);
    },
    report: ({ train: id, minutes }: { train: string; minutes: number }, { done }: { done: string[] }) => {
      done.push(`reported ${id} ${minutes}`);
      return TRAINS[done.length - 1];
    },
  }),
  entities: [...LINES_HERE, ...STATIONS, inner, outer, far, ...TRAINS, ...TICKETS, uma, vic],
  absent: { live: [green, fir], lines: [slow, ghost], fares: [far] },
  size: { depth: 5, selections: 28 },
  values: {
    id: ['z1', 'z2', 'z3', 'k1', 'k2', 'none'],
    code: ['red', 'blue', 'green', 'none'],
    station: ['s1', 's4', 's5', 'none'],
    from: ['s1', 's2'],
    to: ['s2', 's3'],
    ticket: ['k1'],
    train: ['t1', 't2'],
  },
};
