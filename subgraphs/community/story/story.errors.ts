import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { StoryStatus } from './story.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The story is not published, so it cannot be withdrawn.',
})
@Public()
export class StoryNotPublished extends UserError {
  @Field(() => StoryStatus, { description: 'Who can read it now.' })
  readonly status: StoryStatus;

  constructor(status: StoryStatus) {
    super(UserErrorCode.WRONG_STATE, `The story is ${status}. Only a published story can be withdrawn.`, [
      'input',
      'storyId',
    ]);
    this.status = status;
  }
}
