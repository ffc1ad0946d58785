import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applicationId, patientId } from '../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import type { Person } from './client.js';
import { statementsAt } from './metrics.js';
import { OVERVIEW } from './story.js';

const MOST = 7;

describe.each(WAYS)('the main query in %s', (way) => {
  let api: ApiUnderTest;
  let patient: Person;
  let other: Person;

  beforeAll(async () => {
    api = await startApi(way, 'statements');
    patient = await api.person('patient');
    other = await api.person('other-patient');
  });
  afterAll(() => api?.stop());

  const statements = () => {
    const subgraphs = Object.values(api.subgraphUrls).map((url) => new URL(url).origin);
    return statementsAt(...(subgraphs.length > 0 ? subgraphs : [api.url]));
  };
  const overview = (person: Person, patientNumber: number) =>
    person.ask(OVERVIEW, { id: applicationId(patientNumber, 0) });
  /** The statements that it costs to see all of one's application. */
  const cost = async (person: Person, patientNumber: number) => {
    const before = await statements();
    const { data, errors } = await overview(person, patientNumber);
    const after = await statements();
    expect(errors).toEqual([]);
    expect(data.application.patient.id).toBe(patientId(patientNumber));
    expect(data.application.drugOrders.length).toBeGreaterThan(0);
    return after - before;
  };

  test(`costs at most ${MOST} SQL statements, those that say who asks included`, async () => {
    await overview(patient, 0);
    const counted = await cost(patient, 0);
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(MOST);
  });

  test(`costs at most ${MOST} for another patient than the one before, too`, async () => {
    await overview(patient, 0);
    expect(await cost(other, 1)).toBeLessThanOrEqual(MOST);
  });

  test('never shows one of two patients the rows of the other, asked 100 times at once', async () => {
    const [mine, others] = [await overview(patient, 0), await overview(other, 1)];
    expect(others.data.application.patient.id).not.toBe(mine.data.application.patient.id);
    const asked = Array.from({ length: 50 }, async (_, index) => {
      const foreign = index % 4 === 3;
      const [one, two] = await Promise.all([overview(patient, foreign ? 1 : 0), overview(other, foreign ? 0 : 1)]);
      // what went wrong says more than what is missing
      expect([one.errors, two.errors]).toEqual([[], []]);
      expect(one.data).toEqual(foreign ? { application: null } : mine.data);
      expect(two.data).toEqual(foreign ? { application: null } : others.data);
    });
    await Promise.all(asked);
  });
});
