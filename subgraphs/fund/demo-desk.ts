import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { shanghaiDay } from '../common/calendar.js';
import {
  DESK_DIAGNOSED_ON,
  type DeskKey,
  type DeskPatient,
  deskId,
  deskSerial,
  SECOND_LIST_FUND_FOR,
} from '../common/demo-desk.js';
import { fixedId } from '../common/ids.js';
import { DAY, HOUR, type SeedHospital, type SeedPolicy } from '../common/seed.js';
import { ApplicationStatus } from './application/application.enums.js';
import { deadlineFor, decideTier, grantMaximum } from './application/application.rules.js';
import { decideAward, PAYERS, type Payer } from './claim/award.rules.js';
import { storedAward } from './claim/stored-award.js';
import { DEMO_POLICY_ID } from './demo.js';
import { endToEndIdOf } from './payout/payout.rules.js';
import { ReviewDecision, ReviewStage } from './review/review.js';

/** Stands behind the general fund in every list, whose id is of the day before. */
export const SECOND_LIST_FUND_ID = fixedId('fund', 'SECOND-LIST', Date.UTC(2018, 4, 12));

const { DOCUMENTS, MEDICAL, FINANCIAL } = ReviewStage;
const { APPROVE, REJECT } = ReviewDecision;

const yuan = (amount: number): bigint => BigInt(amount) * 100n;

/** A step of a review: who took it, and how they decided, if they have. */
interface DeskReview {
  readonly stage: ReviewStage;
  readonly by?: string;
  readonly decision?: ReviewDecision;
  readonly reason?: string;
  /** Of an appeal. */
  readonly round?: 2;
}

const passed = (stage: ReviewStage, by: string): DeskReview => ({
  ...{ stage, by, decision: APPROVE, reason: 'Demo: complete and consistent.' },
});

const PAPERS_PASSED = passed(DOCUMENTS, 'demo-second-reviewer');

/** What has become of each application so far; the last review is open, but for the granted one. */
const APPLICATIONS: Partial<Readonly<Record<DeskKey, readonly DeskReview[]>>> = {
  queue: [{ stage: DOCUMENTS }],
  papers: [{ stage: DOCUMENTS, by: 'demo-reviewer' }],
  medical: [PAPERS_PASSED, { stage: MEDICAL, by: 'demo-reviewer' }],
  recusal: [{ stage: DOCUMENTS, by: 'demo-reviewer' }],
  money: [PAPERS_PASSED, passed(MEDICAL, 'demo-reviewer'), { stage: FINANCIAL, by: 'demo-second-reviewer' }],
  appeal: [
    PAPERS_PASSED,
    { stage: MEDICAL, by: 'demo-reviewer', decision: REJECT, reason: 'Demo: the record does not name the stage.' },
    { stage: DOCUMENTS, by: 'demo-fourth-reviewer', round: 2 },
  ],
  claims: [PAPERS_PASSED, passed(MEDICAL, 'demo-reviewer'), passed(FINANCIAL, 'demo-second-reviewer')],
};

const EXPENSE_FEN = yuan(60_000);
/** Between two steps of an application. */
const STEP = 10 * HOUR;

interface DeskClaim {
  readonly key: string;
  readonly status: 'ENTERED' | 'CHECKED' | 'APPROVED';
  readonly amountFen: bigint;
  readonly paidByOthers: Partial<Readonly<Record<Payer, bigint>>>;
}

/** On the one grant: to be checked, to be decided, to be put into a batch, and in a batch that is to be released. */
const CLAIMS: readonly DeskClaim[] = [
  { key: 'to-check', status: 'ENTERED', amountFen: yuan(3_600), paidByOthers: {} },
  {
    ...{ key: 'to-decide', status: 'CHECKED', amountFen: yuan(12_500) },
    paidByOthers: { BASIC_INSURANCE: yuan(4_500), COMMERCIAL_INSURANCE: yuan(1_000) },
  },
  { key: 'to-pay', status: 'APPROVED', amountFen: yuan(8_000), paidByOthers: {} },
  { key: 'in-batch', status: 'APPROVED', amountFen: yuan(6_000), paidByOthers: { BASIC_INSURANCE: yuan(1_500) } },
];

