import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { CHECK_LEDGER } from '../subgraphs/fund/ledger/ledger-check.service.js';
import { Apart } from './apart.js';
import { env } from './api.js';
import { type Answer, Person } from './client.js';
import { copyDatabase } from './cluster.js';
import { FAR, MOONS, Planets, RINGS, WITH_RINGS } from './planets.js';
import { Program } from './program.js';
import { until } from './until.js';

afterAll(() => Program.endAll());

/** The ids of the processes that said so in the log, first to last. */
const pids = (program: Program, what: string): number[] =>
  [...program.said.matchAll(new RegExp(`"worker":(\\d+),"msg":"${what}"`, 'g'))].map(([, pid]) => Number(pid));
const SERVES = 'a worker serves';
const AT_JOBS = 'a worker works on the jobs';

const statusOf = (asked: Promise<Answer>) =>
  asked.then(
    ({ status }) => status,
    () => 'broken off' as const,
  );
const countOf = <T>(found: readonly T[], wanted: T): number => found.filter((each) => each === wanted).length;
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('two workers of the gateway', () => {
  const BURST = 100;
  const COST = 25;
  const AT_ONCE = 3;
  const DEAR = `{ ${times(COST, (i) => `a${i}: planet(name: "Mars") { moons }`).join(' ')} }`;
  let planets: Planets;
  let apart: Apart;
  /** Of whoever asks: a proxy of ours says so. */
  let address = 0;

  beforeAll(async () => {
    planets = await Planets.start({
      WORKERS: '2',
      RATE_LIMIT_BURST: String(BURST),
      RATE_LIMIT_PER_SECOND: '1',
      MAX_IN_FLIGHT_PER_CLIENT: String(AT_ONCE),
      TRUSTED_PROXIES: '1',
      SUBGRAPH_READ_TIMEOUT_MS: '60000',
      SUBGRAPH_TIMEOUT_MS: '60000',
      DRAIN_DELAY_MS: '1000',
    });
    apart = await Apart.before(planets.url);
  });
  afterAll(async () => {
    apart?.close();
    await planets?.stop();
  });

  const ask = (query: string, from: number, variables: Record<string, unknown> = {}) =>
    new Person(apart.url).ask(query, variables, { 'x-forwarded-for': `198.51.100.${from}` });
  const metrics = async () => (await fetch(`${apart.url}/metrics`)).text();
  const counted = async (series: string) =>
    Number(
      (await metrics())
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length) ?? 0,
    );
  const answered = () => counted('graphql_request_seconds_count{endpoint="/graphql",status="200"}');

  test('spend from one allowance: of many operations at once as many are granted as one process would', async () => {
    const client = ++address;
    const statuses: unknown[] = [];
    // no more at once than a client may, so that it is the allowance that refuses
    for (let round = 0; round < 10; round++)
      statuses.push(...(await Promise.all(times(AT_ONCE, () => statusOf(ask(DEAR, client))))));
    expect([countOf(statuses, 200), countOf(statuses, 429)]).toEqual([BURST / COST, 10 * AT_ONCE - BURST / COST]);
  });

  test('count together what a client has under way', async () => {
    const client = ++address;
    const asked = times(10, (i) => statusOf(ask(`{ a${i}: far }`, client)));
    const refused = Promise.all(asked).then((statuses) => countOf(statuses, 429));
    await until(() => planets.waiting === AT_ONCE);
    expect((await ask(MOONS, client)).status).toBe(429);
    planets.letGo();
    expect(await refused).toBe(10 - AT_ONCE);
    expect((await ask(MOONS, client)).status).toBe(200);
  });

  test('let a person sign in whose every step another of them answers', async () => {
    for (const name of ['patient', 'reviewer', 'carrier-key']) {
      const { token } = await Person.named(name, apart.url, env('TEST_KEYS_DIR'));
      expect(token).toBeDefined();
    }
    const patient = await Person.named('patient', apart.url);
    const { data } = await patient.ask('{ treasure }');
    expect(data).toEqual({ treasure: null });
  });

  test('share no answer to what was asked before a change, whichever of them made it', async () => {
    const asked: Promise<unknown>[] = [];
    // of all that ask for it meanwhile, each worker asks the subgraph once
    const askedByBoth = (fetches: number) =>
      until(
        () => {
          if (planets.waiting < fetches) asked.push(ask(FAR, ++address));
          return planets.waiting;
        },
        (waiting) => waiting === fetches,
        { seconds: 10 },
      );
    await askedByBoth(2);
    await ask('mutation($input: VisitInput!) { visit(input: $input) }', ++address, {
      input: { planet: 'Mars', days: 1 },
    });
    await askedByBoth(4);
    planets.letGo();
    await Promise.all(asked);
  });

  test('tell at any of them how both are, and what both have counted', async () => {
    const before = await answered();
    await Promise.all(times(6, () => ask(MOONS, ++address)));
    await until(answered, (count) => count === before + 6);
    expect(await counted('workers_serving')).toBe(2);
    expect(await planets.health()).toEqual({ status: 200, body: { status: 'ready', parts: { planets: true } } });
  });

  test('take up another supergraph, both of them', async () => {
    planets.replace(WITH_RINGS);
    await until(
      () => Promise.all(times(6, () => statusOf(ask(RINGS, ++address)))),
      (statuses) => countOf(statuses, 200) === 6,
    );
    expect(await counted('supergraph_reloads_total{result="taken"}')).toBe(2);
  });

  test('one that dies takes along what it had in flight and nothing else, and another takes its place', async () => {
    const before = await answered();
    const clients = times(6, () => ++address);
    const asked = clients.flatMap((client) =>
      times(AT_ONCE, (i) => ({ client, status: statusOf(ask(`{ a${client}x${i}: far }`, client)) })),
    );
    await until(() => planets.waiting === asked.length);
    const [dying = 0] = pids(planets.gateway, SERVES);
    process.kill(dying, 'SIGKILL');
    const brokenOff = Promise.race(asked.map(async ({ client, status }) => (await status) === 'broken off' && client));
    const client = (await brokenOff) as number;
    // its place is free again
    await until(
      async () => (await ask(MOONS, client)).status,
      (status) => status === 200,
    );
    await until(() => pids(planets.gateway, SERVES).length === 3);
    // what it had counted is counted still, and one more
    expect(await answered()).toBeGreaterThan(before);
    planets.letGo();
    const statuses = await Promise.all(asked.map(({ status }) => status));
    expect(countOf(statuses, 200)).toBeGreaterThan(0);
    expect(countOf(statuses, 200) + countOf(statuses, 'broken off')).toBe(asked.length);
    expect(await counted('workers_serving')).toBe(2);
    const after = await Promise.all(times(6, () => statusOf(ask(MOONS, ++address))));
    expect(countOf(after, 200)).toBe(6);
  });

  test('end together: they say so, answer who waits, and then nobody listens', async () => {
    const asked = times(4, (i) => ask(`{ last${i}: far }`, ++address));
    await until(() => planets.waiting === 4);
    planets.gateway.signal('SIGTERM');
    await until(
      () => planets.health(),
      ({ body }) => body.status === 'draining',
    );
    expect((await ask(MOONS, ++address)).status).toBe(200);
    const isClosed = () =>
      fetch(planets.url).then(
        () => false,
        () => true,
      );
    await until(isClosed);
    planets.letGo();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await planets.gateway.end('SIGCONT')).toBe(0);
  });
});

