import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ShipmentAction, ShipmentStatus } from './shipment.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The parcel is not held back, or it was decided about already. Nothing was changed.',
})
@Public()
export class ShipmentWrongState extends UserError {
  @Field(() => ShipmentStatus, { description: 'Where the parcel is.' })
  readonly status: ShipmentStatus;

  @Field(() => [ShipmentAction], { description: 'What you may decide about it instead.' })
  readonly permitted: readonly ShipmentAction[];

  constructor(status: ShipmentStatus, permitted: readonly ShipmentAction[]) {
    super(
      UserErrorCode.WRONG_STATE,
      'Only a parcel that is held back, not given up yet, and whose order is not ended can be decided about. Read it again.',
    );
    this.status = status;
    this.permitted = permitted;
  }
}
