/** `npm run seed -- --patients N`: synthetic patients up to number N - 1, those that are not there yet. */
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DEMO_PARTNERS } from '../gateway/identity/demo-people.js';
import { DEMO_HOSPITAL_ID, importDemoOrganisations, setDemoPrices } from '../subgraphs/catalog/demo.js';
import { describeError, log } from '../subgraphs/common/log.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import type { FieldKeys } from '../subgraphs/common/sealed.js';
import {
  DEMO_PATIENTS,
  demoSerials,
  MOST_APPLICATIONS,
  patientId,
  type SeedDisease,
  type SeedHospital,
  type SeedMedicine,
  type SeedPolicy,
  type SeedTable,
  type SeedValue,
  type SeedWorld,
} from '../subgraphs/common/seed.js';
import { readSettings, type SubgraphName } from '../subgraphs/common/settings.js';
import { importDemoArticles } from '../subgraphs/community/demo.js';
import { importDeskCases } from '../subgraphs/community/demo-desk.js';
import { importDemoPosts } from '../subgraphs/community/demo-posts.js';
import { communitySeed } from '../subgraphs/community/seed.js';
import { DEMO_POLICY_ID, fundSeededPatients, GENERAL_FUND_ID, importDemoFund } from '../subgraphs/fund/demo.js';
import { importDeskAid } from '../subgraphs/fund/demo-desk.js';
import { importDemoNewcomersAid } from '../subgraphs/fund/demo-newcomer.js';
import { fundSeed, type SeedTransfer, seedLedger } from '../subgraphs/fund/seed.js';
import {
  DEMO_PHYSICIAN_ID,
  importDemoCare,
  importDemoIdentities,
  importDemoPayoutAccounts,
  importDemoPhysicians,
} from '../subgraphs/patient/demo.js';
import { importDeskPatients } from '../subgraphs/patient/demo-desk.js';
import { importDemoNewcomer, NEWCOMER, newcomersDiagnoses } from '../subgraphs/patient/demo-newcomer.js';
import { patientSeed } from '../subgraphs/patient/seed.js';
import { importDemoPharmacy, MOST_PRESCRIPTIONS } from '../subgraphs/pharmacy/demo.js';
import { importDeskOrders } from '../subgraphs/pharmacy/demo-desk.js';
import { MOST_ORDERS, pharmacySeed } from '../subgraphs/pharmacy/seed.js';
import { administratorUrl } from './administrator.js';
import { fail } from './process.js';
import { count, progressWriter, since } from './progress.js';

const DEMO_PHYSICIAN = { id: DEMO_PHYSICIAN_ID, subject: 'demo-physician' } as const;

const SEEDS: readonly (readonly [SubgraphName, readonly SeedTable[]])[] = [
  ['patient', patientSeed],
  ['fund', fundSeed],
  ['pharmacy', pharmacySeed],
  ['community', communitySeed],
];

/** Every table that patients have rows in, with its schema. */
export const SEED_TABLES: readonly SeedTable[] = SEEDS.flatMap(([schema, tables]) =>
  tables.map(({ table, columns, rows }) => ({ table: `${schema}.${table}`, columns, rows })),
);

/** @throws {Refusal} when tables or the catalog's entries are missing */
async function refuseUnprepared(client: Client): Promise<void> {
  const tables = [...SEED_TABLES.map(({ table }) => table), 'catalog.disease', 'fund.fund'];
  const { rows } = await client.query<{ there: boolean }>(
    'select coalesce(bool_and(to_regclass(name) is not null), false) as there from unnest($1::text[]) as name',
    [tables],
  );
  const filled = rows[0]?.there && (await client.query('select 1 from catalog.disease limit 1')).rowCount === 1;
  if (!filled) throw new Refusal('The database has not been prepared. Run `npm start` or `npm run migrate` first.');
}

