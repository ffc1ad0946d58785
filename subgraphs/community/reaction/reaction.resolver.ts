import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { NotAllowed, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure } from '../../common/unions.js';
import { Answer } from '../answer/answer.js';
import { Article } from '../article/article.js';
import { Comment } from '../comment/comment.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended } from '../member/member.errors.js';
import { Post, postResultUnion } from '../post/post.js';
import type { PostRow } from '../post/post.loader.js';
import { Question } from '../question/question.js';
import { Story } from '../story/story.js';
import { ReactionKind } from './reaction.js';
import { ReactionService } from './reaction.service.js';

@InputType({ description: 'How something that somebody else wrote has reached you.' })
class ReactInput {
  @Field(() => ID, { description: 'The post.' })
  postId!: string;

  @Field(() => ReactionKind, { description: 'How it reached you.' })
  kind!: ReactionKind;
}

@InputType({ description: 'Which reaction of yours is to be taken back.' })
class TakeBackReactionInput {
  @Field(() => ID, { description: 'The post that you reacted to.' })
  postId!: string;
}

const POSTS = [Story, Question, Answer, Comment, Article] as const;
const ReactResult = postResultUnion('ReactResult', 'The post with your reaction, or why it was not done.', POSTS, [
  NotFound,
  NotAllowed,
  MemberSuspended,
]);
const TakeBackReactionResult = postResultUnion(
  'TakeBackReactionResult',
  'The post without a reaction of yours, or why it was not done.',
  POSTS,
  [NotFound],
);

/** The post as it is now, with all that its type has. */
async function changed({ posts }: CommunityContext, id: string): Promise<Post | null> {
  await posts.changed(id);
  return posts.whole(id);
}

@Resolver(() => Post)
export class ReactionResolver {
  @FieldResolver(() => ReactionKind, {
    nullable: true,
    description:
      'How you reacted to it; null when you did not. Nobody else sees it: all see the counts in `reactions`.',
  })
  myReaction(@Root() post: PostRow, @Ctx() { reactions }: CommunityContext): Promise<ReactionKind | null> {
    return reactions.own(post.id);
  }

  @Mutation(() => ReactResult, {
    nullable: true,
    description:
      'Reacts to what somebody else wrote. You have one reaction to a post: another kind takes its place, the same again changes nothing. Its author is told that there is one, not whose.',
  })
  @RequiresScopes('community:write')
  react(
    @Arg('input', () => ReactInput, { description: 'To what, and how.' }) input: ReactInput,
    @Ctx() context: CommunityContext,
  ): Promise<Post | Failure | null> {
    const id = checkedId(input.postId, 'postId');
    return orFailure(new ReactionService(context).react(id, input.kind).then(() => changed(context, id)));
  }

  @Mutation(() => TakeBackReactionResult, {
    nullable: true,
    description: 'Takes your reaction to a post back. Where there is none, nothing changes.',
  })
  @RequiresScopes('community:write')
  takeBackReaction(
    @Arg('input', () => TakeBackReactionInput, { description: 'To which post.' }) input: TakeBackReactionInput,
    @Ctx() context: CommunityContext,
  ): Promise<Post | Failure | null> {
    const id = checkedId(input.postId, 'postId');
    return orFailure(new ReactionService(context).takeBack(id).then(() => changed(context, id)));
  }
}
