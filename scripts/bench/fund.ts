import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Client } from 'pg';
import { Pool } from 'undici';
import { type IssuerKeys, loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { newId } from '../../subgraphs/common/ids.js';
import { withClient } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { verifyLedger } from '../../subgraphs/fund/ledger/verify.js';
import { freePorts } from '../ports.js';
import { startPostgres } from '../postgres.js';
import { prepare } from '../prepare.js';
import { loadDemo } from '../seed.js';
import { tokenFor } from './callers.js';
import type { Cleanup } from './cleanup.js';
import type { Call } from './load.js';
import { start, UNLIMITED } from './programs.js';
import { ratioLines } from './ratio.js';

/**
 * `npm run bench -- fund`: how many approvals and claim decisions one fund takes in a second, each through the whole API,
 * beside pgbench with its one hot row on the same server in the same run.
 */

export const FUND_USAGE = 'Usage: npm run bench -- fund [--operations N] [--clients C] [--rounds R] [--short]';

export interface FundBenchOptions {
  /** Approvals, and as many claim decisions, a round. */
  readonly operations: number;
  readonly clients: number;
  readonly rounds: number;
}

/** @throws {Refusal} for what is no option, or no number that makes sense */
export function readFundOptions(args: readonly string[]): FundBenchOptions {
  const text = { type: 'string' } as const;
  const usual = args.includes('--short') ? { operations: 400, rounds: 1 } : { operations: 4_000, rounds: 3 };
  try {
    const options = { operations: text, clients: text, rounds: text, short: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const number = (given: string | undefined, otherwise: number) => {
      const value = given === undefined ? otherwise : Number(given);
      if (!Number.isInteger(value) || value < 1 || value > 100_000) throw new Error('not a number');
      return value;
    };
    return {
      operations: number(values.operations, usual.operations),
      clients: number(values.clients, 16),
      rounds: number(values.rounds, usual.rounds),
    };
  } catch {
    throw new Refusal(FUND_USAGE);
  }
}

interface Ground {
  readonly adminUrl: string;
  readonly keys: IssuerKeys;
  readonly origin: string;
  readonly issuer: string;
}

const REVIEWER = 'bench-reviewer';
const OFFICER = 'bench-finance';
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** A PostgreSQL that forgets nothing, and the API on it. */
async function prepareGround(cleanup: Cleanup): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const keysDir = join(folder, 'keys');
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), durable: true });
  cleanup.add(() => postgres.stop());
  await prepare(readSettings({ DATA_DIR: folder, KEYS_DIR: keysDir }), postgres.url);
  await loadDemo(postgres.url);
  const keys = await loadOrCreateKeys(join(keysDir, 'issuer'));
  const [port = 0] = await freePorts(1);
  const paths = { DATABASE_URL: postgres.url, KEYS_DIR: keysDir, DATA_DIR: folder };
  const environment = { ...paths, ...UNLIMITED, PORT: String(port) };
  await start({ script: 'start.js', environment }, cleanup);
  return { adminUrl: postgres.url, keys, origin: `http://127.0.0.1:${port}`, issuer: `http://localhost:${port}/oidc` };
}

