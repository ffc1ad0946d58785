import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { StockLotAction } from './stock.enums.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The lot was recalled before. Nothing was changed. See `stockLot` for what became of its orders.',
})
@Public()
export class LotRecalledAlready extends UserError {
  @Field(() => ID, { description: 'The lot: see `stockLot`.' })
  readonly lotId: string;

  @Field(() => [StockLotAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly StockLotAction[];

  constructor(lotId: string, permitted: readonly StockLotAction[]) {
    super(
      UserErrorCode.WRONG_STATE,
      'This lot was recalled: it is sold no more. See its orders by `stockLot`, and put nothing of it on the shelf.',
      ['input', 'lot'],
    );
    this.lotId = lotId;
    this.permitted = permitted;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Less would be left than is promised to orders. Nothing was changed.',
})
@Public()
export class StockPromised extends UserError {
  @Field(() => Int, { description: 'Packages on the shelf.' })
  readonly onHand: number;

  @Field(() => Int, { description: 'Of those, packages that are promised to orders.' })
  readonly reserved: number;

  constructor(onHand: number, reserved: number) {
    super(
      UserErrorCode.STOCK_PROMISED,
      'Less would be left than is promised to orders. Take off only what is free; for more, dispense or cancel orders of this lot first.',
      ['input', 'change'],
    );
    this.onHand = onHand;
    this.reserved = reserved;
  }
}
