import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';
import type { RefundCause as AnyRefundCause } from './payment.js';

/** Why the money for a line of an order goes back. */
export type RefundCause = Exclude<`${AnyRefundCause}`, 'NOT_ACCEPTED'>;

/** The job that has a refund sent by the provider. */
export const SEND_REFUND = 'send-refund';

/** The job that tells the fund of a refunded line. */
export const TELL_FUND_OF_REFUND = 'tell-fund-of-refund';

/** What the jobs of a refund are told. */
export interface OfRefund {
  readonly refundId: string;
}

const later =
  (task: string) =>
  (sql: Executes, refundId: string): Promise<void> =>
    enqueue(sql, 'pharmacy', task, { refundId } satisfies OfRefund, { key: `${task}:${refundId}` });

/** Adds the job that sends a refund; one that waits is begun anew. */
export const sendRefundLater = later(SEND_REFUND);

/** Adds the job that tells the fund of a refund; one that waits is begun anew. */
export const tellFundLater = later(TELL_FUND_OF_REFUND);

/** A line that is given back already is left alone. */
const REFUND_LINES = `
  insert into refund (payment_id, order_line_id, amount_fen, cause, status)
    select p.id, l.id, l.quantity * l.unit_price_fen, ?, 'REQUESTED'
    from payment p join drug_order_line l on l.order_id = p.order_id
    where p.order_id = ? and p.status = 'PAID' order by l.id
    on conflict (order_line_id) where order_line_id is not null do nothing
  returning id`;

/**
 * Gives back what was paid for an order, line by line: to be called in the transaction that ends the order, with the order
 * locked. Where nothing was accepted nothing happens: a payment without an answer is judged when it has one, and goes back
 * whole. The money goes later, by a job. Doing it again changes nothing.
 */
export async function refundLines(sql: Executes, orderId: string, cause: RefundCause): Promise<void> {
  const refunds = await sql.execute<{ id: string }[]>(REFUND_LINES, [cause, orderId]);
  for (const { id } of refunds) await sendRefundLater(sql, id);
}

const REFUND_WHOLE = `
  insert into refund (payment_id, amount_fen, cause, status)
    select id, charged_fen, 'NOT_ACCEPTED', 'REQUESTED' from payment where id = ? and status = 'NOT_ACCEPTED'
    on conflict (payment_id) where order_line_id is null do nothing
  returning id`;

/** Gives back all of a payment that was not accepted, later, by a job: in the transaction in which that was decided. */
export async function refundWhole(sql: Executes, paymentId: string): Promise<void> {
  const refunds = await sql.execute<{ id: string }[]>(REFUND_WHOLE, [paymentId]);
  for (const { id } of refunds) await sendRefundLater(sql, id);
}
