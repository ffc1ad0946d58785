import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CareCase, makeCareCase } from '../../../tests/care-case.js';
import { agreeingPatient } from '../../../tests/patients.js';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { patientId } from '../../common/seed.js';
import { MOST_A_DAY } from './emergency.rules.js';

const REASON = 'Unconscious after a fall; the relatives speak of an enzyme therapy.';
const OPEN = `mutation($input: OpenRecordInEmergencyInput!) { openRecordInEmergency(input: $input) { __typename
  ... on UserError { code message } ... on EmergencyLimitReached { limit nextAt }
  ... on EmergencyAccess { id reason at until patient { id displayName birthDate diagnoses { status } } physician { id } } } }`;

let on: SubgraphsUnderTest;
let about: CareCase;
beforeAll(async () => {
  on = await openSubgraphs('emergency');
  about = await makeCareCase(on.admin);
});
afterAll(() => on?.stop());

const sql = async (text: string, values: unknown[] = []) => (await on.admin.query(text, values)).rows;
async function opens(actor: keyof CareCase['identities'], input: object = {}) {
  const given = { patientId: about.patientId, reason: REASON, idempotencyKey: crypto.randomUUID(), ...input };
  const { data, errors } = await on.execute('patient', about.identities[actor], OPEN, { input: given });
  expect(errors).toBeUndefined();
  return data.openRecordInEmergency;
}
const forget = () =>
  sql('delete from patient.emergency_access where physician_id = $1', [about.physicianIds['another physician']]);

describe('an emergency', () => {
  test('lets a verified physician see a record for 24 hours, and tells the patient', async () => {
    const another = about.identities['another physician'];
    const look = 'query($id: ID!) { patient(id: $id) { displayName diagnoses { status } } }';
    expect((await on.execute('patient', another, look, { id: about.patientId })).data).toEqual({ patient: null });

    const opened = await opens('another physician');
    expect(opened).toMatchObject({
      reason: REASON,
      patient: { id: about.patientId, displayName: 'Case Patient', diagnoses: [{ status: 'REPORTED' }] },
      physician: { id: about.physicianIds['another physician'] },
    });
    expect(Date.parse(opened.until) - Date.parse(opened.at)).toBe(24 * 3_600_000);
    expect((await on.execute('patient', another, look, { id: about.patientId })).data.patient).not.toBeNull();

    expect(await sql('select kind, patient_id from patient.notice where about_id = $1', [opened.id])).toEqual([
      { kind: 'RECORD_OPENED_IN_EMERGENCY', patient_id: about.patientId },
    ]);
    const logged = await sql(
      `select record, role, purpose from patient.access_log where patient_id = $1 and subject = $2 order by id`,
      [about.patientId, another.subject],
    );
    expect(logged[0]).toEqual({ record: 'EmergencyAccess', role: 'PHYSICIAN', purpose: 'EMERGENCY' });
    expect(logged).toContainEqual({ record: 'Diagnosis', role: 'PHYSICIAN', purpose: 'EMERGENCY' });

    const shown = await on.execute(
      'patient',
      about.identities['the patient'],
      '{ me { patient { emergencyAccesses { totalCount nodes { reason physician { id } } } } } }',
    );
    expect(shown.data.me.patient.emergencyAccesses).toMatchObject({ totalCount: 3 });
    expect(shown.data.me.patient.emergencyAccesses.nodes[0]).toEqual({
      reason: REASON,
      physician: { id: about.physicianIds['another physician'] },
    });

    await sql(
      `update patient.emergency_access set at = at - interval '25 hours', until = until - interval '25 hours' where id = $1`,
      [opened.id],
    );
    expect((await on.execute('patient', another, look, { id: about.patientId })).data).toEqual({ patient: null });
    await forget();
  });

  test('is opened once a key', async () => {
    const input = { idempotencyKey: 'once' };
    const first = await opens('another physician', input);
    expect((await opens('another physician', input)).id).toBe(first.id);
    expect(await opens('another physician', { ...input, reason: `${REASON} And more.` })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    await forget();
  });

  test('needs a physician whose licence was verified, who does not see the record already, and a reason', async () => {
    expect(await opens('an unverified physician of the hospital')).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await opens('the treating physician')).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await opens('a physician in an emergency')).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await opens('another physician', { reason: 'It is urgent.' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await opens('another physician', { patientId: '01934a3c-5800-7000-8000-0000000000ff' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('is none for one’s own record', async () => {
    const { subject } = about.identities['another physician'];
    await sql('update patient.patient set subject = $1 where id = $2', [subject, patientId(1)]);
    const both = { ...person(subject, 'PHYSICIAN'), roles: ['PATIENT', 'PHYSICIAN'] as const };
    const input = { patientId: patientId(1), reason: REASON, idempotencyKey: crypto.randomUUID() };
    const { data } = await on.execute('patient', both, OPEN, { input });
    expect(data.openRecordInEmergency).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  test(`is opened for at most ${MOST_A_DAY} patients a day by one physician, also when all are asked for at once`, async () => {
    const patients: string[] = [];
    while (patients.length < 9) patients.push(await agreeingPatient(on.admin));
    const answers = await Promise.all(patients.map((id) => opens('another physician', { patientId: id })));
    expect(answers.filter(({ __typename }) => __typename === 'EmergencyAccess')).toHaveLength(MOST_A_DAY);
    const refused = answers.filter(({ __typename }) => __typename !== 'EmergencyAccess');
    expect(refused).toHaveLength(patients.length - MOST_A_DAY);
    for (const each of refused) expect(each).toMatchObject({ code: 'EMERGENCY_LIMIT_REACHED', limit: MOST_A_DAY });
    expect(Math.abs(Date.parse(refused[0].nextAt) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    await forget();
  });
});
