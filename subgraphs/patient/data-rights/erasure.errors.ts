import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { ErasureObstacle } from './erasure.js';
import { explained, type ObstacleFound } from './erasure.rules.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'Money or medicine is under way, or somebody depends on the person. Nothing was erased; `reasons` says what must end first.',
})
@Public()
export class ErasureBlocked extends UserError {
  @Field(() => [ErasureObstacle], { description: 'What must end first: at least one.' })
  readonly reasons: readonly ErasureObstacle[];

  constructor(obstacles: readonly ObstacleFound[]) {
    super(
      UserErrorCode.ERASURE_BLOCKED,
      'Something is under way that must end first; `reasons` says what to do. Then ask again.',
      ['input', 'patientId'],
    );
    this.reasons = obstacles.map(explained);
  }
}
