import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { PayoutBatchAction, PayoutBatchStatus } from './payout.enums.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'No approved claim of the fund waits to be put into a batch.',
})
@Public()
export class NothingToPay extends UserError {
  constructor() {
    super(
      UserErrorCode.NOTHING_TO_PAY,
      'No approved claim of this fund waits to be paid: `claimsToPay` says how many do. Approve claims first, or cancel the batch that they are in.',
      ['input', 'fundId'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The payout batch does not stand where this can be done; `permitted` says what can.',
})
@Public()
export class PayoutBatchWrongState extends UserError {
  @Field(() => PayoutBatchStatus, { description: 'Where it stands.' })
  readonly status: PayoutBatchStatus;

  @Field(() => [PayoutBatchAction], { description: 'What you may do with it now.' })
  readonly permitted: PayoutBatchAction[];

  constructor(status: PayoutBatchStatus, permitted: PayoutBatchAction[]) {
    const why =
      status === PayoutBatchStatus.OPEN ? 'The batch holds nothing to pay any more' : `The batch is ${status}`;
    const now = permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'Nothing can be done with it now.';
    super(UserErrorCode.WRONG_STATE, `${why}, so this cannot be done. ${now}`);
    this.status = status;
    this.permitted = permitted;
  }
}
