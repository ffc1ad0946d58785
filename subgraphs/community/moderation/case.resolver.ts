import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { MAX_REASON } from '../../common/plain-text.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { Post } from '../post/post.js';
import { CaseReport, MemberStanding, ModerationCase, ModerationDecision } from './case.js';
import type { CaseRow, DecisionRow } from './case.loader.js';
import { CaseService } from './case.service.js';
import {
  AppealOutcome,
  ModerationAction,
  ModerationCaseAction,
  ModerationCaseState,
  ModerationRule,
} from './moderation.enums.js';
import { ModerationCaseWrongState } from './moderation.errors.js';
import { allowedActions, decidedBy, isOverdue, MAX_DAYS, MAX_DAYS_ALONE } from './moderation.rules.js';

@InputType({ description: 'Which cases to list. What you leave out does not matter.' })
class ModerationQueueFilter {
  @Field(() => ModerationCaseState, {
    nullable: true,
    description: 'Only those that stand so; if left out, all that wait: OPEN, ESCALATED and APPEALED.',
  })
  state?: ModerationCaseState | null;

  @Field(() => Boolean, { nullable: true, description: 'Only those that should have been decided by now.' })
  overdueOnly?: boolean | null;
}

@ArgsType()
class ModerationQueueArgs extends PageArgs {
  @Field(() => ModerationQueueFilter, { nullable: true, description: 'Which of them; all that wait if left out.' })
  filter?: ModerationQueueFilter;
}

const REASON = `Why; the author of the post reads it. 1 to ${MAX_REASON} characters.`;
const VERSION = 'The `version` of the case that you looked at.';

@InputType({ description: 'What is done with the post of a case, and why.' })
class DecideCaseInput {
  @Field(() => ID, { description: 'The case: one with the action DECIDE.' })
  caseId!: string;

  @Field(() => ModerationAction, { description: 'What is done.' })
  action!: ModerationAction;

  @Field(() => ModerationRule, { description: 'By which rule; NOTHING_WRONG with KEEP, and with that alone.' })
  rule!: ModerationRule;

  @Field(() => String, { description: REASON })
  reason!: string;

  @Field(() => Int, {
    nullable: true,
    description: `With SUSPEND, and with that alone: for how many days, from 1 to ${MAX_DAYS_ALONE}, in an escalated case up to ${MAX_DAYS}.`,
  })
  days?: number | null;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which case is left to another moderator, and why.' })
class EscalateCaseInput {
  @Field(() => ID, { description: 'The case: one with the action ESCALATE.' })
  caseId!: string;

  @Field(() => String, { description: `Why; moderators read it. 1 to ${MAX_REASON} characters.` })
  reason!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again escalates once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What is found of an appeal, and why.' })
class DecideAppealInput {
  @Field(() => ID, { description: 'The case: one with the action DECIDE_APPEAL.' })
  caseId!: string;

  @Field(() => AppealOutcome, { description: 'Whether the decision stands.' })
  outcome!: AppealOutcome;

  @Field(() => String, { description: REASON })
  reason!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

const FAILURES = [NotFound, NotAllowed, InvalidInput, StaleVersion, ModerationCaseWrongState, IdempotencyConflict];
const DecideCaseResult = resultUnion(
  'DecideCaseResult',
  'The decided case, or why it was not done.',
  ModerationCase,
  FAILURES,
);
const EscalateCaseResult = resultUnion(
  'EscalateCaseResult',
  'The escalated case, or why it was not done.',
  ModerationCase,
  FAILURES,
);
const DecideAppealResult = resultUnion(
  'DecideAppealResult',
  'The case with its appeal decided, or why it was not done.',
  ModerationCase,
  FAILURES,
);
const ModerationCaseConnection = connectionType(ModerationCase, 'cases');

@Resolver(() => ModerationCase)
export class CaseResolver {
  @Query(() => ModerationCase, {
    nullable: true,
    description: 'One case by id; null when there is none, or it is about a post of your own.',
  })
  @RequiresScopes('community:moderate')
  moderationCase(
    @Arg('id', () => ID, { description: 'The id of the case.' }) id: string,
    @Ctx() { cases }: CommunityContext,
  ): Promise<CaseRow | null> {
    return cases.byId(checkedId(id));
  }

