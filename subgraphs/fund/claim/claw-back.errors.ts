import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ClawBackAction, ClawBackStatus } from './claw-back.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The claw-back does not stand where this can be done; `permitted` says what you can do.',
})
@Public()
export class ClawBackWrongState extends UserError {
  @Field(() => ClawBackStatus, { description: 'Where it stands.' })
  readonly status: ClawBackStatus;

  @Field(() => [ClawBackAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly ClawBackAction[];

  constructor(status: ClawBackStatus, permitted: readonly ClawBackAction[]) {
    super(
      UserErrorCode.WRONG_STATE,
      status === ClawBackStatus.WAITING
        ? 'The payment is still on its way. Wait for the answer of the bank.'
        : 'It is settled already. There is nothing more to do.',
    );
    this.status = status;
    this.permitted = permitted;
  }
}
