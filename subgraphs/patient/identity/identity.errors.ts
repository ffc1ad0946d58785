import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Another patient is registered with this national id. You can find this out a few times a day only.',
})
@Public()
export class NationalIdRegistered extends UserError {
  constructor() {
    super(
      UserErrorCode.ALREADY_REGISTERED,
      'A patient with this national id is registered already, under another record. Check the number; if it is right, use that record.',
      ['input', 'nationalId'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You have entered national ids of other patients too often today. Nothing was looked up or changed.',
})
@Public()
export class TooManyAttempts extends UserError {
  @Field(() => DateTime, { description: 'From when on you can try again.' })
  readonly retryAt: Date;

  constructor(retryAt: Date) {
    super(
      UserErrorCode.TOO_MANY_ATTEMPTS,
      'You have entered national ids of other patients too often today. Try again tomorrow, when `retryAt` has come.',
      ['input', 'nationalId'],
    );
    this.retryAt = retryAt;
  }
}
