import { ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Who asked has closed the question: it takes no more answers, and is not opened again.',
})
@Public()
export class QuestionClosed extends UserError {
  constructor() {
    super(
      UserErrorCode.WRONG_STATE,
      'The question is closed and takes no more answers. You can comment on it, or ask one of your own.',
      ['input', 'questionId'],
    );
  }
}
