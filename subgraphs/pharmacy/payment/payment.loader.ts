import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { Payment, PaymentRefusal, PaymentStatus, Refund } from './payment.js';

interface StoredPayment {
  readonly id: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly amountFen: string;
  readonly chargedFen: string | null;
  readonly requestedAt: string;
  readonly answeredAt: string | null;
  readonly refusedBecause: PaymentRefusal | null;
  readonly refundedFen: string;
  readonly refunds: readonly (Omit<Refund, 'amount'> & { readonly amountFen: string })[];
}

const BY_ORDER = loggedStatement(
  'payments-by-order',
  `select p.id, p.order_id as "orderId", o.patient_id as "patientId", p.status, p.amount_fen::text as "amountFen",
     p.charged_fen::text as "chargedFen", p.requested_at as "requestedAt", p.answered_at as "answeredAt",
     p.refused_because as "refusedBecause", p.refunded_fen::text as "refundedFen", back.refunds
   from payment p join drug_order o on o.id = p.order_id
   left join lateral (
     select coalesce(json_agg(json_build_object('id', r.id, 'orderLineId', r.order_line_id, 'amountFen', r.amount_fen::text,
       'cause', r.cause, 'status', r.status, 'requestedAt', r.requested_at, 'doneAt', r.done_at) order by r.id), '[]') as refunds
     from refund r where r.payment_id = p.id) back on true
   where p.order_id = any($1) order by p.id desc`,
  { record: 'Payment', fields: ['status', 'amount', 'requestedAt', 'refunds'] },
);

const presented = ({
  amountFen,
  chargedFen,
  refundedFen,
  refunds,
  orderId: _,
  ...payment
}: StoredPayment): Payment => ({
  ...payment,
  amount: money(amountFen),
  charged: chargedFen === null ? null : money(chargedFen),
  refunded: money(refundedFen),
  refunds: refunds.map(({ amountFen, ...refund }) => ({ ...refund, amount: money(amountFen) })),
});

/** Reads payments as the caller may see them. */
export class PaymentLoader {
  private readonly orders: DataLoader<string, Payment[]>;

  constructor(session: Session) {
    this.orders = new DataLoader(
      async (ids) => {
        const rows = await session.seen<StoredPayment>(BY_ORDER, [ids]);
        const found = Map.groupBy(rows, ({ orderId }) => orderId);
        return ids.map((id) => (found.get(id) ?? []).map(presented));
      },
      // a mutation changes them
      { cache: false },
    );
  }

  /** Those of an order, newest first. */
  ofOrder(id: string): Promise<Payment[]> {
    return this.orders.load(id);
  }
}
