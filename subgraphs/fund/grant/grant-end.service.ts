import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { careStanding } from '../../common/care.port.js';
import { statement } from '../../common/database.js';
import { NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { grantRunsOut } from '../claim/expense.rules.js';
import type { FundContext } from '../context.js';
import { transfer } from '../ledger/ledger.js';
import { checkReason } from '../review/review.rules.js';
import { AnnualAidEntity, GrantEntity } from './grant.entity.js';
import { GrantWrongState } from './grant.errors.js';
import { GrantAction, GrantStatus } from './grant.js';
import { grantActions, leftOfGrant } from './grant-end.rules.js';
import { promoteLater } from './wait-list.js';

type StoredGrant = InferEntity<typeof GrantEntity>;

export const EXPIRE_GRANTS = 'expire-grants';
export const TELL_OF_REVOKED_GRANT = 'tell-of-revoked-grant';

/** Candidates; the rule decides of each again, with the grant locked. */
const RUN_OUT = statement(
  'grants-run-out',
  `select aid_grant.id from aid_grant join aid_policy on aid_policy.id = policy_id
   where aid_grant.status = 'ACTIVE' and aid_grant.id > $2 and ($3::uuid is null or fund_id = $3)
     and make_date(aid_year, 12, 31) + look_back_days < $1::date
     and not exists (select from claim where grant_id = aid_grant.id and claim.status in ('ENTERED', 'CHECKED'))
   order by aid_grant.id limit 1000`,
);
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Ends every grant on which nothing can be claimed any more, in order, each in a transaction of its own. One that fails
 * keeps none of the others: it is tried again with the job.
 *
 * @param of one fund, or all of them
 */
export async function expireGrants(
  of: { readonly fundId?: string },
  context: FundContext,
  now: Date = new Date(),
): Promise<void> {
  const today = shanghaiDay(now);
  let failure: unknown;
  for (let last = NO_ID; ; ) {
    const found = await context.session.rows<{ id: string }>(RUN_OUT, [today, last, of.fundId ?? null]);
    for (const { id } of found) {
      try {
        await context.session.transaction((em) => expire(em, context, id, today));
      } catch (error) {
        failure ??= error;
      }
    }
    const end = found.at(-1);
    if (!end) break;
    last = end.id;
  }
  if (failure) throw failure;
}

async function expire(em: EntityManager, { identity }: FundContext, id: string, today: string): Promise<void> {
  const grant = await lockGrant(em, id);
  if (grant?.status !== GrantStatus.ACTIVE) return;
  const { lookBackDays } = await grant.policy.loadOrFail();
  const openClaims = await countOpenClaims(em, id);
  if (!grantRunsOut({ today, aidYear: grant.aidYear, lookBackDays, openClaims })) return;
  await end(em, grant, GrantStatus.EXPIRED, identity.subject);
}

export interface RevokeGrant {
  readonly grantId: string;
  readonly reason: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/**
 * Takes back what is left of a grant. What was awarded stays, and is paid.
 *
 * @returns the grant's id
 * @throws {NotFound} {GrantWrongState} {StaleVersion} {InvalidInput} {NotAllowed} {IdempotencyConflict}
 */
export async function revokeGrant(context: FundContext, input: RevokeGrant): Promise<string> {
  const reason = checkReason(input.reason);
  const seen = await context.grants.byId(input.grantId);
  if (!seen) throw new NotFound('grant', ['input', 'grantId']);
  if (await careStanding(context.ask, seen.patientId)) {
    throw new NotAllowed('The grant is your own, or of somebody you care for, so another officer has to do this.');
  }
  return once(context, 'revokeGrant', input, async (em) => {
    const grant = await lockGrant(em, input.grantId);
    if (!grant) throw new NotFound('grant', ['input', 'grantId']);
    const facts = { status: grant.status as GrantStatus, openClaims: await countOpenClaims(em, grant.id) };
    const permitted = grantActions(facts);
    if (!permitted.includes(GrantAction.REVOKE)) throw new GrantWrongState(facts.status, permitted, facts.openClaims);
    if (grant.version !== input.expectedVersion) throw new StaleVersion(grant.version);
    await end(em, grant, GrantStatus.REVOKED, context.identity.subject);
    const told: ToldOfRevokedGrant = {
      eventId: newId(),
      applicationId: grant.application.id,
      at: new Date().toISOString(),
      reason,
    };
    await enqueue(em, 'fund', TELL_OF_REVOKED_GRANT, told);
    return grant.id;
  });
}

interface ToldOfRevokedGrant {
  readonly eventId: string;
  readonly applicationId: string;
  readonly at: string;
  readonly reason: string;
}

/** Notes it on the timeline that the applicant sees; those who keep the money do not see applications, so it is not theirs to write. */
export async function tellOfRevokedGrant(told: ToldOfRevokedGrant, { session }: FundContext): Promise<void> {
  await session.transaction((em) =>
    em.execute(
      `insert into application_event (id, application_id, status, at, by_role, note)
       select ?, id, status, ?, 'FINANCE', ? from application where id = ? on conflict (id) do nothing`,
      [told.eventId, told.at, `What is left of the grant was taken back: ${told.reason}`, told.applicationId],
    ),
  );
}

/**
 * Gives on to the fund what has come back to a grant that has ended, so that it is not reserved for ever. To be called
 * when a claw-back was taken back or repaid, with the grant locked and its `awardedFen` lowered already.
 *
 * @param clawBackId the claw-back that it came back by: the grant's own release has happened before
 */
export async function releaseAfterEnd(
  em: EntityManager,
  grant: StoredGrant,
  clawBackId: string,
  by: string,
): Promise<void> {
  if (grant.status === GrantStatus.EXPIRED || grant.status === GrantStatus.REVOKED) {
    await release(em, grant, clawBackId, by);
  }
}

const lockGrant = (em: EntityManager, id: string) =>
  em.findOne(GrantEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });

/** To be asked with the grant locked: a claim points to its grant, so none can be entered meanwhile. */
async function countOpenClaims(em: EntityManager, grantId: string): Promise<number> {
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count from claim where grant_id = ? and status in ('ENTERED', 'CHECKED')`,
    [grantId],
  );
  return row?.count ?? 0;
}

async function end(em: EntityManager, grant: StoredGrant, status: GrantStatus, by: string): Promise<void> {
  grant.status = status;
  await release(em, grant, grant.id, by);
}

/** What is left goes back to the fund, to be granted to others, and to the patient's year. */
async function release(em: EntityManager, grant: StoredGrant, referenceId: string, by: string): Promise<void> {
  const leftFen = leftOfGrant(grant);
  if (leftFen > 0n) {
    const { patientId, aidYear } = grant;
    const year = await em.findOneOrFail(
      AnnualAidEntity,
      { patientId, aidYear },
      { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
    );
    grant.releasedFen = BigInt(grant.releasedFen) + leftFen;
    year.grantedFen = BigInt(year.grantedFen) - leftFen;
    const fundId = grant.fund.id;
    await em.flush();
    await transfer(em, { fundId, way: 'RELEASE', amountFen: leftFen, referenceId, by });
    await promoteLater(em, fundId);
  }
  await em.flush();
}
