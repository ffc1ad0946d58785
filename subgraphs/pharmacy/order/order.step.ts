import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import type { Executes } from '../../common/database.js';
import { NotFound } from '../../common/errors.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { refundLines } from '../payment/refund.step.js';
import { DrugOrderEntity } from './order.entity.js';
import { DrugOrderWrongState, OutOfStock } from './order.errors.js';
import { DrugOrderStatus } from './order.js';
import { nextStates, type OrderFacts } from './order.rules.js';

/** An order's row, locked until the end of the transaction. */
export type LockedOrder = InferEntity<typeof DrugOrderEntity>;

/** @throws {NotFound} when the caller may not change an order with this id */
export async function lockOrder(em: EntityManager, orderId: string): Promise<LockedOrder> {
  const order = await em.findOne(DrugOrderEntity, orderId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!order) throw new NotFound('order', ['input', 'orderId']);
  return order;
}

interface StoredFacts extends Omit<OrderFacts, 'standing' | 'payBy'> {
  /** As PostgreSQL writes it. */
  readonly payBy: string | null;
}

/** What decides about an order but for who asks, in the transaction that holds the order. @throws {NotFound} */
export async function factsOf(sql: Executes, orderId: string): Promise<Omit<OrderFacts, 'standing'>> {
  const [facts] = await sql.execute<StoredFacts[]>(
    `select status, pay_by as "payBy", application_id is not null as linked,
       (select count(*)::int from payment p where p.order_id = o.id) as tries,
       exists (select from payment p where p.order_id = o.id and p.status = 'PENDING') as pending,
       not exists (select from drug_order_line l where l.order_id = o.id and l.prescription_id is null) as prescribed,
       (select s.status from shipment s where s.order_id = o.id order by s.id desc limit 1) as parcel
     from drug_order o where o.id = ?`,
    [orderId],
  );
  if (!facts) throw new NotFound('order', ['input', 'orderId']);
  return { ...facts, payBy: facts.payBy === null ? null : new Date(facts.payBy) };
}

/**
 * Promises an order what it lacks, first to expire first, in the transaction that holds the order.
 *
 * @throws {OutOfStock} when there is not enough: then nothing of the transaction may be kept
 */
export async function reserveStock(sql: Executes, orderId: string, path?: string[]): Promise<void> {
  const [row] = await sql.execute<{ short: string[] }[]>('select reserve_stock(?) as short', [orderId]);
  if (row && row.short.length > 0) throw new OutOfStock(row.short, path);
}

/**
 * Calls an order off whose row is locked: what is promised to it is free again, so are its prescriptions, and what was paid goes
 * back.
 */
export async function callOff(em: EntityManager, order: LockedOrder, reason: string | null): Promise<void> {
  order.status = DrugOrderStatus.CANCELLED;
  order.cancelledAt = new Date();
  order.cancelReason = reason;
  await em.flush();
  await em.execute('select release_stock(?, false)', [order.id]);
  await refundLines(em, order.id, 'CANCELLED');
}

/** @throws {NotFound} {DrugOrderWrongState} when the order cannot go there from where it is */
async function move(em: EntityManager, orderId: string, to: DrugOrderStatus): Promise<LockedOrder> {
  const order = await lockOrder(em, orderId);
  const status = order.status as DrugOrderStatus;
  if (!nextStates(status).includes(to)) {
    throw new DrugOrderWrongState(`An order that is ${status} cannot become ${to}.`, status, []);
  }
  order.status = to;
  return order;
}

/**
 * For a parcel that was held back: its order is packed anew, from stock that is promised to it now. Whoever decided so tells the
 * patient.
 *
 * @throws {NotFound} {DrugOrderWrongState} unless it was packed {OutOfStock}
 */
export async function reopenForReplacement(em: EntityManager, orderId: string): Promise<void> {
  await move(em, orderId, DrugOrderStatus.PAID);
  await em.flush();
  await reserveStock(em, orderId);
}

/**
 * Ends an order whose medicine came back or is held back for good: what was paid goes back, the prescriptions can be used again,
 * and the patient is told. The medicine is never put back on the shelf.
 *
 * @param reason 1 to 500 characters, for the patient
 * @throws {NotFound} {DrugOrderWrongState} unless it was packed
 */
export async function endAsReturned(
  em: EntityManager,
  orderId: string,
  cause: 'RETURNED' | 'QUARANTINED',
  reason: string,
): Promise<void> {
  const order = await move(em, orderId, DrugOrderStatus.RETURNED);
  order.returnReason = reason;
  await em.flush();
  await refundLines(em, orderId, cause);
  await tell(em, { audience: 'PATIENT', kind: PharmacyNoticeKind.ORDER_RETURNED, aboutId: orderId, orderId });
}
