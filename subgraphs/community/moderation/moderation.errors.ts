import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ModerationCaseAction, ModerationCaseState } from './moderation.enums.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'You have reported this post already, as it reads now. Nothing was added: a moderator will look at it, and you will be told.',
})
@Public()
export class PostAlreadyReported extends UserError {
  constructor() {
    super(
      UserErrorCode.ALREADY_REPORTED,
      'You have reported this post already. You need to do nothing more: a moderator looks at it, and you will be told.',
      ['input', 'postId'],
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The case does not stand where this can be done; `permitted` says what you can do. Nothing was changed.',
})
@Public()
export class ModerationCaseWrongState extends UserError {
  @Field(() => ModerationCaseState, { description: 'How it stands.' })
  readonly state: ModerationCaseState;

  @Field(() => [ModerationCaseAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly ModerationCaseAction[];

  constructor(state: ModerationCaseState, permitted: readonly ModerationCaseAction[]) {
    const now =
      permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'There is nothing that you can do with it now.';
    super(UserErrorCode.WRONG_STATE, `The case is ${state}, so this cannot be done. ${now}`, ['input', 'caseId']);
    this.state = state;
    this.permitted = permitted;
  }
}
