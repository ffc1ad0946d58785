import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { LocalDate } from '../../common/scalars.js';
import { PostKind } from '../post/post.js';
import { AppealOutcome, ModerationAction, ModerationRule } from './moderation.enums.js';

@ObjectType({
  simpleResolvers: true,
  description: 'One decision of the moderators, for everybody to know. Nothing leads to the post or to anybody.',
})
@Public()
export class ModerationLogEntry {
  @Field(() => LocalDate, { description: 'The day on which it was decided, in UTC.' })
  readonly day!: string;

  @Field(() => PostKind, { description: 'What sort of thing was decided about.' })
  readonly postKind!: PostKind;

  @Field(() => ModerationAction, { description: 'What was decided.' })
  readonly action!: ModerationAction;

  @Field(() => ModerationRule, { description: 'By which rule.' })
  readonly rule!: ModerationRule;

  @Field(() => AppealOutcome, {
    nullable: true,
    description: 'What another moderator found of it on appeal; null when there was none, or it is not decided yet.',
  })
  readonly appealOutcome!: AppealOutcome | null;
}
