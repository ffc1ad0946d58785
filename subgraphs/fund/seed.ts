import { fixedId } from '../common/ids.js';
import {
  actorOf,
  applicationsOf,
  below,
  DAY,
  DEMO_PATIENTS,
  day,
  diagnosesOf,
  joinedAt,
  later,
  MOST_APPLICATIONS,
  moment,
  patientId,
  pick,
  placeInBlock,
  rowId,
  type SeedApplication,
  type SeedApplicationStatus,
  type SeedDiagnosis,
  type SeedPolicy,
  type SeedTable,
  type SeedValue,
  type SeedWorld,
  serial,
  share,
  shownNumber,
  subjectOf,
} from '../common/seed.js';
import { ApplicationStatus } from './application/application.enums.js';
import { deadlineFor, decideTier, grantMaximum } from './application/application.rules.js';
import { type Award, decideAward, PAYERS } from './claim/award.rules.js';
import { storedAward } from './claim/stored-award.js';
import { ReviewStage } from './review/review.js';

/** The batch in which the first patients' claims were paid. */
const FIRST_BATCH_ID = fixedId('payout-batch', 'SEED');

/** Patients whose claims were paid in one batch. */
const PAID_TOGETHER = 1_000;

/** The batch in which a seeded patient's claims were paid. */
export function payoutBatchOf(i: number): { readonly id: string; readonly number: string } {
  const first = i - (placeInBlock(i) % PAID_TOGETHER);
  return first === 0
    ? { id: FIRST_BATCH_ID, number: 'PB-DEMO' }
    : { id: rowId('payout-batch', first, 0, joinedAt(first)), number: `PB-SEED-${shownNumber(first)}` };
}

interface SeedEvent {
  readonly at: number;
  readonly status: SeedApplicationStatus;
  readonly byRole: string;
}

interface SeedReview {
  readonly stage: ReviewStage;
  readonly openedAt: number;
  reviewer?: string;
  takenAt?: number;
  decidedAt?: number;
  decision?: keyof typeof REASONS;
  reason?: string;
}

interface SeedGrant {
  readonly tier: string;
  readonly maximumFen: bigint;
  readonly paidFen: bigint;
  /** What went back to the fund when it ran out. */
  readonly releasedFen: bigint;
  readonly status: string;
  readonly createdAt: number;
}

/** An application with all that happened to it. */
interface AidCase extends Omit<SeedApplication, 'status'> {
  status: SeedApplicationStatus;
  readonly expenseFen: bigint;
  readonly events: SeedEvent[];
  readonly reviews: SeedReview[];
  submittedAt?: number;
  decidedAt?: number;
  grant?: SeedGrant;
  version: number;
}

const REASONS = {
  APPROVE: ['Demo: complete and consistent.', 'Demo: confirmed with the hospital.', 'Demo: nothing speaks against it.'],
  REJECT: ['Demo: the expense was not for this disease.', 'Demo: the papers contradict each other.'],
  REQUEST_INFORMATION: [
    'Demo: please send the invoices of the last quarter.',
    'Demo: a page of the record is missing.',
  ],
} as const;
const NOTHING_LEFT = "Demo: nothing is left of this year's aid.";

const { DOCUMENTS, MEDICAL, FINANCIAL } = ReviewStage;
const STAGES = [DOCUMENTS, MEDICAL, FINANCIAL] as const;
const REVIEWERS = 40;

/** Another reviewer at each stage; for the demo people the demo's, of whom the first does all but the money. */
function reviewerAt(i: number, n: number, stage: number): string {
  if (i < DEMO_PATIENTS && stage < STAGES.length) return stage < 2 ? 'demo-reviewer' : 'demo-second-reviewer';
  return `seed-reviewer-${(below(REVIEWERS, 'reviewer', i * MOST_APPLICATIONS + n) + stage) % REVIEWERS}`;
}

/** Thousands of yuan from and to, in tier I, II and III. */
const EXPENSES: readonly (readonly [readonly [number, number], number])[] = [
  [[5, 30], 400],
  [[30, 100], 400],
  [[100, 300], 200],
];

const DEMO_EXPENSE_FEN = 6_000_000n;

