import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { LocalDate } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PharmacyContext } from '../context.js';
import { DrugOrder } from '../order/order.js';
import { DrugOrderConnection } from '../order/order.resolver.js';
import { lotActions, partOfLotCode } from './lot.rules.js';
import { StockLotAction, StockLotState } from './stock.enums.js';
import { LotRecalledAlready, StockPromised } from './stock.errors.js';
import { LotOrderCount, LotRecall, STOCK_SCOPES, StockLot, StockMovement } from './stock.js';
import type { LoadedMovement, StockLoader } from './stock.loader.js';
import { StockService } from './stock.service.js';

@InputType({ description: 'Which lots to list. What you leave out does not matter.' })
class StockLotFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this medicine.' })
  medicineId?: string | null;

  @Field(() => StockLotState, { nullable: true, description: 'Only those that stand exactly so.' })
  state?: StockLotState | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only those with this in what is printed on the package, in capitals or not. 1 to 50 characters.',
  })
  lot?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True: only those of which something is on the shelf.' })
  onlyOnHand?: boolean | null;
}

@ArgsType()
class StockLotsArgs extends PageArgs {
  @Field(() => StockLotFilter, { nullable: true, description: 'Which of them; all if left out.' })
  filter?: StockLotFilter | null;
}

@InputType({ description: 'Packages of one lot that arrived.' })
class ReceiveStockInput {
  @Field(() => ID, { description: 'The medicine, from `medicines`.' })
  medicineId!: string;

  @Field(() => String, {
    description:
      'What is printed on the package as its lot: 1 to 50 letters, digits and signs. Spaces and small letters make no other lot.',
  })
  lot!: string;

  @Field(() => LocalDate, {
    description:
      'The last day on which it may be used, as printed: more than a week from today, and the same for all of the lot.',
  })
  expiresOn!: string;

  @Field(() => Int, { description: 'How many packages arrived, from 1 to 10,000.' })
  quantity!: number;

  @Field(() => ID, {
    description: 'A key of your making, for example a new UUID: sending the same again adds them once.',
  })
  idempotencyKey!: string;
}

@InputType({ description: 'By how much the books of a lot were wrong, or what left the shelf without an order.' })
class AdjustStockInput {
  @Field(() => ID, { description: 'The lot.' })
  lotId!: string;

  @Field(() => Int, {
    description: 'How many packages more there are, or with a minus sign fewer: 1 to 10,000 either way.',
  })
  change!: number;

  @Field(() => String, { description: 'Why, for example `broken`. It stays with the movement. 1 to 500 characters.' })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the lot that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again adjusts once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which lot must not be used, and why.' })
class RecallLotInput {
  @Field(() => ID, { description: 'The medicine.' })
  medicineId!: string;

  @Field(() => String, { description: 'The lot, as it is printed on the package: 1 to 50 letters, digits and signs.' })
  lot!: string;

  @Field(() => String, { description: 'Why, as the maker or the authority said it. 1 to 500 characters.' })
  reason!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again recalls once.' })
  idempotencyKey!: string;
}

const ReceiveStockResult = resultUnion(
  'ReceiveStockResult',
  'The lot as it is now, or why it was not done.',
  StockLot,
  [NotFound, InvalidInput, LotRecalledAlready, IdempotencyConflict],
);
const AdjustStockResult = resultUnion('AdjustStockResult', 'The lot as it is now, or why it was not done.', StockLot, [
  NotFound,
  InvalidInput,
  StaleVersion,
  StockPromised,
  IdempotencyConflict,
]);
const RecallLotResult = resultUnion('RecallLotResult', 'The recall and whom it concerns, or why not.', LotRecall, [
  NotFound,
  InvalidInput,
  LotRecalledAlready,
  IdempotencyConflict,
]);

const StockLotConnection = connectionType(StockLot, 'lots');
const StockMovementConnection = connectionType(StockMovement, 'movements of stock');

async function recalled({ stock }: PharmacyContext, lotId: string): Promise<LotRecall | null> {
  const lot = await stock.afterChange(lotId);
  return lot && { lot };
}

/** A page of the orders that have something to do with a lot. */
async function ordersOf(stock: StockLoader, lot: string, args: PageArgs): Promise<ConnectionSource<DrugOrder>> {
  const page = pageOf(args);
  return connection(await stock.ordersOf(lot, page), page, async () =>
    (await stock.ordersByStatus(lot)).reduce((sum, { count }) => sum + count, 0),
  );
}

const CONCERNED = 'All orders to which some of it is promised, or that got some, newest first.';
const COUNTED =
  'How many orders are concerned, by how far they have come: each state that there is once, so 7 at most.';

@Resolver(() => StockLot)
export class StockLotResolver {
  @Query(() => StockLot, { nullable: true, description: 'One lot by id; null when there is none that you may see.' })
  @RequiresScopes(...STOCK_SCOPES)
  stockLot(
    @Arg('id', () => ID, { description: 'The id of the lot.' }) id: string,
    @Ctx() { stock }: PharmacyContext,
  ): Promise<StockLot | null> {
    return stock.byId(checkedId(id));
  }

