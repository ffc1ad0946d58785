import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  executeSync,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  parse,
  validate,
} from 'graphql';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import type { Refused } from '../http/refused.js';
import { ASSUMED_LENGTH, MUTATION_COST } from './cost.js';
import { createLimits } from './inspect.js';

const FIELDS =
  'name: String item: Item items(first: Int! = 3): ItemConnection few: [Item!]! named(ids: [ID!]!): [Item]';
const schema = buildSchema(`
  type Query { ${FIELDS} either: Either }
  type Mutation { change: Item  touch: Boolean }
  type Item { ${FIELDS} }
  union Either = Item | PageInfo
  type ItemConnection { nodes: [Item!]!  edges: [ItemEdge!]!  pageInfo: PageInfo!  totalCount: Int! }
  type ItemEdge { cursor: String!  node: Item! }
  type PageInfo { hasNextPage: Boolean! }
`);
const { limits: SETTINGS } = readSettings({});
const limits = createLimits(schema, { ...SETTINGS, costOfOperation: 1_000_000, burst: 1_000_000 });
const cost = (text: string, variables: Record<string, unknown> = {}, name?: string): number =>
  limits.inspect(text).cost(name, variables);
const refusal = (text: string, variables: Record<string, unknown> = {}, of = limits): Refused => {
  try {
    of.inspect(text).cost(undefined, variables);
  } catch (error) {
    return error as Refused;
  }
  throw new Error('It was not refused');
};

