import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { databaseSecret } from '../../scripts/prepare.js';
import { copyDatabase } from '../../tests/cluster.js';
import { fund } from '../fund/index.js';
import { Database, type Session, statement } from './database.js';
import { ANONYMOUS, type Identity } from './identity.js';
import { log } from './log.js';
import { servingUrl, withClient } from './migrate.js';
import { readSettings } from './settings.js';

/** As short as a test can wait, and longer than any answer here takes. */
const ANSWER_TIMEOUT_MS = 1_000;
/** What takes longer hangs. */
const BOUND_MS = 3_000;

const SLEEP = statement('sleep', 'select pg_sleep(5)');
const WHO = statement('who', 'select pg_backend_pid() as pid');
const FUNDS = statement('funds', 'select id from fund order by id');
/** Who asks, as row-level security sees it. */
const CALLER = statement('caller', 'select caller_subject() as subject');
const FAILS = statement('fails', 'select 1 / $1::int as never');
const REFUSED = statement('refused', 'select * from patient.patient');

/** A network between the program and PostgreSQL, that can fail. */
class Network {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(target: URL) {
    this.server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(from);
        from.pipe(to).on('error', () => undefined);
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends what is connected now. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Carries nothing more of what is connected now, and tells nobody. */
  fallSilent(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    this.cut();
    if (this.server.listening) await once(this.server.close(), 'close');
  }
}

let adminUrl: string;
let url: string;
beforeAll(async () => {
  log.level = 'silent';
  adminUrl = await copyDatabase(process.env.TEST_ADMIN_URL as string, `database_${process.pid}`);
  const secret = databaseSecret(readSettings({ KEYS_DIR: process.env.TEST_KEYS_DIR }));
  url = servingUrl(adminUrl, 'fund', secret);
});

let network: Network;
let database: Database;
beforeEach(async () => {
  network = new Network(new URL(url));
  const through = new URL(url);
  through.port = String(await network.open());
  database = await Database.open({
    name: 'fund',
    url: through.href,
    entities: fund.entities,
    // with one, a connection that is lost to the pool is missed at once
    maxConnections: 1,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  });
});
afterEach(async () => {
  await bounded(database.close());
  await network.close();
});

async function bounded<T>(promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const tooLong = sleep(BOUND_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error('It hangs');
  });
  tooLong.catch(() => undefined);
  return Promise.race([promise, tooLong]).finally(() => timer.abort());
}

/** One request's work. */
async function request<T>(work: (session: Session) => Promise<T>, identity = ANONYMOUS): Promise<T> {
  const session = database.session(identity, async () => []);
  session.enter();
  try {
    return await bounded(work(session));
  } finally {
    session.leave();
  }
}

const who = () => request(async (session) => (await session.rows<{ pid: number }>(WHO))[0]?.pid);

const terminate = async () => {
  await withClient(adminUrl, (admin) =>
    admin.query(
      "select pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = 'care-fund' and datname = current_database()",
    ),
  );
};

const LOST = { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };

describe.each([
  ['the server ends it', terminate],
  ['the network cuts it', async () => network.cut()],
  ['the network carries nothing more', async () => network.fallSilent()],
])('a connection is given up when %s', (_, lose) => {
  test('while a read runs and others wait behind it', async () => {
    const before = await who();
    await request(async (session) => {
      const reads = [SLEEP, FUNDS, FUNDS].map((each) => session.rows(each));
      const settled = Promise.allSettled(reads);
      await sleep(100);
      await lose();
      for (const outcome of await settled) expect(outcome).toMatchObject({ status: 'rejected', reason: LOST });
    });
    expect(await who()).not.toBe(before);
  });

  test('while it waits for the next request', async () => {
    const before = await who();
    await lose();
    await sleep(50);
    // of a silent network nobody knows before something was asked
    if (lose !== terminate) await who().catch((error) => expect(error).toMatchObject(LOST));
    const after = await who();
    expect(after).not.toBe(before);
    expect(await who()).toBe(after);
  });

  test('before a request that is quicker than the news', async () => {
    const before = await who();
    const [outcome] = await Promise.allSettled([who(), lose()]);
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(LOST);
    await sleep(50);
    await who().catch((error) => expect(error).toMatchObject(LOST));
    expect(await who()).not.toBe(before);
  });

  test('in the middle of a transaction', async () => {
    const change = request((session) =>
      session.transaction(async (em) => {
        await em.execute('select 1');
        await lose();
        await em.execute('select 2');
      }),
    );
    await expect(change).rejects.toMatchObject(LOST);
    expect(await request((session) => session.transaction((em) => em.execute('select 3 as three')))).toEqual([
      { three: 3 },
    ]);
    expect(await who()).toBeDefined();
  });

  test('while a statement of a transaction runs', async () => {
    const change = request((session) => session.transaction((em) => em.execute('select pg_sleep(5)')));
    const refused = expect(change).rejects.toMatchObject(LOST);
    await sleep(200);
    await lose();
    await refused;
    expect(await who()).toBeDefined();
  });

  test('before a transaction begins', async () => {
    await who();
    await Promise.all([
      lose(),
      request((session) => session.transaction((em) => em.execute('select 1'))).catch((error) =>
        expect(error).toMatchObject(LOST),
      ),
    ]);
    await sleep(50);
    await who().catch((error) => expect(error).toMatchObject(LOST));
    expect(await who()).toBeDefined();
  });

  test('that anybody may read by', async () => {
    const read = Promise.allSettled([SLEEP, SLEEP, FUNDS].map((each) => database.publicRows(each)));
    await sleep(200);
    await lose();
    for (const outcome of (await bounded(read)).slice(0, 2))
      expect(outcome).toMatchObject({ status: 'rejected', reason: LOST });
    expect(await bounded(database.publicRows(FUNDS))).not.toEqual([]);
  });
});

