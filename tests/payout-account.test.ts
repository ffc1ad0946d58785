import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseSecret } from '../scripts/prepare.js';
import { askInProcess } from '../subgraphs/common/asking.js';
import { Database } from '../subgraphs/common/database.js';
import type { Identity, Role } from '../subgraphs/common/identity.js';
import { servingUrl, withClient } from '../subgraphs/common/migrate.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { patientId } from '../subgraphs/common/seed.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { Subgraph, type SubgraphDefinition } from '../subgraphs/common/subgraph.js';
import { patient } from '../subgraphs/patient/index.js';
import { type ApiUnderTest, startApi } from './api.js';

/** Of the demo people: 0 is the patient, 1 another one, 2 the caregiver's child. */
const [PATIENT, OTHER, CHILD] = [patientId(0), patientId(1), patientId(2)];
const HOLDER = 'Invented Holder 测试';
const NUMBER = '6222000000000004321';
const BANK = '999000000002';
const ACCOUNT = '... on PayoutAccount { maskedNumber bankCode changedAt version }';

let api: ApiUnderTest;
let subgraph: Subgraph;
beforeAll(async () => {
  api = await startApi('one process', 'payout_account');
  const secret = databaseSecret(readSettings({ KEYS_DIR: api.keysDir }));
  const { name, entities } = patient;
  const database = await Database.open({
    name,
    url: servingUrl(api.adminUrl, name, secret),
    entities,
    maxConnections: 2,
  });
  subgraph = await Subgraph.open(
    patient as unknown as SubgraphDefinition,
    database,
    askInProcess(new Map()),
    readFieldKeys(api.keysDir),
  );
});
afterAll(async () => {
  await subgraph?.close();
  await api?.stop();
});

const set = async (name: string, of: string, change: Record<string, unknown> = {}) =>
  (await api.person(name)).does(
    'setPayoutAccount',
    { patientId: of, holderName: HOLDER, accountNumber: NUMBER, bankCode: BANK, ...change },
    `${ACCOUNT} ... on StaleVersion { currentVersion }`,
  );
const shown = async (name: string, of: string) => {
  const { data, errors } = await (await api.person(name)).ask(
    'query($id: ID!) { patient(id: $id) { id payoutAccount { maskedNumber bankCode version } } }',
    { id: of },
  );
  return { account: data?.patient?.payoutAccount ?? null, errors };
};
const sql = (text: string, values: unknown[] = []) =>
  withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);
const forget = (of: string) => sql('delete from patient.payout_account where patient_id = $1', [of]);
const versionOf = async (of: string): Promise<number> =>
  (await sql('select version from patient.payout_account where patient_id = $1', [of]))[0].version;

