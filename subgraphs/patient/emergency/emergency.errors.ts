import { Field, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'You have opened as many records in an emergency as one physician may within 24 hours.',
})
@Public()
export class EmergencyLimitReached extends UserError {
  @Field(() => Int, { description: 'How many may be opened within 24 hours.' })
  readonly limit: number;

  @Field(() => DateTime, { description: 'When you may open the next.' })
  readonly nextAt: Date;

  constructor(limit: number, nextAt: Date) {
    super(
      UserErrorCode.EMERGENCY_LIMIT_REACHED,
      `A physician may open ${limit} records in an emergency within 24 hours. Ask a colleague, or wait until ${nextAt.toISOString()}.`,
    );
    this.limit = limit;
    this.nextAt = nextAt;
  }
}
