import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { newId } from '../../common/ids.js';
import type { ApplicationEntity } from '../application/application.entity.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { grantMaximum, type Tier } from '../application/application.rules.js';
import { recordEvent } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { canGive, transfer } from '../ledger/ledger.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import { AnnualAidEntity, GrantEntity } from './grant.entity.js';
import { GrantStatus } from './grant.js';
import { promoteLater } from './wait-list.js';

type StoredApplication = InferEntity<typeof ApplicationEntity>;

/** What could be granted, with the patient's year locked so that it stays true until the transaction ends. */
export interface GrantOffer {
  readonly maximumFen: bigint;
  readonly tier: Tier;
  readonly policy: PolicyInForce;
  readonly year: InferEntity<typeof AnnualAidEntity>;
}

/**
 * Locks the patient's year and says what could be granted of it. The row's CHECK holds the cap whatever the code does;
 * the lock lets two grants for one patient follow each other instead of failing.
 *
 * @throws {AnnualCapReached} when nothing is left
 */
export async function grantOffer(
  em: EntityManager,
  application: StoredApplication,
  policy: PolicyInForce,
  tier: Tier,
): Promise<GrantOffer> {
  const { patientId, aidYear } = application;
  await em.execute(
    `insert into annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values (?, ?, ?, 0, 0, 0) on conflict do nothing`,
    [patientId, aidYear, policy.annualCapFen.toString()],
  );
  const year = await em.findOneOrFail(
    AnnualAidEntity,
    { patientId, aidYear },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const remainingFen = BigInt(year.capFen) - BigInt(year.grantedFen);
  if (remainingFen <= 0n) throw new AnnualCapReached(remainingFen);
  return { maximumFen: grantMaximum(BigInt(application.expectedExpenseFen), tier, remainingFen), tier, policy, year };
}

/**
 * Grants what was offered, if the fund has the money and nobody waits for it; otherwise lets the application wait, in
 * order. The money is reserved at once, so that an approved grant can always be paid.
 */
export async function grantOrWait(
  em: EntityManager,
  context: FundContext,
  application: StoredApplication,
  offer: GrantOffer,
  now: Date,
): Promise<void> {
  if (await canGive(em, application.fund.id, offer.maximumFen)) return giveGrant(em, context, application, offer, now);
  application.status = ApplicationStatus.WAITLISTED;
  application.waitlistedAt = now;
  application.deadlineAt = null;
  recordEvent(em, context, application.id, ApplicationStatus.WAITLISTED, now);
  await promoteLater(em, application.fund.id);
}

/** Grants what was offered: takes it from the patient's year, and reserves the money. */
export async function giveGrant(
  em: EntityManager,
  context: FundContext,
  application: StoredApplication,
  { year, tier, policy, maximumFen }: GrantOffer,
  now: Date,
): Promise<void> {
  year.grantedFen = BigInt(year.grantedFen) + maximumFen;
  const id = newId();
  em.create(GrantEntity, {
    id,
    application: application.id,
    patientId: application.patientId,
    diseaseId: application.diseaseId,
    fund: application.fund,
    aidYear: application.aidYear,
    tier: tier.tier,
    policy: policy.id,
    maximumFen,
    awardedFen: 0n,
    paidFen: 0n,
    releasedFen: 0n,
    status: GrantStatus.ACTIVE,
    createdAt: now,
  });
  application.status = ApplicationStatus.APPROVED;
  application.waitlistedAt = null;
  application.decidedAt = now;
  application.deadlineAt = null;
  recordEvent(em, context, application.id, ApplicationStatus.APPROVED, now);
  await transfer(em, {
    fundId: application.fund.id,
    way: 'GRANT',
    amountFen: maximumFen,
    referenceId: id,
    by: context.identity.subject,
  });
}
