import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, type CareCase, makeCareCase } from '../../../tests/care-case.js';
import { openSubgraphs, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';

const DECIDE = `mutation($input: DecideDiagnosisInput!) { decideDiagnosis(input: $input) { __typename
  ... on UserError { code message }
  ... on Diagnosis { status version history { status byRole reason } } } }`;
const QUEUE = '{ diagnosesToDecide(first: 100) { totalCount nodes { id allowedActions } } }';

let on: SubgraphsUnderTest;
let about: CareCase;
beforeAll(async () => {
  on = await openSubgraphs('diagnosis_decided');
  about = await makeCareCase(on.admin);
});
afterAll(() => on?.stop());

const sql = async (text: string, values: unknown[] = []) => (await on.admin.query(text, values)).rows;
const as = async (actor: Actor, query: string, variables: object = {}) => {
  const { data, errors } = await on.execute('patient', about.identities[actor], query, variables);
  expect(errors).toBeUndefined();
  return data;
};
const decides = async (actor: Actor, diagnosisId: string, decision = 'VERIFY') =>
  (
    await as(actor, DECIDE, {
      input: { diagnosisId, decision, reason: 'Seen.', expectedVersion: 1, idempotencyKey: crypto.randomUUID() },
    })
  ).decideDiagnosis;

describe('a diagnosis', () => {
  test.each([
    ['the hospital', 'HOSPITAL'],
    ['a physician of the hospital', 'PHYSICIAN'],
    ['the reviewer', 'REVIEWER'],
  ] as const)('is decided by %s, which stands in its history, and the patient is told', async (actor, role) => {
    const id = await about.report();
    expect(await decides(actor, id)).toEqual({
      __typename: 'Diagnosis',
      status: 'VERIFIED',
      version: 2,
      history: [
        { status: 'REPORTED', byRole: 'PATIENT', reason: null },
        { status: 'VERIFIED', byRole: role, reason: 'Seen.' },
      ],
    });
    expect(await sql('select kind from patient.notice where about_id = $1', [id])).toEqual([
      { kind: 'DIAGNOSIS_DECIDED' },
    ]);
    expect(await decides(actor, id, 'REFUSE')).toMatchObject({ code: 'WRONG_STATE' });
  });

  test.each([
    ['the treating physician', 'NOT_ALLOWED'],
    ['a physician in an emergency', 'NOT_ALLOWED'],
    ['an unverified physician of the hospital', 'NOT_FOUND'],
    ['another physician', 'NOT_FOUND'],
    ['another hospital', 'NOT_FOUND'],
    ['another reviewer', 'NOT_FOUND'],
  ] as const)('is not decided by %s', async (actor, code) => {
    const id = await about.report();
    expect(await decides(actor, id)).toMatchObject({ code });
    expect(await sql('select status from patient.diagnosis where id = $1', [id])).toEqual([{ status: 'REPORTED' }]);
  });

  test('is not decided by who acts for the patient, though a reviewer', async () => {
    const id = await about.report();
    const reviewer = about.identities['the reviewer'];
    const caregiver = { ...reviewer, roles: ['CAREGIVER', 'REVIEWER'] as const };
    await sql(
      `insert into patient.care_relationship (id, patient_id, caregiver_subject, scopes, granted_at) values (gen_random_uuid(), $1, $2, '{VIEW}', now())`,
      [about.patientId, reviewer.subject],
    );
    const input = { diagnosisId: id, decision: 'VERIFY', expectedVersion: 1, idempotencyKey: crypto.randomUUID() };
    const { data } = await on.execute('patient', caregiver, DECIDE, { input });
    expect(data.decideDiagnosis).toMatchObject({ code: 'NOT_ALLOWED' });
    await sql('delete from patient.care_relationship where caregiver_subject = $1', [reviewer.subject]);
  });

  test.each([
    'the hospital',
    'a physician of the hospital',
  ] as const)('waits in the queue of %s, who may decide it', async (actor) => {
    const id = await about.report();
    const { nodes, totalCount } = (await as(actor, QUEUE)).diagnosesToDecide;
    expect(nodes).toContainEqual({ id, allowedActions: ['VERIFY', 'REFUSE'] });
    expect(totalCount).toBe(nodes.length);
  });

  test.each([
    'another hospital',
    'another physician',
    'an unverified physician of the hospital',
    'the reviewer',
  ] as const)('waits in no queue of %s', async (actor) => {
    await about.report();
    expect((await as(actor, QUEUE)).diagnosesToDecide).toEqual({ totalCount: 0, nodes: [] });
  });

  test('that was decided cannot be decided otherwise, nor its history be written by hand', async () => {
    const id = await about.report();
    await decides('the hospital', id);
    const client = await on.serving('patient');
    await client.query(
      `select set_config('app.subject', 'x', false), set_config('app.roles', 'HOSPITAL', false), set_config('app.organisation', $1, false)`,
      [about.organisationId],
    );
    await expect(
      client.query(`update diagnosis set status = 'REFUSED', reason = 'No.' where id = $1`, [id]),
    ).rejects.toThrow('has been decided');
    await expect(client.query('update diagnosis set patient_id = patient_id where id = $1', [id])).rejects.toThrow(
      'permission denied',
    );
    for (const change of [
      'update diagnosis_event set at = now()',
      'delete from diagnosis_event',
      `insert into diagnosis_event (diagnosis_id, status, at, by_role) values ('${id}', 'REFUSED', now(), 'HOSPITAL')`,
    ])
      await expect(client.query(change)).rejects.toThrow('permission denied');
  });

  test('has a history also where it was there before histories were kept', async () => {
    const without = await sql(
      `select count(*)::int as count from patient.diagnosis d
       where not exists (select from patient.diagnosis_event e where e.diagnosis_id = d.id and e.status = 'REPORTED')
         or not exists (select from patient.diagnosis_event e where e.diagnosis_id = d.id and e.status = d.status)`,
    );
    expect(without).toEqual([{ count: 0 }]);
  });
});
