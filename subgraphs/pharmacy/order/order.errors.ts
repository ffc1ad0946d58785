import { Field, ID, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Some of the medicines may not be sold online. Take them out of the order; nothing was ordered.',
})
@Public()
export class NotSoldOnline extends UserError {
  @Field(() => [ID], { description: 'The medicines that may not be sold online.' })
  readonly medicineIds: readonly string[];

  constructor(medicineIds: readonly string[]) {
    super(
      UserErrorCode.NOT_SOLD_ONLINE,
      'Some of these medicines may not be sold online; `medicineIds` names them. Ask your hospital for them, and order the rest.',
      ['input', 'lines'],
    );
    this.medicineIds = medicineIds;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The order is too far on, or linked already, for what you wanted. Nothing was changed.',
})
@Public()
export class DrugOrderWrongState extends UserError {
  @Field(() => DrugOrderStatus, { description: 'How far the order has come.' })
  readonly status: DrugOrderStatus;

  @Field(() => [DrugOrderAction], { description: 'What you may do with it instead.' })
  readonly permitted: readonly DrugOrderAction[];

  constructor(message: string, status: DrugOrderStatus, permitted: readonly DrugOrderAction[]) {
    super(UserErrorCode.WRONG_STATE, message);
    this.status = status;
    this.permitted = permitted;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'There is not enough of some medicines at the moment. Nothing was done, and nothing is kept for you. Order less of them or try again later: `Medicine.availability` says whether there is some.',
})
@Public()
export class OutOfStock extends UserError {
  @Field(() => [ID], { description: 'The medicines of which there is not enough.' })
  readonly medicineIds: readonly string[];

  constructor(medicineIds: readonly string[], path?: string[]) {
    super(
      UserErrorCode.OUT_OF_STOCK,
      'There is not enough of some of these medicines at the moment; `medicineIds` names them. Take fewer packages of them, or try again later.',
      path,
    );
    this.medicineIds = medicineIds;
  }
}
