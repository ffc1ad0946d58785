import { Field, ID, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { PostKind } from '../post/post.js';
import {
  AppealOutcome,
  ModerationAction,
  ModerationCaseOrigin,
  ModerationCaseState,
  ModerationRule,
  ModerationStep,
  ReportReason,
} from './moderation.enums.js';

@ObjectType({ simpleResolvers: true, description: 'What somebody found wrong with a post. By whom is told to nobody.' })
@RequiresScopes('community:moderate')
export class CaseReport {
  @Field(() => ReportReason, { description: 'What they found wrong.' })
  readonly reason!: ReportReason;

  @Field(() => String, {
    nullable: true,
    description: 'What they said of it, up to 500 characters; null when nothing.',
  })
  readonly note!: string | null;

  @Field(() => DateTime, { description: 'When, rounded down to the minute.' })
  readonly at!: string;
}

@ObjectType({ simpleResolvers: true, description: 'How somebody stands here who wrote a post, under their pseudonym.' })
@RequiresScopes('community:moderate')
export class MemberStanding {
  @Field(() => String, { description: 'The name under which they write.' })
  readonly pseudonym!: string;

  @Field(() => Int, { description: 'How many warnings they have that stand.' })
  readonly warnings!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when they read only; in the past when that is over, null when they never were suspended.',
  })
  readonly suspendedUntil!: string | null;

  @Field(() => Int, { description: 'How many other posts of theirs were removed, by decisions that stand.' })
  readonly removedBefore!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What a moderator decided in a case, and why. It is never changed.' })
@RequiresScopes('community:moderate', 'community:write')
export class ModerationDecision {
  @Field(() => ModerationStep, { description: 'Whether it is the first decision or that about the appeal.' })
  readonly step!: ModerationStep;

  @Field(() => ModerationAction, { nullable: true, description: 'What was decided; null at an APPEAL.' })
  readonly action!: ModerationAction | null;

  @Field(() => AppealOutcome, { nullable: true, description: 'What was found of the appeal; null at a DECISION.' })
  readonly outcome!: AppealOutcome | null;

  @Field(() => ModerationRule, { nullable: true, description: 'By which rule; null at an APPEAL.' })
  readonly rule!: ModerationRule | null;

  @Field(() => String, { description: 'Why, for the author of the post to read. Up to 500 characters.' })
  readonly reason!: string;

  @Field(() => Int, { nullable: true, description: 'Of a suspension: for how many days, from 1 to 365.' })
  readonly days!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Of a suspension: until when, unless an appeal overturned it.',
  })
  readonly until!: string | null;

  @Field(() => DateTime, { description: 'When it was decided, rounded down to the minute.' })
  readonly at!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A post that was reported, or changed after it had been hidden, and what is decided about it.',
})
@RequiresScopes('community:moderate')
export class ModerationCase {
  @Field(() => ID, { description: 'Identifies the case.' })
  readonly id!: string;

  @Field(() => ModerationCaseState, { description: 'How it stands.' })
  readonly state!: ModerationCaseState;

  @Field(() => ModerationCaseOrigin, { description: 'Why there is a case.' })
  readonly origin!: ModerationCaseOrigin;

  @Field(() => PostKind, { description: 'What sort of thing the post is.' })
  readonly postKind!: PostKind;

  @Field(() => String, {
    nullable: true,
    description:
      'The title when the case was opened, whatever its author has done with it since; null for what has none, or when its author has been erased.',
  })
  readonly reportedTitle!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The text when the case was opened, in Markdown as it was written, whatever its author has done with it since; null when its author has been erased.',
  })
  readonly reportedBody!: string | null;

  @Field(() => Int, { description: 'How many reports there are.' })
  readonly reportCount!: number;

  @Field(() => DateTime, { description: 'When it was opened, rounded down to the minute.' })
  readonly openedAt!: string;

  @Field(() => DateTime, { description: 'By when somebody should have decided: the first decision, or the appeal.' })
  readonly dueAt!: string;

  @Field(() => String, { nullable: true, description: 'Why a moderator left it to another; null when none did.' })
  readonly escalationReason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why its author does not agree; null when they did not appeal.' })
  readonly appealText!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When its author appealed, rounded down to the minute.' })
  readonly appealedAt!: string | null;

  @Field(() => Int, {
    description:
      'Counts changes, of the post’s text too: send it as `expectedVersion`, so that you decide about what you looked at.',
  })
  readonly version!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What moderators decided, or have yet to decide, about something that you wrote.',
})
@RequiresScopes('community:write')
export class OwnModerationCase {
  @Field(() => ID, { description: 'Identifies the case: give it to `appealDecision`.' })
  readonly id!: string;

  @Field(() => ModerationCaseState, { description: 'How it stands.' })
  readonly state!: ModerationCaseState;

  @Field(() => PostKind, { description: 'What sort of thing your post is.' })
  readonly postKind!: PostKind;

  @Field(() => String, { nullable: true, description: 'Why you appealed; null when you did not.' })
  readonly appealText!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When you appealed, rounded down to the minute.' })
  readonly appealedAt!: string | null;
}