describe('a payout account', () => {
  test('is set by the patient, who sees its last four digits and no more', async () => {
    await forget(PATIENT);
    const account = await set('patient', PATIENT, { accountNumber: '6222 0000 0000 ０００４ 321' });
    expect(account).toMatchObject({
      __typename: 'PayoutAccount',
      maskedNumber: '**** 4321',
      bankCode: BANK,
      version: 1,
    });
    expect(Date.now() - Date.parse(account.changedAt)).toBeLessThan(60_000);
    expect((await shown('patient', PATIENT)).account).toEqual({
      maskedNumber: '**** 4321',
      bankCode: BANK,
      version: 1,
    });
    const { data } = await api.anyone.ask('{ __type(name: "PayoutAccount") { fields { name } } }');
    expect(data.__type.fields.map(({ name }: { name: string }) => name).sort()).toEqual([
      'bankCode',
      'changedAt',
      'maskedNumber',
      'version',
    ]);
  });

  test('is changed only by somebody who has seen how it is', async () => {
    const version = await versionOf(PATIENT);
    expect(await set('patient', PATIENT)).toMatchObject({ code: 'STALE_VERSION', currentVersion: version });
    const stale = await set('patient', PATIENT, { expectedVersion: version + 1 });
    expect(stale).toMatchObject({ code: 'STALE_VERSION', path: ['input', 'expectedVersion'] });
    const changed = await set('patient', PATIENT, { accountNumber: '6222000000000009876', expectedVersion: version });
    expect(changed).toMatchObject({ maskedNumber: '**** 9876', version: version + 1 });
  });

  test('shows what each of two changes in one request made of it', async () => {
    const version = await versionOf(PATIENT);
    const change = (accountNumber: string, expectedVersion: number) => ({
      ...{ patientId: PATIENT, holderName: HOLDER, bankCode: BANK, accountNumber, expectedVersion },
      idempotencyKey: crypto.randomUUID(),
    });
    const { data } = await (await api.person('patient')).ask(
      `mutation($one: SetPayoutAccountInput!, $two: SetPayoutAccountInput!) {
        one: setPayoutAccount(input: $one) { ${ACCOUNT} } two: setPayoutAccount(input: $two) { ${ACCOUNT} } }`,
      { one: change('6222000000000001111', version), two: change('6222000000000002222', version + 1) },
    );
    expect([data.one.maskedNumber, data.two.maskedNumber]).toEqual(['**** 1111', '**** 2222']);
  });

  test('is set once by many who set the first one at the same time', async () => {
    await forget(PATIENT);
    const person = await api.person('patient');
    const input = { patientId: PATIENT, holderName: HOLDER, accountNumber: NUMBER, bankCode: BANK };
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    // all of them have begun before one of them can go on
    const answers = await withClient(api.adminUrl, async (client) => {
      await client.query('begin');
      await client.query('select from patient.patient where id = $1 for update', [PATIENT]);
      const sent = Promise.all(
        Array.from({ length: 3 }, () =>
          person.does('setPayoutAccount', input, '... on StaleVersion { currentVersion }'),
        ),
      );
      sent.catch(() => undefined);
      while ((await sql(waiting)).length < 3) await sleep(10);
      await client.query('rollback');
      return sent;
    });
    expect(answers.filter(({ code }) => !code)).toEqual([{ __typename: 'PayoutAccount' }]);
    expect(answers.filter(({ code }) => code).map(({ currentVersion }) => currentVersion)).toEqual([1, 1]);
  });

  test('is set once a key, and the same key with another number is a conflict', async () => {
    await forget(PATIENT);
    const input = { patientId: PATIENT, holderName: HOLDER, accountNumber: NUMBER, bankCode: BANK };
    const idempotencyKey = crypto.randomUUID();
    const patientPerson = await api.person('patient');
    const send = (change: object = {}) =>
      patientPerson.mutate('setPayoutAccount', { ...input, idempotencyKey, ...change }, ACCOUNT);
    const first = await send();
    const again = await send();
    expect(again.data).toEqual(first.data);
    expect(again.data.setPayoutAccount.version).toBe(1);
    expect(again.extensions).toMatchObject({ idempotentReplay: true });
    for (const change of [
      { accountNumber: '6222000000000004322' },
      { holderName: 'Somebody Else' },
      { bankCode: '999000000003' },
    ]) {
      expect((await send(change)).data.setPayoutAccount).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    }
  });

  test.each([
    ['accountNumber', '62220000x'],
    ['bankCode', '99900000000'],
    ['holderName', 'Wei\u0007Zhang'],
    ['expectedVersion', 1],
  ])('is refused for its %s without quoting it', async (field, value) => {
    await forget(PATIENT);
    const refused = await set('patient', PATIENT, { [field]: value });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
    if (typeof value === 'string') expect(refused.message).not.toContain(value);
  });
});

