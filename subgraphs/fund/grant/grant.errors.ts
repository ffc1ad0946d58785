import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { GrantAction, GrantStatus } from './grant.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The grant does not stand where this can be done; `permitted` says what can, `openClaims` what comes first.',
})
@Public()
export class GrantWrongState extends UserError {
  @Field(() => GrantStatus, { description: 'Where it stands.' })
  readonly status: GrantStatus;

  @Field(() => [GrantAction], { description: 'What you may do with it now.' })
  readonly permitted: GrantAction[];

  @Field(() => Int, { description: 'How many of its claims wait for a decision: they are decided first.' })
  readonly openClaims: number;

  constructor(status: GrantStatus, permitted: GrantAction[], openClaims: number) {
    super(
      UserErrorCode.WRONG_STATE,
      status === GrantStatus.ACTIVE
        ? `Claims of this grant wait for a decision (${openClaims}). Have them decided first, then revoke it.`
        : `The grant is ${status}: nothing of it can be taken back any more. There is nothing that you can do with it now.`,
    );
    this.status = status;
    this.permitted = permitted;
    this.openClaims = openClaims;
  }
}
