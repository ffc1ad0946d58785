import { ref, UniqueConstraintViolationException } from '@mikro-orm/core';
import { aidYear } from '../../common/calendar.js';
import { careStanding } from '../../common/care.port.js';
import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { type MoneyInput, positiveFen } from '../../common/money.js';
import type { FundContext } from '../context.js';
import { promoteLater } from '../grant/wait-list.js';
import { AidPolicyEntity } from '../policy/policy.entity.js';
import { ReviewEntity } from '../review/review.entity.js';
import { ReviewStage } from '../review/review.js';
import { checkReason } from '../review/review.rules.js';
import { ApplicationEntity } from './application.entity.js';
import { ApplicationAction, ApplicationStatus, EligibilityReason } from './application.enums.js';
import { ApplicationExists, NotEligible } from './application.errors.js';
import { deadlineFor } from './application.rules.js';
import { type ApplicationStep, lockFor, lookAt, recordEvent } from './application.step.js';
import { checkPatient } from './eligibility.service.js';

export interface DraftApplication {
  readonly patientId: string;
  readonly diseaseId: string;
  readonly expectedExpense: MoneyInput;
  readonly idempotencyKey: string;
}

export interface AppealApplication extends ApplicationStep {
  readonly reason: string;
}

/** The applicant's side of an application: begin it, hand it in, take it back. */
export class ApplicationService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the application's id
   * @throws {NotFound} {InvalidInput} {NotEligible} {ApplicationExists} {IdempotencyConflict}
   */
  async draft(input: DraftApplication): Promise<string> {
    const expectedExpenseFen = positiveFen(input.expectedExpense, ['input', 'expectedExpense']);
    const { ask, policies, session } = this.context;
    const asked = await careStanding(ask, input.patientId);
    if (!asked?.mayApply) throw new NotFound('patient', ['input', 'patientId']);
    const fund = await policies.openFundFor(input.diseaseId);
    if (!fund) throw new NotEligible([EligibilityReason.DISEASE_NOT_COVERED]);
    await session.reveal('patients', [asked.patientId]);
    try {
      return await once(this.context, 'draftApplication', input, async (em) => {
        const now = new Date();
        const year = aidYear(now);
        const [{ nextval: count }] = await em.execute<[{ nextval: string }]>(`select nextval('application_number')`);
        const application = em.create(ApplicationEntity, {
          id: newId(),
          number: `RC-${year}-${count.padStart(6, '0')}`,
          patientId: asked.patientId,
          patientSubject: asked.subject,
          diseaseId: input.diseaseId,
          fund,
          aidYear: year,
          expectedExpenseFen,
          status: ApplicationStatus.DRAFT,
          reviewerSubjects: [],
          createdAt: now,
        });
        recordEvent(em, this.context, application.id, ApplicationStatus.DRAFT, now);
        await em.flush();
        return application.id;
      });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new ApplicationExists();
      throw error;
    }
  }

  /**
   * Hands an application in, or hands in again what a reviewer asked to be completed. What is true now is kept with it.
   *
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {NotEligible} {IdempotencyConflict}
   */
  async submit(input: ApplicationStep): Promise<string> {
    const seen = await lookAt(this.context, input);
    const { diagnosis, policy, reasons } = await checkPatient(this.context, {
      patientId: seen.patient.id,
      diseaseId: seen.disease.id,
      expenseFen: positiveFen(seen.expectedExpense, ['input', 'applicationId']),
      year: seen.aidYear,
      except: seen.id,
    });
    return once(this.context, 'submitApplication', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.SUBMIT);
      if (reasons.length > 0 || !diagnosis || !policy) throw new NotEligible(reasons);
      const now = new Date();
      const first = application.status === ApplicationStatus.DRAFT;
      const [last] = first ? [] : await em.find(ReviewEntity, { application }, { orderBy: { id: 'desc' }, limit: 1 });
      application.status = first ? ApplicationStatus.SUBMITTED : ApplicationStatus.IN_REVIEW;
      // who asked for more looks at it again
      application.openStage = last?.stage ?? ReviewStage.DOCUMENTS;
      application.openReviewer = last?.reviewerSubject ?? null;
      application.submittedAt ??= now;
      application.policy = ref(em.getReference(AidPolicyEntity, policy.id));
      application.snapshot = { ...diagnosis, policyNumber: policy.number };
      application.deadlineAt = deadlineFor(application.status, now);
      em.create(ReviewEntity, {
        id: newId(),
        application,
        stage: application.openStage,
        round: application.round,
        reviewerSubject: application.openReviewer,
        openedAt: now,
        takenAt: last ? now : null,
      });
      recordEvent(em, this.context, application.id, application.status, now);
      return application.id;
    });
  }

  /**
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {IdempotencyConflict}
   */
  async withdraw(input: ApplicationStep): Promise<string> {
    const seen = await lookAt(this.context, input);
    return once(this.context, 'withdrawApplication', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.WITHDRAW);
      const now = new Date();
      // who waited behind may be next
      if (application.status === ApplicationStatus.WAITLISTED) await promoteLater(em, application.fund.id);
      application.waitlistedAt = null;
      application.status = ApplicationStatus.WITHDRAWN;
      application.openStage = null;
      application.openReviewer = null;
      application.decidedAt = now;
      application.deadlineAt = null;
      recordEvent(em, this.context, application.id, ApplicationStatus.WITHDRAWN, now);
      return application.id;
    });
  }

  /**
   * Asks for other reviewers, once, after a rejection. They begin from the start.
   *
   * @returns the application's id
   * @throws {NotFound} {ApplicationWrongState} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  async appeal(input: AppealApplication): Promise<string> {
    const reason = checkReason(input.reason, 'the reviewers read it');
    const seen = await lookAt(this.context, input);
    return once(this.context, 'appealApplication', input, async (em) => {
      const application = await lockFor(em, this.context, input, seen, ApplicationAction.APPEAL);
      const now = new Date();
      application.status = ApplicationStatus.APPEALED;
      application.round = 2;
      application.openStage = ReviewStage.DOCUMENTS;
      application.decidedAt = null;
      application.deadlineAt = deadlineFor(ApplicationStatus.APPEALED, now);
      const { id, round } = application;
      em.create(ReviewEntity, { id: newId(), application: id, stage: application.openStage, round, openedAt: now });
      recordEvent(em, this.context, id, ApplicationStatus.APPEALED, now, reason);
      return id;
    });
  }
}