function expense(i: number, n: number): bigint {
  if (i < DEMO_PATIENTS && n === 0) return DEMO_EXPENSE_FEN;
  const [from, to] = share(EXPENSES, 'expense', i * MOST_APPLICATIONS + n);
  return BigInt(from * 10 + below((to - from) * 10, 'how-much', i * MOST_APPLICATIONS + n)) * 10_000n;
}

const DEMO_PAID_FEN = 860_000n;

/** Grants of 2025 are over. */
function grantOf(
  i: number,
  { n, aidYear }: SeedApplication,
  tier: string,
  maximumFen: bigint,
  createdAt: number,
): SeedGrant {
  const quarters = BigInt(below(5, 'paid', i * MOST_APPLICATIONS + n));
  const paidFen = i === 0 ? DEMO_PAID_FEN : (maximumFen * quarters) / 4n;
  const status = paidFen === maximumFen ? 'EXHAUSTED' : aidYear < 2026 ? 'EXPIRED' : 'ACTIVE';
  const releasedFen = status === 'EXPIRED' ? maximumFen - paidFen : 0n;
  return { tier, maximumFen, paidFen, releasedFen, status, createdAt };
}

/** A grant's id; also of the one claim, expense and payout that the seed has for it. */
const grantId = (i: number, { n, grant }: AidCase): string => rowId('grant', i, n, grant?.createdAt ?? 0);

interface SeedClaim {
  readonly id: string;
  readonly made: AidCase;
  readonly grant: SeedGrant;
  readonly award: Award;
  readonly paidAt: number;
}

/** What was paid to a patient: one claim a grant. */
function claimsOf(i: number, world: SeedWorld): SeedClaim[] {
  return casesOf(i, world).flatMap((made): SeedClaim[] => {
    const { grant, n } = made;
    if (!grant || grant.paidFen === 0n) return [];
    const sharePercent = world.policy.tiers.find(({ tier }) => tier === grant.tier)?.sharePercent ?? 100;
    const share = BigInt(sharePercent);
    // the least expense whose share comes to what was paid
    const amountFen = (grant.paidFen * 100n + share - 1n) / share;
    const award = decideAward({
      expenses: [{ amountFen, paidByOthers: {} }],
      sharePercent,
      leftOfGrantFen: grant.maximumFen,
      leftOfAnnualCapFen: world.policy.annualCapFen,
    });
    return [
      {
        id: grantId(i, made),
        made,
        grant,
        award,
        paidAt: later(grant.createdAt, 20, 'paid', i * MOST_APPLICATIONS + n),
      },
    ];
  });
}

/** What the ledger holds of a patient's grants, in the order in which it happened. */
export function seedLedger(i: number, world: SeedWorld): SeedTransfer[] {
  const transfers: SeedTransfer[] = [];
  for (const made of casesOf(i, world)) {
    const { grant } = made;
    if (!grant) continue;
    const reference = grantId(i, made);
    transfers.push({
      kind: 'GRANT',
      from: 'AVAILABLE',
      to: 'RESERVED',
      fen: grant.maximumFen,
      reference,
      at: grant.createdAt,
    });
    if (grant.releasedFen > 0n) {
      transfers.push({
        kind: 'RELEASE',
        from: 'RESERVED',
        to: 'AVAILABLE',
        fen: grant.releasedFen,
        reference,
        at: later(grant.createdAt, 150, 'released', i),
      });
    }
  }
  for (const { id: reference, award, paidAt: at } of claimsOf(i, world)) {
    const fen = award.awardFen;
    transfers.push({ kind: 'AWARD', from: 'RESERVED', to: 'PAYABLE', fen, reference, at });
    transfers.push({ kind: 'SEND', from: 'PAYABLE', to: 'IN_TRANSIT', fen, reference, at });
    transfers.push({ kind: 'PAY', from: 'IN_TRANSIT', to: 'PAID_OUT', fen, reference, at });
  }
  return transfers;
}

/** One movement of money, as the ledger has it. */
export interface SeedTransfer {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly fen: bigint;
  readonly reference: string;
  readonly at: number;
}

