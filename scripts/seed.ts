/** `npm run seed -- --patients N`: synthetic patients up to number N - 1, those that are not there yet. */
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { importDemoOrganisations, setDemoPrices } from '../subgraphs/catalog/demo.js';
import { describeError, log } from '../subgraphs/common/log.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import type { FieldKeys } from '../subgraphs/common/sealed.js';
import {
  DEMO_PATIENTS,
  demoSerials,
  MOST_APPLICATIONS,
  MOST_PATIENTS,
  patientId,
  type SeedValue,
  type SeedWorld,
} from '../subgraphs/common/seed.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { importDemoArticles } from '../subgraphs/community/demo.js';
import { importDeskCases } from '../subgraphs/community/demo-desk.js';
import { importDemoPosts } from '../subgraphs/community/demo-posts.js';
import { importDemoFund } from '../subgraphs/fund/demo.js';
import { importDeskAid } from '../subgraphs/fund/demo-desk.js';
import { importDemoNewcomersAid } from '../subgraphs/fund/demo-newcomer.js';
import {
  DEMO_PHYSICIAN_ID,
  importDemoCare,
  importDemoIdentities,
  importDemoPayoutAccounts,
  importDemoPhysicians,
} from '../subgraphs/patient/demo.js';
import { importDeskPatients } from '../subgraphs/patient/demo-desk.js';
import { importDemoNewcomer, NEWCOMER, newcomersDiagnoses } from '../subgraphs/patient/demo-newcomer.js';
import { importDemoPharmacy, MOST_PRESCRIPTIONS } from '../subgraphs/pharmacy/demo.js';
import { importDeskOrders } from '../subgraphs/pharmacy/demo-desk.js';
import { MOST_ORDERS } from '../subgraphs/pharmacy/seed.js';
import { administratorUrl } from './administrator.js';
import { fail } from './process.js';
import { count, progressWriter, since } from './progress.js';
import { SEED_TABLES } from './seed/patient-rows.js';
import { loadPatients, type SeedOptions, type SeedProgress } from './seed/patients.js';
import { readWorld } from './seed/world.js';

const DEMO_PHYSICIAN = { id: DEMO_PHYSICIAN_ID, subject: 'demo-physician' } as const;

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

/**
 * Loads the demo people first, and then patients as `loadPatients` does.
 *
 * @throws {Refusal} when the database has not been prepared, or another seed is running
 */
export async function seedPatients(adminUrl: string, patients: number, options?: SeedOptions): Promise<SeedProgress> {
  await loadDemo(adminUrl);
  return loadPatients(adminUrl, patients, options);
}

/** Says how many patients there are by now, and then how many of their tables' indexes and keys. */
function patientsWriter(): (progress: SeedProgress) => void {
  const write = progressWriter();
  return ({ patients, of, rows, made, toMake }) => {
    const indexed = toMake === 0 ? 0 : (of * made) / toMake;
    write(patients + indexed, toMake === 0 ? of : 2 * of, (seconds) => {
      const loaded = `${count.format(patients)} of ${count.format(of)} patients`;
      return made > 0
        ? `${loaded}, ${made} of ${toMake} indexes and keys`
        : `${loaded}, ${count.format(Math.round(rows / seconds))} rows/s`;
    });
  };
}

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
