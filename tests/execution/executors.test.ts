import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { archive } from './archive.supergraph.js';
import { AskedWorld } from './asked-world.js';
import { bazaar } from './bazaar.supergraph.js';
import { ExecutionProof } from './execution-proof.js';
import { network } from './network.supergraph.js';
import type { TestContext } from './test-supergraph.js';
import type { Asked } from './two-executors.js';

const GENERATED = 120;
const SEED = 20_261_122;

const proofs = new Map<string, ExecutionProof>();
const proofOf = (name: string) => proofs.get(name) as ExecutionProof;

beforeAll(async () => {
  for (const whole of [archive, bazaar, network]) {
    proofs.set(whole.name, new ExecutionProof(await AskedWorld.open(whole, SEED)));
  }
});
afterAll(async () => {
  for (const proof of proofs.values()) await proof.close();
});

describe.each(['archive', 'bazaar', 'network'])('over the subgraphs of the %s', (name) => {
  test('generated operations are answered as the stock gateway answers them, and as one schema does where it does not', async () => {
    const proof = proofOf(name);
    await proof.ask(GENERATED);
    const { differences, asked, outages, characters, errors, unplannable, stockWrong, planWrong } = proof.progress;
    expect(differences).toEqual([]);
    expect(asked).toBe(GENERATED);
    // else too little would have been compared
    expect(outages).toBeGreaterThan(GENERATED / 6);
    expect(characters).toBeGreaterThan(GENERATED * 100);
    expect(errors).toBeGreaterThan(GENERATED / 10);
    expect(unplannable + stockWrong).toBeLessThan(GENERATED / 8);
    expect(planWrong).toBeLessThan(GENERATED / 50);
  });
});

const ask = (query: string, variables: Record<string, unknown> = {}, operationName?: string): Asked => ({
  query,
  variables,
  ...(operationName !== undefined && { operationName }),
});

/** What is answered just as the stock gateway answers it, and one schema. */
const ALIKE: readonly (readonly [fact: string, where: string, asked: Asked])[] = [
  ['of several operations the named one runs', 'bazaar', ask('query A { me { id } } query B { me { nick } }', {}, 'B')],
  ['an operation may ask for its type alone', 'bazaar', ask('{ __typename again: __typename }')],
  ['the schema is told beside data', 'network', ask('{ __type(name: "Stop") { kind } state { open } __typename }')],
  [
    'a fragment asks for the schema',
    'network',
    ask('{ ...F } fragment F on Query { __schema { queryType { name } } }'),
  ],
  [
    'a variable that is null is not left out',
    'archive',
    ask('query ($k: [String!] = ["artist"]) { everything(kinds: $k) { __typename } }', { k: null }),
  ],
  [
    'a variable that is left out has its default',
    'archive',
    ask('query ($k: [String!] = ["x"]) { everything(kinds: $k) { __typename } }'),
  ],
  [
    'a default decides whether a subgraph is asked at all',
    'bazaar',
    ask('query ($yes: Boolean = true) { version reviews @include(if: $yes) { id } me @skip(if: $yes) { id } }'),
  ],
  [
    'a variable without a default leaves the argument its own',
    'archive',
    ask('query ($k: [String!]) { everything(kinds: $k) { __typename } }'),
  ],
  [
    'changes happen one after the other, across subgraphs',
    'network',
    ask(
      'mutation { a: close(station: "s1") { done } buy(from: "s1", to: "s2") { id } b: close(station: "s2") { done station { board } } }',
    ),
  ],
  [
    'what is changed after a change that failed is changed',
    'network',
    ask('mutation { a: move(station: "s1") { id } x: refund(ticket: "k1") { id } b: close(station: "s2") { done } }'),
  ],
  [
    'a field that needs another subgraph’s nested fields gets them',
    'bazaar',
    ask('{ product(id: "b1") { ... on Book { postage parcel { volume label } } } }'),
  ],
  ['what is required and failed is null', 'bazaar', ask('{ product(id: "b3") { ... on Book { postage } } }')],
  [
    'one name may stand for fields of several types',
    'bazaar',
    ask('{ people { trades { ... on Shop { it: sign } ... on Stall { other: rent } } } }'),
  ],
  [
    'what an interface gives by different types is told apart',
    'archive',
    ask('{ works(first: 9) { title cover { url ... on Drawing { by } ... on Picture { width } } } }'),
  ],
  ['a value that is not for clients is null', 'bazaar', ask('{ search { ... on Book { id kind } } }')],
  [
    'what two subgraphs know of the things in one list is put together',
    'bazaar',
    ask('{ search(kinds: [LAMP]) { ... on Lamp { parts { place code } } } }'),
  ],
  [
    'lists in lists of entities are gone into',
    'bazaar',
    ask('{ shelves { id reviews { stars author { nick name } } } }'),
  ],
  [
    'a field may be asked for twice with different parts of it',
    'network',
    ask('{ lines { stations { id } stations { name zone { id } } stations { zone { title } } } }'),
  ],
];

