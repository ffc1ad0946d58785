import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SUBGRAPHS } from '../subgraphs/all.js';
import { keyFileIn, readKeyFile, replaceKeyFile } from '../subgraphs/common/field-keys.js';
import type { Identity } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { blindIndex, CannotOpen, open, readFieldKeys, seal, sealedWith } from '../subgraphs/common/sealed.js';
import { identityPlaces, NATIONAL_ID_INDEX } from '../subgraphs/patient/identity/identity.entity.js';
import { checkDigit } from '../subgraphs/patient/identity/identity.rules.js';
import { sealedPlaces } from '../subgraphs/patient/payout-account/payout-account.entity.js';
import { Program } from '../tests/program.js';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../tests/subgraphs.js';
import { until } from '../tests/until.js';
import { retireKeys, rotateKeys, sealedTables } from './keys-rotate.js';

const PATIENTS = 1_500;
/** Where no other process has to learn of the new key. */
const AT_ONCE = { waitMs: 0 };

let keysDir: string;
let file: string;
let adminUrl: string;
let all: SubgraphsUnderTest;
const people: { readonly id: string; readonly subject: string; readonly nationalId: string }[] = [];

beforeAll(async () => {
  // keys of one's own: those of the other tests stay as they are
  keysDir = mkdtempSync(join(tmpdir(), 'care-keys-'));
  cpSync(process.env.TEST_KEYS_DIR as string, keysDir, { recursive: true });
  process.env.TEST_KEYS_DIR = keysDir;
  file = keyFileIn(keysDir);
  all = await openSubgraphs('keys_rotate');
  const url = new URL(process.env.TEST_ADMIN_URL as string);
  url.pathname = `/keys_rotate_${process.pid}`;
  adminUrl = url.href;
  await register();
});
afterAll(async () => {
  await Program.endAll();
  await all?.stop();
  rmSync(keysDir, { recursive: true, force: true });
});

const rows = async (sql: string, values: unknown[] = []) => (await all.admin.query(sql, values)).rows;

/** Many patients with an account and an identity, sealed with the key that is the current one now. */
async function register(): Promise<void> {
  const keys = readFieldKeys(keysDir);
  for (let i = 0; i < PATIENTS; i++) {
    const digits = `99900119900203${String(i % 1000).padStart(3, '0')}`;
    const region = `9990${10 + Math.floor(i / 1000)}`;
    const number = region + digits.slice(6);
    people.push({ id: newId(), subject: `rotate-${i}`, nationalId: number + checkDigit(number) });
  }
  const column = <T>(of: (person: (typeof people)[number], i: number) => T) => people.map(of);
  await rows(
    `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
     select id, subject, 'Rotated', '1990-02-03', 'OTHER', 'Nowhere', now() from unnest($1::uuid[], $2::text[]) p (id, subject)`,
    [column(({ id }) => id), column(({ subject }) => subject)],
  );
  await rows(
    `insert into patient.payout_account (patient_id, holder_sealed, account_sealed, bank_code, masked, changed_at)
     select id, holder, account, '999000000001', '**** 0000', now() from unnest($1::uuid[], $2::text[], $3::text[]) a (id, holder, account)`,
    [
      column(({ id }) => id),
      column(({ id, subject }) => seal(keys, sealedPlaces(id).holder, subject)),
      column(({ id }, i) => seal(keys, sealedPlaces(id).account, accountOf(i, 0))),
    ],
  );
  await rows(
    `insert into patient.patient_identity (patient_id, legal_name_sealed, national_id_sealed, national_id_index, phone_sealed, insurance, changed_at)
     select id, name, number, index, phone, 'NONE', now()
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) i (id, name, number, index, phone)`,
    [
      column(({ id }) => id),
      column(({ id, subject }) => seal(keys, identityPlaces(id).legalName, subject)),
      column(({ id, nationalId }) => seal(keys, identityPlaces(id).nationalId, nationalId)),
      column(({ nationalId }) => blindIndex(keys, NATIONAL_ID_INDEX, nationalId)),
      column(({ id }, i) => seal(keys, identityPlaces(id).phone, phoneOf(i, 0))),
    ],
  );
}

