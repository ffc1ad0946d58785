import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { ApplicationStatus } from '../application/application.enums.js';
import type { FundContext } from '../context.js';
import { GENERAL_FUND_ID } from '../demo.js';
import { NoticeKind } from './notice.js';
import { whatToDo } from './notice.rules.js';
import { remindOfDeadlines } from './notice.service.js';

const { DEADLINE_NEAR, DEADLINE_PASSED } = NoticeKind;

describe('a notice says', () => {
  const says = (status: ApplicationStatus, reader: 'APPLICANT' | 'REVIEWER', kind = DEADLINE_NEAR, current = true) =>
    whatToDo({ kind, status, reader, current }, Locale.EN);

  test('to the one whose turn it is what to do, and to the other that it is not theirs', () => {
    expect(says(ApplicationStatus.INFORMATION_REQUESTED, 'APPLICANT')).toContain('hand the application in again');
    expect(says(ApplicationStatus.INFORMATION_REQUESTED, 'REVIEWER')).toContain('The applicant has to act');
    for (const status of [ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.APPEALED]) {
      expect(says(status, 'APPLICANT')).toContain('You need to do nothing');
      expect(says(status, 'REVIEWER')).toContain('Take the open review');
    }
  });

  test('that one may appeal, until one may not any more', () => {
    expect(says(ApplicationStatus.REJECTED, 'APPLICANT')).toContain('You can appeal');
    expect(says(ApplicationStatus.REJECTED, 'APPLICANT', DEADLINE_PASSED)).toContain('The time to appeal is over');
  });

  test('nothing to do about a deadline of before, or where nobody has to do anything', () => {
    for (const reader of ['APPLICANT', 'REVIEWER'] as const) {
      expect(says(ApplicationStatus.INFORMATION_REQUESTED, reader, DEADLINE_PASSED, false)).toContain('no longer due');
      expect(says(ApplicationStatus.APPROVED, reader)).toContain('no longer due');
    }
  });

  test('it in both languages, of every state', () => {
    for (const status of Object.values(ApplicationStatus)) {
      for (const kind of Object.values(NoticeKind)) {
        const facts = { kind, status, current: true, reader: 'APPLICANT' } as const;
        expect(whatToDo(facts, Locale.ZH)).toMatch(/[一-鿿]/);
        expect(whatToDo(facts, Locale.EN)).toMatch(/^[A-Z].*\.$/);
      }
    }
  });
});

describe('deadlines', () => {
  let api: SubgraphsUnderTest;
  const now = new Date('2026-05-10T00:30:00Z');
  const patient = person('notice-patient', 'PATIENT');
  const reviewer = person('notice-reviewer', 'REVIEWER');

  beforeAll(async () => {
    api = await openSubgraphs('notice');
  });
  afterAll(() => api?.stop());

  async function application(deadlineAt: string | null, status = 'INFORMATION_REQUESTED'): Promise<string> {
    const id = newId();
    await api.admin.query(
      `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, snapshot, deadline_at, created_at, submitted_at)
       values ($1, $1::uuid::text, $1, 'notice-patient', $1, $2, 2026, 1, $3, '{notice-reviewer}', '{}', $4, now(), now())`,
      [id, GENERAL_FUND_ID, status, deadlineAt],
    );
    return id;
  }
  const remind = (at = now) => api.get('fund').asItself((context) => remindOfDeadlines({}, context as FundContext, at));
  const read = async (who: Identity, id: string, locale = ''): Promise<Answer> => {
    const query = `query ($id: ID!) { application(id: $id) { notices { kind deadlineAt at text${locale} } } }`;
    const { data, errors } = await api.execute('fund', who, query, { id });
    expect(errors).toBeUndefined();
    return data.application?.notices ?? null;
  };

  test('are told of from three days before, and when they have passed', async () => {
    const ids: string[] = [];
    for (const at of ['2026-05-13T00:30:00Z', '2026-05-13T00:30:01Z', '2026-05-10T00:30:00Z', null])
      ids.push(await application(at));
    await remind();
    const told = [];
    for (const id of ids) told.push((await read(patient, id)).map(({ kind, at }: Answer) => [kind, at]));
    const at = now.toISOString();
    expect(told).toEqual([[[DEADLINE_NEAR, at]], [], [[DEADLINE_PASSED, at]], []]);
  });

  test('are told of once each, however often and by however many it is looked', async () => {
    const id = await application('2026-05-12T00:00:00Z');
    await Promise.all([remind(), remind(), remind()]);
    await remind();
    expect((await read(patient, id)).map(({ kind }: Answer) => kind)).toEqual([DEADLINE_NEAR]);
    const later = new Date('2026-05-12T00:30:00Z');
    await remind(later);
    await remind(later);
    expect((await read(patient, id)).map(({ kind }: Answer) => kind)).toEqual([DEADLINE_PASSED, DEADLINE_NEAR]);
  });

  test('are told of anew when there is a new one', async () => {
    const id = await application('2026-05-12T00:00:00Z');
    await remind();
    await api.admin.query(`update fund.application set deadline_at = '2026-05-13T00:00:00Z' where id = $1`, [id]);
    await remind(new Date('2026-05-11T00:30:00Z'));
    expect(
      (await read(patient, id)).map(({ deadlineAt, text }: Answer) => [deadlineAt, /no longer due/.test(text)]),
    ).toEqual([
      ['2026-05-13T00:00:00.000Z', false],
      ['2026-05-12T00:00:00.000Z', true],
    ]);
  });

  test('are seen by the applicant and the reviewers, each with what they have to do', async () => {
    const id = await application('2026-05-12T00:00:00Z');
    await remind();
    expect((await read(patient, id))[0].text).toContain('hand the application in again');
    expect((await read(patient, id, '(locale: ZH)'))[0].text).toContain('重新提交申请');
    expect((await read(reviewer, id))[0].text).toContain('The applicant has to act');
    expect(await read(person('a-stranger', 'PATIENT'), id)).toBeNull();
  });

  test('of thousands are told of in one go', async () => {
    await api.admin.query(
      `insert into fund.application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, snapshot, deadline_at, created_at, submitted_at)
       select uuidv7(), 'MANY-' || n, uuidv7(), uuidv7(), $1, 2026, 1, 'REJECTED', '{}', '{}', '2026-04-01', now(), now() from generate_series(1, 12000) n`,
      [GENERAL_FUND_ID],
    );
    await remind();
    const { rows } = await api.admin.query(
      `select count(*)::int as n from fund.notice join fund.application a on a.id = application_id where number like 'MANY-%'`,
    );
    expect(rows[0].n).toBe(12_000);
  });
});
