import { Field, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Disease } from '../stubs.js';

@ObjectType({
  simpleResolvers: true,
  description: 'A disease that you follow: you get a notice of each new story, question and article about it.',
})
@RequiresScopes('community:write')
export class FollowedDisease {
  @Field(() => Disease, { nullable: true, description: 'The disease.' })
  readonly disease!: Disease;

  @Field(() => DateTime, { description: 'Since when you follow it, rounded down to the minute.' })
  readonly since!: string;
}
