import { Args, ArgsType, Ctx, Field, ID, Mutation, Resolver } from 'type-graphql';
import { ForSubgraphs } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { MoneyInput, positiveFen } from '../../common/money.js';
import type { FundContext } from '../context.js';
import { clawBackRefund } from './claw-back.service.js';

/** Takes back the aid for what was refunded, in the fund's own name. */
export const CLAW_BACK_REFUND = 'claw-back-refund';

interface RefundJob {
  readonly orderLineId: string;
  readonly refundedFen: string;
}

export const clawBackRefundLater = ({ orderLineId, refundedFen }: RefundJob, context: FundContext): Promise<void> =>
  context.session.transaction((em) =>
    clawBackRefund(em, { orderLineId, refundedFen: BigInt(refundedFen) }, context.identity.subject),
  );

@ArgsType()
class OrderLineRefundedArgs {
  @Field(() => ID, { description: 'The order line.' })
  orderLineId!: string;

  @Field(() => MoneyInput, { description: 'What of it was given back to the patient; above zero.' })
  refunded!: MoneyInput;
}

/** What the pharmacy tells the fund. */
@Resolver()
export class ClaimPortsResolver {
  @Mutation(() => Boolean, {
    nullable: true,
    description:
      'An order line was refunded: the fund takes back its aid soon. At most once a line; telling it again changes nothing. For subgraphs.',
  })
  @ForSubgraphs('pharmacy')
  async orderLineRefunded(
    @Args(() => OrderLineRefundedArgs) { orderLineId, refunded }: OrderLineRefundedArgs,
    @Ctx() { session }: FundContext,
  ): Promise<boolean> {
    const job: RefundJob = {
      orderLineId: checkedId(orderLineId, 'orderLineId'),
      refundedFen: fenOf(refunded).toString(),
    };
    // the caller may be anybody: what is done is done by the fund itself
    await session.transaction((em) =>
      enqueue(em, 'fund', CLAW_BACK_REFUND, job, { key: `${CLAW_BACK_REFUND}:${job.orderLineId}` }),
    );
    return true;
  }
}

/** @throws a `BAD_USER_INPUT` error for what is not above zero */
function fenOf(amount: MoneyInput): bigint {
  try {
    return positiveFen(amount, []);
  } catch (error) {
    throw badUserInput((error as Error).message);
  }
}
