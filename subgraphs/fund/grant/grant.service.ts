import type { Executes } from '../../common/database.js';
import { newId } from '../../common/ids.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { grantMaximum, type Tier } from '../application/application.rules.js';
import { ADD_EVENT, eventOf } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { couldGive, transfer } from '../ledger/ledger.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import { GrantStatus } from './grant.js';

/** What a grant is made from: an application that is locked until the transaction ends. */
export interface ToBeGranted {
  readonly id: string;
  readonly patientId: string;
  readonly diseaseId: string;
  readonly fundId: string;
  readonly aidYear: number;
  readonly expectedExpenseFen: bigint;
}

/** What could be granted, with the patient's year locked so that it stays true until the transaction ends. */
export interface GrantOffer {
  readonly maximumFen: bigint;
  readonly tier: Tier;
  readonly policy: PolicyInForce;
  /** What the fund could give now. */
  readonly couldGiveFen: bigint;
}

/**
 * Locks the patient's year and says what could be granted of it. The row's CHECK holds the cap whatever the code does;
 * the lock lets two grants for one patient follow each other instead of failing.
 *
 * @throws {AnnualCapReached} when nothing is left
 */
export async function grantOffer(
  sql: Executes,
  { patientId, aidYear, fundId, expectedExpenseFen }: ToBeGranted,
  policy: PolicyInForce,
  tier: Tier,
): Promise<GrantOffer> {
  const [, [year], couldGiveFen] = await Promise.all([
    sql.execute(
      `insert into annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values (?, ?, ?, 0, 0, 0) on conflict do nothing`,
      [patientId, aidYear, policy.annualCapFen.toString()],
    ),
    sql.execute<[{ left: string }]>(
      `select (cap_fen - granted_fen)::text as left from annual_aid where patient_id = ? and aid_year = ? for update`,
      [patientId, aidYear],
    ),
    couldGive(sql, fundId),
  ]);
  const remainingFen = BigInt(year.left);
  if (remainingFen <= 0n) throw new AnnualCapReached(remainingFen);
  return { maximumFen: grantMaximum(expectedExpenseFen, tier, remainingFen), tier, policy, couldGiveFen };
}

/** The application, its grant, and the patient's year, in one statement. */
const GRANT = `
  with approved as (
    update application set status = '${ApplicationStatus.APPROVED}', open_stage = null, open_reviewer = null, waitlisted_at = null,
      decided_at = ?, deadline_at = null, version = version + 1 where id = ?),
  given as (
    insert into aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen,
      paid_fen, released_fen, status, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?::bigint, 0, 0, 0, '${GrantStatus.ACTIVE}', ?))
  update annual_aid set granted_fen = granted_fen + ?::bigint where patient_id = ? and aid_year = ?`;

/** Grants what was offered: takes it from the patient's year, and reserves the money, so that it can always be paid. */
export async function giveGrant(
  sql: Executes,
  context: FundContext,
  { id, patientId, diseaseId, fundId, aidYear }: ToBeGranted,
  { tier, policy, maximumFen }: GrantOffer,
  now: Date,
): Promise<void> {
  const referenceId = newId();
  const fen = maximumFen.toString();
  const grant = [referenceId, id, patientId, diseaseId, fundId, aidYear, tier.tier, policy.id, fen, now];
  const by = context.identity.subject;
  await Promise.all([
    sql.execute(GRANT, [now, id, ...grant, fen, patientId, aidYear]),
    sql.execute(ADD_EVENT, eventOf(context, id, ApplicationStatus.APPROVED, now)),
    transfer(sql, { fundId, way: 'GRANT', amountFen: maximumFen, referenceId, by }),
  ]);
}