test.each(ALIKE)('%s', async (_, where, asked) => {
  const { planned, stock, merged } = await proofOf(where).answersTo(asked);
  expect(planned.text).toBe(merged?.text);
  expect(planned.data).toEqual(stock.data);
  expect(planned.errors).toEqual(stock.errors);
});

/** What the stock gateway gets wrong. */
const BETTER: readonly (readonly [fact: string, where: string, asked: Asked])[] = [
  [
    'keys stand in the order of the text',
    'archive',
    ask('{ work(id: "w1") { rating ... on Film { name } id title } }'),
  ],
  [
    'an object that an interface stands for is still what it is',
    'archive',
    ask('{ topRated { parts { rating ... on Play { rank ... on Work { __typename } } __typename } } }'),
  ],
  [
    'an object of which everything is left out is there',
    'bazaar',
    ask(
      'query ($yes: Boolean!, $no: Boolean!) { depots { keeper { wrote @include(if: $yes) { stars @include(if: $no) } } } }',
      { yes: true, no: false },
    ),
  ],
];

test.each(BETTER)('%s', async (_, where, asked) => {
  const { planned, merged } = await proofOf(where).answersTo(asked);
  expect(planned.text).toBe(merged?.text);
  expect(planned.errors).toEqual(merged?.errors);
});

test('an error of an entity is told at every place where it stands', async () => {
  const { planned } = await proofOf('bazaar').answersTo(
    ask('{ a: product(id: "b3") { ... on Book { price { amount } } } products { ... on Book { price { amount } } } }'),
  );
  expect(planned.errors.map(({ path, code }) => `${code} ${path?.join('.')}`)).toEqual([
    'SECRET_PRICE a.price',
    'SECRET_PRICE products.3.price',
  ]);
});

test('an error stands where its entity does, also behind others that were not asked for', async () => {
  const { planned } = await proofOf('bazaar').answersTo(ask('{ shelves { ... on Book { price { amount } } } }'));
  expect(planned.errors.map(({ path }) => path?.join('.'))).toEqual(['shelves.4.0.price']);
});

test.each([
  'throws',
  'says only errors',
  'says null',
] as const)('when a subgraph %s, its fields alone are missing', async (how) => {
  const outage: TestContext['outage'] = { subgraph: 'people', how };
  const { planned, stock } = await proofOf('bazaar').answersTo(
    ask('{ version reviews(first: 1) { stars author { id nick address { city } } } }'),
    outage,
  );
  expect(planned.data).toEqual({
    version: '1',
    reviews: [{ stars: 5, author: { id: 'p1', nick: 'Pia', address: null } }],
  });
  expect(planned.data).toEqual(stock.data);
  expect(planned.errors).toEqual([{ message: 'people is down', code: 'DOWN', path: ['reviews'] }]);
});

test('variables that do not fit are refused before anything is done', async () => {
  const { planned, stock } = await proofOf('bazaar').answersTo(
    ask('mutation ($id: ID!) { unreview(id: $id) }', { id: null }),
  );
  expect(planned).toEqual(stock);
  expect(planned.errors).toHaveLength(1);
});
