import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DateTime } from '../../common/scalars.js';
import { CareInvitationState, CareScope, CareState } from './care.js';
import type { Holding } from './care.rules.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'A caregiver can grant no more than they have, and for no longer. Nothing was granted.',
})
@Public()
export class MoreThanYouHave extends UserError {
  @Field(() => [CareScope], { description: 'What you can grant at most.' })
  readonly scopes: readonly CareScope[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'What you have ends then, and so does what you grant; null: it does not end.',
  })
  readonly until: Date | null;

  constructor({ scopes, until }: Holding) {
    super(
      UserErrorCode.NOT_ALLOWED,
      'You can grant no more than you have, and for no longer: `scopes` and `until` say what. The patient can grant more.',
      ['input'],
    );
    this.scopes = scopes;
    this.until = until;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The code opens nothing: it is wrong, was used or taken back, is older than seven days, or who made it may no longer grant this.',
})
@Public()
export class CareCodeInvalid extends UserError {
  constructor() {
    super(
      UserErrorCode.NOT_FOUND,
      'This code opens nothing. Check it, and that you signed in as who was invited; or ask for a new invitation.',
      ['input', 'code'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You tried too many codes in this hour. This one was not looked at.',
})
@Public()
export class TooManyCodes extends UserError {
  @Field(() => DateTime, { description: 'From when on you can try again.' })
  readonly retryAt: Date;

  constructor(retryAt: Date) {
    super(
      UserErrorCode.TOO_MANY_ATTEMPTS,
      'You tried too many codes in this hour. Try again in the next, when `retryAt` has come.',
      ['input', 'code'],
    );
    this.retryAt = retryAt;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The relationship has ended or was revoked. Nothing was changed.',
})
@Public()
export class CareEnded extends UserError {
  @Field(() => CareState, { description: 'How it ended.' })
  readonly state: CareState;

  constructor(state: CareState) {
    super(UserErrorCode.WRONG_STATE, 'This caregiver no longer acts for the patient. To go on, invite them anew.', [
      'input',
      'careRelationshipId',
    ]);
    this.state = state;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The invitation is no longer open. Nothing was changed.',
})
@Public()
export class CareInvitationClosed extends UserError {
  @Field(() => CareInvitationState, { description: 'Where it stands.' })
  readonly state: CareInvitationState;

  constructor(state: CareInvitationState) {
    super(
      UserErrorCode.WRONG_STATE,
      'The invitation is no longer open. If it was accepted, revoke the care relationship instead.',
      ['input', 'careInvitationId'],
    );
    this.state = state;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The patient is you, or somebody whom you act for already. Nothing was changed, and the invitation is still open.',
})
@Public()
export class OwnInvitation extends UserError {
  constructor() {
    super(
      UserErrorCode.NOT_ALLOWED,
      'This invitation is for somebody else: the patient is you, or somebody whom you act for, or did. For other scopes ask the patient to change what you have.',
      ['input', 'code'],
    );
  }
}
