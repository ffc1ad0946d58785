import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { DrugOrderStatus } from '../order/order.js';
import { PaymentEntity } from './payment.entity.js';
import { PaymentStatus } from './payment.js';
import { askAgainAt, heard, judge } from './payment.rules.js';
import type { ProviderAnswer } from './provider.js';
import { refundWhole } from './refund.step.js';

/** The job that tells the provider of a payment. */
export const CHARGE_PAYMENT = 'charge-payment';

/** The job that asks the provider what became of a payment. */
export const ASK_PROVIDER = 'ask-payment-provider';

/** What the jobs of a payment are told. */
export interface OfPayment {
  readonly paymentId: string;
}

/** Adds the job that tells the provider of a payment; one that waits is begun anew. */
export const chargeLater = (sql: Executes, paymentId: string): Promise<void> =>
  enqueue(sql, 'pharmacy', CHARGE_PAYMENT, { paymentId } satisfies OfPayment, {
    key: `${CHARGE_PAYMENT}:${paymentId}`,
  });

/** Adds the job that asks the provider when it is time for it, in place of one that waits; none when nothing is left to ask. */
export async function askLater(
  sql: Executes,
  payment: { readonly id: string; readonly status: PaymentStatus; readonly requestedAt: Date },
  now: Date,
): Promise<void> {
  const runAt = askAgainAt(payment, now);
  if (!runAt) return;
  const of: OfPayment = { paymentId: payment.id };
  await enqueue(sql, 'pharmacy', ASK_PROVIDER, of, { key: `${ASK_PROVIDER}:${payment.id}`, runAt });
}

const HOLD_ORDER = `
  select o.id, o.status from drug_order o where o.id = (select order_id from payment where id = ?) for update`;

const ORDER_PAID = `update drug_order set status = 'PAID', version = version + 1 where id = ?`;

/**
 * Takes over what the provider says of a payment, and asks again later while there is something left to ask.
 *
 * @returns how many of the answers say something else than was known, or of a payment that is gone: they change nothing
 */
export async function takeAnswers(
  em: EntityManager,
  paymentId: string,
  answers: readonly ProviderAnswer[],
  now: Date,
): Promise<number> {
  const [held] = await em.execute<{ id: string; status: DrugOrderStatus }[]>(HOLD_ORDER, [paymentId]);
  // gone with a patient whose data was erased: money that comes now only the provider can give back
  if (!held) return answers.filter(({ outcome }) => outcome === 'CHARGED').length;
  const payment = await em.findOneOrFail(PaymentEntity, paymentId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const order = { ...held };
  let unclear = 0;
  for (const answer of heard(answers, payment, now)) {
    const { status, amountFen, chargedFen } = payment;
    const charged = chargedFen === null || chargedFen === undefined ? null : BigInt(chargedFen);
    const judgement = judge(answer, { status, amountFen: BigInt(amountFen), chargedFen: charged }, order);
    if (judgement === 'UNCLEAR') unclear++;
    if (judgement === 'UNCLEAR' || judgement === 'KNOWN') continue;
    payment.refusedBecause = null;
    Object.assign(payment, judgement, { answeredAt: now, token: null });
    await em.flush();
    if (judgement.status === PaymentStatus.PAID) {
      await em.execute(ORDER_PAID, [order.id]);
      order.status = DrugOrderStatus.PAID;
    }
    if (judgement.status === PaymentStatus.NOT_ACCEPTED) await refundWhole(em, paymentId);
    await tell(em, {
      audience: 'PATIENT',
      kind:
        judgement.status === PaymentStatus.PAID
          ? PharmacyNoticeKind.PAYMENT_RECEIVED
          : PharmacyNoticeKind.PAYMENT_REFUSED,
      aboutId: order.id,
      orderId: order.id,
      occasion: paymentId,
    });
  }
  await askLater(em, payment, now);
  return unclear;
}
