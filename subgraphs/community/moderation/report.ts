import { Field, ID, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { ReportReason } from './moderation.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'That you found something wrong with a post. Nobody is shown that it was you, moderators neither.',
})
@RequiresScopes('community:write')
export class PostReport {
  @Field(() => ID, { description: 'Identifies the report.' })
  readonly id!: string;

  @Field(() => ReportReason, { description: 'What you found wrong.' })
  readonly reason!: ReportReason;

  @Field(() => String, { nullable: true, description: 'What you said of it; null when nothing.' })
  readonly note!: string | null;

  @Field(() => DateTime, { description: 'When you reported it, rounded down to the minute.' })
  readonly reportedAt!: string;
}
