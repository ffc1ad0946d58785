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
import { Public, RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PostingLimitReached, PseudonymTaken } from '../member/member.errors.js';
import { NewPostInput } from '../post/new-post.input.js';
import { DiseasePostsArgs, pageOfDisease, postsOfDisease } from '../post/of-disease.js';
import { DraftKind, PostKind } from '../post/post.js';
import { PostService } from '../post/post.service.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { Disease } from '../stubs.js';
import { StoryNotPublished } from './story.errors.js';
import { Story } from './story.js';
import { StoryService } from './story.service.js';

@ArgsType()
class StoriesArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those about this disease.' })
  diseaseId?: string;
}

const OWN_STORIES = { kinds: [PostKind.STORY], status: null };

@InputType({ description: 'A story to be told.' })
class PublishStoryInput extends NewPostInput {}

@InputType({ description: 'A story of yours to be taken back.' })
class WithdrawStoryInput {
  @Field(() => ID, { description: 'The story.' })
  storyId!: string;

  @Field(() => Int, { description: 'The `version` that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again withdraws once.' })
  idempotencyKey!: string;
}

const PublishStoryResult = resultUnion('PublishStoryResult', 'The published story, or why it was not done.', Story, [
  InvalidInput,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  PostingLimitReached,
  IdempotencyConflict,
]);
const WithdrawStoryResult = resultUnion('WithdrawStoryResult', 'The withdrawn story, or why it was not done.', Story, [
  NotFound,
  StoryNotPublished,
  StaleVersion,
  MemberSuspended,
  InvalidInput,
  IdempotencyConflict,
]);
const StoryConnection = connectionType(Story, 'stories');

@Resolver(() => Story)
export class StoryResolver {
  @Query(() => Story, { nullable: true, description: 'One story by id; null when there is none that you may read.' })
  @Public()
  story(
    @Arg('id', () => ID, { description: 'The id of the story.' }) id: string,
    @Ctx() { posts }: CommunityContext,
  ): Promise<Story | null> {
    return posts.ofKind<Story>(PostKind.STORY, checkedId(id));
  }

  @Query(() => StoryConnection, { nullable: true, description: 'Published stories, newest first.' })
  @Public()
  async stories(
    @Args(() => StoriesArgs) args: StoriesArgs,
    @Ctx() { posts }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOf(args);
    if (args.diseaseId != null) {
      return paged(postsOfDisease(posts, PostKind.STORY, checkedId(args.diseaseId, 'diseaseId'), page), page);
    }
    return connection(await posts.newest<Story>(PostKind.STORY, page), page, () => posts.count(PostKind.STORY));
  }

  @Query(() => StoryConnection, {
    nullable: true,
    description: 'Your own stories, drafts and withdrawn ones too, newest first.',
  })
  @RequiresScopes('community:write')
  async myStories(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { posts }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOf(args);
    return connection(await posts.own<Story>(OWN_STORIES, page), page, () => posts.countOwn(OWN_STORIES));
  }

  @Mutation(() => PublishStoryResult, { nullable: true, description: 'Publishes a story under your pseudonym.' })
  @RequiresScopes('community:write')
  publishStory(
    @Arg('input', () => PublishStoryInput, { description: 'What is to be published.' }) input: PublishStoryInput,
    @Ctx() context: CommunityContext,
  ): Promise<Story | Failure | null> {
    input.diseaseId = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(
      new PostService(context).publish(DraftKind.STORY, input).then((id) => context.posts.changed<Story>(id)),
    );
  }

  @Mutation(() => WithdrawStoryResult, {
    nullable: true,
    description: 'Makes a published story of yours a draft again.',
  })
  @RequiresScopes('community:write')
  withdrawStory(
    @Arg('input', () => WithdrawStoryInput, { description: 'Which story.' }) input: WithdrawStoryInput,
    @Ctx() context: CommunityContext,
  ): Promise<Story | Failure | null> {
    input.storyId = checkedId(input.storyId, 'storyId');
    return orFailure(new StoryService(context).withdraw(input).then((id) => context.posts.changed<Story>(id)));
  }
}

@Resolver(() => Disease)
export class DiseaseStoriesResolver {
  @FieldResolver(() => StoryConnection, {
    nullable: true,
    description: 'Published stories about this disease, newest first.',
  })
  @Public()
  stories(
    @Root() disease: Disease,
    @Args(() => DiseasePostsArgs) args: DiseasePostsArgs,
    @Ctx() { posts }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOfDisease(args);
    return paged(postsOfDisease<Story>(posts, PostKind.STORY, disease.id, page), page);
  }
}
