import { ReviewDecision, ReviewStage } from '../review/review.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';

const { DRAFT, SUBMITTED, IN_REVIEW, INFORMATION_REQUESTED, APPROVED, REJECTED, WAITLISTED, APPEALED, WITHDRAWN } =
  ApplicationStatus;

/** Where an application may go from where it is. Nothing else is ever written. */
const NEXT: Readonly<Record<ApplicationStatus, readonly ApplicationStatus[]>> = {
  [DRAFT]: [SUBMITTED, WITHDRAWN],
  [SUBMITTED]: [IN_REVIEW, WITHDRAWN],
  [IN_REVIEW]: [INFORMATION_REQUESTED, APPROVED, REJECTED, WAITLISTED, WITHDRAWN],
  [INFORMATION_REQUESTED]: [IN_REVIEW, WITHDRAWN],
  [APPROVED]: [],
  [REJECTED]: [APPEALED],
  // rejected when nothing is left of the patient's year by the time that money comes in
  [WAITLISTED]: [APPROVED, REJECTED, WITHDRAWN],
  [APPEALED]: [IN_REVIEW, WITHDRAWN],
  [WITHDRAWN]: [],
};

export const nextStates = (status: ApplicationStatus): readonly ApplicationStatus[] => NEXT[status];

const STAGES = [ReviewStage.DOCUMENTS, ReviewStage.MEDICAL, ReviewStage.FINANCIAL] as const;

/** A review that was decided, as far as the rules ask. */
export interface DecidedReview {
  readonly stage: ReviewStage;
  readonly reviewer: string;
  readonly decision: ReviewDecision;
  /** 1, and 2 after an appeal. */
  readonly round: number;
}

/** What is looked at after a stage was passed. */
export const nextStage = (stage: Exclude<ReviewStage, ReviewStage.FINANCIAL>): ReviewStage =>
  STAGES[STAGES.indexOf(stage) + 1] as ReviewStage;

/** A grant above the policy's threshold is approved by two financial reviewers. */
export const needsSecondReview = (
  grantFen: bigint,
  secondReviewAboveFen: bigint,
  financialApprovals: number,
): boolean => grantFen > secondReviewAboveFen && financialApprovals < 2;

const DECIDES_ON_CARE_OR_MONEY: readonly ReviewStage[] = [ReviewStage.MEDICAL, ReviewStage.FINANCIAL];

/**
 * Whether somebody may decide a stage after what they have decided before: never both MEDICAL and FINANCIAL, nor FINANCIAL
 * twice; nothing any more after they recused themselves; and nothing of an appeal against what they took part in.
 */
export function mayReview(
  reviewer: string,
  stage: ReviewStage,
  round: number,
  decided: readonly DecidedReview[],
): boolean {
  const own = decided.filter((review) => review.reviewer === reviewer);
  if (own.some((review) => review.decision === ReviewDecision.RECUSE || review.round < round)) return false;
  if (!DECIDES_ON_CARE_OR_MONEY.includes(stage)) return true;
  return !own.some(
    (review) => review.decision === ReviewDecision.APPROVE && DECIDES_ON_CARE_OR_MONEY.includes(review.stage),
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
  /** 1, and 2 after an appeal. */
  readonly round: number;
  /** Until when a rejection can be appealed against; null where there is none. */
  readonly appealUntil: Date | null;
  readonly grantActive: boolean;
  readonly decided: readonly DecidedReview[];
}

/** What the caller may do now: a client shows these as buttons. */
export function allowedActions(facts: ApplicationFacts, standing: Standing, now: Date): ApplicationAction[] {
  const actions: ApplicationAction[] = [];
  const next = nextStates(facts.status);
  if (standing.applicant) {
    if (facts.status === DRAFT || facts.status === INFORMATION_REQUESTED) actions.push(ApplicationAction.SUBMIT);
    if (next.includes(WITHDRAWN)) actions.push(ApplicationAction.WITHDRAW);
    if (mayAppeal(facts, now)) actions.push(ApplicationAction.APPEAL);
    if (facts.grantActive) actions.push(ApplicationAction.ENTER_CLAIM);
  } else if (standing.reviewer && facts.openStage) {
    if (facts.openReviewer === standing.subject) actions.push(ApplicationAction.DECIDE_REVIEW);
    else if (facts.openReviewer === null && mayReview(standing.subject, facts.openStage, facts.round, facts.decided)) {
      actions.push(ApplicationAction.TAKE_REVIEW);
    }
  }
  return actions;
}

/** Once, within the time that the policy gives. */
const mayAppeal = ({ status, round, appealUntil }: ApplicationFacts, now: Date): boolean =>
  status === REJECTED && round === 1 && appealUntil !== null && now <= appealUntil;

/** What is known when somebody asks whether aid can be had. */
export interface EligibilityFacts {
  readonly fundOpenForDisease: boolean;
  readonly diagnosisVerified: boolean;
  readonly hospitalRecognised: boolean;
  /** The patient agrees that reviewers look at diagnoses and papers. */
  readonly consented: boolean;
  /** Another application for the same disease and year is not finished. */
  readonly applicationOpen: boolean;
  /** Null: the yearly expense is below the lowest tier. */
  readonly tier: Tier | null;
  /** What can still be granted to the patient in the year. */
  readonly leftOfYearFen: bigint;
}

/** Why aid cannot be had; empty when it can. */
export function checkEligibility(facts: EligibilityFacts): EligibilityReason[] {
  const reasons: EligibilityReason[] = [];
  if (!facts.fundOpenForDisease) reasons.push(EligibilityReason.DISEASE_NOT_COVERED);
  if (!facts.diagnosisVerified) reasons.push(EligibilityReason.DIAGNOSIS_NOT_VERIFIED);
  else if (!facts.hospitalRecognised) reasons.push(EligibilityReason.HOSPITAL_NOT_RECOGNISED);
  if (!facts.consented) reasons.push(EligibilityReason.CONSENT_MISSING);
  if (facts.applicationOpen) reasons.push(EligibilityReason.APPLICATION_OPEN);
  if (facts.leftOfYearFen <= 0n) reasons.push(EligibilityReason.NOTHING_LEFT_OF_YEAR);
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
  [APPEALED]: 7,
};

/** By when the next step should be done; null where nobody has to do anything. */
export function deadlineFor(status: ApplicationStatus, from: Date): Date | null {
  const days = DAYS_TO_NEXT_STEP[status];
  return days === undefined ? null : new Date(from.getTime() + days * 86_400_000);
}

/** Until when a rejection can be appealed against; null when it was one of an appeal. */
export const appealDeadline = (round: number, rejectedAt: Date, appealDays: number): Date | null =>
  round === 1 && appealDays > 0 ? new Date(rejectedAt.getTime() + appealDays * 86_400_000) : null;
