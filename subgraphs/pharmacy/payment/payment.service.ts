import { newId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrderAction } from '../order/order.js';
import { changeOrder } from '../order/order.service.js';
import { PaymentEntity } from './payment.entity.js';
import { PaymentStatus } from './payment.js';
import { checkToken } from './payment.rules.js';
import { askLater, chargeLater } from './payment.step.js';

export interface PayDrugOrder {
  readonly orderId: string;
  readonly paymentToken: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

const PRICE = 'select sum(quantity * unit_price_fen)::text as fen from drug_order_line where order_id = ?';

/** Paying for orders. The provider is told, and asked, by jobs: what became of it is read at the order. */
export class PaymentService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * Begins a payment of all that an order costs. The order itself is changed when the provider has answered.
   *
   * @returns the order's id
   * @throws {NotFound} {NotAllowed} {StaleVersion} {DrugOrderWrongState} {InvalidInput} {IdempotencyConflict}
   */
  async pay(input: PayDrugOrder): Promise<string> {
    checkToken(input.paymentToken);
    return changeOrder(this.context, 'payDrugOrder', DrugOrderAction.PAY, input, async (em, order) => {
      const [price] = await em.execute<{ fen: string }[]>(PRICE, [order.id]);
      const payment = em.create(PaymentEntity, {
        id: newId(),
        order,
        status: PaymentStatus.PENDING,
        amountFen: BigInt((price as { fen: string }).fen),
        token: input.paymentToken,
        requestedAt: new Date(),
      });
      await em.flush();
      await chargeLater(em, payment.id);
      await askLater(em, payment, payment.requestedAt);
    });
  }
}
