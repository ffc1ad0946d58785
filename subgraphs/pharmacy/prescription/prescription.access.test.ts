import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { ALL_SCOPES, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { OTHER_PHYSICIAN, OTHERS, type PatientUnderTest, PHYSICIAN } from '../../patient/care-plan/care-under-test.js';
import { PHARMACIST, PrescriptionsUnderTest } from './prescriptions-under-test.js';

/**
 * Who sees prescriptions and what they do with them. Run twice: as it is, and with the services' own checks switched off
 * (`tests/no-row-rules.ts`). Everybody here holds every scope, so that nothing but whose record it is can refuse them.
 */

const scoped = (identity: Identity): Identity => ({ ...identity, scopes: ALL_SCOPES });
const STRANGERS: readonly (readonly [string, Identity])[] = [
  ...OTHERS.filter(([, { roles }]) => !roles.includes('PHARMACIST')),
  ['a carrier', person('demo-carrier', 'CARRIER', '01934a3c-5800-7000-8000-00000000a002')],
];

let under: PrescriptionsUnderTest;
let patient: PatientUnderTest;
let issued: Answer;
let ordering: Identity;
let viewing: Identity;
let blind: Identity;
let revoked: Identity;

const withReason = () => ({ prescriptionId: issued.id, reason: 'Because', expectedVersion: issued.version });
const INPUTS: Readonly<Record<string, () => object>> = {
  issuePrescription: () => under.entered(patient),
  checkPrescription: () => ({ ...withReason(), decision: 'APPROVE' }),
  withdrawPrescription: () => withReason(),
};
const MUTATIONS = Object.keys(INPUTS);

const send = (who: Identity, mutation: string, more: object = {}): Promise<Answer> =>
  under.care.api.execute(
    'pharmacy',
    scoped(who),
    `mutation ($input: ${mutation.replace(/^./, (first) => first.toUpperCase())}Input!) {
       ${mutation}(input: $input) { __typename ... on UserError { code } } }`,
    { input: { idempotencyKey: newId(), ...INPUTS[mutation]?.(), ...more } },
  );

async function everything(): Promise<string> {
  const { rows } = await under.care.api.admin.query(
    `select md5(coalesce(string_agg(p::text, ';' order by p::text), '')) as sum from pharmacy.prescription p
     union all select count(*)::text from pharmacy.notice`,
  );
  return JSON.stringify(rows);
}

/** Nothing was done, whether the service said so or the database did. */
async function expectRefused(who: Identity, mutation: string, more: object = {}): Promise<void> {
  const before = await everything();
  const { data, errors } = await send(who, mutation, more);
  expect([mutation, data?.[mutation]?.code ?? errors?.[0].extensions.code]).toEqual([
    mutation,
    expect.stringMatching(/^(NOT_FOUND|NOT_ALLOWED|FORBIDDEN)$/),
  ]);
  expect(JSON.stringify({ data, errors })).not.toMatch(/row-level|policy|relation|permission denied|constraint/);
  expect(await everything()).toBe(before);
}

const LOOK = `query ($id: ID!, $patient: ID!, $of: [_Any!]!) {
  prescription(id: $id) { id }
  listed: prescriptions(first: 100) { totalCount nodes { id } }
  ofPatient: prescriptions(filter: { patientId: $patient }) { totalCount nodes { id } }
  _entities(representations: $of) { ... on Prescription { dose } ... on Patient { prescriptions { totalCount nodes { id } } } } }`;

/** In which ways somebody comes to see the prescription. */
async function sees(who: Identity): Promise<string[]> {
  const of = [
    { __typename: 'Prescription', id: issued.id },
    { __typename: 'Patient', id: patient.id },
  ];
  const variables = { id: issued.id, patient: patient.id, of };
  const { data } = await under.care.api.execute('pharmacy', scoped(who), LOOK, variables);
  const among = (list: Answer) => list.nodes.some(({ id }: Answer) => id === issued.id);
  const [prescription, { prescriptions }] = data._entities;
  return Object.entries({
    id: data.prescription !== null,
    list: among(data.listed),
    patient: among(data.ofPatient) && data.ofPatient.totalCount === 1,
    reference: prescription !== null,
    field: among(prescriptions) && prescriptions.totalCount === 1,
  }).flatMap(([way, seen]) => (seen ? way : []));
}
const EVERY_WAY = ['id', 'list', 'patient', 'reference', 'field'];

beforeAll(async () => {
  under = await PrescriptionsUnderTest.open(`prescription_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  patient = await under.patient();
  [ordering, viewing, blind, revoked] = [
    await under.care.caregiver(patient, 'VIEW', 'ORDER'),
    await under.care.caregiver(patient, 'VIEW'),
    await under.care.caregiver(patient, 'ORDER', 'CARE'),
    await under.care.caregiver(patient, 'VIEW', 'ORDER'),
  ];
  await under.care.revoke(revoked);
  issued = await under.change(PHYSICIAN, 'issuePrescription', under.entered(patient));
});
afterAll(() => under?.stop());

describe('a prescription', () => {
  test('is seen by the patient, caregivers who may see, the pharmacist, and who wrote it', async () => {
    for (const who of [patient.identity, ordering, viewing, PHARMACIST, PHYSICIAN])
      expect(await sees(who)).toEqual(EVERY_WAY);
  });

  test.each(STRANGERS)('is not seen by %s', async (_, who) => {
    expect(await sees(who)).toEqual([]);
  });

  test('is not seen by caregivers who may not see, or may no longer', async () => {
    for (const who of [blind, revoked]) expect(await sees(who)).toEqual([]);
  });

  test('is not seen by another physician who treats the patient too', async () => {
    await under.care.api.admin.query(
      `insert into patient.treatment (source_id, patient_id, physician_id)
       select $1, $2, id from patient.physician where subject = $3`,
      [newId(), patient.id, OTHER_PHYSICIAN.subject],
    );
    expect(await sees(OTHER_PHYSICIAN)).toEqual([]);
    for (const mutation of ['checkPrescription', 'withdrawPrescription'])
      await expectRefused(OTHER_PHYSICIAN, mutation);
    await under.care.api.admin.query(
      `delete from patient.treatment using patient.physician p where physician_id = p.id and p.subject = $1 and patient_id = $2`,
      [OTHER_PHYSICIAN.subject, patient.id],
    );
  });

  test.each(STRANGERS)('is neither written, checked nor taken back by %s', async (_, who) => {
    for (const mutation of MUTATIONS) await expectRefused(who, mutation);
  });

  test('is neither written, checked nor taken back by the family', async () => {
    for (const who of [patient.identity, ordering, viewing, blind, revoked]) {
      for (const mutation of MUTATIONS) await expectRefused(who, mutation);
    }
  });

  test('is written and taken back by no pharmacist, and checked by no physician', async () => {
    for (const mutation of ['issuePrescription', 'withdrawPrescription']) await expectRefused(PHARMACIST, mutation);
    await expectRefused(PHYSICIAN, 'checkPrescription');
  });

  test('is not checked by a pharmacist who is the patient, or who wrote it', async () => {
    for (const who of [patient.identity, PHYSICIAN]) {
      const pharmacist: Identity = { ...who, roles: [...who.roles, 'PHARMACIST'] };
      for (const decision of ['APPROVE', 'REFUSE']) await expectRefused(pharmacist, 'checkPrescription', { decision });
    }
  });

  test('is written by no physician for themselves', async () => {
    const subject = PHYSICIAN.subject;
    const self = { id: newId(), identity: person(subject, 'PATIENT') };
    await under.care.api.admin.query(
      `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Physician', '1980-01-01', 'OTHER', '北京', now())`,
      [self.id, subject],
    );
    await under.care.treat(self);
    await under.share(self);
    await expectRefused(PHYSICIAN, 'issuePrescription', { patientId: self.id });
  });

  test('is out of the physician’s sight and hands from the moment at which consent is withdrawn', async () => {
    await under.withdrawConsent(patient, 'TREATMENT');
    expect(await sees(PHYSICIAN)).toEqual([]);
    for (const mutation of MUTATIONS) await expectRefused(PHYSICIAN, mutation);
    await under.care.consent(patient);
    expect(await sees(PHYSICIAN)).toEqual(EVERY_WAY);
  });

  test('is used by nobody who may not see it', async () => {
    const serving = await under.care.api.serving('pharmacy');
    const usable = async (subject: string, roles: string, patients: string) => {
      for (const [setting, value] of Object.entries({ subject, roles, patients }))
        await serving.query('select set_config($1, $2, false)', [`app.${setting}`, value]);
      return (await serving.query('select from prescriptions_to_use($1, $2)', [patient.id, [issued.id]])).rowCount;
    };
    expect(await usable(patient.identity.subject, 'PATIENT', '')).toBe(1);
    expect(await usable('a caregiver', 'CAREGIVER', patient.id)).toBe(1);
    for (const [, { subject, roles }] of OTHERS) expect(await usable(subject, roles.join(','), '')).toBe(0);
  });

  test('is written, checked and taken back by those whose it is to do so', async () => {
    expect((await send(PHYSICIAN, 'issuePrescription')).data.issuePrescription.__typename).toBe('Prescription');
    expect((await send(PHARMACIST, 'checkPrescription')).data.checkPrescription.__typename).toBe('Prescription');
    const { data } = await send(PHYSICIAN, 'withdrawPrescription', { expectedVersion: 2 });
    expect(data.withdrawPrescription.__typename).toBe('Prescription');
  });
});
