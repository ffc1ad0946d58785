import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached } from '../member/member.errors.js';
import { ReportReason } from './moderation.enums.js';
import { PostAlreadyReported } from './moderation.errors.js';
import { MAX_NOTE } from './moderation.rules.js';
import { PostReport } from './report.js';
import { ReportService } from './report.service.js';

@InputType({ description: 'What is wrong with which post.' })
class ReportPostInput {
  @Field(() => ID, { description: 'The post: any that you can read and did not write.' })
  postId!: string;

  @Field(() => ReportReason, { description: 'What is wrong with it.' })
  reason!: ReportReason;

  @Field(() => String, {
    nullable: true,
    description: `What you want to say of it; moderators read it. At most ${MAX_NOTE} characters.`,
  })
  note?: string | null;

  @Field(() => ID, { description: 'A key of your making: sending the same again reports once.' })
  idempotencyKey!: string;
}

const ReportPostResult = resultUnion('ReportPostResult', 'Your report, or why it was not taken.', PostReport, [
  NotFound,
  NotAllowed,
  PostAlreadyReported,
  MemberSuspended,
  PostingLimitReached,
  InvalidInput,
  IdempotencyConflict,
]);

@Resolver()
export class ReportResolver {
  @Mutation(() => ReportPostResult, {
    nullable: true,
    description:
      'Tells the moderators that something is wrong with a post. Neither its author nor they are shown who did. When three have reported it, nobody else reads it until a moderator has decided. Members of less than 7 days report at most 10 posts in 24 hours, others 50.',
  })
  @RequiresScopes('community:write')
  reportPost(
    @Arg('input', () => ReportPostInput, { description: 'What is wrong with which post.' }) input: ReportPostInput,
    @Ctx() context: CommunityContext,
  ): Promise<PostReport | Failure | null> {
    input.postId = checkedId(input.postId, 'postId');
    return orFailure(new ReportService(context).report(input).then((id) => context.cases.report(id)));
  }
}
