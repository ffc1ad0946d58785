import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ArticleRevisionState } from './article-revision.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The revision is not in a state in which this can be done with it: what is in review is taken back before it is changed. `allowedActions` says what can be done.',
})
@Public()
export class ArticleRevisionInOtherState extends UserError {
  @Field(() => ArticleRevisionState, { description: 'How far the revision has come.' })
  readonly state: ArticleRevisionState;

  constructor(state: ArticleRevisionState) {
    super(
      UserErrorCode.WRONG_STATE,
      `The revision is ${state}, so this cannot be done with it. Its \`allowedActions\` say what can.`,
      ['input', 'revisionId'],
    );
    this.state = state;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The article is not published, so it cannot be withdrawn.',
})
@Public()
export class ArticleNotPublished extends UserError {
  constructor() {
    super(UserErrorCode.WRONG_STATE, 'The article is not published. Only a published article can be withdrawn.', [
      'input',
      'articleId',
    ]);
  }
}
