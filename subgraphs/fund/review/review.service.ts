import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import type { ApplicationEntity } from '../application/application.entity.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from '../application/application.enums.js';
import { NotEligible } from '../application/application.errors.js';
import type { LoadedApplication } from '../application/application.loader.js';
import { deadlineFor, decideTier, nextStage } from '../application/application.rules.js';
import { type ApplicationStep, lockFor, lookAt, recordEvent } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { createGrant, type GrantOffer, grantOffer } from '../grant/grant.service.js';
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
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {IdempotencyConflict}
   */
  async take(input: ApplicationStep): Promise<string> {
    const seen = await lookAt(this.context, input);
    return once(this.context, 'takeReview', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.TAKE_REVIEW);
      const reviewer = this.context.identity.subject;
      const now = new Date();
      const review = await this.openReview(em, application.id);
      review.reviewerSubject = reviewer;
      review.takenAt = now;
      application.openReviewer = reviewer;
      application.reviewerSubjects = [...new Set([...application.reviewerSubjects, reviewer])];
      if (application.status === ApplicationStatus.SUBMITTED) {
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
    if (input.decision === ReviewDecision.RECUSE) {
      throw new NotAllowed('A review that has been taken cannot be handed back yet.', ['input', 'decision']);
    }
    const seen = await lookAt(this.context, input);
    const policy = await this.context.policies.inForce(shanghaiDay(new Date(seen.submittedAt ?? Date.now())));
    return once(this.context, 'decideReview', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.DECIDE_REVIEW);
      const now = new Date();
      const review = await this.openReview(em, application.id);
      review.decision = input.decision;
      review.reason = reason;
      review.decidedAt = now;
      application.openStage = null;
      application.openReviewer = null;
      if (input.decision === ReviewDecision.APPROVE)
        await this.approve(em, application, review.stage, seen, policy, now);
      else this.close(em, application, input.decision, now);
      return application.id;
    });
  }

  private async approve(
    em: EntityManager,
    application: StoredApplication,
    stage: ReviewStage,
    seen: LoadedApplication,
    policy: PolicyInForce | null,
    now: Date,
  ): Promise<void> {
    // the decided review first: at no moment two are open
    await em.flush();
    const tier = policy && decideTier(BigInt(application.expectedExpenseFen), policy.tiers);
    if (!policy || !tier) throw new NotEligible([EligibilityReason.EXPENSE_BELOW_LOWEST_TIER]);
    const offer: GrantOffer = await grantOffer(em, application, policy, tier);
    const financial = seen.facts.decided.filter(
      (each) => each.stage === ReviewStage.FINANCIAL && each.decision === ReviewDecision.APPROVE,
    );
    const next = nextStage(
      stage,
      financial.length + (stage === ReviewStage.FINANCIAL ? 1 : 0),
      offer.maximumFen,
      policy.secondReviewAboveFen,
    );
    if (next === 'DONE') {
      createGrant(em, application, offer, now);
      application.status = ApplicationStatus.APPROVED;
      application.decidedAt = now;
      application.deadlineAt = null;
      recordEvent(em, this.context, application.id, ApplicationStatus.APPROVED, now);
      return;
    }
    application.openStage = next;
    em.create(ReviewEntity, { id: newId(), application: application.id, stage: next, openedAt: now });
  }

  private close(em: EntityManager, application: StoredApplication, decision: ReviewDecision, now: Date): void {
    const rejected = decision === ReviewDecision.REJECT;
    const status = rejected ? ApplicationStatus.REJECTED : ApplicationStatus.INFORMATION_REQUESTED;
    application.status = status;
    application.decidedAt = rejected ? now : null;
    application.deadlineAt = deadlineFor(status, now);
    recordEvent(em, this.context, application.id, status, now);
  }

  private openReview(em: EntityManager, applicationId: string) {
    return em.findOneOrFail(ReviewEntity, { application: applicationId, decision: null });
  }
}
