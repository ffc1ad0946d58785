import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { patientId } from '../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi } from './api.js';
import type { Person } from './client.js';

/** Each status, with what the applicant and a reviewer may do there. In review, the reviewer has taken it. */
const STATES = [
  ['DRAFT', ['SUBMIT', 'WITHDRAW'], null],
  ['SUBMITTED', ['WITHDRAW'], ['TAKE_REVIEW']],
  ['IN_REVIEW', ['WITHDRAW'], ['DECIDE_REVIEW']],
  ['INFORMATION_REQUESTED', ['SUBMIT', 'WITHDRAW'], []],
  ['APPROVED', [], []],
  ['REJECTED', ['APPEAL'], []],
  ['WAITLISTED', ['WITHDRAW'], []],
  ['APPEALED', ['WITHDRAW'], null],
  ['WITHDRAWN', [], []],
] as const;

const MUTATIONS = {
  applicant: { SUBMIT: 'submitApplication', WITHDRAW: 'withdrawApplication', APPEAL: 'appealApplication' },
  reviewer: { TAKE_REVIEW: 'takeReview', DECIDE_REVIEW: 'decideReview' },
} as const;
const INPUTS: Readonly<Record<string, object>> = {
  appealApplication: { reason: 'It was overlooked.' },
  decideReview: { decision: 'APPROVE', reason: 'It is complete.' },
};

describe('an application', () => {
  let api: ApiUnderTest;
  let people: Record<'applicant' | 'reviewer', Person>;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    api = await startApi('one process', 'transitions');
    people = { applicant: await api.person('other-patient'), reviewer: await api.person('reviewer') };
    await withClient(api.adminUrl, async (client) => {
      await client.query('set search_path = fund');
      const { rows } = await client.query<{ disease_id: string }>(
        'select disease_id from fund_disease order by 1 limit $1',
        [STATES.length],
      );
      for (const [index, [status]] of STATES.entries()) {
        const id = newId();
        ids.set(status, id);
        const open = ['SUBMITTED', 'IN_REVIEW', 'APPEALED'].includes(status);
        const taken = status === 'IN_REVIEW';
        // decided on once by the reviewer, where there is something behind it
        const before = !['DRAFT', 'SUBMITTED'].includes(status);
        await client.query(
          `insert into application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status,
             open_stage, open_reviewer, reviewer_subjects, round, waitlisted_at, policy_id, snapshot, deadline_at, created_at, submitted_at)
           select $1, 'STATE-' || $2, $3, 'demo-other-patient', $4, fund_id, 2026, 4000000, $2, $5, $6, $7, $8, $9,
             (select min(id::text)::uuid from aid_policy), '{}', now() + interval '1 day', now(), case when $2 <> 'DRAFT' then now() end
           from fund_disease where disease_id = $4 limit 1`,
          [
            id,
            status,
            patientId(1),
            rows[index]?.disease_id,
            open ? 'DOCUMENTS' : null,
            taken ? 'demo-reviewer' : null,
            before ? ['demo-reviewer'] : [],
            status === 'APPEALED' ? 2 : 1,
            status === 'WAITLISTED' ? new Date() : null,
          ],
        );
        const decided = before && !taken;
        if (status === 'DRAFT') continue;
        await client.query(
          `insert into review (id, application_id, stage, reviewer_subject, opened_at, taken_at, decision, reason, decided_at)
           values ($1, $2, 'DOCUMENTS', $3, now(), now(), $4, $5, $6)`,
          [
            newId(),
            id,
            before ? 'demo-reviewer' : null,
            decided ? 'REJECT' : null,
            decided ? 'It is not complete.' : null,
            decided ? new Date() : null,
          ],
        );
        if (status === 'APPEALED') {
          await client.query(
            `insert into review (id, application_id, stage, round, opened_at) values ($1, $2, 'DOCUMENTS', 2, now())`,
            [newId(), id],
          );
        }
      }
    });
  });
  afterAll(() => api?.stop());

  const seen = async (who: keyof typeof MUTATIONS, status: string) => {
    const { data } = await people[who].ask(
      'query($id: ID!) { application(id: $id) { version status allowedActions } }',
      {
        id: ids.get(status),
      },
    );
    return data.application;
  };

  test.each(STATES)('that is %s offers the applicant %j and a reviewer %j', async (status, applicant, reviewer) => {
    expect((await seen('applicant', status)).allowedActions).toEqual(applicant);
    // nobody but the applicant sees a draft; who rejected it does not hear the appeal
    if (reviewer !== null) expect((await seen('reviewer', status)).allowedActions).toEqual(reviewer);
    else expect((await seen('reviewer', status))?.allowedActions ?? []).toEqual([]);
  });

  const refused = STATES.flatMap(([status, applicant, reviewer]) =>
    (['applicant', 'reviewer'] as const).flatMap((who) => {
      const may: readonly string[] = (who === 'applicant' ? applicant : reviewer) ?? [];
      const mutations = Object.entries(MUTATIONS[who]).filter(([action]) => !may.includes(action));
      // a draft does not exist for a reviewer
      return who === 'reviewer' && status === 'DRAFT'
        ? []
        : mutations.map(([, mutation]) => ({ status, who, mutation, permitted: may }));
    }),
  );

  test.each(
    refused,
  )('that is $status answers $mutation by the $who with what is permitted instead: $permitted', async (each) => {
    const { status, who, mutation, permitted } = each;
    const before = await seen(who, status);
    const answer = await people[who].does(
      mutation,
      { applicationId: ids.get(status), expectedVersion: before.version, ...INPUTS[mutation] },
      '... on ApplicationWrongState { status permitted }',
    );
    expect(answer).toMatchObject({ __typename: 'ApplicationWrongState', code: 'WRONG_STATE', status, permitted });
    for (const action of permitted) expect(answer.message).toContain(action);
    expect(await seen(who, status)).toEqual(before);
  });

  test('goes to no state that the database does not know', async () => {
    await expect(
      withClient(api.adminUrl, (client) =>
        client.query(`update fund.application set status = 'LOST' where id = $1`, [ids.get('DRAFT')]),
      ),
    ).rejects.toThrow('violates check constraint');
  });
});
