import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { DrugOrderStatus } from '../order/order.js';
import { Medicine } from '../stubs.js';
import { StockLotState, StockMovementKind } from './stock.enums.js';

/** Those who know what lies on the shelf. */
export const STOCK_SCOPES = ['pharmacy:dispense'] as const;

@ObjectType({
  simpleResolvers: true,
  description: 'The packages of one lot of a medicine. Only pharmacists see how many there are.',
})
@Directive('@key(fields: "id")')
@RequiresScopes(...STOCK_SCOPES)
export class StockLot {
  @Field(() => ID, { description: 'Identifies the lot; says nothing about it.' })
  readonly id!: string;

  @Field(() => Medicine, { nullable: true, description: 'Of which medicine it is.' })
  readonly medicine!: Medicine;

  @Field(() => String, {
    description: 'What the maker printed on the package, in capitals and without spaces: 1 to 50 characters.',
  })
  readonly lot!: string;

  @Field(() => LocalDate, { description: 'The last day on which it may be used. It is sold until a week before.' })
  readonly expiresOn!: string;

  @Field(() => StockLotState, { description: 'Whether it may be sold.' })
  readonly state!: StockLotState;

  @Field(() => Int, { description: 'Packages on the shelf.' })
  readonly onHand!: number;

  @Field(() => Int, { description: 'Of those on the shelf, packages that are promised to orders.' })
  readonly reserved!: number;

  @Field(() => Int, { description: 'Packages that can be promised to further orders; 0 where it may not be sold.' })
  readonly available!: number;

  @Field(() => DateTime, { description: 'When the first packages of it arrived.' })
  readonly createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was recalled; null where it was not.' })
  readonly recalledAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was recalled; null where it was not.' })
  readonly recallReason!: string | null;

  @Field(() => Int, {
    description:
      'Counts what pharmacists do with it, not what orders do: send it as `expectedVersion` when you adjust it.',
  })
  readonly version!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What changed the stock of a lot, or what of it is promised. It stays for good.',
})
@RequiresScopes(...STOCK_SCOPES)
export class StockMovement {
  @Field(() => ID, { description: 'Identifies the movement; says nothing about it.' })
  readonly id!: string;

  @Field(() => StockMovementKind, { description: 'What it was.' })
  readonly kind!: StockMovementKind;

  @Field(() => Int, { description: 'Packages that came onto the shelf; below 0 where they left it.' })
  readonly onHandChange!: number;

  @Field(() => Int, { description: 'Packages that were promised to an order; below 0 where they no longer are.' })
  readonly reservedChange!: number;

  @Field(() => String, { nullable: true, description: 'Why a pharmacist adjusted it; null for all else.' })
  readonly reason!: string | null;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: string;
}

@ObjectType({ simpleResolvers: true, description: 'How many orders of a lot stand where.' })
@RequiresScopes(...STOCK_SCOPES)
export class LotOrderCount {
  @Field(() => DrugOrderStatus, { description: 'How far they have come.' })
  readonly status!: DrugOrderStatus;

  @Field(() => Int, { description: 'How many, 1 or more.' })
  readonly count!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A lot that was recalled, and whom that concerns: all orders to which it is promised or that got some.',
})
@RequiresScopes(...STOCK_SCOPES)
export class LotRecall {
  @Field(() => StockLot, { description: 'The lot. Nothing of it is sold any more.' })
  readonly lot!: StockLot;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What the pharmacy knows of supplying a medicine. Pharmacists set it by `setMedicineTerms`.',
})
@RequiresScopes(...STOCK_SCOPES)
export class MedicineTerms {
  @Field(() => Int, { description: 'Days from the payment to the door, from 1 to 60.' })
  readonly deliveryDays!: number;

  @Field(() => Int, {
    description:
      'For a cold medicine: minutes, over the whole way, that it bears outside of 2 to 8 °C, from 0 to 1440. Freezing it never bears.',
  })
  readonly allowanceMinutes!: number;

  @Field(() => Boolean, {
    description: 'True: nobody has set them for this medicine, so those of the demo hold, which no source gives.',
  })
  readonly demo!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When they were set; null where they never were.' })
  readonly changedAt!: string | null;

  @Field(() => Int, {
    description: 'Counts changes, 0 where they never were set: send it as `expectedVersion` when you set them.',
  })
  readonly version!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Whether a medicine can be had here now. How much there is of it only pharmacists see.',
})
@Public()
export class MedicineAvailability {
  @Field(() => Boolean, {
    description:
      'Whether some of it can be ordered now. An order of more than there is fails all the same. Whether it is sold online at all says `soldOnline`.',
  })
  readonly inStock!: boolean;

  @Field(() => Int, { description: 'Days from the payment to the door, as they are expected, from 1 to 60.' })
  readonly deliveryDays!: number;
}