/**
 * Makes a fund for diseases of the second list with what waits there for reviewers and finance officers: applications at
 * every stage, claims, a batch to be released, and money that has been promised. It has a fund of its own so that the
 * general one's books stay those of the demo people.
 *
 * @param client a connection of an administrator, in a transaction; the demo's policy must be there
 * @param patients those who were just made: what is theirs was never here
 */
export async function importDeskAid(
  client: Client,
  patients: readonly DeskPatient[],
  { policy, demoHospital }: { readonly policy: SeedPolicy; readonly demoHospital: SeedHospital },
  now = new Date(),
): Promise<void> {
  if (patients.length === 0) return;
  await openFund(client, now);
  for (const patient of patients) {
    const reviews = APPLICATIONS[patient.key];
    if (reviews) await apply(client, patient, reviews, policy, demoHospital, now);
  }
  const granted = patients.find(({ key }) => key === 'claims');
  if (granted) await grant(client, granted, policy, now);
}

async function openFund(client: Client, now: Date): Promise<void> {
  const { rowCount } = await client.query(
    `insert into fund.fund (id, code, name_en, name_zh, status) values ($1, 'SECOND-LIST', $2, $3, 'OPEN') on conflict do nothing`,
    [SECOND_LIST_FUND_ID, 'Second List Fund (demo)', '第二批罕见病基金（演示）'],
  );
  if (rowCount === 0) return;
  await client.query('insert into fund.fund_disease (fund_id, disease_id) select $1, unnest($2::uuid[])', [
    SECOND_LIST_FUND_ID,
    SECOND_LIST_FUND_FOR.map(diseaseId),
  ]);
  const given = [
    { key: 'cleared', source: 'CHARITY', fen: yuan(800_000), cleared: true },
    { key: 'to-clear', source: 'PUBLIC', fen: yuan(25_000), cleared: false },
  ];
  const at = new Date(now.getTime() - 30 * DAY);
  for (const [n, { key, source, fen, cleared }] of given.entries()) {
    const id = deskId('contribution', key);
    await client.query(
      `insert into fund.contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at)
       values ($1, $2, $3, $4, $5, $6, 'demo-finance', $7, $8)`,
      [
        ...[id, `CT-${year(now)}-${deskSerial(n)}`, SECOND_LIST_FUND_ID, source, fen],
        ...[cleared ? 'CLEARED' : 'PLEDGED', at, cleared ? at : null],
      ],
    );
    if (cleared) await transfer(client, 'CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', fen, id, at);
  }
}

const year = (now: Date): number => Number(shanghaiDay(now).slice(0, 4));

