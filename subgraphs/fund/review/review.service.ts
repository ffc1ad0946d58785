import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import type { ApplicationEntity } from '../application/application.entity.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from '../application/application.enums.js';
import { NotEligible } from '../application/application.errors.js';
import type { LoadedApplication } from '../application/application.loader.js';
import { applicant } from '../application/application.ports.js';
import {
  appealDeadline,
  deadlineFor,
  decideTier,
  needsSecondReview,
  nextStage,
} from '../application/application.rules.js';
import { type ApplicationStep, lockFor, lookAt, recordEvent } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { grantOffer, grantOrWait } from '../grant/grant.service.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import { ReviewEntity } from './review.entity.js';
import { ReviewDecision, ReviewStage } from './review.js';
import { checkReason } from './review.rules.js';

export interface DecideReview extends ApplicationStep {
  readonly decision: ReviewDecision;
  readonly reason: string;
}

type StoredApplication = InferEntity<typeof ApplicationEntity>;

/** The reviewer's side of an application: take it out of the queue, decide. */
export class ReviewService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {NotAllowed} {IdempotencyConflict}
   */
  async take(input: ApplicationStep): Promise<string> {
    const seen = await this.lookAtForReview(input);
    return once(this.context, 'takeReview', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.TAKE_REVIEW);
      const reviewer = this.context.identity.subject;
      const now = new Date();
      const review = await this.openReview(em, application.id);
      review.reviewerSubject = reviewer;
      review.takenAt = now;
      application.openReviewer = reviewer;
      application.reviewerSubjects = [...new Set([...application.reviewerSubjects, reviewer])];
      if (application.status !== ApplicationStatus.IN_REVIEW) {
        application.status = ApplicationStatus.IN_REVIEW;
        application.deadlineAt = deadlineFor(ApplicationStatus.IN_REVIEW, now);
        recordEvent(em, this.context, application.id, ApplicationStatus.IN_REVIEW, now);
      }
      return application.id;
    });
  }

  /**
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {InvalidInput} {NotAllowed} {AnnualCapReached}
   *   {NotEligible} {IdempotencyConflict}
   */
  async decide(input: DecideReview): Promise<string> {
    const reason = checkReason(input.reason);
    const seen = await this.lookAtForReview(input);
    const policy = await this.context.policies.inForce(shanghaiDay(new Date(seen.submittedAt ?? Date.now())));
    return once(this.context, 'decideReview', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.DECIDE_REVIEW);
      const now = new Date();
      const review = await this.openReview(em, application.id);
      review.decision = input.decision;
      review.reason = reason;
      review.decidedAt = now;
      application.openReviewer = null;
      // the decided review first: at no moment two are open
      await em.flush();
      switch (input.decision) {
        case ReviewDecision.APPROVE:
          await this.approve(em, application, review.stage, seen, policy, now);
          break;
        case ReviewDecision.RECUSE:
          this.passOn(em, application, review.stage, now);
          break;
        default:
          this.close(em, application, input.decision, policy, now);
      }
      return application.id;
    });
  }

  /** Nobody reviews for somebody they care for; their own application the database refuses. */
  private async lookAtForReview(input: ApplicationStep): Promise<LoadedApplication> {
    const seen = await lookAt(this.context, input);
    if (!seen.own && (await applicant(this.context.ask, seen.patient.id)) !== null) {
      throw new NotAllowed('You care for this patient, so somebody else has to review the application.');
    }
    return seen;
  }

  private async approve(
    em: EntityManager,
    application: StoredApplication,
    stage: ReviewStage,
    seen: LoadedApplication,
    policy: PolicyInForce | null,
    now: Date,
  ): Promise<void> {
    if (stage !== ReviewStage.FINANCIAL) return this.open(em, application, nextStage(stage), now);
    const tier = policy && decideTier(BigInt(application.expectedExpenseFen), policy.tiers);
    if (!policy || !tier) throw new NotEligible([EligibilityReason.EXPENSE_BELOW_LOWEST_TIER]);
    const offer = await grantOffer(em, application, policy, tier);
    const approvals = seen.facts.decided.filter(
      (each) =>
        each.round === application.round &&
        each.stage === ReviewStage.FINANCIAL &&
        each.decision === ReviewDecision.APPROVE,
    ).length;
    if (needsSecondReview(offer.maximumFen, policy.secondReviewAboveFen, approvals + 1)) {
      return this.open(em, application, ReviewStage.FINANCIAL, now);
    }
    application.openStage = null;
    await grantOrWait(em, this.context, application, offer, now);
  }

  private open(em: EntityManager, application: StoredApplication, stage: ReviewStage, now: Date): void {
    application.openStage = stage;
    const { id, round } = application;
    em.create(ReviewEntity, { id: newId(), application: id, stage, round, openedAt: now });
  }

  /** Back into the queue, for others: who recused themselves does not see it any more. */
  private passOn(em: EntityManager, application: StoredApplication, stage: ReviewStage, now: Date): void {
    const { subject } = this.context.identity;
    application.reviewerSubjects = application.reviewerSubjects.filter((each) => each !== subject);
    this.open(em, application, stage, now);
    recordEvent(em, this.context, application.id, application.status, now, 'Another reviewer will look at it.');
  }

  private close(
    em: EntityManager,
    application: StoredApplication,
    decision: ReviewDecision,
    policy: PolicyInForce | null,
    now: Date,
  ): void {
    const rejected = decision === ReviewDecision.REJECT;
    const status = rejected ? ApplicationStatus.REJECTED : ApplicationStatus.INFORMATION_REQUESTED;
    application.status = status;
    application.openStage = null;
    application.decidedAt = rejected ? now : null;
    application.deadlineAt = rejected
      ? appealDeadline(application.round, now, policy?.appealDays ?? 0)
      : deadlineFor(status, now);
    recordEvent(em, this.context, application.id, status, now);
  }

  private openReview(em: EntityManager, applicationId: string) {
    return em.findOneOrFail(ReviewEntity, { application: applicationId, decision: null });
  }
}
