import { type Loaded, LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { NotFound, StaleVersion } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { FundContext } from '../context.js';
import type { ReviewStage } from '../review/review.js';
import { ApplicationEntity, ApplicationEventEntity } from './application.entity.js';
import type { ApplicationAction, ApplicationStatus } from './application.enums.js';
import { ApplicationWrongState } from './application.errors.js';
import type { LoadedApplication } from './application.loader.js';
import { allowedActions, type Standing } from './application.rules.js';

/** Something done with an application that the caller has looked at. */
export interface ApplicationStep {
  readonly applicationId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** The application as the caller sees it before anything is done. @throws {NotFound} */
export async function lookAt(
  { applications }: FundContext,
  { applicationId }: ApplicationStep,
): Promise<LoadedApplication> {
  const seen = await applications.byId(applicationId);
  if (!seen) throw new NotFound('application', ['input', 'applicationId']);
  return seen;
}

/** What of a locked application decides who may do what. */
export interface HeldApplication {
  readonly status: ApplicationStatus;
  readonly version: number;
  readonly round: number;
  readonly openStage?: ReviewStage | null;
  readonly openReviewer?: string | null;
  readonly deadlineAt?: Date | null;
}

/**
 * Whether the caller may do this with an application that is locked now. Of two who try at the same time one waits for the
 * lock, and then meets the other's new version.
 *
 * @param held undefined: it is no longer to be seen by the caller
 * @throws {NotFound} {StaleVersion} {ApplicationWrongState}
 */
export function refuseUnlessSeen<Held extends HeldApplication>(
  held: Held | null | undefined,
  seen: LoadedApplication,
  standing: Standing,
  step: ApplicationStep,
  action: ApplicationAction,
): asserts held is Held {
  if (!held) throw new NotFound('application', ['input', 'applicationId']);
  const { status, round, openStage = null, openReviewer = null, deadlineAt = null } = held;
  // what was decided and granted can only have changed with the version
  const { decided, grantActive } = seen.facts;
  const facts = { status, round, openStage, openReviewer, appealUntil: deadlineAt, decided, grantActive };
  const permitted = allowedActions(facts, standing, new Date());
  if (!permitted.includes(action)) throw new ApplicationWrongState(status, permitted);
  if (held.version !== step.expectedVersion) throw new StaleVersion(held.version);
}

/** The application, locked until the transaction ends. @throws {NotFound} {StaleVersion} {ApplicationWrongState} */
export async function lockFor(
  em: EntityManager,
  context: FundContext,
  step: ApplicationStep,
  seen: LoadedApplication,
  action: ApplicationAction,
): Promise<Loaded<InferEntity<typeof ApplicationEntity>>> {
  const standing = await context.standing(seen);
  const application = await em.findOne(ApplicationEntity, step.applicationId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  refuseUnlessSeen(application, seen, standing, step, action);
  return application;
}

const ACTING: readonly Role[] = ['REVIEWER', 'PATIENT', 'CAREGIVER'];

const roleOf = ({ identity }: FundContext): string => ACTING.find((role) => identity.roles.includes(role)) ?? 'SYSTEM';

/** Adds a step to the timeline, under the role in which the caller acted. */
export function recordEvent(
  em: EntityManager,
  context: FundContext,
  applicationId: string,
  status: ApplicationStatus,
  at: Date,
  note: string | null = null,
): void {
  em.create(ApplicationEventEntity, {
    id: newId(),
    application: applicationId,
    status,
    at,
    byRole: roleOf(context),
    note,
  });
}

/** The same as a statement, with `eventOf` for its values. */
export const ADD_EVENT =
  'insert into application_event (id, application_id, status, at, by_role, note) values (?, ?, ?, ?, ?, ?)';

export const eventOf = (
  context: FundContext,
  applicationId: string,
  status: ApplicationStatus,
  at: Date,
  note: string | null = null,
): unknown[] => [newId(), applicationId, status, at, roleOf(context), note];
