import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { type ApiUnderTest, startApi } from './api.js';
import { agreeingPatient } from './patients.js';

/** Applications of one patient that wait for the demo reviewer's last word, all of the same year. */
const COUNT = 12;

describe('the annual cap', () => {
  let api: ApiUnderTest;
  const applications = Array.from({ length: COUNT }, newId);
  let patientId: string;

  beforeAll(async () => {
    api = await startApi('one process', 'cap');
    await withClient(api.adminUrl, async (client) => {
      patientId = await agreeingPatient(client);
      await client.query('set search_path = fund');
      const { rows } = await client.query<{ disease_id: string }>(
        'select disease_id from fund_disease order by 1 limit $1',
        [COUNT],
      );
      for (const [index, id] of applications.entries()) {
        await client.query(
          `insert into application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, open_stage,
             open_reviewer, reviewer_subjects, policy_id, snapshot, created_at, submitted_at)
           select $1, 'CAP-' || $2::text, $3, $4, fund_id, 2026, 4000000, 'IN_REVIEW', 'FINANCIAL', 'demo-reviewer', '{demo-reviewer}',
             (select id from aid_policy), '{}', now(), now() from fund_disease where disease_id = $4 limit 1`,
          [id, index, patientId, rows[index]?.disease_id],
        );
        await client.query(
          `insert into review (id, application_id, stage, reviewer_subject, opened_at, taken_at) values ($1, $2, 'FINANCIAL', 'demo-reviewer', now(), now())`,
          [newId(), id],
        );
      }
    });
  });
  afterAll(() => api?.stop());

  test('holds to the fen when all of a year is approved at the same time', async () => {
    const reviewer = await api.person('reviewer');
    const answers = await Promise.all(
      applications.map((applicationId) =>
        reviewer.does(
          'decideReview',
          { applicationId, expectedVersion: 1, decision: 'APPROVE', reason: 'Needed.' },
          '... on Application { status grant { maximum { amount } } } ... on AnnualCapReached { remaining { amount } }',
        ),
      ),
    );
    const granted = answers
      .flatMap(({ grant }) => (grant ? [Number(grant.maximum.amount)] : []))
      .sort((one, other) => one - other);
    expect(granted).toEqual([2_000, 16_000, 16_000, 16_000]);
    expect(answers.filter(({ code }) => code === 'ANNUAL_CAP_REACHED')).toHaveLength(COUNT - granted.length);
    const { rows } = await withClient(api.adminUrl, (client) =>
      client.query('select granted_fen, cap_fen from fund.annual_aid where patient_id = $1', [patientId]),
    );
    expect(rows).toEqual([{ granted_fen: '5000000', cap_fen: '5000000' }]);
  });

  test('is a constraint of the database, not only of the code', async () => {
    await expect(
      withClient(api.adminUrl, (client) =>
        client.query('update fund.annual_aid set granted_fen = cap_fen + 1 where patient_id = $1', [patientId]),
      ),
    ).rejects.toThrow('annual_aid_check');
  });
});
