import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { MAX_DEPTH } from '../post/post.rules.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The thread goes no deeper here. Write under the comment above instead.',
})
@Public()
export class ThreadTooDeep extends UserError {
  @Field(() => Int, {
    description: 'How many posts, one under another, there may be under a story, question or article.',
  })
  readonly maxDepth: number = MAX_DEPTH;

  constructor() {
    super(
      UserErrorCode.WRONG_STATE,
      `The thread goes no deeper than ${MAX_DEPTH} here. Write under the comment above this one.`,
      ['input', 'onId'],
    );
  }
}