describe('what an operation costs', () => {
  test.each<[string, number, ...Record<string, unknown>[]]>([
    ['{ __typename }', 1],
    ['{ item { name } }', 1],
    ['{ item { item { item { name } } } }', 3],
    ['{ few { name } }', ASSUMED_LENGTH],
    // the connection, and each entry
    ['{ items { nodes { name } } }', 1 + 3],
    ['{ items(first: 100) { nodes { name } } }', 1 + 100],
    // an edge is an object too
    ['{ items(first: 10) { edges { node { name } } pageInfo { hasNextPage } totalCount } }', 1 + 10 * 2 + 1],
    ['{ items(first: 10) { nodes { items(first: 10) { nodes { name } } } } }', 1 + 10 * (1 + 1 + 10)],
    ['{ named(ids: ["a", "b"]) { name } }', 2],
    ['query($ids: [ID!]!) { named(ids: $ids) { item { name } } }', 2 * 4, { ids: ['a', 'b', 'c', 'd'] }],
    ['query($first: Int!) { items(first: $first) { nodes { name } } }', 1 + 7, { first: 7 }],
    ['query($first: Int! = 9) { items(first: $first) { nodes { name } } }', 1 + 9],
    ['query($first: Int) { items(first: $first) { nodes { name } } }', 1 + 3],
    [
      'query($n: Int!) { items(first: $n) { nodes { items(first: $n) { nodes { name } } } } }',
      1 + 4 * (1 + 1 + 4),
      { n: 4 },
    ],
    [
      '{ ...F items(first: 2) { ...P } } fragment F on Query { item { name } } fragment P on ItemConnection { nodes { name } }',
      1 + 1 + 2,
    ],
    ['{ either { ... on Item { item { name } } ... on PageInfo { hasNextPage } } }', 2],
    ['mutation { change { name } touch }', 1 + MUTATION_COST * 2],
    // what the schema does not have is not executed
    ['{ item { nothing { nothing } } nothing }', 1],
    // nor is what does not fit its type
    ['query($first: Int!) { items(first: $first) { nodes { name } } }', 1 + 100, { first: 'ten' }],
  ])('%s', (text, points, ...variables) => {
    expect(cost(text, ...variables)).toBe(points);
  });

  test('is that of the operation that is meant', () => {
    const text = 'query A { item { name } } query B { items(first: 50) { nodes { name } } }';
    expect([cost(text, {}, 'A'), cost(text, {}, 'B')]).toEqual([1, 51]);
  });

  test('is by each request’s own variables', () => {
    const text = 'query($first: Int! = 20) { items(first: $first) { nodes { name } } }';
    expect([{ first: 1 }, {}, { first: 100 }].map((variables) => cost(text, variables))).toEqual([2, 21, 101]);
  });

  test('is as many objects as come back when every list is as long as it can be', () => {
    const selection = fc.letrec<{ set: string }>((tie) => {
      const page = fc.constantFrom('', '(first: 1)', '(first: 2)', '(first: $one)', '(first: $two)', '(first: $none)');
      const ids = fc.constantFrom('[]', '["a", "b"]', '$ids');
      const set = tie('set');
      const field = fc.oneof(
        { weight: 2, arbitrary: fc.constant('name') },
        set.map((of) => `item ${of}`),
        set.map((of) => `few ${of}`),
        set.map((of) => `... on Item ${of}`),
        fc.tuple(ids, set).map(([given, of]) => `named(ids: ${given}) ${of}`),
        fc.tuple(page, set).map(([of, nodes]) => `items${of} { nodes ${nodes} totalCount }`),
        fc
          .tuple(page, set)
          .map(([of, node]) => `items${of} { ... { edges { node ${node} } } pageInfo { hasNextPage } }`),
      );
      return {
        set: fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          fc.constant('{ name }'),
          fc.array(field, { minLength: 1, maxLength: 2 }).map((fields) => `{ ${fields.join(' ')} }`),
        ),
      };
    }).set;
    const length = (args: Record<string, unknown>): number =>
      Number(args.first ?? (args.ids as unknown[])?.length ?? ASSUMED_LENGTH);
    const item = (length: number) => ({ __typename: 'Item', length });
    const fieldResolver = (
      parent: { length?: number },
      args: Record<string, unknown>,
      _: unknown,
      { returnType, fieldName }: GraphQLResolveInfo,
    ) => {
      if (isLeafType(getNamedType(returnType))) return 1;
      const isOfPage = fieldName === 'nodes' || fieldName === 'edges';
      if (!isListType(getNullableType(returnType))) return item(length(args));
      return Array.from({ length: isOfPage ? (parent.length ?? 0) : length(args) }, () => item(0));
    };
    const objects = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      const inside = Object.values(value).reduce<number>((sum, each) => sum + objects(each), 0);
      return Array.isArray(value) ? inside : inside + 1;
    };
    const largest = { value: 0 };
    fc.assert(
      fc.property(selection, (set) => {
        // every field under a name of its own: what stands twice in one place is executed once
        let number = 0;
        const aliased = `{ item ${set} }`.replace(
          /\b(name|item|few|named|items)\b(?! *:)/g,
          (name) => `a${number++}: ${name}`,
        );
        const text = `query($one: Int! = 1, $two: Int!, $none: Int! = 3, $ids: [ID!]! = []) ${aliased}`;
        const variableValues = { two: 2, ids: ['a', 'b', 'c'] };
        const points = cost(text, variableValues);
        const { data } = executeSync({ schema, document: parse(text), variableValues, fieldResolver });
        largest.value = Math.max(largest.value, points);
        expect(points).toBe(objects(data) - 1);
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(largest.value).toBeGreaterThan(100);
  });

  test.each([
    0,
    -1,
    101,
    99_999_999,
    2 ** 31,
    -(2 ** 31) - 1,
  ])('a list of %p is refused, wherever that stands', (first) => {
    const message = `\`first\` must be from 1 to 100, but is ${first}.`;
    for (const [text, variables] of [
      [`{ items(first: ${first}) { nodes { name } } }`],
      [`{ items(first: ${first}) { totalCount } }`],
      [`{ few { items(first: ${first}) { edges { cursor } } } }`],
      ['query($n: Int!) { items(first: $n) { nodes { name } } }', { n: first }],
      ['query($n: Int!) { items(first: $n) { totalCount } }', { n: first }],
      [
        'query($n: Int!) { items(first: 2) { nodes { ...F } } } fragment F on Item { items(first: $n) { nodes { name } } }',
        { n: first },
      ],
      [`query($n: Int! = ${first}) { items(first: $n) { nodes { name } } }`],
    ] as const) {
      const { status, code, message: told, more } = refusal(text, variables);
      expect({ status, code, told }).toEqual({ status: 400, code: 'BAD_USER_INPUT', told: message });
      expect(more.locations).toHaveLength(1);
    }
  });

  test('the place of an impossible length is told', () => {
    expect(refusal('{\n  items(first: 0) { nodes { name } } }').more.locations).toEqual([{ line: 2, column: 9 }]);
  });

  test('an operation over the limit is refused, saying what it costs and what is allowed', () => {
    const strict = createLimits(schema, { ...SETTINGS, costOfOperation: 50 });
    expect(strict.inspect('{ items(first: 49) { nodes { name } } }').cost(undefined, {})).toBe(50);
    const { status, code, message, more } = refusal('{ items(first: 50) { nodes { name } } }', {}, strict);
    expect({ status, code }).toEqual({ status: 400, code: 'TOO_EXPENSIVE' });
    expect(message).toMatch(/^This operation may cost 51 points, .* at most 50 are allowed\. Ask for shorter lists/);
    expect(more.extensions).toEqual({ cost: { requested: 51, limit: 50 } });
  });

  test('what nobody could ever save up for is over the limit', () => {
    const poor = createLimits(schema, { ...SETTINGS, burst: 10 });
    expect(refusal('{ items(first: 10) { nodes { name } } }', {}, poor).code).toBe('TOO_EXPENSIVE');
  });

  // made when they are needed: a test's arguments are written out by whoever runs it
  test.each<[string, () => Record<string, unknown>]>([
    ['5,000 ids', () => ({ ids: Array(5_000).fill('a') })],
    ['10,000 variables', () => Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`v${i}`, 1]))],
    ['lists in lists, 100,000 deep', () => ({ ids: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) })],
    ['objects in objects, 100 deep', () => JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)],
    ['900 × 900 texts', () => ({ ids: Array(900).fill(Array(900).fill('a')) })],
  ])('values of %s are refused', (_, variables) => {
    const { status, code } = refusal('query($ids: [ID!]!) { named(ids: $ids) { name } }', variables());
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('a carrier may report 10,000 temperatures at once', () => {
    const logs = [{ seconds: Array(10_000).fill(1), celsius: Array(10_000).fill(4.5) }];
    expect(cost('mutation { change { name } }', { input: { logs } })).toBe(1 + MUTATION_COST);
  });
});

describe('our own operations', () => {
  const folder = join(PROJECT_ROOT, 'schema/operations');
  const schemaOf = (file: string) =>
    buildSchema(readFileSync(join(PROJECT_ROOT, 'schema', file), 'utf8'), { assumeValid: true });
  const api = schemaOf('api.graphql');
  const partner = schemaOf('partner.graphql');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.graphql'));

  test.each(files)('%s costs less than a fifth of what is allowed', (file) => {
    const of = file.startsWith('partner') ? partner : api;
    const { document, cost } = createLimits(of, SETTINGS).inspect(readFileSync(join(folder, file), 'utf8'));
    expect(validate(of, document)).toEqual([]);
    expect(cost(undefined, {})).toBeLessThan(SETTINGS.costOfOperation / 5);
  });
});