/** Reads what patients' rows point to. Always in the same order, as choices are made by place. */
async function readWorld(client: Client): Promise<SeedWorld> {
  const read = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, values)).rows;
  const diseases = await read<SeedDisease>(
    `select id, catalog_no as "catalogNo", name_en as "nameEn" from catalog.disease join fund.fund_disease on disease_id = id
     where fund_id = $1 order by catalog_no`,
    [GENERAL_FUND_ID],
  );
  const hospitals = await read<SeedHospital>(
    `select id, organisation_id as "organisationId", province from catalog.hospital where in_2024 order by id`,
  );
  const sold = await read<{ id: string; priceFen: string; cold: boolean; treats: string[] }>(
    `select id, price_fen as "priceFen", storage = 'COLD_2_8' as cold,
       array(select disease_id::text from catalog.medicine_disease where medicine_id = id) as treats
     from catalog.medicine where sold_online and price_fen is not null order by id`,
  );
  const [policy] = await read<{
    id: string;
    number: number;
    cap: string;
    second: string;
    tiers: { tier: string; from: string; share: number; most: string }[];
  }>(
    `select id, number, annual_cap_fen as cap, second_review_above_fen as second,
       (select json_agg(json_build_object('tier', tier, 'from', from_expense_fen::text, 'share', share_percent,
          'most', yearly_maximum_fen::text) order by tier) from fund.aid_tier where policy_id = id) as tiers
     from fund.aid_policy where id = $1`,
    [DEMO_POLICY_ID],
  );
  const demoHospital = hospitals.find(({ id }) => id === DEMO_HOSPITAL_ID);
  const carrier = DEMO_PARTNERS.find(({ roles }) => roles.includes('CARRIER'));
  if (!policy || !demoHospital || !carrier || diseases.length === 0 || sold.length === 0) {
    throw new Refusal('The catalog or the fund of this database is not the demo’s, so nothing can be seeded into it.');
  }
  const medicines = sold.map(({ id, priceFen, cold, treats }) => ({ id, priceFen: BigInt(priceFen), cold, treats }));
  const medicinesByDisease = new Map<string, SeedMedicine[]>();
  for (const medicine of medicines) {
    for (const disease of medicine.treats) {
      medicinesByDisease.set(disease, [...(medicinesByDisease.get(disease) ?? []), medicine]);
    }
  }
  const shownPolicy: SeedPolicy = {
    id: policy.id,
    number: policy.number,
    annualCapFen: BigInt(policy.cap),
    secondReviewAboveFen: BigInt(policy.second),
    tiers: policy.tiers.map(({ tier, from, share, most }) => ({
      tier,
      fromExpenseFen: BigInt(from),
      sharePercent: share,
      yearlyMaximumFen: BigInt(most),
    })),
  };
  return {
    diseases,
    hospitals,
    demoHospital,
    medicines,
    medicinesByDisease,
    fundId: GENERAL_FUND_ID,
    policy: shownPolicy,
    carrierId: carrier.organisation,
  };
}

/** A value in PostgreSQL's own words. */
function literal(value: Exclude<SeedValue, null>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return `{${value.map((text) => JSON.stringify(text)).join()}}`;
  return String(value);
}

/**
 * Loads what the demo shows: fund and policy, prices, partners' organisations, the pharmacy's shelf, and the demo people with
 * their records.
 * What is there stays as it is, so it can be done at every start.
 *
 * @param adminUrl a database that has been migrated, with the catalog imported
 * @param fieldKeys to seal payout accounts and licences with; without them there are no accounts and no physicians
 * @throws {Refusal} when it has not
 */
export async function loadDemo(adminUrl: string, fieldKeys?: FieldKeys): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await refuseUnprepared(client);
    await importDemoOrganisations(client);
    await setDemoPrices(client);
    await client.query('begin');
    await client.query("select pg_advisory_xact_lock(hashtext('care-demo'))");
    await importDemoFund(client);
    for (const sequence of ['application_number', 'claim_number', 'contribution_number']) {
      await reserveSerials(client, `fund.${sequence}`, demoSerials(MOST_APPLICATIONS));
    }
    await reserveSerials(client, 'pharmacy.drug_order_number', demoSerials(MOST_ORDERS));
    await reserveSerials(client, 'pharmacy.prescription_number', demoSerials(MOST_PRESCRIPTIONS));
    const world = await readWorld(client);
    await importDemoArticles(client, world.diseases);
    const erased = await erasedPatients(client);
    for (let i = 0; i < DEMO_PATIENTS; i++) if (!erased.has(patientId(i))) await insertPatient(client, i, world);
    await importDemoPosts(client, world.diseases);
    await importDemoPharmacy(client, world, DEMO_PHYSICIAN);
    if (fieldKeys) {
      await importDemoPayoutAccounts(client, fieldKeys);
      await importDemoIdentities(client, fieldKeys);
      await importDemoPhysicians(client, fieldKeys, world);
      await importDemoCare(client, world);
      await wholeOrNot(client, 'what waits for staff', () => importDesks(client, fieldKeys, world, erased));
      await wholeOrNot(client, 'the patient who has just come', () => importNewcomer(client, fieldKeys, world, erased));
    }
    await client.query('commit');
  });
}

/** What waits for those who work here, about patients of its own. */
async function importDesks(
  client: Client,
  fieldKeys: FieldKeys,
  world: SeedWorld,
  erased: ReadonlySet<string>,
): Promise<void> {
  const made = await importDeskPatients(client, fieldKeys, world, erased);
  await importDeskAid(client, made, world);
  await importDeskOrders(client, made, world, DEMO_PHYSICIAN);
  await importDeskCases(client, made);
}

