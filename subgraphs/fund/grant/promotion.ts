import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { ApplicationEntity } from '../application/application.entity.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { decideTier } from '../application/application.rules.js';
import { recordEvent } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { holdAvailable } from '../ledger/ledger.js';
import { giveGrant, grantOffer } from './grant.service.js';

/**
 * Grants what waits, in order, for as long as the fund has money: the first one is never passed over by a smaller one.
 * Each in a transaction of its own, so that what was granted stays whatever happens to the next.
 */
export async function promoteWaitList({ fundId }: { fundId: string }, context: FundContext): Promise<void> {
  while (await context.session.transaction((em) => promoteFirst(em, context, fundId)));
}

/** @returns whether to go on: false when nobody waits, or the first one has to wait on */
async function promoteFirst(em: EntityManager, context: FundContext, fundId: string): Promise<boolean> {
  // one at a time: two would both look at the same first one
  await em.execute(`select pg_advisory_xact_lock(hashtext('wait-list'), hashtext(?))`, [fundId]);
  const [application] = await em.find(
    ApplicationEntity,
    { fund: fundId, status: ApplicationStatus.WAITLISTED },
    { orderBy: { waitlistedAt: 'asc', id: 'asc' }, limit: 1, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!application) return false;
  const now = new Date();
  // as it was when the application was handed in
  const policy = await context.policies.inForce(shanghaiDay(application.submittedAt ?? now));
  const tier = policy && decideTier(BigInt(application.expectedExpenseFen), policy.tiers);
  if (!policy || !tier) throw new Error('An application waits that no policy lets through');
  try {
    const offer = await grantOffer(em, application, policy, tier);
    if ((await holdAvailable(em, fundId)) < offer.maximumFen) return false;
    await giveGrant(em, context, application, offer, now);
  } catch (error) {
    if (!(error instanceof AnnualCapReached)) throw error;
    application.status = ApplicationStatus.REJECTED;
    application.waitlistedAt = null;
    application.decidedAt = now;
    const note = "While it waited, all of the patient's aid of the year was granted for other applications.";
    recordEvent(em, context, application.id, ApplicationStatus.REJECTED, now, note);
  }
  return true;
}
