import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { newId } from '../../common/ids.js';
import type { ApplicationEntity } from '../application/application.entity.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { grantMaximum, type Tier } from '../application/application.rules.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import { AnnualAidEntity, GrantEntity } from './grant.entity.js';
import { GrantStatus } from './grant.js';

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
    `insert into annual_aid (patient_id, aid_year, cap_fen, granted_fen, paid_fen) values (?, ?, ?, 0, 0) on conflict do nothing`,
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

/** Grants what was offered, and takes it from the patient's year. */
export function createGrant(em: EntityManager, application: StoredApplication, offer: GrantOffer, now: Date): void {
  offer.year.grantedFen = BigInt(offer.year.grantedFen) + offer.maximumFen;
  em.create(GrantEntity, {
    id: newId(),
    application: application.id,
    patientId: application.patientId,
    diseaseId: application.diseaseId,
    fund: application.fund,
    aidYear: application.aidYear,
    tier: offer.tier.tier,
    policy: offer.policy.id,
    maximumFen: offer.maximumFen,
    paidFen: 0n,
    status: GrantStatus.ACTIVE,
    createdAt: now,
  });
}
