import { statement } from '../../common/database.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { orderLineRefunded } from './fund.port.js';
import { type OfRefund, tellFundLater } from './refund.step.js';

const TO_SEND = statement(
  'refund-to-send',
  `select payment_id as "paymentId", amount_fen::text as "amountFen" from refund where id = $1 and status = 'REQUESTED'`,
);

/** Holds the order, so that of several refunds of a payment one is the last. */
const HOLD_ORDER = `
  select o.id from drug_order o where o.id = (select order_id from payment where id = ?) for update`;

const SENT = `
  update refund set status = 'DONE', done_at = ? where id = ? and status = 'REQUESTED' returning order_line_id as "orderLineId"`;

const SOME_LEFT = `select from refund where payment_id = ? and status = 'REQUESTED' limit 1`;

/**
 * Has a refund sent. Killed before the provider has it, or before this is written down, it is told again: the provider knows
 * the refund by its id.
 */
export async function sendRefund({ refundId }: OfRefund, { session, paymentProvider }: PharmacyContext): Promise<void> {
  const [refund] = await session.rows<{ paymentId: string; amountFen: string }>(TO_SEND, [refundId]);
  session.release();
  if (!refund) return;
  const { paymentId } = refund;
  await paymentProvider.refund({ refundId, paymentId, amountFen: BigInt(refund.amountFen) });
  await session.transaction(async (em) => {
    const [order] = await em.execute<{ id: string }[]>(HOLD_ORDER, [paymentId]);
    const [sent] = await em.execute<{ orderLineId: string | null }[]>(SENT, [new Date(), refundId]);
    if (!order || !sent) return;
    if (sent.orderLineId) await tellFundLater(em, refundId);
    if ((await em.execute<unknown[]>(SOME_LEFT, [paymentId])).length > 0) return;
    await tell(em, {
      audience: 'PATIENT',
      kind: PharmacyNoticeKind.REFUND_DONE,
      aboutId: order.id,
      orderId: order.id,
      occasion: paymentId,
    });
  });
}

const TO_TELL = statement(
  'refund-to-tell',
  `select order_line_id as "orderLineId", amount_fen::text as "amountFen" from refund
   where id = $1 and status = 'DONE' and order_line_id is not null and fund_told_at is null`,
);

/** Tells the fund of a refunded line, whether or not aid was claimed for it: the fund knows. */
export async function tellFund({ refundId }: OfRefund, { session, ask }: PharmacyContext): Promise<void> {
  const [refund] = await session.rows<{ orderLineId: string; amountFen: string }>(TO_TELL, [refundId]);
  if (!refund) return;
  await orderLineRefunded(ask, refund.orderLineId, BigInt(refund.amountFen));
  await session.transaction((em) =>
    em.execute('update refund set fund_told_at = ? where id = ?', [new Date(), refundId]),
  );
}