  @Query(() => ModerationCaseConnection, {
    nullable: true,
    description: 'What waits for moderators, the most urgent first. Never about a post of your own.',
  })
  @RequiresScopes('community:moderate')
  moderationQueue(
    @Args(() => ModerationQueueArgs) { filter, ...pageArgs }: ModerationQueueArgs,
    @Ctx() { cases }: CommunityContext,
  ): Promise<ConnectionSource<CaseRow>> {
    const page = pageOf(pageArgs);
    const wanted = { state: filter?.state ?? null, overdueOnly: filter?.overdueOnly ?? false };
    return paged(cases.queue(wanted, page), page);
  }

  @FieldResolver(() => Post, {
    nullable: true,
    description: 'The post as it is now; null when its author has deleted it.',
  })
  post(@Root() { postId }: CaseRow, @Ctx() { posts }: CommunityContext): Promise<Post | null> {
    return posts.whole(postId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether somebody should have decided by now.' })
  overdue(@Root() { state, dueAt }: CaseRow): boolean {
    return isOverdue(state, new Date(dueAt), new Date());
  }

  @FieldResolver(() => [CaseReport], { description: 'What was reported, oldest first: at most 100 of them.' })
  reports(@Root() { id }: CaseRow, @Ctx() { cases }: CommunityContext): Promise<CaseReport[]> {
    return cases.reportsOf(id);
  }

  @FieldResolver(() => MemberStanding, {
    nullable: true,
    description: 'Who wrote it, under their pseudonym; null when that is no member, or no longer.',
  })
  author(@Root() { id }: CaseRow, @Ctx() { cases }: CommunityContext): Promise<MemberStanding | null> {
    return cases.authorIn(id);
  }

  @FieldResolver(() => [ModerationDecision], {
    description: 'What was decided: the first decision, then that about the appeal. At most two.',
  })
  decisions(@Root() { id }: CaseRow, @Ctx() { cases }: CommunityContext): Promise<DecisionRow[]> {
    return cases.decisionsOf(id);
  }

  @FieldResolver(() => [ModerationCaseAction], { description: 'What you may do with it now.' })
  async allowedActions(
    @Root() { id, state }: CaseRow,
    @Ctx() { cases }: CommunityContext,
  ): Promise<ModerationCaseAction[]> {
    return allowedActions(state, await cases.partIn(id));
  }

  @Mutation(() => DecideCaseResult, {
    nullable: true,
    description:
      'Decides about a post that was reported. It is done at once, and its author and who reported it are told. Cannot be changed but on appeal, by another moderator.',
  })
  @RequiresScopes('community:moderate')
  decideCase(
    @Arg('input', () => DecideCaseInput, { description: 'What is done, and why.' }) input: DecideCaseInput,
    @Ctx() context: CommunityContext,
  ): Promise<CaseRow | Failure | null> {
    input.caseId = checkedId(input.caseId, 'caseId');
    return orFailure(new CaseService(context).decide(input).then((id) => context.cases.changed(id)));
  }

  @Mutation(() => EscalateCaseResult, {
    nullable: true,
    description: `Leaves a case to another moderator, who may suspend its author for up to ${MAX_DAYS} days.`,
  })
  @RequiresScopes('community:moderate')
  escalateCase(
    @Arg('input', () => EscalateCaseInput, { description: 'Which case, and why.' }) input: EscalateCaseInput,
    @Ctx() context: CommunityContext,
  ): Promise<CaseRow | Failure | null> {
    input.caseId = checkedId(input.caseId, 'caseId');
    return orFailure(new CaseService(context).escalate(input).then((id) => context.cases.changed(id)));
  }

  @Mutation(() => DecideAppealResult, {
    nullable: true,
    description: 'Decides about an appeal, as another moderator than the one who made the decision. It ends the case.',
  })
  @RequiresScopes('community:moderate')
  decideAppeal(
    @Arg('input', () => DecideAppealInput, { description: 'What is found of it, and why.' }) input: DecideAppealInput,
    @Ctx() context: CommunityContext,
  ): Promise<CaseRow | Failure | null> {
    input.caseId = checkedId(input.caseId, 'caseId');
    return orFailure(new CaseService(context).decideAppeal(input).then((id) => context.cases.changed(id)));
  }
}

@Resolver(() => ModerationDecision)
export class ModerationDecisionResolver {
  @FieldResolver(() => Boolean, {
    nullable: true,
    description: 'Whether you made this decision; by whom else is told to nobody. For moderators only.',
  })
  @RequiresScopes('community:moderate')
  async decidedByMe(@Root() { caseId, step }: DecisionRow, @Ctx() { cases }: CommunityContext): Promise<boolean> {
    return decidedBy(step, await cases.partIn(caseId));
  }
}
