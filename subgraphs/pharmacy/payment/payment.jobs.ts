import { statement } from '../../common/database.js';
import { log } from '../../common/log.js';
import type { PharmacyContext } from '../context.js';
import { PaymentEntity } from './payment.entity.js';
import { PaymentStatus } from './payment.js';
import { askLater, chargeLater, type OfPayment, takeAnswers } from './payment.step.js';
import { sendRefundLater, tellFundLater } from './refund.step.js';

/** Takes up what a job has given up on, since the provider or the fund was away for days. */
export const RESUME_PAYMENTS = 'resume-payments';

const TO_CHARGE = statement(
  'payment-to-charge',
  `select token, amount_fen::text as "amountFen" from payment where id = $1 and status = 'PENDING' and token is not null`,
);

/**
 * Tells the provider of a payment. Killed before the provider has it, or before this is written down, it is told again: the
 * provider knows the payment by its id.
 */
export async function chargePayment({ paymentId }: OfPayment, context: PharmacyContext): Promise<void> {
  const { session, paymentProvider } = context;
  const [payment] = await session.rows<{ token: string; amountFen: string }>(TO_CHARGE, [paymentId]);
  session.release();
  if (!payment) return;
  await paymentProvider.charge({ paymentId, amountFen: BigInt(payment.amountFen), token: payment.token });
  await session.transaction((em) =>
    em.execute(`update payment set token = null where id = ? and status = 'PENDING'`, [paymentId]),
  );
  await askProvider({ paymentId }, context);
}

/**
 * Asks the provider what became of a payment, and takes it over. Asked whether or not it is known to have heard of it: what
 * was told without an answer may have arrived.
 */
export async function askProvider({ paymentId }: OfPayment, context: PharmacyContext): Promise<void> {
  const answers = await context.paymentProvider.answersTo(paymentId);
  const unclear = await context.session.transaction((em) => takeAnswers(em, paymentId, answers, new Date()));
  if (unclear > 0) log.warn({ paymentId, unclear }, 'the payment provider says what does not fit: ask it');
}

const REFUNDS_UNDER_WAY = `
  select id, status from refund where status = 'REQUESTED' or (order_line_id is not null and fund_told_at is null) order by id`;

/** Every payment and refund that is under way gets its job again: nothing stays because something was tried too often. */
export async function resumePayments({ session }: PharmacyContext): Promise<void> {
  await session.transaction(async (em) => {
    const now = new Date();
    for (const payment of await em.find(PaymentEntity, { status: PaymentStatus.PENDING }, { orderBy: { id: 'asc' } })) {
      if (payment.token) await chargeLater(em, payment.id);
      await askLater(em, payment, now);
    }
    for (const { id, status } of await em.execute<{ id: string; status: string }[]>(REFUNDS_UNDER_WAY)) {
      await (status === 'REQUESTED' ? sendRefundLater(em, id) : tellFundLater(em, id));
    }
  });
}
