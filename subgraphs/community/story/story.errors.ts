import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { PostStatus } from '../post/post.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The story is not published, so it cannot be withdrawn.',
})
@Public()
export class StoryNotPublished extends UserError {
  @Field(() => PostStatus, { description: 'Who can read it now.' })
  readonly status: PostStatus;

  constructor(status: PostStatus) {
    super(UserErrorCode.WRONG_STATE, `The story is ${status}. Only a published story can be withdrawn.`, [
      'input',
      'storyId',
    ]);
    this.status = status;
  }
}
