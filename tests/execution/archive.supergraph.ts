import { fails, type TestSupergraph, type Thing, told } from './test-supergraph.js';

/** An archive of works of six kinds: an interface with a key, `@interfaceObject`, unions, fields that differ by kind. */

const WORKS = `
  type Query {
    works(first: Int = 4, kinds: [Kind!], newest: Boolean = false): [Work!]!
    work(id: ID!): Work
    rows: [[Work]!]
    named(name: String = "a"): [Named]
    timed: [Timed!]
    oldest: Work!
    maybe: Maybe
  }
  type Mutation {
    addWork(title: String!, kind: Kind = NOVEL): Added!
  }
  type Added { work: Work done: [String!]! }
  enum Kind { FILM SONG NOVEL POEM PLAY PHOTO SECRET @inaccessible }
  union Maybe = Film | Song | Nothing
  type Nothing { why: String! hidden: String @inaccessible }
  interface Named { name: String }
  interface Work @key(fields: "id") { id: ID! kind: Kind! title: String year: Int parts: [Work!] cover: Image shelf: Shelf }
  interface Timed { year: Int minutes: Int parts: [Work!] }
  interface Limited implements Timed { year: Int minutes: Int parts: [Work!] title: String }
  interface Image { url: String! }
  type Picture implements Image @shareable { url: String! width: Int }
  type Drawing implements Image @shareable { url: String! by: String }
  type Shelf { room: String! place(from: Int! = 1, to: Int): [Int!] box: Box }
  type Box { number: Int! label: String! }
  type Film implements Work & Timed & Limited & Named @key(fields: "id") {
    id: ID! kind: Kind! title: String! year: Int parts: [Work!] cover: Picture shelf: Shelf minutes: Int! name: String
  }
  type Song implements Work & Timed @key(fields: "id") {
    id: ID! kind: Kind! title: String year: Int! parts: [Work!] cover: Image shelf: Shelf minutes: Int
  }
  type Novel implements Work & Named @key(fields: "id") {
    id: ID! kind: Kind! title: String! year: Int parts: [Work!] cover: Drawing! shelf: Shelf! name: String! pages: Int
  }
  type Poem implements Work @key(fields: "id") {
    id: ID! kind: Kind! title: String year: Int parts: [Work!] cover: Image shelf: Shelf lines: [[String!]!]
  }
  type Play implements Work & Timed & Limited @key(fields: "id") {
    id: ID! kind: Kind! title: String year: Int parts: [Work!]! cover: Image shelf: Shelf minutes: Int
  }
  type Photo implements Work @key(fields: "id") {
    id: ID! kind: Kind! title: String year: Int parts: [Work!] cover: Image shelf: Shelf
  }
`;

const RATINGS = `
  type Query {
    topRated(first: Int = 3): [Work!]!
    lastVote: Vote
  }
  type Mutation {
    vote(work: ID!, stars: Int! = 3, note: String): Voted!
  }
  type Voted { vote: Vote! done: [String!]! }
  type Work @key(fields: "id") @interfaceObject { id: ID! rating: String votes(by: Voter = ALL): [Vote!]! rank: Int }
  enum Voter { ALL PRESS PUBLIC }
  type Vote @key(fields: "id") { id: ID! stars: Int! note: String work: Work! reader: Reader }
  type Reader @key(fields: "card { number }") { card: Card! votes: [Vote] }
  type Card @shareable { number: String! }
`;

const LOANS = `
  type Query {
    loans(open: Boolean): [Loan]!
    reader(number: String!): Reader
  }
  type Work @key(fields: "id") @interfaceObject {
    id: ID!
    loans(first: Int! = 2): [Loan!]
    onLoan: Boolean!
  }
  type Loan @key(fields: "id") { id: ID! work: Work! reader: Reader! due: Day }
  scalar Day
  type Reader @key(fields: "card { number }") @key(fields: "email") {
    card: Card! email: String! @inaccessible name: String! favourite: Work friends: [Reader!]
  }
  type Card @shareable { number: String! }
`;

const MAKERS = `
  type Query {
    makers: [Maker!]!
    everything(kinds: [String!] = ["artist"]): [Anything]!
  }
  union Maker = Artist | Group
  union Anything = Artist | Group | Film | Song | Novel | Poem
  interface Somebody { id: ID! called: String! }
  type Artist implements Somebody @key(fields: "id") { id: ID! called: String! born: Day songs: [Song!] groups: [Group] }
  type Group implements Somebody @key(fields: "id") { id: ID! called: String! members: [Artist]! leader: Artist! }
  type Film @key(fields: "id") { id: ID! director: Maker! cast(first: Int): [Somebody!]! }
  type Song @key(fields: "id") { id: ID! singer: Somebody length: String @deprecated }
  type Novel @key(fields: "id") { id: ID! writer: Artist! }
  type Poem @key(fields: "id") { id: ID! writer: Artist }
  scalar Day
`;

