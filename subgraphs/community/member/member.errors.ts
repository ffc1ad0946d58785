import { ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Somebody else writes under this pseudonym. Choose another, or leave it out and get one.',
})
@Public()
export class PseudonymTaken extends UserError {
  constructor() {
    super(
      UserErrorCode.PSEUDONYM_TAKEN,
      'Somebody else writes under this pseudonym. Choose another one, or leave it out and you will be given one.',
      ['input', 'pseudonym'],
    );
  }
}
