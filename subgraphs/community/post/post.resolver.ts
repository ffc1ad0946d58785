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
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { DateTime } from '../../common/scalars.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import { Answer } from '../answer/answer.js';
import { Comment } from '../comment/comment.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from '../member/member.errors.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { textFindings } from '../privacy/privacy.rules.js';
import { TextFinding } from '../privacy/text-finding.js';
import { Question } from '../question/question.js';
import { Story } from '../story/story.js';
import { Disease } from '../stubs.js';
import { NewPostInput } from './new-post.input.js';
import { PostNotChangeable } from './post.errors.js';
import { DraftKind, Post, PostAction, PostAuthor, PostKind, PostStatus, postResultUnion } from './post.js';
import type { PostRow, RevisionRow } from './post.loader.js';
import { allowedActions, isHeldBack } from './post.rules.js';
import { PostService } from './post.service.js';

@ObjectType({ simpleResolvers: true, description: 'What the text of a post was before it was changed.' })
@Public()
class PostRevision {
  @Field(() => Int, { description: 'The `version` that the post had then.' })
  readonly version!: number;

  @Field(() => String, { nullable: true, description: 'Title; null for what has none.' })
  readonly title!: string | null;

  @Field(() => String, { description: 'The text in Markdown as it was written.' })
  readonly body!: string;

  @Field(() => DateTime, { description: 'When it was written or published, rounded down to the minute.' })
  readonly writtenAt!: string;
}

@ArgsType()
class MyPostsArgs extends PageArgs {
  @Field(() => [PostKind], { nullable: true, description: 'Only these kinds. For articles there is `myArticles`.' })
  kinds?: PostKind[];

  @Field(() => PostStatus, { nullable: true, description: 'Only those in this state.' })
  status?: PostStatus;
}

@InputType({ description: 'A story or question to be kept, which others cannot read yet.' })
class SaveDraftInput extends NewPostInput {
  @Field(() => ID, { nullable: true, description: 'The draft to be written anew; left out, a new one is made.' })
  postId?: string;

  @Field(() => DraftKind, { description: 'What it is to become. It stays the same.' })
  kind!: DraftKind;

  @Field(() => Int, { nullable: true, description: 'With `postId`: the `version` that you looked at.' })
  expectedVersion?: number;
}

@InputType({ description: 'A draft of yours that everybody is to read.' })
class PublishDraftInput {
  @Field(() => ID, { description: 'The draft.' })
  postId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again publishes once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'What a post of yours is to say from now on.' })
class EditPostInput {
  @Field(() => ID, { description: 'The post.' })
  postId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Of a story or question: title of 1 to 120 characters; left out, it stays. Others have none.',
  })
  title?: string;

  @Field(() => String, {
    description:
      'The text in Markdown: of a story or question 1 to 20,000 characters, of an answer 10,000, of a comment 5,000 at most.',
  })
  body!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again changes it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A post of yours whose text is to go for good.' })
class DeletePostInput {
  @Field(() => ID, { description: 'The post.' })
  postId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again deletes once.' })
  idempotencyKey!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A draft as it has been kept, and what stands in the way of publishing it.',
})
@Public()
class SavedDraft {
  @Field(() => Post, { description: 'The draft.' })
  readonly draft!: Post;

  @Field(() => [TextFinding], {
    description:
      'What must be taken out before it can be published, with its place in the title and body as they are kept: at most 50 passages.',
  })
  readonly findings!: readonly TextFinding[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'A post that is gone. What others wrote under a comment still stands.',
})
@Public()
class DeletedPost {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly id!: string;
}

const SaveDraftResult = resultUnion('SaveDraftResult', 'The draft, or why it was not saved.', SavedDraft, [
  NotFound,
  PostNotChangeable,
  StaleVersion,
  InvalidInput,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  NotAllowed,
  IdempotencyConflict,
]);
const PublishDraftResult = postResultUnion(
  'PublishDraftResult',
  'The published story or question, or why it was not done.',
  [Story, Question],
  [
    NotFound,
    PostNotChangeable,
    StaleVersion,
    InvalidInput,
    TextNotPublishable,
    MemberSuspended,
    PostingLimitReached,
    NotAllowed,
    IdempotencyConflict,
  ],
);
const EditPostResult = postResultUnion(
  'EditPostResult',
  'The post as it is now, or why it was not changed.',
  [Story, Question, Answer, Comment],
  [
    NotFound,
    PostNotChangeable,
    StaleVersion,
    InvalidInput,
    TextNotPublishable,
    MemberSuspended,
    NotAllowed,
    IdempotencyConflict,
  ],
);
const DeletePostResult = resultUnion('DeletePostResult', 'That the post is gone, or why it is not.', DeletedPost, [
  NotFound,
  StaleVersion,
  InvalidInput,
  NotAllowed,
  IdempotencyConflict,
]);
export const PostConnection = connectionType(Post, 'posts');

@Resolver(() => Post)
export class PostResolver {
  @Query(() => Post, {
    nullable: true,
    description: 'A post of any kind by id; null when there is none that you may read.',
  })
  @Public()
  post(
    @Arg('id', () => ID, { description: 'The id of the post.' }) id: string,
    @Ctx() { posts }: CommunityContext,
  ): Promise<Post | null> {
    return posts.whole(checkedId(id));
  }

