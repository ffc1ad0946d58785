import type { Client } from 'pg';
import { aidYear } from '../common/calendar.js';
import { fixedId } from '../common/ids.js';
import { HOUR, type SeedPolicy } from '../common/seed.js';
import { decideTier, grantMaximum } from './application/application.rules.js';
import { DEMO_POLICY_ID, GENERAL_FUND_ID } from './demo.js';
import { ReviewStage } from './review/review.js';

const ids = (what: string) => fixedId(`demo-${what}`, 'new-patient', Date.parse('2026-11-02T01:30:00Z'));

/** Numbers that none of the seeded demo people's applications has. */
const NUMBERS = { granted: '000003', draft: '000005' } as const;

const EXPENSE_FEN = 2_000_000n;

/** What an application is made for: a verified diagnosis of its patient. */
interface Ground {
  readonly id: string;
  readonly diseaseId: string;
  readonly hospital: { readonly id: string };
  readonly diagnosedOn: string;
}

/**
 * Gives a patient of the demo a grant of this year, on which expenses of today can be claimed, and a draft that is ready to be handed
 * in.
 *
 * @param client a connection of an administrator, in a transaction; the patient has just been made
 * @param grounds what the grant is for, and what the draft is for
 */
export async function importDemoNewcomersAid(
  client: Client,
  patient: { readonly id: string; readonly subject: string },
  [granted, drafted]: readonly Ground[],
  policy: SeedPolicy,
  now = new Date(),
): Promise<void> {
  const year = aidYear(now);
  const tier = decideTier(EXPENSE_FEN, policy.tiers);
  if (!granted || !drafted || !tier) return;
  const before = (hours: number) => new Date(now.getTime() - hours * HOUR);
  const application = async (
    { diseaseId }: Ground,
    what: 'granted' | 'draft',
    more: Readonly<Record<string, unknown>>,
  ): Promise<string> => {
    const row: Readonly<Record<string, unknown>> = {
      id: ids(`application-${what}`),
      number: `RC-${year}-${NUMBERS[what]}`,
      patient_id: patient.id,
      patient_subject: patient.subject,
      disease_id: diseaseId,
      fund_id: GENERAL_FUND_ID,
      aid_year: year,
      expected_expense_fen: EXPENSE_FEN,
      reviewer_subjects: [],
      ...more,
    };
    const columns = Object.keys(row);
    await client.query(
      `insert into fund.application (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
      Object.values(row),
    );
    return row.id as string;
  };
  const happened = (of: string, status: string, at: Date, byRole: string) =>
    client.query(
      `insert into fund.application_event (id, application_id, status, at, by_role) values ($1, $2, $3, $4, $5)`,
      [fixedId('demo-application-event', `${of}:${status}`, at.getTime()), of, status, at, byRole],
    );

  const draft = await application(drafted, 'draft', { status: 'DRAFT', created_at: before(2), version: 1 });
  await happened(draft, 'DRAFT', before(2), 'PATIENT');

  const reviewers = { DOCUMENTS: 'demo-reviewer', MEDICAL: 'demo-reviewer', FINANCIAL: 'demo-second-reviewer' };
  const { id: diagnosisId, hospital, diagnosedOn } = granted;
  const approved = await application(granted, 'granted', {
    status: 'APPROVED',
    reviewer_subjects: [...new Set(Object.values(reviewers))],
    policy_id: DEMO_POLICY_ID,
    snapshot: JSON.stringify({ diagnosisId, hospitalId: hospital.id, diagnosedOn, policyNumber: policy.number }),
    created_at: before(9),
    submitted_at: before(8),
    decided_at: before(3),
    version: 8,
  });
  await happened(approved, 'DRAFT', before(9), 'PATIENT');
  await happened(approved, 'SUBMITTED', before(8), 'PATIENT');
  await happened(approved, 'IN_REVIEW', before(7), 'REVIEWER');
  await happened(approved, 'APPROVED', before(3), 'REVIEWER');
  for (const [n, stage] of [ReviewStage.DOCUMENTS, ReviewStage.MEDICAL, ReviewStage.FINANCIAL].entries()) {
    await client.query(
      `insert into fund.review (id, application_id, stage, reviewer_subject, decision, reason, opened_at, taken_at, decided_at)
       values ($1, $2, $3, $4, 'APPROVE', 'Demo: all is there.', $5, $6, $7)`,
      [
        ...[fixedId('demo-review', `new-patient:${stage}`, before(8 - n).getTime()), approved, stage, reviewers[stage]],
        ...[before(8 - n), before(7.5 - n), before(n === 2 ? 3 : 7 - n)],
      ],
    );
  }
  const maximumFen = grantMaximum(EXPENSE_FEN, tier, policy.annualCapFen);
  const grant = ids('grant');
  await client.query(
    `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, $3, $4, 0, 0)`,
    [patient.id, year, policy.annualCapFen, maximumFen],
  );
  await client.query(
    `insert into fund.aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen,
       paid_fen, released_fen, status, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 'ACTIVE', $10)`,
    [
      ...[grant, approved, patient.id, granted.diseaseId, GENERAL_FUND_ID, year, tier.tier, DEMO_POLICY_ID, maximumFen],
      before(3),
    ],
  );
  await client.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject, at)
     values ($1, $2, 'GRANT', 'AVAILABLE', 'RESERVED', $3, $4, 'system:seed', $5)`,
    [ids('transfer'), GENERAL_FUND_ID, maximumFen, grant, before(3)],
  );
}
