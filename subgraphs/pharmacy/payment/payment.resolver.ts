import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrderWrongState } from '../order/order.errors.js';
import { DrugOrder } from '../order/order.js';
import { PAYMENT_SCOPES, Payment } from './payment.js';
import { PaymentService } from './payment.service.js';

@InputType({ description: 'Which order is paid, and with what.' })
class PayDrugOrderInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => String, {
    description:
      "What the payment provider's own page gave you to pay with: 1 to 200 characters. Never the number of a card or an account. The provider that this program brings along moves no money, and plays a case by the token: `sim_pay`, `sim_refuse`, `sim_timeout`, `sim_twice`, `sim_late`, `sim_other_amount`, `sim_contradict`; it refuses all others.",
  })
  paymentToken!: string;

  @Field(() => Int, { description: 'The `version` of the order that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making, for example a new UUID: sending the same again pays once.' })
  idempotencyKey!: string;
}

const PayDrugOrderResult = resultUnion(
  'PayDrugOrderResult',
  'The order whose payment was begun, or why it was not.',
  DrugOrder,
  [NotFound, NotAllowed, InvalidInput, StaleVersion, DrugOrderWrongState, IdempotencyConflict],
);

@Resolver(() => DrugOrder)
export class PaymentResolver {
  @FieldResolver(() => [Payment], {
    nullable: true,
    description:
      'The tries to pay for it, newest first: at most 20. At most one is PENDING, and at most one was ever PAID.',
  })
  @RequiresScopes(...PAYMENT_SCOPES)
  payments(@Root() order: DrugOrder, @Ctx() { payments }: PharmacyContext): Promise<Payment[]> {
    return payments.ofOrder(order.id);
  }

  @Mutation(() => PayDrugOrderResult, {
    nullable: true,
    description:
      'Begins to pay all that an order costs. The answer comes later, usually within seconds: read `payments` of the order, or wait for its `status` PAID. A refused payment can be tried anew.',
  })
  @RequiresScopes('pharmacy:order')
  payDrugOrder(
    @Arg('input', () => PayDrugOrderInput, { description: 'Which order is paid, and with what.' })
    input: PayDrugOrderInput,
    @Ctx() context: PharmacyContext,
  ): Promise<DrugOrder | Failure | null> {
    input.orderId = checkedId(input.orderId, 'orderId');
    return orFailure(new PaymentService(context).pay(input).then((id) => context.orders.afterChange(id)));
  }
}