  @Query(() => PostConnection, {
    nullable: true,
    description: 'What you wrote, newest first: stories, questions, answers and comments in every state but deleted.',
  })
  @RequiresScopes('community:write')
  async myPosts(
    @Args(() => MyPostsArgs) args: MyPostsArgs,
    @Ctx() { posts }: CommunityContext,
  ): Promise<ConnectionSource<Post>> {
    const page = pageOf(args);
    const filter = { kinds: args.kinds ?? null, status: args.status ?? null };
    return connection(await posts.own(filter, page), page, () => posts.countOwn(filter));
  }

  @Mutation(() => SaveDraftResult, {
    nullable: true,
    description:
      'Keeps a story or question as a draft, which you alone can read, or writes a draft anew. You can have 100 drafts.',
  })
  @RequiresScopes('community:write')
  saveDraft(
    @Arg('input', () => SaveDraftInput, { description: 'What is to be kept.' }) input: SaveDraftInput,
    @Ctx() context: CommunityContext,
  ): Promise<SavedDraft | Failure | null> {
    input.diseaseId = checkedId(input.diseaseId, 'diseaseId');
    if (input.postId != null) input.postId = checkedId(input.postId, 'postId');
    return orFailure(new PostService(context).saveDraft(input).then((id) => savedDraft(context, id)));
  }

  @Mutation(() => PublishDraftResult, {
    nullable: true,
    description: 'Publishes a draft, or a story that was withdrawn, after its text has been checked.',
  })
  @RequiresScopes('community:write')
  publishDraft(
    @Arg('input', () => PublishDraftInput, { description: 'Which draft.' }) input: PublishDraftInput,
    @Ctx() context: CommunityContext,
  ): Promise<Post | Failure | null> {
    input.postId = checkedId(input.postId, 'postId');
    return orFailure(new PostService(context).publishDraft(input).then((id) => context.posts.changed(id)));
  }

  @Mutation(() => EditPostResult, {
    nullable: true,
    description:
      'Writes a post of yours anew: its text is checked as when it was published, and what it was before is kept in its `history`. What a moderator has hidden is looked at again.',
  })
  @RequiresScopes('community:write')
  editPost(
    @Arg('input', () => EditPostInput, { description: 'The post and its text.' }) input: EditPostInput,
    @Ctx() context: CommunityContext,
  ): Promise<Post | Failure | null> {
    input.postId = checkedId(input.postId, 'postId');
    return orFailure(new PostService(context).edit(input).then((id) => context.posts.changed(id)));
  }

  @Mutation(() => DeletePostResult, {
    nullable: true,
    description: 'Deletes a post of yours, its history too. It cannot be brought back.',
  })
  @RequiresScopes('community:write')
  deletePost(
    @Arg('input', () => DeletePostInput, { description: 'Which post.' }) input: DeletePostInput,
    @Ctx() context: CommunityContext,
  ): Promise<DeletedPost | Failure | null> {
    input.postId = checkedId(input.postId, 'postId');
    return orFailure(new PostService(context).delete(input).then((id) => ({ id })));
  }

  @FieldResolver(() => Boolean, { description: 'Whether you wrote it.' })
  async mine(@Root() post: PostRow, @Ctx() { members }: CommunityContext): Promise<boolean> {
    return isOwn(post, await members.ownId());
  }

  @FieldResolver(() => [PostAction], { description: 'What you may do with it now.' })
  async allowedActions(@Root() post: PostRow, @Ctx() { members, posts }: CommunityContext): Promise<PostAction[]> {
    const mine = isOwn(post, await members.ownId());
    const appealable = mine && isHeldBack(post.status) && (await posts.appealable(post.id));
    return allowedActions(post, { mine, mayWrite: await members.mayWrite(), appealable });
  }

  @FieldResolver(() => [PostRevision], {
    nullable: true,
    description:
      'What its text was before, newest first, the latest 50; for its author and moderators, null for all others. It goes when the post is deleted.',
  })
  async history(
    @Root() post: PostRow,
    @Ctx() { identity, members, posts }: CommunityContext,
  ): Promise<RevisionRow[] | null> {
    const mayRead = identity.roles.includes('MODERATOR') || isOwn(post, await members.ownId());
    return mayRead ? posts.history(post.id) : null;
  }
}

const isOwn = (post: PostRow, ownId: string | null): boolean => ownId !== null && post.memberId === ownId;

async function savedDraft({ posts }: CommunityContext, id: string): Promise<SavedDraft | null> {
  const draft = await posts.changed(id);
  return draft && { draft, findings: textFindings({ title: draft.title ?? '', body: draft.body ?? '' }) };
}

@Resolver(() => PostAuthor)
export class PostAuthorResolver {
  @FieldResolver(() => Disease, {
    nullable: true,
    description: 'A disease that they have and want to be shown beside their name; null for most.',
  })
  @Public()
  async disease(
    @Root() author: PostAuthor & { readonly postId: string },
    @Ctx() { posts }: CommunityContext,
  ): Promise<Disease | null> {
    const id = await posts.shownDisease(author.postId);
    return id === null ? null : { id };
  }
}