describe('two workers of the whole program', () => {
  const QUOTA = 100;
  let adminUrl: string;
  let program: Program;
  let apart: Apart;

  beforeAll(async () => {
    adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `workers_${process.pid}`);
    program = new Program('start.js', [], {
      NODE_ENV: 'test',
      WORKERS: '2',
      PORT: '0',
      DATABASE_URL: adminUrl,
      KEYS_DIR: env('TEST_KEYS_DIR'),
      DOCUMENTS_DIR: env('DOCUMENTS_DIR'),
      PARTNER_QUOTA_PER_DAY: String(QUOTA),
      REQUEST_LOG: 'off',
      SUBGRAPH_READ_TIMEOUT_MS: '60000',
      SUBGRAPH_TIMEOUT_MS: '60000',
    });
    await program.says(/Stop with/);
    apart = await Apart.before(/http:\/\/localhost:\d+/.exec(program.said)?.[0] ?? '');
  });
  afterAll(() => apart?.close());

  /** How many processes work on the fund's jobs. */
  const atJobs = (): Promise<number> =>
    withClient(adminUrl, async (admin) => {
      const { rows } = await admin.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and application_name = 'care-fund_jobs'`,
      );
      return rows[0]?.count ?? 0;
    });

  test("count a partner's day together", async () => {
    const sponsor = await Person.named('sponsor', apart.url);
    const query = '{ funds(first: 10) { nodes { code } } }';
    const answers = await Promise.all(times(30, () => sponsor.ask(query)));
    const granted = answers.filter(({ status }) => status === 200);
    const quota = granted[0]?.extensions?.quota as { requested: number } | undefined;
    expect(granted).toHaveLength(Math.floor(QUOTA / (quota?.requested ?? 0)));
    expect(granted.length).toBeLessThan(answers.length);
  });

  test('one of them works on the jobs; when it dies, the other does', async () => {
    await until(atJobs, (count) => count === 1);
    const [first = 0] = pids(program, AT_JOBS);
    process.kill(first, 'SIGKILL');
    await until(() => pids(program, AT_JOBS).length === 2);
    await withClient(adminUrl, async (admin) => {
      await admin.query(`select fund_jobs.add_job($1)`, [CHECK_LEDGER]);
      const left = async () =>
        (await admin.query('select from fund_jobs.jobs where task_identifier = $1', [CHECK_LEDGER])).rowCount;
      await until(left, (count) => count === 0);
    });
    expect(await atJobs()).toBe(1);
    const patient = await Person.named('patient', apart.url);
    const answers = await Promise.all(times(4, () => patient.ask('{ funds { totalCount } }')));
    expect(answers.map(({ status, errors }) => [status, errors])).toEqual(times(4, () => [200, []]));
  });

  test('end with 0 when they are told to', async () => {
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
