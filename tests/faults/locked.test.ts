import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withClient } from '../../subgraphs/common/migrate.js';
import { applicationId } from '../../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi } from '../api.js';
import type { Person } from '../client.js';
import { until } from '../until.js';

const BOTH = 'query($id: ID!) { application(id: $id) { status } disease(catalogNo: 31) { nameEn } }';

let api: ApiUnderTest;
let patient: Person;
beforeAll(async () => {
  api = await startApi('one process', 'locked', { SUBGRAPH_READ_TIMEOUT_MS: '1000' });
  patient = await api.person('patient');
});
afterAll(() => api?.stop());

const ask = () => patient.ask(BOTH, { id: applicationId(0, 0) });
const whole = () =>
  until(ask, ({ errors, data }) => errors.length === 0 && data.application !== null && data.disease !== null);

async function breaker(): Promise<string | undefined> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return /subgraph_breaker_state\{subgraph="fund"\} (\d)/.exec(text)?.[1];
}

test('in one process, too, a subgraph whose database hangs costs its own fields, for a limited time, and then none', async () => {
  const { data } = await whole();
  await withClient(api.adminUrl, async (client) => {
    await client.query('begin; lock table fund.application in access exclusive mode');
    const answers = await Promise.all(Array.from({ length: 6 }, ask));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, data: { application: null, disease: data.disease } });
      expect(answer.errors).toMatchObject([{ path: ['application'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
    }
    expect(await breaker()).toBe('2');
    await client.query('commit');
  });
  expect((await whole()).data).toEqual(data);
  expect(await breaker()).toBe('0');
});