/** Whom the examples of patients and caregivers change something of. */
async function importNewcomer(
  client: Client,
  fieldKeys: FieldKeys,
  world: SeedWorld,
  erased: ReadonlySet<string>,
): Promise<void> {
  if (await importDemoNewcomer(client, fieldKeys, world, erased))
    await importDemoNewcomersAid(client, NEWCOMER, newcomersDiagnoses(world), world.policy);
}

/** Makes a part of the demo, or leaves it out where somebody has made the like by hand. */
async function wholeOrNot(client: Client, what: string, make: () => Promise<void>): Promise<void> {
  await client.query('savepoint part');
  try {
    await make();
    await client.query('release savepoint part');
  } catch (error) {
    if (!MADE_BEFORE.includes((error as { code?: string }).code ?? '')) throw error;
    await client.query('rollback to savepoint part');
    log.warn(describeError(error), `${what} in the demo was left out: something of it is there already`);
  }
}

/** Who was erased, or is being erased, does not come back by a start. */
async function erasedPatients(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    'select patient_id as id from patient.erased_patient union select patient_id from fund.erased_patient union select patient_id from pharmacy.erased_patient',
  );
  return new Set(rows.map(({ id }) => id));
}

/** Sets a sequence past the demo people's numbers, once. */
const reserveSerials = (client: Client, sequence: string, last: number) =>
  client.query(`select setval('${sequence}', $1) from ${sequence} where last_value < $1`, [last]);

const FOREIGN_KEY_VIOLATION = '23503';
const MADE_BEFORE = [FOREIGN_KEY_VIOLATION, '23505'];

/** Inserts what is not there of a patient, or nothing, when somebody else has made this patient by hand before. */
async function insertPatient(client: Client, i: number, world: SeedWorld): Promise<void> {
  await client.query('savepoint demo');
  try {
    for (const { table, columns, rows } of SEED_TABLES) {
      const values = [...rows(i, world)];
      if (values.length === 0) continue;
      const places = values.map((row, r) => `(${row.map((_, c) => `$${r * columns.length + c + 1}`)})`);
      await client.query(
        `insert into ${table} (${columns}) values ${places} on conflict do nothing`,
        values.flat(1).map((value) => (value === null ? null : literal(value as Exclude<SeedValue, null>))),
      );
    }
    await client.query('release savepoint demo');
  } catch (error) {
    if ((error as { code?: string }).code !== FOREIGN_KEY_VIOLATION) throw error;
    await client.query('rollback to savepoint demo');
    log.warn(
      { ...describeError(error), patient: i },
      'a demo patient was left out: there is another one with the same sign-in',
    );
  }
}

/** Patients from one number up to, and without, another. They are there whole or not at all. */
interface Chunk {
  /** The number that the chunk begins with, whatever of it is there. */
  readonly first: number;
  readonly from: number;
  readonly to: number;
}

const CHUNK = 1_000;

/** How far it has come, in this run. */
export interface SeedProgress {
  readonly patients: number;
  readonly of: number;
  readonly rows: number;
}

export interface SeedOptions {
  /** Chunks that are loaded at the same time. */
  readonly connections?: number;
  readonly report?: (progress: SeedProgress) => void;
  /** Asked before each chunk: true ends it there. */
  readonly stopped?: () => boolean;
}

/**
 * Loads patients up to number `patients` - 1 that are not there yet, a chunk a transaction: interrupted, it goes on from
 * there the next time. Loads the demo people first.
 *
 * @returns what was loaded now
 * @throws {Refusal} when the database has not been prepared, or another seed is running
 */
export async function seedPatients(
  adminUrl: string,
  patients: number,
  { connections = 3, report = () => undefined, stopped = () => false }: SeedOptions = {},
): Promise<SeedProgress> {
  await loadDemo(adminUrl);
  return withClient(adminUrl, async (client) => {
    await holdTheOnly(client);
    const world = await readWorld(client);
    const chunks = await missing(client, patients);
    const progress = { patients: 0, of: chunks.reduce((sum, { from, to }) => sum + to - from, 0), rows: 0 };
    const queue = chunks.values();
    const load = () =>
      withClient(adminUrl, async (loader) => {
        await prepareLoader(loader);
        for (const chunk of queue) {
          if (stopped()) return;
          const rows = await loadChunk(loader, chunk, world);
          // not `+= await`: others add while this one waits
          progress.rows += rows;
          progress.patients += chunk.to - chunk.from;
          report(progress);
        }
      });
    await Promise.all(Array.from({ length: Math.min(connections, chunks.length) }, load));
    if (progress.patients > 0) for (const { table } of SEED_TABLES) await client.query(`analyze ${table}`);
    return progress;
  });
}

/** @throws {Refusal} when another connection loads patients at this time */
async function holdTheOnly(client: Client): Promise<void> {
  const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock(hashtext('care-seed')) as held");
  if (!rows[0]?.held) throw new Refusal('Another seed is running on this database. Wait until it has ended.');
}

