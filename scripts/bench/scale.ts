import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { Pool } from 'undici';
import { loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { statementsMade } from '../../subgraphs/common/database.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import type { Role } from '../../subgraphs/common/identity.js';
import { withClient } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { GENERAL_FUND_ID } from '../../subgraphs/fund/demo.js';
import { percentile } from '../percentile.js';
import { planFaults } from '../plans.js';
import { freePorts } from '../ports.js';
import { startPostgres } from '../postgres.js';
import { prepare } from '../prepare.js';
import { seedPatients } from '../seed.js';
import { tokenFor } from './callers.js';
import type { Cleanup } from './cleanup.js';
import type { Figure } from './figure.js';
import { start, UNLIMITED } from './programs.js';

/**
 * `npm run bench -- scale`: the main query and the usual lists on two databases of one server, one of them with many more
 * patients, asked in turns in one run. What grows with the number of patients is dearer in one than in the other.
 */

const USAGE = 'Usage: npm run bench -- scale [--patients N] [--few N] [--requests N] [--keep FOLDER] [--short]';

export interface ScaleOptions {
  /** In the large database, and in the small one. */
  readonly patients: number;
  readonly few: number;
  /** Of each operation to each database. */
  readonly requests: number;
  /** Where databases are left for the next time, and found if they are there. */
  readonly keep?: string;
}

/** @throws {Refusal} for what is no option, or no number that makes sense */
export function readScaleOptions(args: readonly string[]): ScaleOptions {
  const text = { type: 'string' } as const;
  try {
    const options = { patients: text, few: text, requests: text, keep: text, short: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const number = (given: string | undefined, usually: number, most: number) => {
      const value = given === undefined ? usually : Number(given);
      if (!Number.isInteger(value) || value < 10 || value > most) throw new Error('not a number');
      return value;
    };
    return {
      patients: number(values.patients, values.short ? 10_000 : 1_000_000, 5_000_000),
      few: number(values.few, 1_000, 100_000),
      requests: number(values.requests, values.short ? 100 : 1_000, 100_000),
      keep: values.keep,
    };
  } catch {
    throw new Refusal(USAGE);
  }
}

/** A patient who asks, with an application of theirs. */
interface Asker {
  readonly subject: string;
  readonly patientId: string;
  readonly applicationId: string;
}

interface Operation {
  readonly name: string;
  /** Below `schema/operations/`, or the text itself. */
  readonly query: string;
  readonly by: 'patients' | readonly [subject: string, role: Role];
  readonly variables?: (asker: Asker, nth: number) => Record<string, unknown>;
}

const DISEASES = 121;
/** Of the words in the seed's stories, each in a quarter of them. */
const WORDS = ['diary', 'employer', 'treatment', 'meeting'] as const;

/** Pages are no longer than the small database can fill: otherwise what is shown would grow, and not what it costs. */
const OPERATIONS: readonly Operation[] = [
  {
    name: 'main query',
    query: 'ApplicationOverview',
    by: 'patients',
    variables: ({ applicationId }) => ({ id: applicationId }),
  },
  {
    name: 'aid of a year, applications, claims',
    query: 'patient/AidLeft',
    by: 'patients',
    variables: ({ patientId }) => ({ id: patientId, year: 2026 }),
  },
  {
    name: "one's orders",
    query: `query Orders($id: ID!) { patient(id: $id) { drugOrders(first: 20) { totalCount nodes { number status total { amount } } } } }`,
    by: 'patients',
    variables: ({ patientId }) => ({ id: patientId }),
  },
  {
    name: 'page of a disease',
    query: 'anyone/DiseasePage',
    by: 'patients',
    variables: (_, nth) => ({ catalogNo: 1 + (nth % DISEASES) }),
  },
  {
    name: 'stories by a word, most helpful first',
    query: 'anyone/ReadCommunity',
    by: 'patients',
    variables: (_, nth) => ({ filter: { search: WORDS[nth % WORDS.length] } }),
  },
  {
    name: "reviewer's queue",
    query: `query Queue { applications(first: 2, filter: { status: [SUBMITTED, IN_REVIEW, APPEALED] }) { nodes { id number deadlineAt reviews { stage } } } }`,
    by: ['demo-reviewer', 'REVIEWER'],
  },
  {
    name: 'orders to pack',
    query: `query ToPack { drugOrders(first: 10, filter: { status: PAID }) { nodes { id number lines { quantity } allowedActions } } }`,
    by: ['demo-pharmacist', 'PHARMACIST'],
  },
  {
    name: 'claims to decide, batches to pay',
    query: `query Desk($fundId: ID!) { claims(first: 20, filter: { status: [CHECKED], fundId: $fundId }) { nodes { id number status } }
      claimsToPay(fundId: $fundId) { count total { amount } } payoutBatches(first: 1) { nodes { id number count total { amount } } } }`,
    by: ['demo-finance', 'FINANCE'],
    variables: () => ({ fundId: GENERAL_FUND_ID }),
  },
  { name: 'funds to the fen', query: 'finance/FundToTheFen', by: ['demo-finance', 'FINANCE'] },
];

const textOf = ({ query }: Operation): string =>
  query.includes('{') ? query : readFileSync(join(PROJECT_ROOT, `schema/operations/${query}.graphql`), 'utf8');

/** Different patients that ask, in each database. */
const ASKERS = 300;

async function pickAskers(client: Client): Promise<Asker[]> {
  // the whole of the large database would take long to put into an order: by chance, and the same at every run
  const { rows } = await client.query<Asker>(
    `select patient_subject as subject, patient_id as "patientId", min(id::text) as "applicationId" from (
       select patient_subject, patient_id, id from fund.application tablesample bernoulli ($2) repeatable (1)
       where patient_subject like 'seed-patient-%') picked
     group by 1, 2 order by md5(patient_subject) limit $1`,
    [ASKERS, await sampleShare(client)],
  );
  return rows;
}

async function sampleShare(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select greatest(1, reltuples)::float8 as count from pg_class where oid = 'fund.application'::regclass`,
  );
  return Math.min(100, (100 * 10 * ASKERS) / (rows[0]?.count ?? 1));
}

/** One of the two databases, with a server on it. */
interface Side {
  readonly adminUrl: string;
  readonly ask: (operation: Operation, nth: number) => Promise<number>;
}

interface Place {
  readonly folder: string;
  readonly keysDir: string;
}

async function openSide(adminUrl: string, { folder, keysDir }: Place, cleanup: Cleanup): Promise<Side> {
  const askers = await withClient(adminUrl, pickAskers);
  const [port = 0] = await freePorts(1);
  const environment = { DATABASE_URL: adminUrl, KEYS_DIR: keysDir, DATA_DIR: folder, PORT: String(port), ...UNLIMITED };
  await start({ script: 'start.js', environment }, cleanup);
  const keys = await loadOrCreateKeys(join(keysDir, 'issuer'));
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  cleanup.add(() => pool.close());
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (subject: string, role: Role): Promise<string> => {
    const token = tokens.get(subject) ?? tokenFor({ subject, role }, `http://localhost:${port}/oidc`, keys);
    tokens.set(subject, token);
    return token;
  };
  const ask = async (operation: Operation, nth: number): Promise<number> => {
    const asker = askers[nth % askers.length] as Asker;
    const [subject, role] = operation.by === 'patients' ? ([asker.subject, 'PATIENT'] as const) : operation.by;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(subject, role)}` };
    const body = JSON.stringify({ query: textOf(operation), variables: operation.variables?.(asker, nth) });
    const began = performance.now();
    const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const answer = await response.body.text();
    const took = performance.now() - began;
    if (response.statusCode !== 200 || answer.includes('"errors"'))
      throw new Error(`${operation.name}: HTTP ${response.statusCode}: ${answer.slice(0, 500)}`);
    return took;
  };
  return { adminUrl, ask };
}

interface Finding {
  readonly operation: Operation;
  readonly few: Figures;
  readonly many: Figures;
}

interface Figures {
  /** Milliseconds. */
  readonly times: readonly number[];
  /** Of all statements of a request together, in PostgreSQL. */
  readonly statementsMs: number;
}

/** What PostgreSQL has spent on statements of a database since it was last asked. */
async function statementsTime(client: Client): Promise<number> {
  const { rows } = await client.query<{ ms: number }>(
    `select coalesce(sum(total_exec_time + total_plan_time), 0) as ms from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where datname = current_database() and query not like '%pg_stat_statements%'`,
  );
  await client.query(
    'select pg_stat_statements_reset(dbid => (select oid from pg_database where datname = current_database()))',
  );
  return Number(rows[0]?.ms);
}

/** In turns, so that whatever else the machine does concerns both. */
async function measureOperation(operation: Operation, few: Side, many: Side, requests: number): Promise<Finding> {
  const sides = [few, many] as const;
  // once each: what is asked is in memory then, as it is where people work
  for (let nth = 0; nth < Math.min(requests, ASKERS); nth++) for (const side of sides) await side.ask(operation, nth);
  const clear = (side: Side) => withClient(side.adminUrl, statementsTime);
  for (const side of sides) await clear(side);
  const times: [number[], number[]] = [[], []];
  for (let nth = 0; nth < requests; nth++) {
    for (const index of nth % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      times[index].push(await sides[index].ask(operation, nth));
    }
  }
  const [fewMs, manyMs] = [await clear(few), await clear(many)];
  return {
    operation,
    few: { times: times[0], statementsMs: fewMs / requests },
    many: { times: times[1], statementsMs: manyMs / requests },
  };
}

const GOAL = 1.2;

const HEADINGS = ['', 'p50 ms', 'p50 ms', 'ratio', 'p99 ms', 'p99 ms', 'SQL ms', 'SQL ms', ''];

function row({ operation, few, many }: Finding): string[] {
  const [p50, p99] = [0.5, 0.99].map((share) => [percentile(few.times, share), percentile(many.times, share)]) as [
    [number, number],
    [number, number],
  ];
  const ratio = p50[1] / p50[0];
  return [
    operation.name,
    ...p50.map((each) => each.toFixed(2)),
    ratio.toFixed(2),
    ...p99.map((each) => each.toFixed(2)),
    few.statementsMs.toFixed(2),
    many.statementsMs.toFixed(2),
    ratio <= GOAL ? '✓' : '✗',
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[0] ?? 0))),
    )
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

/** Makes what is missing of a database with so many patients. @returns its URL */
async function fill(serverUrl: string, name: string, patients: number, folder: string, say: (what: string) => void) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await withClient(serverUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  });
  await prepare(readSettings({ DATA_DIR: folder, KEYS_DIR: join(folder, 'keys') }), url.href);
  const { rows } = await seedPatients(url.href, patients);
  await withClient(url.href, async (client) => {
    await client.query('create extension if not exists pg_stat_statements');
    if (rows > 0) await client.query('vacuum analyze');
    await client.query('checkpoint');
  });
  say(`${name} holds ${patients} patients`);
  return url.href;
}

/** @returns the main query's figure, and a table of all that was found */
export async function benchScale(
  { patients, few, requests, keep }: ScaleOptions,
  cleanup: Cleanup,
  say: (what: string) => void,
): Promise<{ figure: Figure; table: string }> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'care-bench-'));
  if (!keep) cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  // of both sides together, so that each has its own in memory
  const settings = { shared_preload_libraries: 'pg_stat_statements', shared_buffers: '1GB' };
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), settings });
  cleanup.add(() => postgres.stop());
  say(`Making databases with ${few} and ${patients} patients, where they are not there`);
  const place = { folder, keysDir: join(folder, 'keys') };
  const fewUrl = await fill(postgres.url, `care_${few}`, few, folder, say);
  const manyUrl = await fill(postgres.url, 'care', patients, folder, say);
  // all statements that there are were made when the subgraphs were loaded
  const faults = await withClient(manyUrl, (client) => planFaults(client, statementsMade(), patients));
  const [fewSide, manySide] = [await openSide(fewUrl, place, cleanup), await openSide(manyUrl, place, cleanup)];
  const findings: Finding[] = [];
  for (const operation of OPERATIONS) {
    say(operation.name);
    findings.push(await measureOperation(operation, fewSide, manySide, requests));
  }
  const p50s = findings.map(({ few: one, many }) => [percentile(one.times, 0.5), percentile(many.times, 0.5)] as const);
  const ratios = p50s.map(([one, other]) => other / one);
  const figure: Figure = {
    key: 'scale',
    name: `Main query: p50 at ${patients.toLocaleString('en')} patients / at ${few.toLocaleString('en')}`,
    goal: { most: GOAL },
    ratios: ratios.slice(0, 1),
    measured: `${p50s[0]?.[1].toFixed(2)} and ${p50s[0]?.[0].toFixed(2)} ms; the worst of ${ratios.length - 1} usual lists ${Math.max(...ratios.slice(1)).toFixed(2)} ×`,
  };
  const text = `
${few} and ${patients} patients, two databases of one server, each behind one process; ${requests} requests of each kind to each, one at a
time, in turns, each asked once before. SQL is what PostgreSQL spends on a request's statements. The goal is p50 ≤ ${GOAL} times.

${table([['', `${few}`, `${patients}`, '', `${few}`, `${patients}`, `${few}`, `${patients}`, ''], HEADINGS, ...findings.map(row)])}

${faults.length === 0 ? '✓ No statement reads or sorts what grows, by its plan.' : faults.map(({ statement, what }) => `✗ ${statement} ${what}`).join('\n')}`;
  return { figure, table: text };
}
