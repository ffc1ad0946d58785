import {
  actorOf,
  applicationsOf,
  below,
  DEMO_PATIENTS,
  diagnosesOf,
  later,
  MOST_APPLICATIONS,
  moment,
  patientId,
  pick,
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
  subjectOf,
} from '../common/seed.js';
import { ApplicationStatus } from './application/application.enums.js';
import { deadlineFor, decideTier, grantMaximum } from './application/application.rules.js';
import { ReviewStage } from './review/review.js';

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
  return { tier, maximumFen, paidFen, status, createdAt };
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
    columns: ['patient_id', 'aid_year', 'cap_fen', 'granted_fen', 'paid_fen'],
    *rows(i, world) {
      const years = new Map<number, { granted: bigint; paid: bigint }>();
      for (const { aidYear, grant } of casesOf(i, world)) {
        if (!grant) continue;
        const { granted = 0n, paid = 0n } = years.get(aidYear) ?? {};
        years.set(aidYear, { granted: granted + grant.maximumFen, paid: paid + grant.paidFen });
      }
      for (const [year, { granted, paid }] of years) {
        yield [patientId(i), year, world.policy.annualCapFen, granted, paid];
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
      'paid_fen',
      'status',
      'created_at',
    ],
    *rows(i, world) {
      for (const made of casesOf(i, world)) {
        const { id, n, aidYear, grant } = made;
        if (!grant) continue;
        const { tier, maximumFen, paidFen, status, createdAt } = grant;
        yield [
          rowId('grant', i, n, createdAt),
          id,
          patientId(i),
          diagnosisOf(i, made, world).disease.id,
          world.fundId,
          aidYear,
          tier,
          world.policy.id,
          maximumFen,
          paidFen,
          status,
          moment(createdAt),
        ];
      }
    },
  },
];
