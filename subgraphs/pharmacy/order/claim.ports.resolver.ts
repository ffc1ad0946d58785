import { Arg, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { ForSubgraphs, Public } from '../../common/access.js';
import { badUserInput } from '../../common/errors.js';
import { isUuid } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrderStatus } from './order.js';

const MAX_LINES = 100;

@ObjectType({ simpleResolvers: true, description: 'A line of an order as aid is claimed for it. For subgraphs.' })
@Directive('@inaccessible')
@Public()
export class OrderLineToClaim {
  @Field(() => ID, { description: 'The line.' })
  readonly id!: string;

  @Field(() => ID, { description: 'Its order.' })
  readonly orderId!: string;

  @Field(() => ID, { description: 'For whom it was ordered.' })
  readonly patientId!: string;

  @Field(() => ID, { nullable: true, description: 'The application that the order is linked to, if any.' })
  readonly applicationId!: string | null;

  @Field(() => DrugOrderStatus, { description: 'How far the order has come.' })
  readonly status!: DrugOrderStatus;

  @Field(() => String, { description: 'What the line cost, in fen.' })
  readonly amountFen!: string;

  @Field(() => LocalDate, { description: 'The day (in Shanghai) on which it was ordered.' })
  readonly incurredOn!: string;
}

/** What the fund may ask about orders. */
@Resolver()
export class ClaimPortsResolver {
  @Query(() => [OrderLineToClaim], {
    nullable: true,
    description: "Those of these order lines that are the caller's, or of somebody they care for. For subgraphs.",
  })
  @ForSubgraphs('fund')
  async orderLinesToClaim(
    @Arg('ids', () => [ID], { description: 'Order lines, at most 100.' }) ids: string[],
    @Ctx() { orders }: PharmacyContext,
  ): Promise<OrderLineToClaim[]> {
    if (ids.length > MAX_LINES) throw badUserInput(`At most ${MAX_LINES} lines can be asked for at once.`);
    return orders.linesToClaim(ids.filter(isUuid));
  }
}
