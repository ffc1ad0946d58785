import type { EntityManager } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { standingAndConsent } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { Executes, Statements } from '../../common/database.js';
import { ConsentMissing, NotAllowed } from '../../common/errors.js';
import { decideOnce, once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from '../application/application.enums.js';
import { NotEligible } from '../application/application.errors.js';
import type { LoadedApplication } from '../application/application.loader.js';
import {
  appealDeadline,
  deadlineFor,
  decideTier,
  needsSecondReview,
  nextStage,
} from '../application/application.rules.js';
import {
  ADD_EVENT,
  type ApplicationStep,
  eventOf,
  type HeldApplication,
  lockFor,
  lookAt,
  recordEvent,
  refuseUnlessSeen,
} from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { giveGrant, grantOffer, type ToBeGranted } from '../grant/grant.service.js';
import { promoteLater } from '../grant/wait-list.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import { ReviewEntity } from './review.entity.js';
import { ReviewDecision, ReviewStage } from './review.js';
import { checkReason } from './review.rules.js';

export interface DecideReview extends ApplicationStep {
  readonly decision: ReviewDecision;
  readonly reason: string;
}

/** The application, locked until the transaction ends, with its open review, which changes only under that lock. */
const HOLD_TO_DECIDE = `
  select a.id, a.status, a.version, a.round, a.open_stage as "openStage", a.open_reviewer as "openReviewer", a.deadline_at as "deadlineAt",
    a.patient_id as "patientId", a.disease_id as "diseaseId", a.fund_id as "fundId", a.aid_year as "aidYear",
    a.expected_expense_fen::text as "expenseFen", r.stage
  from application a left join review r on r.application_id = a.id and r.decision is null where a.id = ? for update of a`;

interface HeldToDecide extends HeldApplication, Omit<ToBeGranted, 'expectedExpenseFen'> {
  readonly expenseFen: string;
  readonly stage: ReviewStage;
}

/** An application whose review has just been decided. */
type Decided = HeldToDecide & ToBeGranted & { readonly seen: LoadedApplication };

const DECIDE =
  'update review set decision = ?, reason = ?, decided_at = ? where application_id = ? and decision is null';

const LET_WAIT = `
  update application set status = '${ApplicationStatus.WAITLISTED}', open_stage = null, open_reviewer = null, waitlisted_at = ?,
    deadline_at = null, version = version + 1 where id = ?`;

const CLOSE = `
  update application set status = ?, open_stage = null, open_reviewer = null, decided_at = ?, deadline_at = ?, version = version + 1
  where id = ?`;

/** The reviewer's side of an application: take it out of the queue, decide. */
export class ReviewService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {NotAllowed} {ConsentMissing} {IdempotencyConflict}
   */
  async take(input: ApplicationStep): Promise<string> {
    const { seen, consented } = await this.lookAtForReview(input);
    return once(this.context, 'takeReview', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.TAKE_REVIEW);
      if (!consented) throw new ConsentMissing(ConsentPurpose.AID_REVIEW);
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
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {InvalidInput} {NotAllowed} {ConsentMissing}
   *   {AnnualCapReached} {NotEligible} {IdempotencyConflict}
   */
  async decide(input: DecideReview): Promise<string> {
    const reason = checkReason(input.reason);
    const { seen, consented } = await this.lookAtForReview(input);
    const policy = await this.context.policies.inForce(shanghaiDay(new Date(seen.submittedAt ?? Date.now())));
    const standing = await this.context.standing(seen);
    const look = (sql: Executes) => sql.execute<HeldToDecide[]>(HOLD_TO_DECIDE, [input.applicationId]);
    return decideOnce(this.context, 'decideReview', input, look, async (sql, [held]) => {
      refuseUnlessSeen(held, seen, standing, input, ApplicationAction.DECIDE_REVIEW);
      // who recuses themselves looks at nothing
      if (!consented && input.decision !== ReviewDecision.RECUSE) throw new ConsentMissing(ConsentPurpose.AID_REVIEW);
      const now = new Date();
      // at no moment two reviews are open
      sql.send(DECIDE, [input.decision, reason, now, input.applicationId]);
      const decided = { ...held, seen, expectedExpenseFen: BigInt(held.expenseFen) };
      switch (input.decision) {
        case ReviewDecision.APPROVE:
          await this.approve(sql, decided, policy, now);
          break;
        case ReviewDecision.RECUSE:
          this.passOn(sql, decided, now);
          break;
        default:
          this.close(sql, decided, input.decision, policy, now);
      }
      return input.applicationId;
    });
  }

  /**
   * Nobody reviews for somebody they care for; their own application the database refuses.
   *
   * @returns the application, and whether its patient agrees that it is looked at: to be judged in the transaction, so that
   *   a key that was used before gets its first answer
   */
  private async lookAtForReview(input: ApplicationStep): Promise<{ seen: LoadedApplication; consented: boolean }> {
    const seen = await lookAt(this.context, input);
    const { ask } = this.context;
    const { standing, consented } = await standingAndConsent(ask, seen.patient.id, ConsentPurpose.AID_REVIEW);
    if (!seen.own && standing !== null) {
      throw new NotAllowed('You care for this patient, so somebody else has to review the application.');
    }
    return { seen, consented };
  }

  private async approve(sql: Statements, application: Decided, policy: PolicyInForce | null, now: Date): Promise<void> {
    const { stage, seen, round } = application;
    if (stage !== ReviewStage.FINANCIAL) return this.open(sql, application, nextStage(stage), now);
    const tier = policy && decideTier(application.expectedExpenseFen, policy.tiers);
    if (!policy || !tier) throw new NotEligible([EligibilityReason.EXPENSE_BELOW_LOWEST_TIER]);
    const offer = await grantOffer(sql, application, policy, tier);
    const approvals = seen.facts.decided.filter(
      (each) =>
        each.round === round && each.stage === ReviewStage.FINANCIAL && each.decision === ReviewDecision.APPROVE,
    ).length;
    if (needsSecondReview(offer.maximumFen, policy.secondReviewAboveFen, approvals + 1)) {
      return this.open(sql, application, ReviewStage.FINANCIAL, now);
    }
    if (offer.maximumFen <= offer.couldGiveFen) return giveGrant(sql, this.context, application, offer, now);
    sql.send(LET_WAIT, [now, application.id]);
    sql.send(ADD_EVENT, eventOf(this.context, application.id, ApplicationStatus.WAITLISTED, now));
    // money may have come in meanwhile, and nobody would look again
    await promoteLater(sql, application.fundId);
  }

  private open(sql: Statements, { id, round }: Decided, stage: ReviewStage, now: Date): void {
    sql.send('update application set open_stage = ?, open_reviewer = null, version = version + 1 where id = ?', [
      stage,
      id,
    ]);
    sql.send('insert into review (id, application_id, stage, round, opened_at) values (?, ?, ?, ?, ?)', [
      newId(),
      id,
      stage,
      round,
      now,
    ]);
  }

  /** Back into the queue, for others: it is no longer the business of who recused themselves. */
  private passOn(sql: Statements, application: Decided, now: Date): void {
    const { id, stage, status } = application;
    this.open(sql, application, stage, now);
    sql.send('update application set reviewer_subjects = array_remove(reviewer_subjects, ?) where id = ?', [
      this.context.identity.subject,
      id,
    ]);
    sql.send(ADD_EVENT, eventOf(this.context, id, status, now, 'Another reviewer will look at it.'));
  }

  private close(
    sql: Statements,
    { id, round }: Decided,
    decision: ReviewDecision,
    policy: PolicyInForce | null,
    now: Date,
  ): void {
    const rejected = decision === ReviewDecision.REJECT;
    const status = rejected ? ApplicationStatus.REJECTED : ApplicationStatus.INFORMATION_REQUESTED;
    const deadline = rejected ? appealDeadline(round, now, policy?.appealDays ?? 0) : deadlineFor(status, now);
    sql.send(CLOSE, [status, rejected ? now : null, deadline, id]);
    sql.send(ADD_EVENT, eventOf(this.context, id, status, now));
  }

  private openReview(em: EntityManager, applicationId: string) {
    return em.findOneOrFail(ReviewEntity, { application: applicationId, decision: null });
  }
}
