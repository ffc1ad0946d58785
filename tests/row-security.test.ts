import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { databaseSecret } from '../scripts/prepare.js';
import { SUBGRAPHS } from '../subgraphs/all.js';
import { drift, servingUrl, withClient } from '../subgraphs/common/migrate.js';
import { readSettings, SUBGRAPH_NAMES } from '../subgraphs/common/settings.js';
import { copyDatabase } from './cluster.js';

/** Tables without row-level security: what anybody may read, and the record of migrations. */
const OPEN = [
  /^catalog\.(disease|hospital|medicine|medicine_disease|organisation)$/,
  /^fund\.(fund|fund_disease|aid_policy|aid_tier)$/,
  /^patient\.consent_text$/,
  /^\w+\.migration$/,
];

/** Of these some rows, or all, are for everybody, or for sponsors; other tests say which. */
const SHOWN = [
  'patient.physician',
  'patient.physician_hours',
  'community.post',
  'community.article',
  'fund.contribution',
  'fund.report_month',
  'pharmacy.medicine_terms',
];

describe('the database alone', () => {
  let adminUrl: string;
  let secret: string;
  beforeAll(async () => {
    adminUrl = await copyDatabase(process.env.TEST_ADMIN_URL as string, `rows_${process.pid}`);
    secret = databaseSecret(readSettings({ KEYS_DIR: process.env.TEST_KEYS_DIR }));
  });
  const clients: Client[] = [];
  afterAll(() => Promise.all(clients.map((client) => client.end())));

  const serving = async (name: (typeof SUBGRAPH_NAMES)[number], settings: Record<string, string> = {}) => {
    const client = new Client({ connectionString: servingUrl(adminUrl, name, secret) });
    clients.push(client);
    await client.connect();
    for (const [setting, value] of Object.entries(settings))
      await client.query('select set_config($1, $2, false)', [setting, value]);
    return client;
  };
  const protectedTables = () =>
    withClient(adminUrl, async (client) => {
      const { rows } = await client.query<{ name: string; protected: boolean }>(
        `select nspname || '.' || relname as name, relrowsecurity as protected
         from pg_class join pg_namespace n on n.oid = relnamespace where nspname = any($1) and relkind = 'r'`,
        [SUBGRAPH_NAMES],
      );
      return rows;
    });

  test('protects every table that is not open to anybody', async () => {
    const unprotected = (await protectedTables()).filter((table) => !table.protected).map(({ name }) => name);
    expect(unprotected.filter((name) => !OPEN.some((open) => open.test(name)))).toEqual([]);
  });

  test.each([
    ['nobody', {}],
    ['a stranger', { 'app.subject': 'demo-stranger', 'app.roles': 'PATIENT,CAREGIVER' }],
    ['an administrator', { 'app.subject': 'demo-admin', 'app.roles': 'ADMIN' }],
    [
      'a sponsor',
      {
        'app.subject': 'demo-sponsor',
        'app.roles': 'SPONSOR',
        'app.organisation': '01934a3c-5800-7000-8000-00000000a001',
      },
    ],
  ])('shows %s no row of a patient, whatever the code asks', async (_, identity) => {
    const tables = (await protectedTables()).filter((table) => table.protected && !SHOWN.includes(table.name));
    expect(tables.length).toBeGreaterThan(10);
    const bySubgraph = new Map<string, Client>();
    for (const { name } of tables) {
      const subgraph = name.split('.')[0] as 'fund';
      const client = bySubgraph.get(subgraph) ?? (await serving(subgraph, identity));
      bySubgraph.set(subgraph, client);
      const { rows } = await client.query(`select count(*)::int as count from ${name}`);
      expect([name, rows[0].count]).toEqual([name, 0]);
    }
  });

  test('shows a patient their own rows, and there are others', async () => {
    const client = await serving('fund', { 'app.subject': 'demo-patient', 'app.roles': 'PATIENT' });
    const { rows } = await client.query('select distinct patient_subject from application');
    expect(rows).toEqual([{ patient_subject: 'demo-patient' }]);
    const all = await withClient(adminUrl, (admin) =>
      admin.query('select count(distinct patient_id)::int as count from fund.application'),
    );
    expect(all.rows[0].count).toBeGreaterThan(1);
  });

  test('gives each subgraph nothing of the others, and lets none of them make tables', async () => {
    for (const name of SUBGRAPH_NAMES) {
      const client = await serving(name);
      for (const other of SUBGRAPH_NAMES.filter((each) => each !== name)) {
        await expect(client.query(`select from ${other}.migration`)).rejects.toThrow(
          `permission denied for schema ${other}`,
        );
      }
      await expect(client.query(`create table ${name}.mine (id int)`)).rejects.toThrow('permission denied');
    }
  });

  test('never changes or deletes what happened to an application', async () => {
    const client = await serving('fund', { 'app.subject': 'demo-patient', 'app.roles': 'PATIENT' });
    await expect(client.query('update application_event set note = null')).rejects.toThrow('permission denied');
    await expect(client.query('delete from application_event')).rejects.toThrow('permission denied');
  });

  test.each(
    SUBGRAPHS.map((definition) => [definition.name, definition] as const),
  )('has in %s the columns and policies that the entities say', async (_, definition) => {
    const statements = (await drift(definition, adminUrl, secret)).split('\n');
    expect(
      statements.filter((each) =>
        /create table|add column|drop column|alter column| policy |row level security|add constraint/.test(each),
      ),
    ).toEqual([]);
  });
});
