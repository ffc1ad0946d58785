import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { PostStatus } from './post.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The post is not in a state in which this can be done with it: what was removed is not edited, what is published is no draft. `allowedActions` says what can be done.',
})
@Public()
export class PostNotChangeable extends UserError {
  @Field(() => PostStatus, { description: 'Who can read it now.' })
  readonly status: PostStatus;

  /** @param field which field of the input names the post */
  constructor(status: PostStatus, field = 'postId') {
    super(
      UserErrorCode.WRONG_STATE,
      `The post is ${status}, so this cannot be done with it. Its \`allowedActions\` say what can.`,
      ['input', field],
    );
    this.status = status;
  }
}