describe('whose payout account it is', () => {
  beforeAll(async () => {
    await forget(PATIENT);
    await set('patient', PATIENT);
  });

  test('a caregiver may apply for: sees and sets it', async () => {
    expect((await shown('caregiver', CHILD)).account).toMatchObject({ maskedNumber: '**** 0003' });
    const version = await versionOf(CHILD);
    expect(await set('caregiver', CHILD, { expectedVersion: version })).toMatchObject({ maskedNumber: '**** 4321' });
  });

  test('a caregiver may only look at: sees it, and does not find whom to set it for', async () => {
    await sql(`update patient.care_relationship set scopes = '{VIEW,CARE}' where patient_id = $1`, [CHILD]);
    expect((await shown('caregiver', CHILD)).account).toMatchObject({ maskedNumber: '**** 4321' });
    const refused = await set('caregiver', CHILD, { expectedVersion: await versionOf(CHILD) });
    expect(refused).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'patientId'] });
  });

  test('is a stranger’s or nobody’s: the two answer alike', async () => {
    const nobody = await set('other-patient', '01934a3c-5800-7000-8000-0000000000ff');
    expect(nobody).toMatchObject({ code: 'NOT_FOUND' });
    expect(await set('other-patient', PATIENT)).toEqual(nobody);
    expect((await shown('other-patient', PATIENT)).account).toBeNull();
  });

  test('a reviewer works on, who sees the patient and not the account', async () => {
    const reviewer = await api.person('reviewer');
    const seen = await reviewer.ask('query($id: ID!) { patient(id: $id) { id } }', { id: PATIENT });
    expect(seen.data.patient).toEqual({ id: PATIENT });
    const { account, errors } = await shown('reviewer', PATIENT);
    expect(account).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  test.each(['finance', 'pharmacist', 'physician', 'admin'])('%s is told nothing of', async (name) => {
    expect((await shown(name, PATIENT)).account).toBeNull();
    const { data, errors } = await (await api.person(name)).mutate(
      'setPayoutAccount',
      { patientId: PATIENT, holderName: HOLDER, accountNumber: NUMBER, bankCode: BANK },
      ACCOUNT,
    );
    expect(data.setPayoutAccount).toBeNull();
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

describe('the database', () => {
  test('holds neither number nor name in clear', async () => {
    await forget(PATIENT);
    await set('patient', PATIENT);
    const rows = await sql('select to_jsonb(p)::text as row from patient.payout_account p');
    expect(rows.length).toBeGreaterThanOrEqual(3);
    const keys = await sql(`select to_jsonb(k)::text as row from patient.idempotency_key k`);
    expect(keys.length).toBeGreaterThan(0);
    const dump = [...rows, ...keys].map(({ row }) => row).join('\n');
    for (const clear of [NUMBER, NUMBER.slice(0, -4), HOLDER, 'Invented', '测试', 'Demo Other', '62220000000000000'])
      expect(dump).not.toContain(clear);
    expect(dump).toContain('**** 4321');
  });

  test('holds no hash by which a number could be tried', async () => {
    await forget(PATIENT);
    const idempotencyKey = crypto.randomUUID();
    await set('patient', PATIENT, { idempotencyKey });
    const [kept] = await sql('select input_hash from patient.idempotency_key where key = $1', [idempotencyKey]);
    // as `once` hashes an input that is handed to it as it came: fields in order
    const sent = { accountNumber: NUMBER, bankCode: BANK, holderName: HOLDER, idempotencyKey, patientId: PATIENT };
    const guesses = [sent, { ...sent, expectedVersion: null }].map((each) =>
      createHash('sha256')
        .update(JSON.stringify(Object.fromEntries(Object.entries(each).sort())))
        .digest('hex'),
    );
    expect(kept.input_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(guesses).not.toContain(kept.input_hash);
  });

  const serving = (settings: Record<string, string>, text: string) =>
    withClient(
      servingUrl(api.adminUrl, 'patient', databaseSecret(readSettings({ KEYS_DIR: api.keysDir }))),
      async (client) => {
        for (const [setting, value] of Object.entries(settings))
          await client.query('select set_config($1, $2, false)', [`app.${setting}`, value]);
        return client.query(text);
      },
    );

  test('shows no account of a patient whom the caller only works on, whatever the code asks', async () => {
    const works = { subject: 'demo-reviewer', roles: 'REVIEWER,PATIENT,FINANCE', patients: PATIENT };
    expect((await serving(works, 'select from patient')).rowCount).toBe(1);
    expect((await serving(works, 'select from payout_account')).rowCount).toBe(0);
  });

  test('lets the fund read and not write, and nobody delete', async () => {
    const fund = { subject: 'system:fund', via: 'fund' };
    const accounts = await sql('select from patient.payout_account');
    expect((await serving(fund, 'select from payout_account')).rowCount).toBe(accounts.length);
    expect((await serving(fund, 'update payout_account set version = 1')).rowCount).toBe(0);
    const own = { subject: 'demo-patient', roles: 'PATIENT' };
    await expect(serving(own, 'delete from payout_account')).rejects.toThrow('permission denied');
  });

  test('takes nothing that was not sealed', async () => {
    await expect(
      sql('update patient.payout_account set account_sealed = $1 where patient_id = $2', [NUMBER, PATIENT]),
    ).rejects.toThrow('check constraint');
  });

  test('never gives one patient’s account for another’s, when somebody moves it there', async () => {
    await sql(
      `update patient.payout_account set account_sealed = (select account_sealed from patient.payout_account where patient_id = $1)
       where patient_id = $2`,
      [OTHER, PATIENT],
    );
    const { data, errors } = await toPay(FUND, [PATIENT]);
    expect(data?.payoutAccounts ?? null).toBeNull();
    expect(JSON.stringify(errors)).not.toMatch(/\d{8}/);
    await forget(PATIENT);
    await set('patient', PATIENT);
  });
});

const QUERY =
  'query($patientIds: [ID!]!) { payoutAccounts(patientIds: $patientIds) { patientId holderName accountNumber bankCode } }';
const asked = (subject: string, roles: Role[], via: string): Identity => ({
  ...{ subject, roles, via },
  scopes: [`service:${via}`],
  ...(subject.startsWith('system:') && { system: true as const }),
});
const FUND = asked('system:fund', [], 'fund');

async function toPay(identity: Identity, patientIds: string[]) {
  const request = subgraph.request({ identity, locale: Locale.EN, trace: '' });
  const { data, errors } = await request.execute({ query: QUERY, variables: { patientIds } });
  return { data: data as { payoutAccounts: unknown[] } | null | undefined, errors };
}

describe('the fund’s question', () => {
  test.each([
    ['the fund itself', FUND],
    ['somebody of its finance', asked('demo-finance', ['FINANCE'], 'fund')],
  ])('is answered in full for %s, without those who have none', async (_, identity) => {
    const { data } = await toPay(identity, [OTHER, PATIENT, '01934a3c-5800-7000-8000-0000000000ff']);
    expect(data?.payoutAccounts).toHaveLength(2);
    expect(data?.payoutAccounts).toEqual(
      expect.arrayContaining([
        { patientId: PATIENT, holderName: HOLDER, accountNumber: NUMBER, bankCode: BANK },
        {
          patientId: OTHER,
          holderName: 'Demo Other Patient',
          accountNumber: '6222000000000000002',
          bankCode: '999000000001',
        },
      ]),
    );
  });

  test.each([
    ['a reviewer', asked('demo-reviewer', ['REVIEWER'], 'fund')],
    ['another patient', asked('demo-stranger', ['PATIENT'], 'fund')],
    ['another system', asked('system:pharmacy', [], 'fund')],
  ])('finds nothing when the fund asks it for %s', async (_, identity) => {
    expect((await toPay(identity, [PATIENT, OTHER])).data?.payoutAccounts).toEqual([]);
  });

  test.each([
    ['the pharmacy itself', asked('system:pharmacy', [], 'pharmacy')],
    ['the pharmacy, for finance', asked('demo-finance', ['FINANCE'], 'pharmacy')],
    [
      'finance, from the gateway',
      { subject: 'demo-finance', roles: ['FINANCE'], scopes: ['fund:finance'] } as Identity,
    ],
  ])('is not one of %s', async (_, identity) => {
    const { data, errors } = await toPay(identity, [PATIENT]);
    expect(data?.payoutAccounts ?? null).toBeNull();
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  test('is about at most 500 patients', async () => {
    const { errors } = await toPay(
      FUND,
      Array.from({ length: 501 }, () => PATIENT),
    );
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    const { data } = await toPay(
      FUND,
      Array.from({ length: 500 }, () => PATIENT),
    );
    expect(data?.payoutAccounts).toHaveLength(1);
  });

  test('does not stand in the public schema', async () => {
    const finance = await api.person('finance');
    const { data } = await finance.ask('{ __schema { queryType { fields { name } } types { name } } }');
    const names = [...data.__schema.queryType.fields, ...data.__schema.types].map(({ name }) => name);
    expect(names).toContain('PayoutAccount');
    expect(names.filter((name) => /payoutAccounts|PayoutAccountToPay/.test(name))).toEqual([]);
    const { errors } = await finance.ask(QUERY, { patientIds: [PATIENT] });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
