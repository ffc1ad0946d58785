import { expect, test } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import { GraphQLError } from 'graphql';
import { MAX_REFERENCES } from '../../subgraphs/common/answer.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import { inPortions, type Portions } from './references.js';

interface Reference {
  readonly id: number;
}

/** What a subgraph makes of references: every seventh is not there, and says so. */
function answer(references: readonly Reference[]): SubgraphResult {
  const errors = references.flatMap(({ id }, index) =>
    id % 7 === 3 ? [new GraphQLError(`no ${id}`, { path: ['_entities', index, 'name'] })] : [],
  );
  const entities = references.map(({ id }) => (id % 7 === 3 ? null : { name: `name of ${id}` }));
  return { data: { _entities: entities }, ...(errors.length > 0 && { errors }) };
}

const portionsOf = (variables: Record<string, unknown>) => inPortions(variables) as Portions;

const said = ({ errors = [] }: SubgraphResult) => errors.map(({ message, path }) => ({ message, path }));

test('what comes of portions is what would have come of all at once', () => {
  assert(
    property(integer({ min: MAX_REFERENCES + 1, max: 3 * MAX_REFERENCES + 1 }), (length) => {
      const representations = Array.from({ length }, (_, id) => ({ id }));
      const { sent, join } = portionsOf({ representations, other: 1 });
      const portions = sent.map((variables) => variables.representations as Reference[]);
      const joined = join(portions.map(answer));
      const whole = answer(representations);
      expect(joined.data).toEqual(whole.data);
      expect(said(joined)).toEqual(said(whole));
      expect(portions.every((portion) => portion.length <= MAX_REFERENCES)).toBe(true);
      expect(portions.flat()).toEqual(representations);
      expect(sent.every(({ other }) => other === 1)).toBe(true);
    }),
    { seed: 7, numRuns: 20 },
  );
});

test('a portion without an answer leaves its places empty', () => {
  const representations = Array.from({ length: MAX_REFERENCES + 20 }, (_, id) => ({ id: id * 7 }));
  const { sent, join } = portionsOf({ representations });
  const [first, second] = sent.map((variables) => variables.representations as Reference[]);
  const gone = { errors: [new GraphQLError('away', { path: ['_entities', 0] })] };
  const without = (results: SubgraphResult[]) => {
    const entities = join(results).data?._entities;
    return Array.isArray(entities) ? entities.map((entity) => entity === null) : entities;
  };
  expect(without([gone, answer(second ?? [])])).toEqual(representations.map((_, place) => place < MAX_REFERENCES));
  expect(without([answer(first ?? []), gone])).toEqual(representations.map((_, place) => place >= MAX_REFERENCES));
  expect(said(join([answer(first ?? []), gone]))).toEqual([{ message: 'away', path: ['_entities', MAX_REFERENCES] }]);
});

test('what holds no references, or no more than a subgraph takes, goes as it is', () => {
  expect(inPortions({ id: '1' })).toBeUndefined();
  expect(inPortions({ representations: Array.from({ length: MAX_REFERENCES }, (_, id) => ({ id })) })).toBeUndefined();
});
