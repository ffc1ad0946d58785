import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity, Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import {
  ask,
  CAREGIVER,
  CHILD,
  clear,
  masked,
  openIdentities,
  rows,
  said,
  send,
  set,
  stored,
} from './identities-under-test.js';

let all: SubgraphsUnderTest;
beforeAll(async () => {
  all = await openIdentities(`identity_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
});
afterAll(() => all?.stop());

describe('whose identity it is', () => {
  test('a caregiver who may apply for: sees and sets it, and what they saw stands in the access log', async () => {
    const logged = () =>
      rows(`select * from patient.access_log where patient_id = $1 and record like 'PatientIdentity%'`, [CHILD]);
    const before = (await logged()).length;
    expect((await masked(CAREGIVER, CHILD)).data.patient.identity).toMatchObject({ legalName: 'D** C**' });
    const { data } = await clear(CAREGIVER, CHILD);
    expect(data.patientIdentity.nationalId).toMatch(/^99999920180411/);
    const entries = (await logged()).slice(before);
    expect(entries.map(({ record }) => record)).toEqual(['PatientIdentity', 'PatientIdentityInClear']);
    expect(entries[1]).toMatchObject({
      subject: 'demo-caregiver',
      role: 'CAREGIVER',
      purpose: 'CARE',
      record_id: CHILD,
    });
    const { nationalId } = data.patientIdentity;
    const { version } = await stored(CHILD);
    expect(await set(CAREGIVER, CHILD, { nationalId, expectedVersion: version })).toMatchObject({
      version: version + 1,
    });
  });

  test('a caregiver may only look at: sees it, and cannot set it', async () => {
    await rows(`update patient.care_relationship set scopes = '{VIEW,CARE}' where patient_id = $1`, [CHILD]);
    const { nationalId, version } = (await clear(CAREGIVER, CHILD)).data.patientIdentity;
    const before = await stored(CHILD);
    const { data, errors } = await send(CAREGIVER, said(CHILD, { nationalId, expectedVersion: version }));
    // by the service; where that is switched off, by the database
    expect(['NOT_FOUND', 'FORBIDDEN']).toContain(data.setPatientIdentity?.code ?? errors[0].extensions.code);
    const serving = await all.serving('patient');
    await serving.query(
      `select set_config('app.subject', 'demo-caregiver', false), set_config('app.roles', 'CAREGIVER', false)`,
    );
    expect((await serving.query('select from patient_identity')).rowCount).toBe(1);
    await expect(serving.query('update patient_identity set version = version')).rejects.toThrow('row-level security');
    expect(await stored(CHILD)).toEqual(before);
    await rows(`update patient.care_relationship set revoked_at = now() where patient_id = $1`, [CHILD]);
    expect((await clear(CAREGIVER, CHILD)).data.patientIdentity).toBeNull();
    await rows(
      `update patient.care_relationship set scopes = '{VIEW,APPLY,ORDER,CARE}', revoked_at = null where patient_id = $1`,
      [CHILD],
    );
  });

  test('is a stranger’s or nobody’s: the two answer alike', async () => {
    const stranger = person('demo-other-patient', 'PATIENT');
    const nobodys = newId();
    expect(await set(stranger, patientId(0))).toEqual(await set(stranger, nobodys));
    expect(await clear(stranger, patientId(0))).toEqual(await clear(stranger, nobodys));
    expect((await clear(stranger, patientId(0))).data).toEqual({ patientIdentity: null });
  });

  test.each<[string, Role]>([
    ['demo-reviewer', 'REVIEWER'],
    ['demo-finance', 'FINANCE'],
    ['demo-pharmacist', 'PHARMACIST'],
    ['demo-physician', 'PHYSICIAN'],
    ['demo-admin', 'ADMIN'],
  ])('%s is told nothing of, by the API and by the database', async (subject, role) => {
    const who = person(subject, role);
    for (const answer of [
      await clear(who, patientId(0)),
      await masked(who, patientId(0)),
      await send(who, said(patientId(0))),
    ])
      expect(answer.errors[0].extensions.code).toBe('FORBIDDEN');
    const serving = await all.serving('patient');
    for (const [setting, value] of Object.entries({ subject, roles: role, patients: patientId(0) }))
      await serving.query(`select set_config($1, $2, false)`, [`app.${setting}`, value]);
    expect((await serving.query('select from patient_identity')).rowCount).toBe(0);
    expect((await serving.query('select from delivery_contact($1)', [patientId(0)])).rowCount).toBe(0);
  });
});

describe('a masked name', () => {
  const nameOf = (who: Identity, id: string) => ask(who, 'query($id: ID!) { patient(id: $id) { maskedName } }', { id });

  test('is for the patient, who cares for them, and who reviews an application of theirs', async () => {
    expect((await nameOf(person('demo-patient', 'PATIENT'), patientId(0))).data.patient.maskedName).toBe('演*·患*');
    expect((await nameOf(CAREGIVER, CHILD)).data.patient.maskedName).toMatch(/^\S\*/);
    expect((await nameOf(person('demo-reviewer', 'REVIEWER'), patientId(0))).data.patient.maskedName).toBe('演*·患*');
    expect((await nameOf(person('demo-patient', 'PATIENT'), patientId(1))).data.patient).toBeNull();
  });

  test('stands beside a claim for finance, also where that of another claim cannot be read', async () => {
    const finance = person('demo-finance', 'FINANCE');
    const claims = await rows('select id, patient_id as patient from fund.claim where patient_id = any($1)', [
      [patientId(0), patientId(1)],
    ]);
    const of = (patient: string) => claims.find((claim) => claim.patient === patient)?.id;
    const [one, two] = [of(patientId(0)), of(patientId(1))];
    const query = `query($one: ID!, $two: ID!) { one: claim(id: $one) { maskedPatientName } two: claim(id: $two) { maskedPatientName } }`;
    const read = (who: Identity) => all.execute('fund', who, query, { one, two });
    const names = { one: { maskedPatientName: '演*·患*' }, two: { maskedPatientName: '演*·患*' } };
    expect((await read(finance)).data).toEqual(names);
    expect((await read(person('demo-patient', 'PATIENT'))).errors[0].extensions.code).toBe('FORBIDDEN');
    const spoil = (from: string, to: string) =>
      rows(
        `update patient.patient_identity set legal_name_sealed = replace(legal_name_sealed, $2, $3) where patient_id = $1`,
        [patientId(1), from, to],
      );
    await spoil('v1.', 'v1.x');
    const { data, errors } = await read(finance);
    expect(data).toEqual({ ...names, two: { maskedPatientName: null } });
    expect(errors.map(({ path, extensions }: Answer) => [path, extensions])).toEqual([
      [['two', 'maskedPatientName'], { code: 'DATA_UNREADABLE' }],
    ]);
    await spoil('v1.x', 'v1.');
  });

  test('is all that finance is told, and only when the fund asks', async () => {
    const finance = person('demo-finance', 'FINANCE');
    const port = (who: Identity) =>
      ask(who, 'query($ids: [ID!]!) { maskedNames(patientIds: $ids) { patientId name } }', {
        ids: [patientId(0), newId()],
      });
    expect((await port({ ...finance, scopes: ['service:fund'], via: 'fund' })).data.maskedNames).toEqual([
      { patientId: patientId(0), name: '演*·患*' },
    ]);
    expect((await port(finance)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect(
      (await port({ ...person('demo-stranger', 'PATIENT'), scopes: ['service:fund'], via: 'fund' })).data.maskedNames,
    ).toEqual([]);
    const serving = await all.serving('patient');
    await serving.query(`select set_config('app.subject', 'demo-finance', false), set_config('app.roles', 'FINANCE', false),
      set_config('app.via', 'fund', false)`);
    expect((await serving.query('select from legal_names($1)', [[patientId(0)]])).rowCount).toBe(1);
    for (const table of ['patient', 'patient_identity'])
      expect((await serving.query(`select from ${table}`)).rowCount).toBe(0);
  });
});

describe('a delivery contact', () => {
  const asked = (subject: string, roles: Role[], via: string): Identity => ({
    subject,
    roles,
    via,
    scopes: [`service:${via}`],
  });
  const contact = async (who: Identity, id: string) =>
    ask(who, 'query($id: ID!) { deliveryContact(patientId: $id) { name phone address } }', { id });
  const PHARMACIST = asked('demo-pharmacist', ['PHARMACIST'], 'pharmacy');

  test('is for a pharmacist while the patient shares it, and stands in the access log', async () => {
    const id = patientId(1);
    const { data } = await contact(PHARMACIST, id);
    expect(data.deliveryContact).toEqual({
      name: '演示·患者乙',
      phone: '19900000001',
      address: '演示省演示市演示路2号',
    });
    const [entry] = await rows(
      `select * from patient.access_log where patient_id = $1 and record = 'DeliveryContact'`,
      [id],
    );
    expect(entry).toMatchObject({
      subject: 'demo-pharmacist',
      role: 'PHARMACIST',
      via: 'pharmacy',
      purpose: 'PHARMACY',
    });
    await rows(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'demo-other-patient'
       where patient_id = $1 and purpose = 'SHARE_WITH_PHARMACY'`,
      [id],
    );
    expect((await contact(PHARMACIST, id)).data.deliveryContact).toBeNull();
  });

  test.each([
    ['somebody else in the pharmacy', asked('demo-patient', ['PATIENT'], 'pharmacy')],
    ['the pharmacy itself', asked('system:pharmacy', [], 'pharmacy')],
  ])('is not for %s', async (_, who) => {
    expect((await contact(who, patientId(0))).data.deliveryContact).toBeNull();
  });

  test.each([
    ['the fund', asked('demo-pharmacist', ['PHARMACIST'], 'fund')],
    ['a pharmacist at the gateway', person('demo-pharmacist', 'PHARMACIST')],
  ])('is not a question of %s', async (_, who) => {
    expect((await contact(who, patientId(0))).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
