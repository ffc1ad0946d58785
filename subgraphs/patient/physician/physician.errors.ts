import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { PhysicianStatus } from './physician.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You have registered as a physician before, or somebody has with this licence.',
})
@Public()
export class PhysicianAlreadyRegistered extends UserError {
  constructor() {
    super(
      UserErrorCode.ALREADY_REGISTERED,
      'You, or somebody with this licence, have registered before. Look at `me { physician }`; if it is not there, check the number, or tell us.',
    );
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The physician’s entry is in a state in which this decision cannot be made.',
})
@Public()
export class PhysicianDecided extends UserError {
  @Field(() => PhysicianStatus, { description: 'What was decided.' })
  readonly status: PhysicianStatus;

  constructor(status: PhysicianStatus) {
    super(
      UserErrorCode.WRONG_STATE,
      `The physician is ${status} already. A refused one can only be verified after they have changed their entry.`,
    );
    this.status = status;
  }
}
