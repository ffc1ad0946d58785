import { expect, test } from '@jest/globals';
import { array, assert, nat, property } from 'fast-check';
import { GraphQLError } from 'graphql';
import { MAX_REFERENCES } from '../../subgraphs/common/answer.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import { inPortions } from './references.js';

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

const said = ({ errors = [] }: SubgraphResult) => errors.map(({ message, path }) => ({ message, path }));

const inOrder = (errors: ReturnType<typeof said>) =>
  [...errors].sort((one, other) => Number(one.path?.[1]) - Number(other.path?.[1]));

test('what comes of portions is what would have come of all at once; an error stands at the first place of its reference', () => {
  assert(
    property(array(nat(1_500), { maxLength: 1_400, size: 'max' }), (ids) => {
      const representations = ids.map((id) => ({ id }));
      const { sent, join } = inPortions({ representations, other: 1 });
      const portions = sent.map((variables) => variables.representations as Reference[]);
      const joined = join(portions.map(answer));
      const whole = answer(representations);
      expect(joined.data).toEqual(whole.data);
      expect(portions.every(({ length }) => length <= MAX_REFERENCES)).toBe(true);
      expect(sent.every(({ other }) => other === 1)).toBe(true);
      const unique = portions.flat().map(({ id }) => id);
      expect(unique.length).toBe(new Set(ids).size);
      const firsts = said(whole).filter(
        ({ message }, at, all) => all.findIndex((each) => each.message === message) === at,
      );
      expect(inOrder(said(joined))).toEqual(inOrder(firsts));
    }),
    { seed: 7, numRuns: 20 },
  );
});

test('a portion without an answer leaves its places empty', () => {
  const representations = Array.from({ length: MAX_REFERENCES + 20 }, (_, id) => ({ id: id * 7 }));
  const { sent, join } = inPortions({ representations });
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

test('what holds no references goes as it is', () => {
  const variables = { id: '1' };
  const { sent, join } = inPortions(variables);
  expect(sent).toEqual([variables]);
  const result = { data: { a: 1 } };
  expect(join([result])).toBe(result);
});