/** The chunks that are missing; `care_seed.progress` knows the others. */
async function missing(client: Client, patients: number): Promise<Chunk[]> {
  await client.query('create schema if not exists care_seed');
  await client.query('create table if not exists care_seed.progress (first int primary key, next int not null)');
  const { rows } = await client.query<{ first: number; next: number }>('select first, next from care_seed.progress');
  const loaded = new Map(rows.map(({ first, next }) => [first, next]));
  return Array.from({ length: Math.ceil(patients / CHUNK) }, (_, index) => {
    const first = index * CHUNK;
    return {
      first,
      from: Math.max(loaded.get(first) ?? first, DEMO_PATIENTS),
      to: Math.min(first + CHUNK, patients),
    };
  }).filter(({ from, to }) => from < to);
}

/**
 * Where the server lets us, rows are loaded as a replica takes them, without a look-up for each foreign key: that saves a
 * third of the time. What rows point to is made by the same functions and loaded in the same transaction, rows are
 * counted, and a test looks for any that point to nothing. All other constraints hold.
 */
async function prepareLoader(loader: Client): Promise<void> {
  await loader.query('set synchronous_commit = off');
  await loader.query('set session_replication_role = replica').catch(() => undefined);
}

/** @returns how many rows */
async function loadChunk(loader: Client, { first, from, to }: Chunk, world: SeedWorld): Promise<number> {
  const texts = SEED_TABLES.map((): string[] => []);
  const transfers: SeedTransfer[] = [];
  // patient by patient, as the tables' rows share what is worked out for one
  for (let i = from; i < to; i++) {
    for (const [index, { rows }] of SEED_TABLES.entries()) {
      for (const row of rows(i, world)) texts[index]?.push(copyLine(row));
    }
    transfers.push(...seedLedger(i, world));
  }
  await loader.query('begin');
  await fundSeededPatients(loader, `${from}-${to}`, transfers);
  for (const [index, { table, columns }] of SEED_TABLES.entries()) {
    await copy(loader, `copy ${table} (${columns}) from stdin`, texts[index] as string[]);
  }
  await loader.query(
    'insert into care_seed.progress values ($1, $2) on conflict (first) do update set next = excluded.next',
    [first, to],
  );
  await loader.query('commit');
  return texts.reduce((sum, lines) => sum + lines.length, 0);
}

async function copy(loader: Client, statement: string, lines: readonly string[]): Promise<void> {
  const stream = loader.query(copyFrom(statement));
  stream.end(lines.join(''));
  await finished(stream);
  if (stream.rowCount !== lines.length)
    throw new Error(`${statement}: ${stream.rowCount} of ${lines.length} rows arrived`);
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copyField(value: SeedValue): string {
  if (value === null) return '\\N';
  const text = literal(value);
  return SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (sign) => ESCAPES[sign] as string) : text;
}

/** A row in the text format of COPY. */
const copyLine = (row: readonly SeedValue[]): string => `${row.map(copyField).join('\t')}\n`;

/** Says how many patients there are by now. */
function patientsWriter(): (progress: SeedProgress) => void {
  const write = progressWriter();
  return ({ patients, of, rows }) =>
    write(
      patients,
      of,
      (seconds) =>
        `${count.format(patients)} of ${count.format(of)} patients, ${count.format(Math.round(rows / seconds))} rows/s`,
    );
}

const MOST_PATIENTS = 10_000_000;

function readArguments(): number {
  const { values } = parseArgs({ options: { patients: { type: 'string' } } });
  const patients = /^\d{1,8}$/.test(values.patients ?? '') ? Number(values.patients) : 0;
  if (patients < 1 || patients > MOST_PATIENTS) {
    throw new Refusal(
      `Say how many patients, from 1 to ${count.format(MOST_PATIENTS)}: npm run seed -- --patients 10000`,
    );
  }
  return patients;
}

async function main(): Promise<void> {
  const patients = readArguments();
  const database = await administratorUrl(readSettings());
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    process.stderr.write('\nStopping after what is being loaded; Ctrl-C again stops at once.\n');
  });
  try {
    const began = performance.now();
    const loaded = await seedPatients(database.url, patients, { report: patientsWriter(), stopped: () => interrupted });
    const what = `${count.format(loaded.patients)} patients with ${count.format(loaded.rows)} rows in ${since(began)}`;
    if (loaded.patients < loaded.of) {
      console.log(`Stopped: loaded ${what}. The same command goes on from here.`);
      process.exitCode = 130;
    } else console.log(loaded.of === 0 ? 'All of these patients are there already.' : `Loaded ${what}.`);
  } finally {
    await database.stop();
  }
}

if (import.meta.main) await main().catch(fail);
