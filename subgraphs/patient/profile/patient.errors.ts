import { ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You have registered before. Your record is `me { patient }`.',
})
@Public()
export class AlreadyRegistered extends UserError {
  constructor() {
    super(UserErrorCode.ALREADY_REGISTERED, 'You have registered before. Your record is in `me { patient }`.');
  }
}
