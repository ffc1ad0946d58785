import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { patientId } from '../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi } from './api.js';

/** Of the demo people: number 2 is the caregiver's child, whose application waits in the reviewers' queue. */
const CHILD = patientId(2);

describe('a diagnosis', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApi('one process', 'diagnosis');
  });
  afterAll(() => api?.stop());

  const decide = async (name: string, diagnosisId: string, decision: string) =>
    (await api.person(name)).does(
      'decideDiagnosis',
      { diagnosisId, decision, expectedVersion: 1, reason: 'Seen in the papers.' },
      '... on Diagnosis { status } ... on DiagnosisDecided { status }',
    );

  test('is verified by a reviewer who works on an application of the patient, and by no other', async () => {
    const caregiver = await api.person('caregiver');
    const { data } = await caregiver.ask('{ disease(catalogNo: 1) { id } hospitals(first: 1) { nodes { id } } }');
    const reported = await caregiver.does(
      'reportDiagnosis',
      {
        patientId: CHILD,
        diseaseId: data.disease.id,
        hospitalId: data.hospitals.nodes[0].id,
        diagnosedOn: '2026-01-05',
      },
      '... on Diagnosis { id }',
    );
    // not at this hospital: it answers for another
    expect(await decide('hospital', reported.id, 'VERIFY')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide('reviewer', reported.id, 'VERIFY')).toMatchObject({ status: 'VERIFIED' });
    expect(await decide('second-reviewer', reported.id, 'REFUSE')).toMatchObject({
      code: 'WRONG_STATE',
      status: 'VERIFIED',
    });
  });

  test('of somebody whom no reviewer works on is not found by them', async () => {
    const other = await api.person('other-patient');
    const { data } = await other.ask('{ me { patient { diagnoses { id status } } } }');
    const waiting = data.me.patient.diagnoses.find(({ status }: { status: string }) => status === 'REPORTED');
    // the demo's reviewer has decided on an application of theirs: let it have been somebody else
    await withClient(api.adminUrl, (client) =>
      client.query(`update fund.application set reviewer_subjects = '{somebody-else}' where patient_id = $1`, [
        patientId(1),
      ]),
    );
    expect(await decide('reviewer', waiting.id, 'VERIFY')).toMatchObject({ code: 'NOT_FOUND' });
  });
});