  @Query(() => StockLotConnection, { nullable: true, description: 'What is on the shelf, first to expire first.' })
  @RequiresScopes(...STOCK_SCOPES)
  async stockLots(
    @Args(() => StockLotsArgs) args: StockLotsArgs,
    @Ctx() { stock }: PharmacyContext,
  ): Promise<ConnectionSource<StockLot>> {
    const page = pageOf(args);
    const { medicineId, state = null, lot, onlyOnHand } = args.filter ?? {};
    const match = {
      medicineId: medicineId == null ? null : checkedId(medicineId, 'medicineId'),
      state,
      lot: lot == null ? null : partOfLotCode(lot),
      onlyOnHand: onlyOnHand ?? false,
    };
    return connection(await stock.page(match, page), page, () => stock.count(match));
  }

  @FieldResolver(() => [StockLotAction], { description: 'What you may do with it now.' })
  allowedActions(@Root() { recalledAt }: StockLot): StockLotAction[] {
    return lotActions(recalledAt !== null);
  }

  @FieldResolver(() => StockMovementConnection, {
    nullable: true,
    description: 'What changed it, newest first. The sum of all is what it is now.',
  })
  async movements(
    @Root() { id }: StockLot,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { stock }: PharmacyContext,
  ): Promise<ConnectionSource<LoadedMovement>> {
    const page = pageOf(args);
    return connection(await stock.movements(id, page), page, () => stock.countMovements(id));
  }

  @FieldResolver(() => DrugOrderConnection, { nullable: true, description: CONCERNED })
  orders(
    @Root() { id }: StockLot,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { stock }: PharmacyContext,
  ): Promise<ConnectionSource<DrugOrder>> {
    return ordersOf(stock, id, args);
  }

  @FieldResolver(() => [LotOrderCount], { nullable: true, description: COUNTED })
  ordersByStatus(@Root() { id }: StockLot, @Ctx() { stock }: PharmacyContext): Promise<LotOrderCount[]> {
    return stock.ordersByStatus(id);
  }

  @Mutation(() => ReceiveStockResult, {
    nullable: true,
    description: 'Puts packages that arrived on the shelf. More of a lot that is known adds to it.',
  })
  @RequiresScopes(...STOCK_SCOPES)
  receiveStock(
    @Arg('input', () => ReceiveStockInput, { description: 'What arrived.' }) input: ReceiveStockInput,
    @Ctx() context: PharmacyContext,
  ): Promise<StockLot | Failure | null> {
    input.medicineId = checkedId(input.medicineId, 'medicineId');
    return orFailure(new StockService(context).receive(input).then((id) => context.stock.afterChange(id)));
  }

  @Mutation(() => AdjustStockResult, {
    nullable: true,
    description:
      'Brings the books of a lot to what is on the shelf. What is promised to orders cannot be taken off: dispense or cancel those first.',
  })
  @RequiresScopes(...STOCK_SCOPES)
  adjustStock(
    @Arg('input', () => AdjustStockInput, { description: 'Which lot, by how much, and why.' }) input: AdjustStockInput,
    @Ctx() context: PharmacyContext,
  ): Promise<StockLot | Failure | null> {
    input.lotId = checkedId(input.lotId, 'lotId');
    return orFailure(new StockService(context).adjust(input).then((id) => context.stock.afterChange(id)));
  }

  @Mutation(() => RecallLotResult, {
    nullable: true,
    description:
      'Sells no more of a lot, for good. Parcels with it that are under way are held back, and everybody who got some is told. Orders to which it is promised get another lot when they are dispensed.',
  })
  @RequiresScopes(...STOCK_SCOPES)
  recallLot(
    @Arg('input', () => RecallLotInput, { description: 'Which lot, and why.' }) input: RecallLotInput,
    @Ctx() context: PharmacyContext,
  ): Promise<LotRecall | Failure | null> {
    input.medicineId = checkedId(input.medicineId, 'medicineId');
    return orFailure(new StockService(context).recall(input).then((id) => recalled(context, id)));
  }
}

@Resolver(() => LotRecall)
export class LotRecallResolver {
  @FieldResolver(() => DrugOrderConnection, { nullable: true, description: CONCERNED })
  orders(
    @Root() { lot }: LotRecall,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { stock }: PharmacyContext,
  ): Promise<ConnectionSource<DrugOrder>> {
    return ordersOf(stock, lot.id, args);
  }

  @FieldResolver(() => [LotOrderCount], { nullable: true, description: COUNTED })
  ordersByStatus(@Root() { lot }: LotRecall, @Ctx() { stock }: PharmacyContext): Promise<LotOrderCount[]> {
    return stock.ordersByStatus(lot.id);
  }
}

@Resolver(() => StockMovement)
export class StockMovementResolver {
  @FieldResolver(() => DrugOrder, { nullable: true, description: 'The order that it was for; null for none.' })
  order(@Root() { orderId }: LoadedMovement, @Ctx() { orders }: PharmacyContext): Promise<DrugOrder | null> | null {
    return orderId === null ? null : orders.byId(orderId);
  }
}