let lastCases: readonly [number, SeedWorld, readonly AidCase[]] | undefined;

function casesOf(i: number, world: SeedWorld): readonly AidCase[] {
  if (lastCases?.[0] === i && lastCases[1] === world) return lastCases[2];
  const left = new Map<number, bigint>();
  const cases = applicationsOf(i).map((planned) => {
    const leftFen = left.get(planned.aidYear) ?? world.policy.annualCapFen;
    const found = goThrough(i, planned, leftFen, world.policy);
    left.set(planned.aidYear, leftFen - (found.grant?.maximumFen ?? 0n));
    return found;
  });
  lastCases = [i, world, cases];
  return cases;
}

/** Goes the way of an application as its services do, taking the days that people take, to where it is planned to stand. */
function goThrough(i: number, planned: SeedApplication, leftFen: bigint, policy: SeedPolicy): AidCase {
  const n = i * MOST_APPLICATIONS + planned.n;
  const by = actorOf(i).role;
  const made: AidCase = { ...planned, expenseFen: expense(i, planned.n), events: [], reviews: [], version: 0 };
  const step = (status: SeedApplicationStatus, at: number, byRole: string): AidCase => {
    if (status === 'APPROVED' || status === 'REJECTED' || status === 'WITHDRAWN') made.decidedAt = at;
    made.status = status;
    made.events.push({ status, at, byRole });
    made.version++;
    return made;
  };

  step('DRAFT', planned.createdAt, by);
  if (planned.status === 'DRAFT') return made;
  if (planned.status === 'WITHDRAWN' && below(3, 'withdraw-draft', n) === 0) {
    return step('WITHDRAWN', later(planned.createdAt, 3, 'withdraw', n), by);
  }
  made.submittedAt = later(planned.createdAt, 1.4, 'submit', n);
  step('SUBMITTED', made.submittedAt, by);

  const tier = decideTier(made.expenseFen, policy.tiers);
  const maximumFen = tier ? grantMaximum(made.expenseFen, tier, leftFen) : 0n;
  const stages = maximumFen > policy.secondReviewAboveFen ? [...STAGES, FINANCIAL] : STAGES;
  const lastStage = i === 0 ? STAGES.indexOf(MEDICAL) : below(STAGES.length, 'last-stage', n);
  let at = made.submittedAt;
  for (const [index, stage] of stages.entries()) {
    const review: SeedReview = { stage, openedAt: at };
    made.reviews.push(review);
    if (planned.status === 'SUBMITTED') return made;
    if (planned.status === 'WITHDRAWN') return step('WITHDRAWN', later(at, 2, 'withdraw', n), by);

    review.reviewer = reviewerAt(i, planned.n, index);
    review.takenAt = later(at, 1.1, 'take', n * 4 + index);
    if (index === 0) step('IN_REVIEW', review.takenAt, 'REVIEWER');
    else made.version++;
    const isLast = planned.status !== 'APPROVED' && index === lastStage;
    if (isLast && planned.status === 'IN_REVIEW') return made;

    at = later(review.takenAt, 1.2, 'decide', n * 4 + index);
    const decide = (
      decision: keyof typeof REASONS,
      reason: string = pick(REASONS[decision], 'reason', n * 4 + index),
    ) => Object.assign(review, { decidedAt: at, decision, reason });
    if (isLast && planned.status === 'INFORMATION_REQUESTED') {
      decide('REQUEST_INFORMATION');
      return step('INFORMATION_REQUESTED', at, 'REVIEWER');
    }
    if (isLast || (stage === FINANCIAL && maximumFen <= 0n)) {
      decide('REJECT', isLast ? undefined : NOTHING_LEFT);
      return step('REJECTED', at, 'REVIEWER');
    }
    decide('APPROVE');
    if (index < stages.length - 1) made.version++;
  }
  if (tier) made.grant = grantOf(i, planned, tier.tier, maximumFen, at);
  return step('APPROVED', at, 'REVIEWER');
}

const text = (at: number | undefined): string | null => (at === undefined ? null : moment(at));

/** By when the next step is due: counted from the newest event. */
function deadline({ status, events }: AidCase): string | null {
  const due = deadlineFor(ApplicationStatus[status], new Date(events.at(-1)?.at ?? 0));
  return due && moment(due.getTime());
}