const transfer = (client: Client, kind: string, from: string, to: string, fen: bigint, about: string, at: Date) =>
  client.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject, at)
     values (uuidv7(), $1, $2, $3, $4, $5, $6, 'system:seed', $7)`,
    [SECOND_LIST_FUND_ID, kind, from, to, fen, about, at],
  );

/** An application that has come so far as its reviews say, a step every few hours, the last of them just now. */
async function apply(
  client: Client,
  patient: DeskPatient,
  reviews: readonly DeskReview[],
  policy: SeedPolicy,
  hospital: SeedHospital,
  now: Date,
): Promise<void> {
  const { key } = patient;
  const id = deskId('application', key);
  const steps =
    2 + reviews.reduce((count, { by, decision, round }) => count + [by, decision, round].filter(Boolean).length, 0);
  let at = now.getTime() - steps * STEP;
  const events: { status: ApplicationStatus; at: Date; by: string; note?: string }[] = [];
  let version = 0;
  const step = (status?: ApplicationStatus, by = 'REVIEWER', note?: string): Date => {
    const when = new Date(at);
    if (status && status !== events.at(-1)?.status) events.push({ status, at: when, by, ...(note && { note }) });
    version++;
    at += STEP;
    return when;
  };
  const created = step(ApplicationStatus.DRAFT, 'PATIENT');
  const submitted = step(ApplicationStatus.SUBMITTED, 'PATIENT');
  const written = reviews.map((review, n) => {
    const { stage, by, decision, round = 1 } = review;
    if (round === 2) step(ApplicationStatus.APPEALED, 'PATIENT', 'Demo: page 3 of the record names the stage.');
    const opened = new Date(at - STEP);
    const taken = by ? step(ApplicationStatus.IN_REVIEW) : null;
    const ends = decision === REJECT ? ApplicationStatus.REJECTED : ApplicationStatus.APPROVED;
    const isEnd = decision === REJECT || (decision === APPROVE && stage === FINANCIAL);
    const decided = decision ? step(isEnd ? ends : undefined) : null;
    return {
      ...{ id: deskId('review', `${key}:${n}`, n), stage, round, by: by ?? null, decision: decision ?? null },
      ...{ reason: review.reason ?? null, opened, taken, decided },
    };
  });
  const open = written.find(({ decision }) => decision === null);
  const last = events.at(-1) as (typeof events)[number];
  const snapshot = {
    diagnosisId: deskId('diagnosis', key),
    hospitalId: hospital.id,
    diagnosedOn: DESK_DIAGNOSED_ON,
    policyNumber: policy.number,
  };
  await client.query(
    `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status,
       open_stage, open_reviewer, reviewer_subjects, policy_id, snapshot, deadline_at, created_at, submitted_at, decided_at, round, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
    [
      ...[id, `RC-${year(now)}-${deskSerial(Object.keys(APPLICATIONS).indexOf(key))}`, patient.id, patient.subject],
      ...[diseaseId(patient.catalogNo), SECOND_LIST_FUND_ID, year(now), EXPENSE_FEN, last.status],
      ...[open?.stage ?? null, open?.by ?? null, [...new Set(written.flatMap(({ by }) => by ?? []))], DEMO_POLICY_ID],
      ...[JSON.stringify(snapshot), deadlineFor(last.status, last.at), created, submitted],
      ...[last.status === ApplicationStatus.APPROVED ? last.at : null, open?.round ?? 1, version],
    ],
  );
  await client.query(
    `insert into fund.application_event (id, application_id, status, at, by_role, note)
     select id, $2, status, at, by, note
     from jsonb_to_recordset($1) as e (id uuid, status text, at timestamptz, by text, note text)`,
    [JSON.stringify(events.map((event, n) => ({ id: deskId('event', `${key}:${n}`, n), ...event }))), id],
  );
  await client.query(
    `insert into fund.review (id, application_id, stage, round, reviewer_subject, decision, reason, opened_at, taken_at, decided_at)
     select id, $2, stage, round, by, decision, reason, opened, taken, decided
     from jsonb_to_recordset($1) as r (id uuid, stage text, round int, by text, decision text, reason text, opened timestamptz,
       taken timestamptz, decided timestamptz)`,
    [JSON.stringify(written), id],
  );
}

