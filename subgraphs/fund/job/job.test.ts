import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';

let api: SubgraphsUnderTest;
const finance = person('demo-finance', 'FINANCE');

/** One of each state, oldest first. */
const STATES = `
delete from fund_jobs._private_jobs;
select fund_jobs.add_job('expire-grants', '{"secret": "Lin Yue"}', run_at => '2030-01-01T00:00:00Z', max_attempts => 25);
select fund_jobs.add_job('ask-bank', '{"secret": "Lin Yue"}', max_attempts => 25);
update fund_jobs._private_jobs set locked_at = now(), locked_by = 'w', attempts = 1 where id = (select max(id) from fund_jobs._private_jobs);
select fund_jobs.add_job('send-payout-batch', '{"secret": "Lin Yue"}', max_attempts => 25);
update fund_jobs._private_jobs set attempts = 3, last_error = 'SubgraphUnavailable' where id = (select max(id) from fund_jobs._private_jobs);
select fund_jobs.add_job('close-report-month', '{"secret": "Lin Yue"}', max_attempts => 25);
update fund_jobs._private_jobs set attempts = 25, last_error = 'DriverException (23514)' where id = (select max(id) from fund_jobs._private_jobs);`;

beforeAll(async () => {
  api = await openSubgraphs('jobs_api');
  await api.admin.query(STATES);
});
afterAll(() => api?.stop());

const jobs = async (who: Identity, args = ''): Promise<Answer> => {
  const query = `{ jobs${args} { totalCount nodes { id task status runAt attempts maxAttempts lastError createdAt } pageInfo { hasNextPage endCursor } } }`;
  const { data, errors } = await api.execute('fund', who, query);
  return errors ? errors[0].extensions.code : data.jobs;
};

test('shows each job with where it stands, newest first, to those who keep the money or the rules', async () => {
  for (const who of [finance, person('demo-admin', 'ADMIN')]) {
    const { nodes, totalCount } = await jobs(who);
    expect(totalCount).toBe(4);
    expect(nodes).toMatchObject([
      {
        task: 'close-report-month',
        status: 'FAILED',
        attempts: 25,
        maxAttempts: 25,
        lastError: 'DriverException (23514)',
      },
      { task: 'send-payout-batch', status: 'RETRYING', attempts: 3, lastError: 'SubgraphUnavailable' },
      { task: 'ask-bank', status: 'RUNNING', attempts: 1, lastError: null },
      { task: 'expire-grants', status: 'WAITING', attempts: 0, runAt: '2030-01-01T00:00:00.000Z' },
    ]);
    expect(new Set(nodes.map(({ id }: Answer) => id)).size).toBe(4);
  }
});

test('shows nothing of what a job is about', async () => {
  expect(JSON.stringify(await jobs(finance))).not.toMatch(/Lin Yue|secret/);
  const { errors } = await api.execute('fund', finance, '{ jobs { nodes { payload } } }');
  expect(errors).toHaveLength(1);
});

test('narrows them down, and goes on page by page', async () => {
  const failed = await jobs(finance, '(filter: {status: [FAILED, RETRYING]})');
  expect(failed.totalCount).toBe(2);
  expect(failed.nodes.map(({ status }: Answer) => status)).toEqual(['FAILED', 'RETRYING']);
  const first = await jobs(finance, '(first: 3)');
  expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
  const rest = await jobs(finance, `(first: 3, after: "${first.pageInfo.endCursor}")`);
  expect(rest.nodes.map(({ task }: Answer) => task)).toEqual(['expire-grants']);
  expect(rest.pageInfo.hasNextPage).toBe(false);
});

test('is for nobody else', async () => {
  for (const who of [
    person('demo-patient', 'PATIENT'),
    person('demo-reviewer', 'REVIEWER'),
    person('s', 'SPONSOR', '01934a3c-5800-7000-8000-00000000a001'),
  ])
    expect(await jobs(who)).toBe('FORBIDDEN');
});