test('a request says that the database cannot be reached', async () => {
  await who();
  await network.close();
  await expect(who()).rejects.toMatchObject(LOST);
  await expect(bounded(database.publicRows(FUNDS))).rejects.toMatchObject(LOST);
  expect(await bounded(database.answers())).toBe(false);
});

test('who listens and is lost can listen again, as often as it happens', async () => {
  for (let times = 0; times < 4; times++) {
    const lost = Promise.withResolvers<void>();
    await bounded(database.listen('channel', () => undefined, lost.resolve));
    network.cut();
    await bounded(lost.promise);
  }
  // none of them has kept a place
  expect(await bounded(Promise.all([FUNDS, FUNDS].map((each) => database.publicRows(each))))).toHaveLength(2);
});

describe('who asks', () => {
  const person = (subject: string): Identity => ({ ...ANONYMOUS, subject, roles: ['PATIENT'] });
  const asked = async (session: Session) => (await session.rows<{ subject: string }>(CALLER))[0]?.subject;

  test('is known to every read of a request, and never is who asked before on the connection', async () => {
    for (const subject of ['first', 'second', 'third']) {
      const seen = await request((session) => Promise.all([asked(session), asked(session)]), person(subject));
      const later = await request(async (session) => [await asked(session), await asked(session)], person(subject));
      expect([...seen, ...later]).toEqual(Array(4).fill(subject));
    }
  });

  test.each([
    ['when it runs', FAILS, [0]],
    ['when it is prepared', REFUSED, []],
  ])('is known to what is read beside and after a read that fails %s', async (_, fails, values) => {
    await request(asked, person('before'));
    for (const failing of [true, false]) {
      await request(async (session) => {
        const [failed, beside] = await Promise.allSettled([session.rows(fails, values), asked(session)]);
        expect(failed.status).toBe('rejected');
        expect(beside).toEqual({ status: 'fulfilled', value: 'after' });
        if (failing) await expect(session.rows(fails, values)).rejects.toThrow();
        expect(await asked(session)).toBe('after');
      }, person('after'));
      await request(async (session) => {
        await expect(session.rows(fails, values)).rejects.toThrow();
        expect(await asked(session)).toBe('alone');
      }, person('alone'));
    }
  });

  test('must be sayable, or nothing is read; whoever asks next reads what has never been prepared', async () => {
    const fresh = statement('fresh', 'select caller_subject() as subject');
    const read = (session: Session) => session.rows(fresh);
    await expect(request(read, person('\0'))).rejects.toThrow();
    expect(await request(read, person('next'))).toEqual([{ subject: 'next' }]);
  });

  test('is nobody to what anybody may read', async () => {
    await request(asked, person('before'));
    expect(await database.publicRows(CALLER)).toEqual([{ subject: null }]);
  });
});

test('a statement gives the same at its first run on a connection and at later ones', async () => {
  const values = statement(
    'values',
    `select $1::int as number, $2::text as text, $3::text[] as list, $4::uuid as nothing, '{"a":[1]}'::json as json, true as yes,
       9007199254740993 as large, timestamptz '2026-03-14 09:26:53.589Z' as at, date '2026-03-14' as day`,
  );
  const list = ['a "b"', 'c\\d', null, '{e,f}'];
  const read = () => request((session) => session.rows(values, [7, 'x', list, null]));
  const row = {
    ...{ number: 7, text: 'x', list, nothing: null, json: { a: [1] }, yes: true },
    ...{ large: '9007199254740993', at: '2026-03-14 09:26:53.589+00', day: '2026-03-14' },
  };
  for (let time = 0; time < 3; time++) expect(await read()).toEqual([row]);
  const [one, other] = await request((session) => Promise.all([session.rows(FUNDS), session.rows(FUNDS)]));
  expect(one).toEqual(other);
});
