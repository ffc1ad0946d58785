import { ReviewDecision, ReviewStage } from '../review/review.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';

const { DRAFT, SUBMITTED, IN_REVIEW, INFORMATION_REQUESTED, APPROVED, REJECTED, WITHDRAWN } = ApplicationStatus;

/** Where an application may go from where it is. Nothing else is ever written. */
const NEXT: Readonly<Record<ApplicationStatus, readonly ApplicationStatus[]>> = {
  [DRAFT]: [SUBMITTED, WITHDRAWN],
  [SUBMITTED]: [IN_REVIEW, WITHDRAWN],
  [IN_REVIEW]: [INFORMATION_REQUESTED, APPROVED, REJECTED, WITHDRAWN],
  [INFORMATION_REQUESTED]: [IN_REVIEW, WITHDRAWN],
  [APPROVED]: [],
  [REJECTED]: [],
  [ApplicationStatus.WAITLISTED]: [WITHDRAWN],
  [ApplicationStatus.APPEALED]: [],
  [WITHDRAWN]: [],
};

export const nextStates = (status: ApplicationStatus): readonly ApplicationStatus[] => NEXT[status];

const STAGES = [ReviewStage.DOCUMENTS, ReviewStage.MEDICAL, ReviewStage.FINANCIAL] as const;

/** A review that was decided, as far as the rules ask. */
export interface DecidedReview {
  readonly stage: ReviewStage;
  readonly reviewer: string;
  readonly decision: ReviewDecision;
}

/**
 * What follows on an approval: the next stage, or the end. A grant above the policy's threshold needs a second
 * financial review.
 */
export function nextStage(
  stage: ReviewStage,
  financialApprovals: number,
  grantFen: bigint,
  secondReviewAboveFen: bigint,
): ReviewStage | 'DONE' {
  if (stage !== ReviewStage.FINANCIAL) return STAGES[STAGES.indexOf(stage) + 1] as ReviewStage;
  return grantFen > secondReviewAboveFen && financialApprovals < 2 ? ReviewStage.FINANCIAL : 'DONE';
}

const DECIDES_ON_CARE_OR_MONEY: readonly ReviewStage[] = [ReviewStage.MEDICAL, ReviewStage.FINANCIAL];

/** Whether somebody may decide a stage after what they have decided before: never both MEDICAL and FINANCIAL, nor FINANCIAL twice. */
export function mayReview(reviewer: string, stage: ReviewStage, decided: readonly DecidedReview[]): boolean {
  if (!DECIDES_ON_CARE_OR_MONEY.includes(stage)) return true;
  return !decided.some(
    (review) =>
      review.reviewer === reviewer &&
      review.decision === ReviewDecision.APPROVE &&
      DECIDES_ON_CARE_OR_MONEY.includes(review.stage),
  );
}

/** What the caller is to an application. */
export interface Standing {
  /** The patient, or a caregiver who may apply for them. */
  readonly applicant: boolean;
  readonly reviewer: boolean;
  readonly subject: string;
}

export interface ApplicationFacts {
  readonly status: ApplicationStatus;
  readonly openStage: ReviewStage | null;
  readonly openReviewer: string | null;
  readonly decided: readonly DecidedReview[];
}

/** What the caller may do now: a client shows these as buttons. */
export function allowedActions(facts: ApplicationFacts, standing: Standing): ApplicationAction[] {
  const actions: ApplicationAction[] = [];
  const next = nextStates(facts.status);
  if (standing.applicant) {
    if (facts.status === DRAFT || facts.status === INFORMATION_REQUESTED) actions.push(ApplicationAction.SUBMIT);
    if (next.includes(WITHDRAWN)) actions.push(ApplicationAction.WITHDRAW);
  } else if (standing.reviewer && facts.openStage) {
    if (facts.openReviewer === standing.subject) actions.push(ApplicationAction.DECIDE_REVIEW);
    else if (facts.openReviewer === null && mayReview(standing.subject, facts.openStage, facts.decided)) {
      actions.push(ApplicationAction.TAKE_REVIEW);
    }
  }
  return actions;
}

/** What is known when somebody asks whether aid can be had. */
export interface EligibilityFacts {
  readonly fundOpenForDisease: boolean;
  readonly diagnosisVerified: boolean;
  readonly hospitalRecognised: boolean;
  /** Null: the yearly expense is below the lowest tier. */
  readonly tier: Tier | null;
}

/** Why aid cannot be had; empty when it can. */
export function checkEligibility(facts: EligibilityFacts): EligibilityReason[] {
  const reasons: EligibilityReason[] = [];
  if (!facts.fundOpenForDisease) reasons.push(EligibilityReason.DISEASE_NOT_COVERED);
  if (!facts.diagnosisVerified) reasons.push(EligibilityReason.DIAGNOSIS_NOT_VERIFIED);
  else if (!facts.hospitalRecognised) reasons.push(EligibilityReason.HOSPITAL_NOT_RECOGNISED);
  if (!facts.tier) reasons.push(EligibilityReason.EXPENSE_BELOW_LOWEST_TIER);
  return reasons;
}

export interface Tier {
  readonly tier: string;
  readonly fromExpenseFen: bigint;
  readonly sharePercent: number;
  readonly yearlyMaximumFen: bigint;
}

/** The highest tier that a yearly self-paid expense reaches. */
export function decideTier(expenseFen: bigint, tiers: readonly Tier[]): Tier | null {
  const reached = tiers.filter(({ fromExpenseFen }) => expenseFen >= fromExpenseFen);
  return reached.sort((one, other) => (one.fromExpenseFen > other.fromExpenseFen ? -1 : 1))[0] ?? null;
}

/** How much a grant may come to, in fen, rounded down: the share of the expense, the tier's maximum, what is left of the year. */
export function grantMaximum(expenseFen: bigint, tier: Tier, remainingFen: bigint): bigint {
  const share = (expenseFen * BigInt(tier.sharePercent)) / 100n;
  return [share, tier.yearlyMaximumFen, remainingFen].reduce((least, each) => (each < least ? each : least));
}

const DAYS_TO_NEXT_STEP: Partial<Record<ApplicationStatus, number>> = {
  [SUBMITTED]: 7,
  [IN_REVIEW]: 14,
  [INFORMATION_REQUESTED]: 30,
};

/** By when the next step should be done; null where nobody has to do anything. */
export function deadlineFor(status: ApplicationStatus, from: Date): Date | null {
  const days = DAYS_TO_NEXT_STEP[status];
  return days === undefined ? null : new Date(from.getTime() + days * 86_400_000);
}
