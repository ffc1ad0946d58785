import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { DateTime } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { Post } from '../post/post.js';
import { ModerationDecision, OwnModerationCase } from './case.js';
import type { DecisionRow, OwnCaseRow } from './case.loader.js';
import { CaseService } from './case.service.js';
import { ModerationCaseAction } from './moderation.enums.js';
import { ModerationCaseWrongState } from './moderation.errors.js';
import { APPEAL_DAYS, appealActions, appealUntil, MAX_APPEAL } from './moderation.rules.js';

@InputType({ description: 'With which decision you do not agree, and why.' })
class AppealDecisionInput {
  @Field(() => ID, { description: 'The case, from `myModeration`: one with the action APPEAL.' })
  caseId!: string;

  @Field(() => String, {
    description: `Why you do not agree; another moderator reads it. 1 to ${MAX_APPEAL.toLocaleString('en')} characters.`,
  })
  text!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again appeals once.' })
  idempotencyKey!: string;
}

const AppealDecisionResult = resultUnion(
  'AppealDecisionResult',
  'The appealed case, or why it was not done.',
  OwnModerationCase,
  [NotFound, NotAllowed, InvalidInput, ModerationCaseWrongState, IdempotencyConflict],
);
const OwnModerationCaseConnection = connectionType(OwnModerationCase, 'cases about what you wrote');

@Resolver(() => OwnModerationCase)
export class OwnCaseResolver {
  @Query(() => OwnModerationCaseConnection, {
    nullable: true,
    description:
      'What moderators decided about what you wrote, or have yet to decide when reports have hidden it, newest first.',
  })
  @RequiresScopes('community:write')
  myModeration(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { cases }: CommunityContext,
  ): Promise<ConnectionSource<OwnCaseRow>> {
    const page = pageOf(args);
    return paged(cases.ofCaller(page), page);
  }

  @FieldResolver(() => Post, { nullable: true, description: 'Your post as it is now; null when you have deleted it.' })
  post(@Root() { postId }: OwnCaseRow, @Ctx() { posts }: CommunityContext): Promise<Post | null> {
    return posts.whole(postId);
  }

  @FieldResolver(() => [ModerationDecision], {
    description: 'What was decided: the first decision, then that about your appeal. At most two.',
  })
  decisions(@Root() { id }: OwnCaseRow, @Ctx() { cases }: CommunityContext): Promise<DecisionRow[]> {
    return cases.decisionsOf(id);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: `Until when you can appeal, ${APPEAL_DAYS} days from the decision; null when you cannot.`,
  })
  async canAppealUntil(@Root() { id, state }: OwnCaseRow, @Ctx() { cases }: CommunityContext): Promise<Date | null> {
    return appealUntil(state, await cases.decisionsOf(id), new Date());
  }

  @FieldResolver(() => [ModerationCaseAction], { description: 'What you may do with it now.' })
  async allowedActions(
    @Root() { id, state }: OwnCaseRow,
    @Ctx() { cases }: CommunityContext,
  ): Promise<ModerationCaseAction[]> {
    return appealActions(state, await cases.decisionsOf(id), new Date());
  }

  @Mutation(() => AppealDecisionResult, {
    nullable: true,
    description: `Asks another moderator to look at what was decided about something that you wrote: once, within ${APPEAL_DAYS} days. You can do this while you are suspended.`,
  })
  @RequiresScopes('community:write')
  appealDecision(
    @Arg('input', () => AppealDecisionInput, { description: 'Which decision, and why.' }) input: AppealDecisionInput,
    @Ctx() context: CommunityContext,
  ): Promise<OwnCaseRow | Failure | null> {
    input.caseId = checkedId(input.caseId, 'caseId');
    return orFailure(new CaseService(context).appeal(input).then((id) => context.cases.changedOwn(id)));
  }
}