const thing = (__typename: string, fields: Record<string, unknown>): Thing => ({ __typename, ...fields });

const artist = (id: string, called: unknown, more = {}) =>
  thing('Artist', { id, called, born: `19${id.slice(1)}0-01-02`, groups: [], songs: [], ...more });
const ann: Thing = artist('a1', 'Ann', { songs: () => [second], groups: () => [band, null] });
const bob: Thing = artist('a2', 'Bob', { born: fails('Nobody knows when', 'NO_BIRTHDAY') });
const cleo: Thing = artist('a3', fails('Cleo has no name', 'NO_NAME'));
const dan: Thing = artist('a4', 'Dan', { songs: null, groups: null });
const band = thing('Group', { id: 'g1', called: 'Band', members: () => [ann, null, bob], leader: () => ann });
const trio = thing('Group', { id: 'g2', called: 'Trio', members: () => [bob, dan, cleo], leader: () => null });
const choir = thing('Group', { id: 'g3', called: 'Choir', members: () => [dan], leader: () => dan });

const picture = (url: unknown, width?: number) => thing('Picture', { url, width });
const drawing = (url: unknown, by?: string) => thing('Drawing', { url, by });
const shelf = (room: string, box?: Record<string, unknown> | null) => ({
  room,
  place: ({ from, to }: { from: number; to?: number }) => (to === undefined ? [from] : [from, to]),
  box,
});

const work = (__typename: string, id: string, fields: Record<string, unknown>): Thing =>
  thing(__typename, {
    id,
    kind: __typename.toUpperCase(),
    year: 1900 + Number(id.slice(1)),
    parts: [],
    rating: `${id.length}.5`,
    rank: Number(id.slice(1)),
    votes: ({ by }: { by: string | null }) => VOTES.filter((vote) => told(vote, 'work') === byId(id) && by !== 'PRESS'),
    loans: ({ first }: { first: number }) => LOANED.filter((loan) => told(loan, 'work') === byId(id)).slice(0, first),
    onLoan: Number(id.slice(1)) % 2 === 0,
    ...fields,
  });

const first = work('Film', 'w1', {
  title: 'Arrival',
  name: 'arrival',
  minutes: 116,
  cover: picture('/w1', 20),
  shelf: shelf('A', { number: 1, label: 'one' }),
  parts: () => [second, sixth],
  director: () => ann,
  cast: ({ first: most = 3 }) => [bob, dan, band].slice(0, most),
});
const second = work('Song', 'w2', {
  title: 'Ballad',
  minutes: 3,
  cover: drawing('/w2', 'Eve'),
  shelf: shelf('A', { number: 2, label: null }),
  singer: () => band,
  length: '3:10',
  parts: null,
});
const third = work('Novel', 'w3', {
  title: 'Castle',
  name: 'castle',
  pages: 300,
  cover: drawing('/w3'),
  shelf: shelf('B'),
  parts: () => [fourth, fourth],
  writer: () => bob,
});
const fourth = work('Poem', 'w4', {
  title: fails('The title is lost', 'LOST'),
  lines: [['a', 'b'], [], ['c']],
  cover: picture('/w4'),
  shelf: null,
  writer: () => null,
});
const fifth = work('Play', 'w5', {
  title: null,
  year: null,
  minutes: fails('Nobody has timed it', 'NOT_TIMED'),
  cover: null,
  shelf: shelf('C', { number: 5, label: 'five' }),
  parts: () => [first, third, seventh],
  rating: fails('Nobody has rated it', 'NO_RATING'),
});
const sixth = work('Photo', 'w6', { title: 'Dunes', cover: picture(null, 4), shelf: shelf('C'), rank: null });
const seventh = work('Song', 'w7', {
  title: 'Echo',
  minutes: null,
  cover: picture('/w7'),
  singer: () => cleo,
  onLoan: fails('The desk does not say', 'DESK_CLOSED'),
});
const eighth = work('Novel', 'w8', {
  title: 'Fog',
  name: null,
  cover: drawing('/w8', 'Flo'),
  shelf: shelf('D', { number: 8, label: fails('The label is torn', 'TORN') }),
  writer: () => dan,
});
const ninth = work('Film', 'w9', {
  title: 'Gold',
  name: 'gold',
  minutes: 90,
  cover: null,
  director: () => trio,
  cast: () => [choir, cleo],
});
const ALL_WORKS: readonly Thing[] = [first, second, third, fourth, fifth, sixth, seventh, eighth, ninth];
const byId = (id: string) => ALL_WORKS.find((each) => each.id === id) ?? null;

