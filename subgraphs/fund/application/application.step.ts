import { type Loaded, LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { NotFound, StaleVersion } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { FundContext } from '../context.js';
import { ApplicationEntity, ApplicationEventEntity } from './application.entity.js';
import type { ApplicationAction, ApplicationStatus } from './application.enums.js';
import { ApplicationWrongState } from './application.errors.js';
import type { LoadedApplication } from './application.loader.js';
import { allowedActions } from './application.rules.js';

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

/**
 * The application, locked until the transaction ends, in a state and a version in which the caller may do this. Of two
 * who try at the same time one waits here, and then meets the other's new version.
 *
 * @throws {NotFound} {StaleVersion} {ApplicationWrongState}
 */
export async function lockFor(
  em: EntityManager,
  context: FundContext,
  step: ApplicationStep,
  seen: LoadedApplication,
  action: ApplicationAction,
): Promise<Loaded<InferEntity<typeof ApplicationEntity>>> {
  const standing = await context.standing(seen);
  const application = await em.findOne(ApplicationEntity, step.applicationId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!application) throw new NotFound('application', ['input', 'applicationId']);
  const { status, round, openStage = null, openReviewer = null, deadlineAt = null } = application;
  // what was decided and granted can only have changed with the version
  const { decided, grantActive } = seen.facts;
  const facts = { status, round, openStage, openReviewer, appealUntil: deadlineAt, decided, grantActive };
  const permitted = allowedActions(facts, standing, new Date());
  if (!permitted.includes(action)) throw new ApplicationWrongState(status, permitted);
  if (application.version !== step.expectedVersion) throw new StaleVersion(application.version);
  return application;
}

const ACTING: readonly Role[] = ['REVIEWER', 'PATIENT', 'CAREGIVER'];

/** Adds a step to the timeline, under the role in which the caller acted. */
export function recordEvent(
  em: EntityManager,
  { identity }: FundContext,
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
    byRole: ACTING.find((role) => identity.roles.includes(role)) ?? 'SYSTEM',
    note,
  });
}