const diagnosisOf = (i: number, { diagnosis }: AidCase, world: SeedWorld): SeedDiagnosis =>
  diagnosesOf(i, world)[diagnosis] as SeedDiagnosis;

function applicationRow(i: number, made: AidCase, world: SeedWorld): SeedValue[] {
  const { reviews, status, submittedAt, aidYear } = made;
  const diagnosis = diagnosisOf(i, made, world);
  const open = status === 'SUBMITTED' || status === 'IN_REVIEW' ? reviews.at(-1) : undefined;
  const snapshot = {
    diagnosisId: diagnosis.id,
    hospitalId: diagnosis.hospital.id,
    diagnosedOn: diagnosis.diagnosedOn,
    policyNumber: world.policy.number,
  };
  const reviewers = new Set(reviews.flatMap(({ reviewer }) => reviewer ?? []));
  return [
    made.id,
    `RC-${aidYear}-${String(serial(i, made.n, MOST_APPLICATIONS)).padStart(6, '0')}`,
    patientId(i),
    subjectOf(i),
    diagnosis.disease.id,
    world.fundId,
    aidYear,
    made.expenseFen,
    status,
    open?.stage ?? null,
    open?.reviewer ?? null,
    [...reviewers],
    submittedAt === undefined ? null : world.policy.id,
    submittedAt === undefined ? null : JSON.stringify(snapshot),
    deadline(made),
    moment(made.createdAt),
    text(submittedAt),
    text(made.decidedAt),
    made.version,
  ];
}

/** Events and reviews of all of a patient's applications are numbered: at most so many belong to one. */
const PER_APPLICATION = 8;

/** Nobody else paid for what the seed claims. */
const PAYER_COLUMNS = PAYERS.map((payer) => `${payer.toLowerCase()}_fen`);

