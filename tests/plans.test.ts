import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { planFaults } from '../scripts/plans.js';
import { seedPatients } from '../scripts/seed.js';
import { statement, statementsMade } from '../subgraphs/common/database.js';
import { copyDatabase } from './cluster.js';

const PATIENTS = 1_000;
/** Fixed statements are made when the subgraphs are loaded, which `cluster.ts` has done. */
const FIXED = statementsMade();

let admin: Client;

beforeAll(async () => {
  const url = await copyDatabase(process.env.TEST_ADMIN_URL as string, `plans_${process.pid}`);
  await seedPatients(url, PATIENTS);
  admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query('analyze');
});
afterAll(() => admin?.end());

const faults = (...texts: string[]) =>
  planFaults(
    admin,
    texts.map((text, index) => statement(`tried-${index}`, text)),
    PATIENTS,
  );

test('every read finds what it needs by an index, however many patients there are', async () => {
  expect(FIXED.length).toBeGreaterThan(200);
  expect(await planFaults(admin, FIXED, PATIENTS)).toEqual([]);
}, 30_000);

test('a read that looks at everybody is refused', async () => {
  expect(await faults('select id from patient where display_name = $1')).toEqual([
    { statement: 'tried-0', what: expect.stringMatching(/^reads all of patient\.patient/) },
  ]);
  expect(await faults('select id from drug_order where version = $1 order by id desc limit 20')).toEqual([
    { statement: 'tried-0', what: expect.stringMatching(/^reads all of pharmacy\.drug_order/) },
  ]);
});

test('a read that sorts what everybody has is refused', async () => {
  const found = await faults('select id from drug_order where id > $1 order by placed_at limit 20');
  expect(found).toContainEqual({ statement: 'tried-0', what: expect.stringMatching(/^sorts \d{5,} rows/) });
});

test('a read of no subgraph is refused', async () => {
  expect(await faults('select id from nothing')).toEqual([
    { statement: 'tried-0', what: 'it can be run in no subgraph' },
  ]);
});

test('the tables hold afterwards what they are known to hold', async () => {
  const sizes = async () =>
    (await admin.query(`select oid, relpages, reltuples from pg_class where relkind in ('r', 'i') order by oid`)).rows;
  const before = await sizes();
  await faults('select id from patient where id = $1');
  expect(await sizes()).toEqual(before);
});
