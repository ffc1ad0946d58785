import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { freePorts } from '../scripts/ports.js';
import { insertApplication, setStage } from '../scripts/sim/world.js';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { verifyLedger } from '../subgraphs/fund/ledger/verify.js';
import { Person } from './client.js';
import { Program } from './program.js';

/** `CRASHES=20 npm test -- tests/crash` for more. */
const CRASHES = Number(process.env.CRASHES ?? 4);
const CASES = 40;
const WORKERS = 6;
const CNY = (amount: string) => ({ amount, currency: 'CNY' });

/** What was promised to a client: it got an answer. */
interface Promised {
  readonly contributions: string[];
  readonly decided: Map<string, string>;
  readonly claims: Map<string, string>;
  readonly released: string[];
}

describe('the whole program, killed again and again under load', () => {
  let folder: string;
  let url: string;
  let environment: NodeJS.ProcessEnv;
  let server: Program;
  let stage: Awaited<ReturnType<typeof setStage>>;
  const people = new Map<string, Person>();
  const who = (name: string) => people.get(name) as Person;
  const promised: Promised = { contributions: [], decided: new Map(), claims: new Map(), released: [] };
  const waiting: string[] = [];
  let over = false;

  const startServer = async () => {
    server = new Program('start.js', [], environment);
    await server.says(/ready in/);
  };
  const serverFile = async () => (await readFile(join(folder, 'postgres/pg/postmaster.pid'), 'utf8')).split('\n');
  /** On the PostgreSQL of the program, which has another port after each start. @throws when it is down */
  const withAdmin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const password = (await readFile(join(folder, 'postgres/password'), 'utf8')).trim();
    return withClient(`postgres://postgres:${password}@127.0.0.1:${(await serverFile())[3]?.trim()}/care`, work);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'care-crash-'));
    const [port] = await freePorts(1);
    url = `http://localhost:${port}`;
    environment = { NODE_ENV: 'development', DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'silent' };
    await startServer();
    for (const name of ['finance', 'second-finance', 'reviewer', 'second-reviewer', 'patient'])
      people.set(name, await Person.named(name, url));
    await withAdmin(async (admin) => {
      const accounts = Array.from({ length: CASES }, (_, index) => `62220000000${String(index).padStart(5, '0')}9`);
      stage = await setStage({ admin, keys: readFieldKeys(join(folder, 'keys')) }, accounts);
      for (const { id: patientId } of stage.patients) {
        const diseaseId = stage.diseaseIds[0] as string;
        const ready = { fundId: stage.fundId, patientId, subject: 'demo-patient', diseaseId, expenseFen: 4_000_000n };
        waiting.push((await insertApplication(admin, { ...ready, reviewer: 'demo-reviewer' })) as string);
      }
    });
  });
  afterAll(async () => {
    over = true;
    await server?.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  /** Sends one mutation under one key until it is answered. Undefined: not any more, it is over. */
  async function insist(name: string, mutation: string, input: object, selection: string) {
    const keyed = { ...input, idempotencyKey: newId() };
    for (; !over; await sleep(30)) {
      try {
        const { data, errors } = await who(name).mutate(mutation, keyed, selection);
        if (errors.length === 0 && data?.[mutation]) return data[mutation];
      } catch {
        // nobody there just now
      }
    }
    return undefined;
  }

  const APPLICATION = '... on Application { id status version }';
  const CLAIM = '... on Claim { id status version }';

  /** From the last word on an application to a decided claim. */
  async function familyCase(applicationId: string): Promise<void> {
    const decision = { decision: 'APPROVE', reason: 'Complete.' };
    const decided = await insist(
      'reviewer',
      'decideReview',
      { applicationId, expectedVersion: 1, ...decision },
      APPLICATION,
    );
    if (!decided) return;
    promised.decided.set(applicationId, decided.status);
    const invoice = {
      issuer: 'CRASH',
      number: applicationId,
      incurredOn: shanghaiDay(new Date()),
      amount: CNY('1000.00'),
    };
    for (;;) {
      const claim = await insist(
        'patient',
        'enterClaim',
        { applicationId, expenses: [{ invoice, paidByOthers: [] }] },
        CLAIM,
      );
      if (!claim) return;
      if (claim.__typename !== 'Claim') {
        // it waits for money
        await sleep(100);
        continue;
      }
      promised.claims.set(claim.id, claim.status);
      const step = { claimId: claim.id, reason: 'In order.' };
      const checked = await insist(
        'reviewer',
        'checkClaim',
        { ...step, expectedVersion: claim.version, decision: 'PASS' },
        CLAIM,
      );
      if (!checked) return;
      promised.claims.set(claim.id, checked.status);
      const paid = await insist(
        'finance',
        'decideClaim',
        { ...step, expectedVersion: checked.version, decision: 'APPROVE' },
        CLAIM,
      );
      if (paid) promised.claims.set(claim.id, paid.status);
      return;
    }
  }

  async function gives(): Promise<void> {
    for (let n = 0; n < CASES && !over; n++) {
      const pledge = { fundId: stage.fundId, amount: CNY('16000.00'), source: 'PUBLIC' };
      const pledged = await insist('finance', 'pledgeContribution', pledge, '... on Contribution { id version }');
      if (!pledged) return;
      const clear = { contributionId: pledged.id, expectedVersion: pledged.version };
      const cleared = await insist('finance', 'clearContribution', clear, '... on Contribution { id status }');
      if (cleared?.status === 'CLEARED') promised.contributions.push(cleared.id);
      await sleep(300);
    }
  }

  async function pays(): Promise<void> {
    const batch = '... on PayoutBatch { id status version }';
    while (!over) {
      const made = await insist('finance', 'createPayoutBatch', { fundId: stage.fundId }, batch);
      if (made?.__typename === 'PayoutBatch') {
        const release = { batchId: made.id, expectedVersion: made.version };
        const released = await insist('second-finance', 'releasePayoutBatch', release, batch);
        if (released?.__typename === 'PayoutBatch') promised.released.push(released.id);
      }
      await sleep(200);
    }
  }

  const killPostgres = async () => {
    const pid = Number((await serverFile())[0]);
    if (pid > 1) process.kill(pid, 'SIGKILL');
  };

  test(
    `recovers by itself from ${CRASHES} crashes, loses nothing that was answered, and pays nothing twice`,
    async () => {
      const cases = waiting.values();
      const load = [
        gives(),
        pays(),
        ...Array.from({ length: WORKERS }, async () => {
          for (const applicationId of cases) await familyCase(applicationId);
        }),
      ];
      for (let crash = 0; crash < CRASHES; crash++) {
        await sleep(100 + Math.random() * 700);
        const kind = crash % 3;
        // it may be down already
        if (kind !== 0) await killPostgres().catch(() => undefined);
        if (kind !== 1) {
          await server.end('SIGKILL');
          await startServer();
        }
      }
      // what is under way comes to its end without any more help
      const settled = async () => {
        const { rows } = await withAdmin((client) =>
          client.query<{ open: number }>(
            `select (select count(*) from fund.payout where status in ('QUEUED', 'SENT'))::int
               + (select count(*) from fund.claim where status in ('ENTERED', 'CHECKED', 'APPROVED') and fund_id = $1)::int
               + (select count(*) from fund.application where status in ('IN_REVIEW', 'WAITLISTED') and fund_id = $1)::int as open`,
            [stage.fundId],
          ),
        ).catch(() => ({ rows: [{ open: -1 }] }));
        return rows[0]?.open === 0;
      };
      const deadline = Date.now() + 60_000;
      while (!(await settled()) && Date.now() < deadline) await sleep(200);
      over = true;
      await Promise.all(load);

      await withAdmin(async (client) => {
        const { problems } = await verifyLedger(client);
        expect(problems).toEqual([]);
        const ids = async (sql: string) =>
          (await client.query<{ id: string }>(sql, [stage.fundId])).rows.map(({ id }) => id);
        const cleared = await ids(`select id from fund.contribution where status = 'CLEARED' and fund_id = $1`);
        expect(cleared).toEqual(expect.arrayContaining(promised.contributions));
        expect(promised.contributions.length).toBeGreaterThan(5);
        const approved = await ids(`select id from fund.application where status = 'APPROVED' and fund_id = $1`);
        expect(approved).toEqual(expect.arrayContaining([...promised.decided.keys()]));
        expect([...promised.decided.keys()].sort()).toEqual([...waiting].sort());
        const paid = await ids(`select id from fund.claim where status = 'PAID' and fund_id = $1`);
        expect(paid.sort()).toEqual([...promised.claims.keys()].sort());
        expect(paid).toHaveLength(CASES);
        const batches = await ids('select id from fund.payout_batch where released_by is not null and fund_id = $1');
        expect(batches).toEqual(expect.arrayContaining(promised.released));
        // what the bank outside was told to pay: each claim once
        const { rows } = await client.query<{ claims: number; payments: number }>(
          `select count(distinct claim_id)::int as claims, count(*)::int as payments
           from fund.simulated_bank_payment join fund.payout using (end_to_end_id) where fund_id = $1`,
          [stage.fundId],
        );
        expect(rows).toEqual([{ claims: CASES, payments: CASES }]);
      });
    },
    60_000 + CRASHES * 15_000,
  );
});
