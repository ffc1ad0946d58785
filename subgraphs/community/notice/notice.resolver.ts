import { Arg, Args, Ctx, FieldResolver, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, paged, pageOf } from '../../common/connection.js';
import { NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { localized } from '../../common/localized.js';
import { markRead, NoticeReadInput, NoticesArgs } from '../../common/notices.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { Post } from '../post/post.js';
import { CommunityNotice, CommunityNoticesRead } from './notice.js';
import type { NoticeRow } from './notice.loader.js';
import { noticeTexts } from './notice.rules.js';
import { markAllRead } from './notice.service.js';

@InputType({ description: 'Which notice was read.' })
class MarkCommunityNoticeReadInput extends NoticeReadInput {}

const CommunityNoticeConnection = connectionType(CommunityNotice, 'notices');
const MarkCommunityNoticeReadResult = resultUnion(
  'MarkCommunityNoticeReadResult',
  'The notice as it is now, or why it was not marked.',
  CommunityNotice,
  [NotFound],
);

export const NoticeTextResolver = localized<NoticeRow>(
  CommunityNotice,
  'text',
  'What happened and what to do next, in one or two sentences.',
  ({ kind }) => noticeTexts(kind),
);

@Resolver(() => CommunityNotice)
export class NoticeResolver {
  @Query(() => CommunityNoticeConnection, {
    nullable: true,
    description: 'What happened to what you wrote, and what is new about the diseases that you follow, newest first.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  communityNotices(
    @Args(() => NoticesArgs) { onlyUnread, ...pageArgs }: NoticesArgs,
    @Ctx() { notices }: CommunityContext,
  ): Promise<ConnectionSource<CommunityNotice>> {
    const page = pageOf(pageArgs);
    return paged({ rows: () => notices.page(onlyUnread, page), count: () => notices.count(onlyUnread) }, page);
  }

  @FieldResolver(() => Post, {
    nullable: true,
    description: 'What it is about; null when it is gone, or is nothing that you may read now.',
  })
  post(@Root() { postId }: NoticeRow, @Ctx() { posts }: CommunityContext): Promise<object | null> | null {
    return postId === null ? null : posts.whole(postId);
  }

  @Mutation(() => MarkCommunityNoticeReadResult, {
    nullable: true,
    description: 'Marks a notice as read. Marking it again changes nothing.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  markCommunityNoticeRead(
    @Arg('input', () => MarkCommunityNoticeReadInput, { description: 'Which notice.' })
    input: MarkCommunityNoticeReadInput,
    @Ctx() context: CommunityContext,
  ): Promise<CommunityNotice | Failure | null> {
    const id = checkedId(input.noticeId, 'noticeId');
    return orFailure(markRead(context, id).then(() => context.notices.byId(id)));
  }

  @Mutation(() => CommunityNoticesRead, {
    nullable: true,
    description: 'Marks all your notices as read. Doing it again changes nothing.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  async markAllCommunityNoticesRead(@Ctx() context: CommunityContext): Promise<CommunityNoticesRead> {
    return { marked: await markAllRead(context) };
  }
}