const reader = (number: string, name: unknown, more = {}) =>
  thing('Reader', {
    card: { number },
    email: `${number}@readers`,
    name,
    votes: () => VOTES.filter((vote) => told(vote, 'reader') && told(told(vote, 'reader') as Thing, 'name') === name),
    ...more,
  });
const rita: Thing = reader('1', 'Rita', { favourite: () => fifth, friends: () => [sam, tom] });
const sam: Thing = reader('2', 'Sam', { favourite: () => null, friends: () => [rita] });
const tom: Thing = reader('3', 'Tom', { favourite: () => ninth, friends: null });

const vote = (id: string, of: Thing, stars: unknown, by: Thing | null) =>
  thing('Vote', { id, work: () => of, stars, note: `on ${of.id}`, reader: () => by });
const VOTES: readonly Thing[] = [
  vote('v1', first, 5, rita),
  vote('v2', first, 4, null),
  vote('v3', third, 3, sam),
  vote('v4', sixth, fails('The star has fallen', 'FALLEN'), rita),
  vote('v5', ninth, 1, tom),
];
const loan = (id: string, of: Thing, by: Thing) =>
  thing('Loan', { id, work: () => of, reader: () => by, due: '2026-12-01' });
const LOANED = [loan('l1', second, rita), loan('l2', first, sam), loan('l3', ninth, tom), loan('l4', first, rita)];

export const archive: TestSupergraph = {
  name: 'archive',
  subgraphs: { works: WORKS, ratings: RATINGS, loans: LOANS, makers: MAKERS },
  query: thing('Query', {
    works: ({ first: most, kinds, newest }: { first: number; kinds?: string[]; newest: boolean }) => {
      const wanted = ALL_WORKS.filter(({ kind }) => !kinds || kinds.includes(String(kind)));
      return (newest ? wanted.toReversed() : wanted).slice(0, most);
    },
    work: ({ id }: { id: string }) => byId(id),
    rows: () => [[first, null, fourth], [], [seventh, first], [fifth]],
    named: ({ name }: { name: string }) => [name === 'a' ? first : third, eighth, null],
    timed: () => [second, fifth, seventh, first],
    oldest: () => first,
    maybe: () => thing('Nothing', { why: 'no reason' }),
    topRated: ({ first: most }: { first: number }) => [sixth, first, fifth, second, fourth].slice(0, most),
    lastVote: () => VOTES[2],
    loans: ({ open }: { open?: boolean }) => (open ? [LOANED[0], null] : [...LOANED, null]),
    reader: ({ number }: { number: string }) => [rita, sam, tom].find((each) => (each.card as Thing).number === number),
    makers: () => [ann, band, choir, bob],
    everything: ({ kinds }: { kinds: string[] | null }) =>
      kinds?.includes('artist') ? [dan, second, fourth, null, first] : [third, trio, ninth],
  }),
  mutation: thing('Mutation', {
    addWork: ({ title, kind }: { title: string; kind: string }, { done }: { done: string[] }) => {
      done.push(`added ${title}`);
      return { work: ALL_WORKS.find((each) => each.kind === kind), done: [...done] };
    },
    vote: ({ work: id, stars, note }: { work: string; stars: number; note?: string }, { done }: { done: string[] }) => {
      const of = byId(id);
      if (!of) return fails('There is no such work', 'NO_WORK')();
      done.push(`voted ${stars} ${note}`);
      return { vote: vote('v1', of, stars, sam), done: [...done] };
    },
  }),
  entities: [...ALL_WORKS, ...VOTES, ...LOANED, rita, sam, tom, ann, bob, cleo, dan, band, trio, choir],
  absent: { ratings: [eighth, seventh], loans: [third], makers: [seventh] },
  size: { depth: 4, selections: 24 },
  values: {
    id: ['w1', 'w2', 'w3', 'w4', 'w5', 'w7', 'w9', 'none'],
    work: ['w1', 'w5', 'w9', 'none'],
    number: ['1', '2', '3', '9'],
    name: ['a', 'c'],
    title: ['New', 'Newer'],
    note: ['good', 'bad'],
    kinds: ['artist', 'other'],
  },
};
