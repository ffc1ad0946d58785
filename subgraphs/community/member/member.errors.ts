import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Somebody else writes under this pseudonym. Choose another, or leave it out and get one.',
})
@Public()
export class PseudonymTaken extends UserError {
  constructor() {
    super(
      UserErrorCode.PSEUDONYM_TAKEN,
      'Somebody else writes under this pseudonym. Choose another one, or leave it out and you will be given one.',
      ['input', 'pseudonym'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'Moderators have suspended you: until then you can read, delete what you wrote, and appeal, but write nothing.',
})
@Public()
export class MemberSuspended extends UserError {
  @Field(() => DateTime, { description: 'When you can write again.' })
  readonly until: Date;

  constructor(until: Date) {
    super(
      UserErrorCode.MEMBER_SUSPENDED,
      `You are suspended until ${until.toISOString()} and can read only. \`myModeration\` says why, and lets you appeal.`,
    );
    this.until = until;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'You have written as much as you may for now; in the first week after their first post members may write less. Nothing was done. Save it as a draft, or try again later.',
})
@Public()
export class PostingLimitReached extends UserError {
  @Field(() => DateTime, { description: 'When you can try again.' })
  readonly retryAt: Date;

  constructor(retryAt: Date) {
    super(
      UserErrorCode.TOO_MANY_ATTEMPTS,
      `You have done this as often as you may for now. Try again after ${retryAt.toISOString()}.`,
    );
    this.retryAt = retryAt;
  }
}