/** A fund with money for all of them, and applications that wait for the last word on the money, each of another patient. */
async function waitingApplications(client: Client, count: number): Promise<string[]> {
  const fundId = newId();
  const contribution = newId();
  await client.query('begin');
  await client.query(
    `insert into fund.fund (id, code, name_en, name_zh, status) values ($1, $2, 'Bench', '测试', 'OPEN')`,
    [fundId, `BENCH-${fundId}`],
  );
  await client.query(
    `insert into fund.contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at)
     values ($1, $2, $3, 'PLATFORM', 1000000000000, 'CLEARED', 'bench', now(), now())`,
    [contribution, `BENCH-${contribution}`, fundId],
  );
  await client.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
     values (uuidv7(), $1, 'CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', 1000000000000, $2, 'bench')`,
    [fundId, contribution],
  );
  const { rows } = await client.query<{ id: string }>(
    `with patients as (
       insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       select id, 'bench-' || id, 'Bench', '1990-01-01', 'OTHER', 'Nowhere', now() from (
         select uuidv7() as id from generate_series(1, $3)) new returning id, subject),
     agreed as (
       insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       select uuidv7(), id, 'AID_REVIEW', 1, now(), subject from patients),
     made as (
       insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status,
         open_stage, open_reviewer, reviewer_subjects, policy_id, snapshot, created_at, submitted_at)
       select uuidv7(), 'BENCH-' || gen_random_uuid(), id, subject, gen_random_uuid(), $1, extract(year from now()), 4000000, 'IN_REVIEW',
         'FINANCIAL', $2, array[$2], (select id from fund.aid_policy order by number limit 1), '{}', now(), now()
       from patients returning id),
     reviewed as (
       insert into fund.review (id, application_id, stage, reviewer_subject, opened_at, taken_at)
       select uuidv7(), id, 'FINANCIAL', $2, now(), now() from made)
     select id from made`,
    [fundId, REVIEWER, count],
  );
  await client.query('commit');
  return rows.map(({ id }) => id);
}

/** One claim for each of these applications' grants, checked and waiting for the officer's word. */
async function waitingClaims(client: Client, applications: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `with made as (
       insert into fund.claim (id, number, grant_id, application_id, fund_id, patient_id, patient_subject, status, asked_fen, self_paid_fen,
         taken_back_fen, entered_by, entered_at, checked_by, checked_at)
       select uuidv7(), 'BENCH-' || gen_random_uuid(), g.id, application_id, g.fund_id, g.patient_id, patient_subject, 'CHECKED', 100000, 100000,
         0, 'bench', now(), $2, now()
       from fund.aid_grant g join fund.application a on a.id = application_id where application_id = any($1) returning id),
     spent as (
       insert into fund.expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen, basic_insurance_fen,
         serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen)
       select uuidv7(), id, 0, 'BENCH', id, now(), 100000, 0, 0, 0, 0, 0 from made)
     select id from made`,
    [applications, REVIEWER],
  );
  return rows.map(({ id }) => id);
}

const call = (token: string, mutation: string, input: object, selection: string): Call => ({
  headers: { ...JSON_HEADERS, authorization: `Bearer ${token}` },
  body: JSON.stringify({
    query: `mutation($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { __typename ${selection} ... on UserError { code message } } }`,
    variables: { input: { ...input, idempotencyKey: newId() } },
  }),
});

/**
 * Sends each of these once, so many under way at any time; the first tenth warms up.
 *
 * @param expected stands in every good answer
 * @returns how many a second
 */
async function drive(origin: string, calls: readonly Call[], clients: number, expected: string): Promise<number> {
  const pool = new Pool(origin, { connections: clients, pipelining: 1 });
  const warm = Math.floor(calls.length / 10);
  let next = 0;
  let done = 0;
  let from = performance.now();
  const client = async () => {
    for (let index = next++; index < calls.length; index = next++) {
      const { headers, body } = calls[index] as Call;
      const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
      const answer = await response.body.text();
      if (!answer.includes(expected)) throw new Error(`HTTP ${response.statusCode}: ${answer.slice(0, 500)}`);
      if (++done === warm) from = performance.now();
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - from) / 1000;
  await pool.close();
  return (calls.length - warm) / seconds;
}

/** Transactions a second of pgbench's own: at scale 1 all of them change the one row of its branch. */
async function pgbench(adminUrl: string, clients: number, seconds: number, script?: string): Promise<number> {
  const url = new URL(adminUrl);
  const base = ['-h', url.hostname, '-p', url.port, '-U', url.username];
  const env = { PATH: process.env.PATH, PGPASSWORD: url.password };
  const run = promisify(execFile);
  const what = script ? ['-f', script] : [];
  const { stdout } = await run(
    'pgbench',
    [...base, '-n', '-c', String(clients), '-j', '2', '-T', String(seconds), ...what, 'pgbench'],
    { env },
  );
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

async function preparePgbench(adminUrl: string): Promise<void> {
  const url = new URL(adminUrl);
  await withClient(adminUrl, (client) => client.query('create database pgbench'));
  try {
    await promisify(execFile)(
      'pgbench',
      ['-h', url.hostname, '-p', url.port, '-U', url.username, '-i', '-q', '-s', '1', 'pgbench'],
      {
        env: { PATH: process.env.PATH, PGPASSWORD: url.password },
      },
    );
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw new Refusal('This compares with pgbench, which is not here: install it (in Debian, the package postgresql).');
  }
}

const HOT_ROW = 'update pgbench_branches set bbalance = bbalance + 1 where bid = 1;\n';

/** @returns a table of what was found */
export async function benchFund(
  options: FundBenchOptions,
  cleanup: Cleanup,
  say: (what: string) => void,
): Promise<string> {
  const { operations, clients, rounds } = options;
  say('Making a database');
  const { adminUrl, keys, origin, issuer } = await prepareGround(cleanup);
  await preparePgbench(adminUrl);
  const scripts = mkdtempSync(join(tmpdir(), 'care-pgbench-'));
  cleanup.add(() => rmSync(scripts, { recursive: true, force: true }));
  const hotRow = join(scripts, 'hot-row.sql');
  writeFileSync(hotRow, HOT_ROW);
  const [reviewer, officer] = await Promise.all([
    tokenFor({ subject: REVIEWER, role: 'REVIEWER' }, issuer, keys),
    tokenFor({ subject: OFFICER, role: 'FINANCE' }, issuer, keys),
  ]);
  const seconds = Math.round(Math.max(2, Math.min(10, operations / 400)));
  const found = { approvals: [] as number[], claims: [] as number[], pgbench: [] as number[], hotRow: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    const applications = await withClient(adminUrl, async (client) => {
      const made = await waitingApplications(client, operations);
      await client.query(
        'vacuum analyze fund.application, fund.review, fund.aid_grant, fund.annual_aid, fund.claim, fund.fund_balance',
      );
      await client.query('checkpoint');
      return made;
    });
    found.pgbench.push(await pgbench(adminUrl, clients, seconds));
    const decision = { expectedVersion: 1, decision: 'APPROVE', reason: 'Complete.' };
    const approvals = applications.map((applicationId) =>
      call(reviewer, 'decideReview', { applicationId, ...decision }, '... on Application { status }'),
    );
    found.approvals.push(await drive(origin, approvals, clients, '"status":"APPROVED"'));
    const claims = await withClient(adminUrl, (client) => waitingClaims(client, applications));
    const decisions = claims.map((claimId) =>
      call(officer, 'decideClaim', { claimId, ...decision }, '... on Claim { status }'),
    );
    found.claims.push(await drive(origin, decisions, clients, '"status":"APPROVED"'));
    found.hotRow.push(await pgbench(adminUrl, clients, seconds, hotRow));
    say(
      `Round ${round}: ${Object.entries(found)
        .map(([name, each]) => `${name} ${each.at(-1)?.toFixed(0)}/s`)
        .join(', ')}`,
    );
  }
  const { problems } = await withClient(adminUrl, (client) => verifyLedger(client));
  if (problems.length > 0) throw new Error(problems.map(({ sentence }) => sentence).join('\n'));
  return table(found, options);
}

function table(
  found: Record<'approvals' | 'claims' | 'pgbench' | 'hotRow', number[]>,
  { clients, rounds, operations }: FundBenchOptions,
): string {
  return [
    `One fund, ${clients} clients, ${operations} operations a round, the median of ${rounds}; every commit on disk. The ledger was verified.`,
    ...ratioLines(
      [
        ['approvals, through the whole API', found.approvals],
        ['claim decisions, through the whole API', found.claims],
        ['pgbench, scale 1 (one hot row, seven statements)', found.pgbench],
        ['pgbench, one UPDATE of the hot row alone', found.hotRow],
      ],
      { name: 'pgbench', rates: found.pgbench },
    ),
  ].join('\n');
}
