import { shanghaiDay } from '../../common/calendar.js';
import type { Statements } from '../../common/database.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { AnnualCapReached } from '../application/application.errors.js';
import { decideTier } from '../application/application.rules.js';
import { ADD_EVENT, eventOf } from '../application/application.step.js';
import type { FundContext } from '../context.js';
import { holdAvailable } from '../ledger/ledger.js';
import { giveGrant, grantOffer, type ToBeGranted } from './grant.service.js';

/**
 * Grants what waits, in order, for as long as the fund has money: the first one is never passed over by a smaller one.
 * Each in a transaction of its own, so that what was granted stays whatever happens to the next.
 */
export async function promoteWaitList({ fundId }: { fundId: string }, context: FundContext): Promise<void> {
  while (await context.session.decide((sql) => promoteFirst(sql, context, fundId)));
}

const FIRST = `
  select id, patient_id as "patientId", disease_id as "diseaseId", fund_id as "fundId", aid_year as "aidYear",
    expected_expense_fen::text as "expenseFen", submitted_at as "submittedAt"
  from application where fund_id = ? and status = '${ApplicationStatus.WAITLISTED}' order by waitlisted_at, id limit 1 for update`;

const REJECT = `
  update application set status = '${ApplicationStatus.REJECTED}', waitlisted_at = null, decided_at = ?, version = version + 1
  where id = ?`;

/** @returns whether to go on: false when nobody waits, or the first one has to wait on */
async function promoteFirst(sql: Statements, context: FundContext, fundId: string): Promise<boolean> {
  // one at a time: two would both look at the same first one
  await sql.execute(`select pg_advisory_xact_lock(hashtext('wait-list'), hashtext(?))`, [fundId]);
  type Row = ToBeGranted & { readonly expenseFen: string; readonly submittedAt: Date };
  const [row] = await sql.execute<Row[]>(FIRST, [fundId]);
  if (!row) return false;
  const first: ToBeGranted = { ...row, expectedExpenseFen: BigInt(row.expenseFen) };
  const now = new Date();
  // as it was when the application was handed in
  const policy = await context.policies.inForce(shanghaiDay(new Date(row.submittedAt)));
  const tier = policy && decideTier(first.expectedExpenseFen, policy.tiers);
  if (!policy || !tier) throw new Error('An application waits that no policy lets through');
  try {
    const offer = await grantOffer(sql, first, policy, tier);
    if ((await holdAvailable(sql, fundId)) < offer.maximumFen) return false;
    giveGrant(sql, context, first, offer, now);
  } catch (error) {
    if (!(error instanceof AnnualCapReached)) throw error;
    const note = "While it waited, all of the patient's aid of the year was granted for other applications.";
    sql.send(REJECT, [now, first.id]);
    sql.send(ADD_EVENT, eventOf(context, first.id, ApplicationStatus.REJECTED, now, note));
  }
  return true;
}