const accountOf = (i: number, round: number) =>
  `62220000${String(i).padStart(6, '0')}${String(round).padStart(4, '0')}`;
const phoneOf = (i: number, round: number) => `139${String(i).padStart(4, '0')}${String(round).padStart(4, '0')}`;

const rotate = (...args: string[]) =>
  Program.run('keys-rotate.js', args, { NODE_ENV: 'test', DATABASE_URL: adminUrl, KEYS_DIR: keysDir });

/** Every sealed value in the database, with where it stands. */
async function everyValue() {
  const values: { place: { table: string; column: string; row: string }; sealed: string }[] = [];
  for (const { table, row, columns } of sealedTables()) {
    for (const column of columns) {
      const found = await rows(
        `select ${row}::text as row, ${column} as sealed from ${table} where ${column} is not null`,
      );
      for (const each of found)
        values.push({ place: { table: table.split('.')[1] as string, column, row: each.row }, sealed: each.sealed });
    }
  }
  return values;
}

/** Opens all that there is with the keys as a new process would read them, and sees that only the current key was used. */
async function expectAllUnderTheCurrentKey(): Promise<void> {
  const keys = readFieldKeys(keysDir);
  const values = await everyValue();
  expect(values.length).toBeGreaterThanOrEqual(PATIENTS * 5);
  for (const { place, sealed } of values) {
    open(keys, place, sealed);
    if (!sealed.startsWith(sealedWith(keys.current.id)))
      throw new Error(`${place.table}.${place.column} is under another key`);
  }
}

/** Makes it look as if the keys had been rotated some time ago. */
const settle = () => utimesSync(file, new Date(Date.now() - 120_000), new Date(Date.now() - 120_000));

test('every sealed column of the database is declared by its subgraph, and no other', async () => {
  const found = await rows(
    `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns where column_name like '%\\_sealed' order by 1`,
  );
  const declared = SUBGRAPHS.flatMap(({ name, sealed = [] }) =>
    sealed.map(({ table, column }) => `${name}.${table}.${column}`),
  );
  expect(declared.sort()).toEqual(found.map(({ name }) => name));
});