/** The grant of the approved application, with its claims: what is awarded is taken from it, as the rules say. */
async function grant(client: Client, patient: DeskPatient, policy: SeedPolicy, now: Date): Promise<void> {
  const application = deskId('application', patient.key);
  const id = deskId('grant', patient.key);
  const tier = decideTier(EXPENSE_FEN, policy.tiers);
  if (!tier) throw new Error(`No tier of the demo's policy is for ${EXPENSE_FEN} fen.`);
  const maximumFen = grantMaximum(EXPENSE_FEN, tier, policy.annualCapFen);
  let awardedFen = 0n;
  const claims = CLAIMS.map((claim) => {
    const award = decideAward({
      expenses: [claim],
      sharePercent: tier.sharePercent,
      leftOfGrantFen: maximumFen - awardedFen,
      leftOfAnnualCapFen: policy.annualCapFen - awardedFen,
    });
    if (claim.status === 'APPROVED') awardedFen += award.awardFen;
    return { ...claim, id: deskId('claim', claim.key), award };
  });
  await client.query(
    `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, $3, $4, $5, 0)`,
    [patient.id, year(now), policy.annualCapFen, maximumFen, awardedFen],
  );
  await client.query(
    `insert into fund.aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen,
       paid_fen, released_fen, status, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 'ACTIVE', $11)`,
    [
      ...[id, application, patient.id, diseaseId(patient.catalogNo), SECOND_LIST_FUND_ID, year(now), tier.tier],
      ...[policy.id, maximumFen, awardedFen, now],
    ],
  );
  await transfer(client, 'GRANT', 'AVAILABLE', 'RESERVED', maximumFen, id, now);
  for (const [n, { id: claim, key, status, amountFen, paidByOthers, award }] of claims.entries()) {
    const approved = status === 'APPROVED';
    const checked = status === 'ENTERED' ? null : now;
    await client.query(
      `insert into fund.claim (id, number, grant_id, application_id, fund_id, patient_id, patient_subject, status, asked_fen, self_paid_fen,
         award, award_fen, taken_back_fen, entered_by, entered_at, checked_by, checked_at, decided_by, decided_at, reason, version)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $7, $13, $14, $15, $16, $17, $18, $19)`,
      [
        ...[
          claim,
          `CL-${year(now)}-${deskSerial(n)}`,
          id,
          application,
          SECOND_LIST_FUND_ID,
          patient.id,
          patient.subject,
        ],
        ...[status, award.askedFen, award.selfPaidFen],
        ...[approved ? storedAward(award) : null, approved ? award.awardFen : null, now],
        ...[checked && 'demo-reviewer', checked, approved ? 'demo-finance' : null, approved ? now : null],
        ...[checked && 'Demo: the invoice fits the treatment.', approved ? 3 : checked ? 2 : 1],
      ],
    );
    await client.query(
      `insert into fund.expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen,
         ${PAYERS.map((payer) => `${payer.toLowerCase()}_fen`).join(', ')})
       values ($1, $2, 0, 'DEMO HOSPITAL', $3, $4, $5, ${PAYERS.map((_, nth) => `$${nth + 6}`).join(', ')})`,
      [
        ...[deskId('expense', key), claim, `DEMO-DESK-${n + 1}`, shanghaiDay(now), amountFen],
        ...PAYERS.map((payer) => paidByOthers[payer] ?? 0n),
      ],
    );
    if (approved) await transfer(client, 'AWARD', 'RESERVED', 'PAYABLE', award.awardFen, claim, now);
    if (key === 'in-batch') await putIntoBatch(client, claim, award.awardFen, now);
  }
}

/** A batch that one finance officer has made, of what they approved: another has to release it. */
async function putIntoBatch(client: Client, claim: string, fen: bigint, now: Date): Promise<void> {
  const batch = deskId('batch', 'to-release');
  const payout = deskId('payout', 'in-batch');
  await client.query(
    `insert into fund.payout_batch (id, number, fund_id, status, created_by, created_at) values ($1, 'PB-DEMO-DESK', $2, 'OPEN', 'demo-finance', $3)`,
    [batch, SECOND_LIST_FUND_ID, now],
  );
  await client.query(
    `insert into fund.payout (id, batch_id, claim_id, fund_id, amount_fen, status, end_to_end_id, approved_by, created_at)
     values ($1, $2, $3, $4, $5, 'QUEUED', $6, 'demo-finance', $7)`,
    [payout, batch, claim, SECOND_LIST_FUND_ID, fen, endToEndIdOf(payout), now],
  );
}
