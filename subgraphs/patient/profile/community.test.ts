import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { until } from '../../../tests/until.js';
import type { Identity, Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import { hideDiseaseOfPatient } from '../consent/consent.jobs.js';
import type { PatientContext } from '../context.js';

const patient = person('demo-patient', 'PATIENT');
const ME = patientId(0);

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('community_ports');
});
afterAll(() => api?.stop());

const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;

/** As the community asks on behalf of somebody. */
const standing = async (subject: string, ...roles: Role[]): Promise<Answer> => {
  const asking: Identity = { subject, roles, scopes: ['service:community'], via: 'community' };
  const { data, errors } = await api.execute('patient', asking, '{ communityStanding { verifiedPhysician diseases } }');
  expect(errors).toBeUndefined();
  return data.communityStanding;
};

async function mutate(name: string, input: object): Promise<Answer> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data, errors } = await api.execute(
    'patient',
    patient,
    `mutation($input: ${type}!) { result: ${name}(input: $input) { __typename ... on Consent { id version } } }`,
    { input: { idempotencyKey: newId(), ...input } },
  );
  expect(errors).toBeUndefined();
  return data.result;
}
const agree = () => mutate('giveConsent', { patientId: ME, purpose: 'COMMUNITY_PROFILE', textNumber: 1 });
const disagree = ({ id, version }: Answer) => mutate('withdrawConsent', { consentId: id, expectedVersion: version });

describe('what the community may show of who writes there', () => {
  test('are the diseases of their own record that nobody refused, while they agree to it', async () => {
    expect(await standing('demo-patient', 'PATIENT')).toEqual({ verifiedPhysician: false, diseases: null });
    await sql(
      `insert into patient.diagnosis (id, patient_id, disease_id, hospital_id, diagnosed_on, status, decided_at, reason, created_at)
       select uuidv7(), patient_id, uuidv7(), hospital_id, diagnosed_on, 'REFUSED', now(), 'Not known.', now()
       from patient.diagnosis where patient_id = $1 limit 1`,
      [ME],
    );
    const made = await agree();
    const own = await sql(
      `select distinct disease_id as id from patient.diagnosis where patient_id = $1 and status <> 'REFUSED' order by 1`,
      [ME],
    );
    expect(own.length).toBeGreaterThan(0);
    expect(await standing('demo-patient', 'PATIENT')).toEqual({
      verifiedPhysician: false,
      diseases: own.map(({ id }) => id),
    });
    await disagree(made);
    expect((await standing('demo-patient', 'PATIENT')).diseases).toBeNull();
  });

  test('are none of those for whom somebody cares', async () => {
    await sql(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       values (uuidv7(), $1, 'COMMUNITY_PROFILE', 1, now(), 'demo-caregiver')`,
      [patientId(2)],
    );
    expect(await standing('demo-caregiver', 'CAREGIVER')).toEqual({ verifiedPhysician: false, diseases: null });
  });

  test('is that they are a physician, when they were verified and are signed in as one', async () => {
    expect(await standing('demo-physician', 'PHYSICIAN')).toEqual({ verifiedPhysician: true, diseases: null });
    expect((await standing('demo-physician', 'PATIENT')).verifiedPhysician).toBe(false);
    expect((await standing('somebody', 'PHYSICIAN')).verifiedPhysician).toBe(false);
    await sql(`update patient.physician set status = 'PENDING', decided_at = null where subject = 'demo-physician'`);
    expect((await standing('demo-physician', 'PHYSICIAN')).verifiedPhysician).toBe(false);
    await sql(`update patient.physician set status = 'VERIFIED', decided_at = now() where subject = 'demo-physician'`);
  });

  test('is told to the community alone', async () => {
    for (const who of [patient, { ...patient, scopes: ['service:fund'], via: 'fund' }]) {
      const { errors } = await api.execute('patient', who, '{ communityStanding { diseases } }');
      expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('a disease that is shown', () => {
  const show = (subject: string) =>
    sql('update community.member set shown_disease_id = $1 where subject = $2', [newId(), subject]);
  const shown = async (subject: string): Promise<boolean> =>
    (await sql('select shown_disease_id is not null as shown from community.member where subject = $1', [subject]))[0]
      .shown;
  const hide = () =>
    api
      .get('patient')
      .asItself((context) => hideDiseaseOfPatient({ patientId: ME }, context as unknown as PatientContext));

  test('is hidden when its patient no longer agrees, and once more when all who had asked before are done', async () => {
    // of the tests before
    await sql('delete from patient_jobs._private_jobs');
    const made = await agree();
    await Promise.all(['demo-patient', 'demo-other-patient'].map(show));
    await disagree(made);
    const jobs = `select run_at > now() + interval '45 seconds' as later from patient_jobs._private_jobs j
      join patient_jobs._private_tasks t on t.id = task_id where identifier = 'hide-shown-disease' order by run_at`;
    expect((await sql(jobs)).map(({ later }) => later)).toEqual([false, true]);
    await api.get('patient').startJobs();
    await until(async () => !(await shown('demo-patient')));
    await api.get('patient').stopJobs();
    expect(await shown('demo-other-patient')).toBe(true);
    expect((await sql(jobs)).map(({ later }) => later)).toEqual([true]);
    await show('demo-patient');
    await hide();
    expect(await shown('demo-patient')).toBe(false);
  });

  test('stays when its patient has agreed again meanwhile', async () => {
    await agree();
    await show('demo-patient');
    await hide();
    expect(await shown('demo-patient')).toBe(true);
  });

  test('is hidden by the patient subgraph alone', async () => {
    const { errors } = await api.execute(
      'community',
      person('demo-other-patient', 'PATIENT'),
      'mutation { hideShownDisease(subject: "demo-patient") }',
    );
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
    const client = await api.serving('community');
    await client.query(
      `select set_config('app.subject', 'demo-patient', false), set_config('app.via', 'patient', false)`,
    );
    await expect(client.query(`select hide_disease_of('demo-patient')`)).rejects.toThrow('Only the patient subgraph');
    expect(await shown('demo-patient')).toBe(true);
  });
});
