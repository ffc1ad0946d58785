import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seedPatients } from '../../scripts/seed.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { SameAnswers } from './same-answers.js';

const GENERATED = 100;
/** Chosen so that nearly all of the API can be asked about. */
const PATIENTS = 12;
const FUND = '01634c7f-4800-7383-8121-10ababf30b4a';

let api: ApiUnderTest;
let both: SameAnswers;

beforeAll(async () => {
  api = await startApi('one process', 'same_answers');
  await seedPatients(api.adminUrl, PATIENTS);
  both = await SameAnswers.open(api, 20_261_122);
});
afterAll(async () => {
  await both?.close();
  await api?.stop();
});

/** What had another answer once, as simple as it could be found. */
const ONCE_DIFFERENT: readonly (readonly [fact: string, query: string, variables: Record<string, unknown>])[] = [
  [
    'a fragment that is left out at one place stands at another',
    `query($more: Boolean!) { aidPolicy { annualCap { ...Amount @include(if: $more) } tiers { fromExpense { ...Amount } } } }
     fragment Amount on Money { amount currency }`,
    { more: false },
  ],
  [
    'a fragment on an interface holds for the only type that can stand there',
    '{ stories(first: 2) { nodes { ...Card } } } fragment Card on Post { commentCount ... on Story { title } }',
    {},
  ],
  [
    'an object of which everything is left out is there',
    'query($less: Boolean!, $more: Boolean!) { funds(first: 1) @include(if: $more) { nodes @skip(if: $less) { id } } }',
    { less: true, more: true },
  ],
  [
    'of an entity of which everything is left out, it is told that it is there',
    `query($more: Boolean!) { fund(id: "${FUND}") { diseases { stories(first: 1) { totalCount @include(if: $more) } } } }`,
    { more: false },
  ],
  [
    'the default of a variable is read as its value would be',
    `query($from: DateTime = "2026-12-01T00:00:00Z") { physicians(first: 1) { nodes { slots(from: $from, to: "2026-12-05T00:00:00Z") { startsAt } } } }`,
    {},
  ],
];

test.each(ONCE_DIFFERENT)('%s', async (_, query, variables) => {
  const { federated, merged } = await both.answersTo('patient', { query, variables });
  expect(federated.errors).toEqual([]);
  expect(federated.data).toEqual(merged.data);
});

test('generated queries of everybody who can ask are answered as one merged schema answers them', async () => {
  await both.ask(GENERATED);
  const { asked, refused, values, errors, differences } = both.progress;
  expect(differences).toEqual([]);
  expect(asked).toBe(GENERATED);
  // else too little would have been compared
  expect(refused).toBeLessThan(GENERATED / 20);
  expect(values).toBeGreaterThan(GENERATED * 10);
  expect(errors).toBeGreaterThan(0);
});
