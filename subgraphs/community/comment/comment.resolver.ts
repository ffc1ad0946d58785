import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from '../member/member.errors.js';
import { WrittenInput } from '../post/new-post.input.js';
import { Post } from '../post/post.js';
import type { RowOf } from '../post/post.loader.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { ThreadTooDeep } from './comment.errors.js';
import { Comment } from './comment.js';
import { CommentService } from './comment.service.js';

@InputType({ description: 'A comment on something that somebody wrote.' })
class AddCommentInput extends WrittenInput {
  @Field(() => ID, { description: 'What it is about: a published post of any kind, a comment too.' })
  onId!: string;

  @Field(() => String, {
    description:
      'The comment in Markdown, 1 to 5,000 characters. Control characters but newline and tab, and marks that turn the direction of text, are taken out.',
  })
  body!: string;
}

const AddCommentResult = resultUnion('AddCommentResult', 'The comment, or why it was not written.', Comment, [
  NotFound,
  ThreadTooDeep,
  InvalidInput,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  PostingLimitReached,
  IdempotencyConflict,
]);
const CommentConnection = connectionType(Comment, 'comments');

function listUnder(
  { id }: Post,
  args: PageArgs,
  { comments }: CommunityContext,
): Promise<ConnectionSource<RowOf<Comment>>> {
  const page = pageOf(args);
  return paged({ rows: () => comments.page(id, page), count: () => comments.count(id) }, page);
}

@Resolver(() => Post)
export class PostCommentsResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'Published comments directly under it, oldest first; what stands under those is in their own `comments`. One that is gone is listed as an empty place while others still stand under it.',
  })
  comments(
    @Root() post: Post,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: CommunityContext,
  ): Promise<ConnectionSource<RowOf<Comment>>> {
    return listUnder(post, args, context);
  }

  @FieldResolver(() => Int, {
    description:
      'How many published comments stand under it, those under its answers and under other comments too. Empty places are not counted.',
  })
  commentCount(@Root() { id }: Post, @Ctx() { comments }: CommunityContext): Promise<number> {
    return comments.countOfThread(id);
  }
}

@Resolver(() => Comment)
export class CommentResolver {
  @FieldResolver(() => Post, {
    nullable: true,
    description: 'What it is about: a post of any kind; null when that is gone, or cannot be read by you.',
  })
  parent(@Root() { parentId }: RowOf<Comment>, @Ctx() { posts }: CommunityContext): Promise<Post | null> {
    return posts.whole(parentId as string);
  }

  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'The comments directly under it: its `comments` by the name that readers expect.',
  })
  replies(
    @Root() comment: Comment,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: CommunityContext,
  ): Promise<ConnectionSource<RowOf<Comment>>> {
    return listUnder(comment, args, context);
  }

  @FieldResolver(() => Int, {
    description: 'How many entries `replies` has. `commentCount` counts those further below too, and no empty places.',
  })
  replyCount(@Root() { id }: Comment, @Ctx() { comments }: CommunityContext): Promise<number> {
    return comments.count(id);
  }

  @Mutation(() => AddCommentResult, {
    nullable: true,
    description:
      'Comments on a post under your pseudonym. Threads go six deep: what stands under a story, question or article counts one, what stands under that two. Its author is told.',
  })
  @RequiresScopes('community:write')
  addComment(
    @Arg('input', () => AddCommentInput, { description: 'What is to be written, and where.' }) input: AddCommentInput,
    @Ctx() context: CommunityContext,
  ): Promise<Comment | Failure | null> {
    input.onId = checkedId(input.onId, 'onId');
    return orFailure(new CommentService(context).add(input).then((id) => context.posts.changed<Comment>(id)));
  }
}
