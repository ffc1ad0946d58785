import type { Executes, Statements } from '../../common/database.js';
import { newId } from '../../common/ids.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { grantMaximum, type Tier } from '../application/application.rules.js';
import { ADD_EVENT, eventOf } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { COULD_GIVE, sendTransfer } from '../ledger/ledger.js';
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

/** Makes the patient's year where it is not there, and locks it: an update of nothing is how an insert locks what it meets. */
const HOLD_YEAR = `
  insert into annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values (?, ?, ?, 0, 0, 0)
  on conflict (patient_id, aid_year) do update set cap_fen = annual_aid.cap_fen
  returning (cap_fen - granted_fen)::text as left, ${COULD_GIVE} as could`;

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
  const [year] = await sql.execute<[{ left: string; could: string }]>(HOLD_YEAR, [
    patientId,
    aidYear,
    policy.annualCapFen.toString(),
    fundId,
  ]);
  const remainingFen = BigInt(year.left);
  if (remainingFen <= 0n) throw new AnnualCapReached(remainingFen);
  const maximumFen = grantMaximum(expectedExpenseFen, tier, remainingFen);
  return { maximumFen, tier, policy, couldGiveFen: BigInt(year.could) };
}

/** The application with its timeline, its grant, and the patient's year, in one statement. */
const GRANT = `
  with approved as (
    update application set status = '${ApplicationStatus.APPROVED}', open_stage = null, open_reviewer = null, waitlisted_at = null,
      decided_at = ?, deadline_at = null, version = version + 1 where id = ?),
  noted as (${ADD_EVENT}),
  given as (
    insert into aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen, awarded_fen,
      paid_fen, released_fen, status, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?::bigint, 0, 0, 0, '${GrantStatus.ACTIVE}', ?))
  update annual_aid set granted_fen = granted_fen + ?::bigint where patient_id = ? and aid_year = ?`;

/** Grants what was offered: takes it from the patient's year, and reserves the money, so that it can always be paid. */
export function giveGrant(
  sql: Statements,
  context: FundContext,
  { id, patientId, diseaseId, fundId, aidYear }: ToBeGranted,
  { tier, policy, maximumFen }: GrantOffer,
  now: Date,
): void {
  const referenceId = newId();
  const fen = maximumFen.toString();
  const grant = [referenceId, id, patientId, diseaseId, fundId, aidYear, tier.tier, policy.id, fen, now];
  const event = eventOf(context, id, ApplicationStatus.APPROVED, now);
  sql.send(GRANT, [now, id, ...event, ...grant, fen, patientId, aidYear]);
  const by = context.identity.subject;
  sendTransfer(sql, { fundId, way: 'GRANT', amountFen: maximumFen, referenceId, by });
}
