import { ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The care plan is over and cannot be changed any more. Make a new one.',
})
@Public()
export class CarePlanEnded extends UserError {
  constructor() {
    super(UserErrorCode.WRONG_STATE, 'This care plan is over and cannot be changed any more. Make a new one.');
  }
}
