import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { FundAction, FundStatus } from './policy.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The fund is open or closed already, as you want it; `permitted` says what can be done.',
})
@Public()
export class FundWrongState extends UserError {
  @Field(() => FundStatus, { description: 'Where it stands.' })
  readonly status: FundStatus;

  @Field(() => [FundAction], { description: 'What you may do with it now.' })
  readonly permitted: FundAction[];

  constructor(status: FundStatus, permitted: FundAction[]) {
    super(UserErrorCode.WRONG_STATE, `The fund is ${status} already. You may ${permitted.join(' or ')} it.`);
    this.status = status;
    this.permitted = permitted;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Other rules of aid begin on this day. They cannot be changed: let yours begin on another day.',
})
@Public()
export class AidPolicyDayTaken extends UserError {
  @Field(() => Int, { description: 'The number of the rules that begin on this day.' })
  readonly number: number;

  constructor(day: string, number: number) {
    super(
      UserErrorCode.INVALID_INPUT,
      `The rules with the number ${number} begin on ${day}, and published rules are never changed. Let yours begin on another day.`,
      ['input', 'effectiveFrom'],
    );
    this.number = number;
  }
}