describe('keys are rotated', () => {
  const ask = (who: Identity, query: string, variables: object) => all.execute('patient', who, query, variables);
  const READ = `query($id: ID!) { patient(id: $id) { payoutAccount { version } identity { version } } patientIdentity(patientId: $id) { phone nationalId } }`;
  const SET = `mutation($account: SetPayoutAccountInput!, $identity: SetPatientIdentityInput!) {
    setPayoutAccount(input: $account) { __typename } setPatientIdentity(input: $identity) { __typename ... on UserError { message } } }`;

  /** Sets and reads what belongs to one patient, until it is told to stop. @returns how often */
  async function use(i: number, stopped: () => boolean): Promise<number> {
    const { id, subject, nationalId } = people[i] as (typeof people)[number];
    const who = person(subject, 'PATIENT');
    let round = 0;
    for (; !stopped(); round++) {
      const { data: now, errors: failed } = await ask(who, READ, { id });
      expect(failed).toBeUndefined();
      expect(now.patientIdentity).toEqual({ phone: phoneOf(i, round), nationalId });
      const account = {
        patientId: id,
        holderName: subject,
        accountNumber: accountOf(i, round + 1),
        bankCode: '999000000001',
      };
      const identity = {
        patientId: id,
        legalName: subject,
        nationalId,
        phone: phoneOf(i, round + 1),
        insurance: 'NONE',
      };
      const { data, errors } = await ask(who, SET, {
        account: { ...account, expectedVersion: now.patient.payoutAccount.version, idempotencyKey: newId() },
        identity: { ...identity, expectedVersion: now.patient.identity.version, idempotencyKey: newId() },
      });
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        setPayoutAccount: { __typename: 'PayoutAccount' },
        setPatientIdentity: { __typename: 'PatientIdentity' },
      });
    }
    return round;
  }

  test('beside people who set and read what is sealed: nothing fails, nothing is lost, and all is under the new key', async () => {
    const before = readKeyFile(file);
    let done = false;
    const users = Array.from({ length: 6 }, (_, i) => use(i * 200, () => done));
    const { code, said, complained } = await rotate();
    done = true;
    const rounds = await Promise.all(users);
    expect([code, said.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^Everything is sealed with key [0-9a-f]{8}; [\d,]+ values were sealed anew\.$/),
    ]);
    // not a terminal: whole lines
    expect(complained).toMatch(/^100 % {2}[\d,]+ of [\d,]+ values, all tables, [\d,]+ values\/s$/m);
    expect(complained).not.toMatch(/[\r█]/);
    expect(Math.min(...rounds)).toBeGreaterThan(5);
    const after = readKeyFile(file);
    expect(after.current).not.toBe(before.current);
    expect(after).toMatchObject({ index: before.index, keys: before.keys });
    expect(after.next).toBeUndefined();
    await expectAllUnderTheCurrentKey();
    const keys = readFieldKeys(keysDir);
    for (const [user, round] of rounds.entries()) {
      const i = user * 200;
      const { id } = people[i] as (typeof people)[number];
      const [stored] = await rows('select account_sealed from patient.payout_account where patient_id = $1', [id]);
      expect(open(keys, sealedPlaces(id).account, stored.account_sealed)).toBe(accountOf(i, round));
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(keysDir).filter((name) => name.startsWith('fields.keys'))).toEqual(['fields.keys']);
  });

  test('after it a request that is sent again is known, and a national id is still taken', async () => {
    const [one, two] = people as [(typeof people)[number], (typeof people)[number]];
    const who = person(one.subject, 'PATIENT');
    const input = {
      patientId: one.id,
      legalName: 'Sent again',
      nationalId: one.nationalId,
      phone: '13900000000',
      insurance: 'NONE',
      idempotencyKey: newId(),
    };
    const [{ version }] = await rows('select version from patient.patient_identity where patient_id = $1', [one.id]);
    const send = () =>
      ask(
        who,
        `mutation($input: SetPatientIdentityInput!) { setPatientIdentity(input: $input) { __typename ... on PatientIdentity { version } } }`,
        {
          input: { ...input, expectedVersion: version },
        },
      );
    const first = await send();
    expect(first.data.setPatientIdentity.version).toBe(version + 1);
    await rotateKeys(adminUrl, keysDir, AT_ONCE);
    expect(await send()).toEqual({ ...first, replayed: true });
    await rows('delete from patient.patient_identity where patient_id = $1', [two.id]);
    const taken = await ask(
      person(two.subject, 'PATIENT'),
      `mutation($input: SetPatientIdentityInput!) { setPatientIdentity(input: $input) { __typename } }`,
      { input: { ...input, patientId: two.id, idempotencyKey: newId() } },
    );
    expect(taken.data.setPatientIdentity.__typename).toBe('NationalIdRegistered');
  });

  test('by a run that was killed, at whatever point, and the next one goes on', async () => {
    const keysBefore = Object.keys(readKeyFile(file).keys).length;
    const first = readKeyFile(file).current;
    const begun = () =>
      new Program('keys-rotate.js', [], { NODE_ENV: 'test', DATABASE_URL: adminUrl, KEYS_DIR: keysDir });
    // soon enough to catch it at work
    const soon = (holds: () => Promise<boolean> | boolean) => until(holds, Boolean, { everyMs: 2 });
    // as soon as the new key is in the file, before it is the current one
    const one = begun();
    await soon(() => readKeyFile(file).next !== undefined);
    await one.end('SIGKILL');
    const { next, current } = readKeyFile(file);
    expect(current).toBe(first);
    // as soon as something has been sealed with it
    const two = begun();
    const sealedAnew = async () =>
      (
        await rows('select count(*)::int as n from patient.payout_account where starts_with(holder_sealed, $1)', [
          sealedWith(next as string),
        ])
      )[0].n;
    await soon(async () => (await sealedAnew()) > 0);
    await two.end('SIGKILL');
    const after = await sealedAnew();
    expect(readKeyFile(file)).toMatchObject({ current: next, next });
    expect(after).toBeLessThan(PATIENTS);
    for (const { place, sealed } of await everyValue()) open(readFieldKeys(keysDir), place, sealed);
    await expect(retireKeys(adminUrl, keysDir)).rejects.toThrow('was not finished');
    const { code, said } = await rotate();
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(new RegExp(`went on with it.\nEverything is sealed with key ${next};`)),
    ]);
    expect(Object.keys(readKeyFile(file).keys)).toHaveLength(keysBefore + 1);
    await expectAllUnderTheCurrentKey();
  });

  test('by one run at a time', async () => {
    const one = rotateKeys(adminUrl, keysDir, { waitMs: 300 });
    while (readKeyFile(file).next === undefined) await sleep(5);
    await expect(rotateKeys(adminUrl, keysDir)).rejects.toThrow('Another rotation of the keys is under way');
    await one;
    await expectAllUnderTheCurrentKey();
  });

  test('past a value that cannot be opened: it is named, and stays as it is', async () => {
    const { id } = people[7] as (typeof people)[number];
    const [{ phone_sealed: good }] = await rows(
      'select phone_sealed from patient.patient_identity where patient_id = $1',
      [id],
    );
    const bad = good.slice(0, -4);
    await rows('update patient.patient_identity set phone_sealed = $2 where patient_id = $1', [id, bad]);
    const { unreadable } = await rotateKeys(adminUrl, keysDir, AT_ONCE);
    expect(unreadable).toEqual([{ column: 'patient.patient_identity.phone_sealed', row: id }]);
    const [kept] = await rows(
      'select phone_sealed, legal_name_sealed from patient.patient_identity where patient_id = $1',
      [id],
    );
    expect(kept.phone_sealed).toBe(bad);
    expect(kept.legal_name_sealed).toMatch(new RegExp(`^v1\\.${readKeyFile(file).current}\\.`));
    await rows('update patient.patient_identity set phone_sealed = $2 where patient_id = $1', [id, good]);
  });
});