/** Applications with their timeline and reviews, and what was granted. */
export const fundSeed: readonly SeedTable[] = [
  {
    table: 'application',
    columns: [
      'id',
      'number',
      'patient_id',
      'patient_subject',
      'disease_id',
      'fund_id',
      'aid_year',
      'expected_expense_fen',
      'status',
      'open_stage',
      'open_reviewer',
      'reviewer_subjects',
      'policy_id',
      'snapshot',
      'deadline_at',
      'created_at',
      'submitted_at',
      'decided_at',
      'version',
    ],
    rows: (i, world) => casesOf(i, world).map((made) => applicationRow(i, made, world)),
  },
  {
    table: 'application_event',
    columns: ['id', 'application_id', 'status', 'at', 'by_role'],
    *rows(i, world) {
      for (const { id, n, events } of casesOf(i, world)) {
        for (const [index, { status, at, byRole }] of events.entries()) {
          yield [rowId('event', i, n * PER_APPLICATION + index, at), id, status, moment(at), byRole];
        }
      }
    },
  },
  {
    table: 'review',
    columns: [
      'id',
      'application_id',
      'stage',
      'reviewer_subject',
      'decision',
      'reason',
      'opened_at',
      'taken_at',
      'decided_at',
    ],
    *rows(i, world) {
      for (const made of casesOf(i, world)) {
        for (const [index, review] of made.reviews.entries()) {
          yield [
            rowId('review', i, made.n * PER_APPLICATION + index, review.openedAt),
            made.id,
            review.stage,
            review.reviewer ?? null,
            review.decision ?? null,
            review.reason ?? null,
            moment(review.openedAt),
            text(review.takenAt),
            text(review.decidedAt),
          ];
        }
      }
    },
  },
  {
    table: 'annual_aid',
    columns: ['patient_id', 'aid_year', 'cap_fen', 'granted_fen', 'awarded_fen', 'paid_fen'],
    *rows(i, world) {
      const years = new Map<number, { granted: bigint; paid: bigint }>();
      for (const { aidYear, grant } of casesOf(i, world)) {
        if (!grant) continue;
        const { granted = 0n, paid = 0n } = years.get(aidYear) ?? {};
        const keptFen = grant.maximumFen - grant.releasedFen;
        years.set(aidYear, { granted: granted + keptFen, paid: paid + grant.paidFen });
      }
      for (const [year, { granted, paid }] of years) {
        yield [patientId(i), year, world.policy.annualCapFen, granted, paid, paid];
      }
    },
  },
  {
    table: 'aid_grant',
    columns: [
      'id',
      'application_id',
      'patient_id',
      'disease_id',
      'fund_id',
      'aid_year',
      'tier',
      'policy_id',
      'maximum_fen',
      'awarded_fen',
      'paid_fen',
      'released_fen',
      'status',
      'created_at',
    ],
    *rows(i, world) {
      for (const made of casesOf(i, world)) {
        const { id, aidYear, grant } = made;
        if (!grant) continue;
        const { tier, maximumFen, paidFen, releasedFen, status, createdAt } = grant;
        yield [
          grantId(i, made),
          id,
          patientId(i),
          diagnosisOf(i, made, world).disease.id,
          world.fundId,
          aidYear,
          tier,
          world.policy.id,
          maximumFen,
          paidFen,
          paidFen,
          releasedFen,
          status,
          moment(createdAt),
        ];
      }
    },
  },
  {
    table: 'claim',
    columns: [
      'id',
      'number',
      'grant_id',
      'application_id',
      'fund_id',
      'patient_id',
      'patient_subject',
      'status',
      'asked_fen',
      'self_paid_fen',
      'award',
      'award_fen',
      'taken_back_fen',
      'entered_by',
      'entered_at',
      'checked_by',
      'checked_at',
      'decided_by',
      'decided_at',
      'paid_at',
    ],
    rows: (i, world) =>
      claimsOf(i, world).map(({ id, made, award, grant, paidAt }) => [
        id,
        `CL-${made.aidYear}-${String(serial(i, made.n, MOST_APPLICATIONS)).padStart(6, '0')}`,
        id,
        made.id,
        world.fundId,
        patientId(i),
        subjectOf(i),
        'PAID',
        award.askedFen,
        award.selfPaidFen,
        storedAward(award),
        award.awardFen,
        0,
        actorOf(i).subject,
        moment(grant.createdAt + DAY),
        reviewerAt(i, made.n, 0),
        moment(grant.createdAt + 2 * DAY),
        'demo-finance',
        moment(grant.createdAt + 3 * DAY),
        moment(paidAt),
      ]),
  },
  {
    table: 'expense_line',
    columns: [
      'id',
      'claim_id',
      'place',
      'invoice_issuer',
      'invoice_number',
      'incurred_on',
      'amount_fen',
      ...PAYER_COLUMNS,
    ],
    rows: (i, world) =>
      claimsOf(i, world).map(({ id, award, made, grant }) => [
        id,
        id,
        0,
        'DEMO HOSPITAL',
        `DEMO-${serial(i, made.n, MOST_APPLICATIONS)}`,
        day(grant.createdAt),
        award.askedFen,
        ...PAYER_COLUMNS.map(() => 0),
      ]),
  },
  {
    table: 'payout',
    columns: [
      'id',
      'batch_id',
      'claim_id',
      'fund_id',
      'amount_fen',
      'status',
      'end_to_end_id',
      'approved_by',
      'released_by',
      'created_at',
      'answered_at',
    ],
    rows: (i, world) =>
      claimsOf(i, world).map(({ id, award, paidAt }) => [
        id,
        payoutBatchOf(i).id,
        id,
        world.fundId,
        award.awardFen,
        'PAID',
        id.replaceAll('-', ''),
        'demo-finance',
        'demo-second-finance',
        moment(paidAt),
        moment(paidAt),
      ]),
  },
  {
    table: 'ledger_transfer',
    columns: ['id', 'fund_id', 'kind', 'from_account', 'to_account', 'amount_fen', 'reference_id', 'by_subject', 'at'],
    rows: (i, world) =>
      seedLedger(i, world).map(({ kind, from, to, fen, reference, at }, n) => [
        rowId('transfer', i, n, at),
        world.fundId,
        kind,
        from,
        to,
        fen,
        reference,
        'system:seed',
        moment(at),
      ]),
  },
];