describe('a key is retired', () => {
  test('only when nothing is sealed with it, and then what was does not open again', async () => {
    const { id } = people[7] as (typeof people)[number];
    const [{ phone_sealed: old }] = await rows(
      'select phone_sealed from patient.patient_identity where patient_id = $1',
      [id],
    );
    const oldKey = old.split('.')[1];
    settle();
    const held = await retireKeys(adminUrl, keysDir);
    expect(held.held).toEqual([{ column: 'patient.patient_identity.phone_sealed', keyId: oldKey, values: 1 }]);
    expect(Object.keys(readKeyFile(file).keys).sort()).toEqual([oldKey, readKeyFile(file).current].sort());
    await rotateKeys(adminUrl, keysDir, AT_ONCE);
    settle();
    const { code, said } = await rotate('--retire');
    expect([code, said]).toEqual([0, expect.stringMatching(/^Taken out of the file: /)]);
    expect(Object.keys(readKeyFile(file).keys)).toEqual([readKeyFile(file).current]);
    await expectAllUnderTheCurrentKey();
    expect(() => open(readFieldKeys(keysDir), identityPlaces(id).phone, old)).toThrow(CannotOpen);
    // pasted back, in a process that has known the key
    await rows('update patient.patient_identity set phone_sealed = $2 where patient_id = $1', [id, old]);
    const read = () =>
      all.execute(
        'patient',
        person(people[7]?.subject as string, 'PATIENT'),
        'query($id: ID!) { patientIdentity(patientId: $id) { phone } }',
        { id },
      );
    let answer = await read();
    for (; !answer.errors; answer = await read()) await sleep(50);
    expect(answer.data).toEqual({ patientIdentity: null });
    expect(answer.errors[0].extensions).toEqual({ code: 'DATA_UNREADABLE' });
  });

  test('not before those who began with it can have ended', async () => {
    const keys = readKeyFile(file);
    replaceKeyFile(file, { ...keys, keys: { ...keys.keys, old: Buffer.alloc(32, 1) } });
    const serving = await all.serving('patient');
    await serving.query('begin');
    await serving.query('select now()');
    const retired = retireKeys(adminUrl, keysDir, { settledMs: 0 });
    const looks = `select from pg_stat_activity where datname = current_database() and query like '%usename = any%' and pid <> pg_backend_pid()`;
    while ((await rows(looks)).length === 0) await sleep(10);
    expect(Object.keys(readKeyFile(file).keys)).toContain('old');
    await serving.query('rollback');
    expect((await retired).retired).toEqual(['old']);
  });
});
