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
import {
  type ConnectionSource,
  connection,
  connectionType,
  type Page,
  PageArgs,
  pageOf,
} from '../../common/connection.js';
import { badUserInput, IdempotencyConflict, InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { PseudonymTaken } from '../member/member.errors.js';
import { Disease } from '../stubs.js';
import { StoryNotPublished } from './story.errors.js';
import { Story, StoryAction } from './story.js';
import type { StoryLoader, StoryRow } from './story.loader.js';
import { allowedActions } from './story.rules.js';
import { StoryService } from './story.service.js';

@ArgsType()
class StoriesArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those about this disease.' })
  diseaseId?: string;
}

const MAX_OF_DISEASE = 20;

@ArgsType()
class DiseaseStoriesArgs {
  @Field(() => Int, { defaultValue: 3, description: `How many entries at most, from 1 to ${MAX_OF_DISEASE}.` })
  first!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The `endCursor` of the page before; leave it out for the first page.',
  })
  after?: string;
}

@InputType({ description: 'A story to be told.' })
class PublishStoryInput {
  @Field(() => ID, { description: 'The disease that it is about, from `diseases`.' })
  diseaseId!: string;

  @Field(() => String, {
    description:
      'Title of 1 to 120 characters. Line breaks become spaces; control characters and marks that turn the direction of text are taken out.',
  })
  title!: string;

  @Field(() => String, {
    description:
      'The story in Markdown, 1 to 20,000 characters. Control characters but newline and tab, and marks that turn the direction of text, are taken out.',
  })
  body!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The first time: under which name you will write, 2 to 30 letters, digits, spaces and . _ - ', not your real one. Left out, you are given one. It stays the same afterwards.",
  })
  pseudonym?: string;

  @Field(() => ID, {
    description: 'A key of your making, for example a new UUID: sending the same again publishes once.',
  })
  idempotencyKey!: string;
}

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
  PseudonymTaken,
  IdempotencyConflict,
]);
const WithdrawStoryResult = resultUnion('WithdrawStoryResult', 'The withdrawn story, or why it was not done.', Story, [
  NotFound,
  StoryNotPublished,
  StaleVersion,
  InvalidInput,
  IdempotencyConflict,
]);
const StoryConnection = connectionType(Story, 'stories');

async function storiesOfDisease(stories: StoryLoader, diseaseId: string, page: Page): Promise<ConnectionSource<Story>> {
  return connection(await stories.newestOfDisease(diseaseId, page), page, () => stories.countOfDisease(diseaseId));
}

@Resolver(() => Story)
export class StoryResolver {
  @Query(() => Story, { nullable: true, description: 'One story by id; null when there is none that you may read.' })
  @Public()
  story(
    @Arg('id', () => ID, { description: 'The id of the story.' }) id: string,
    @Ctx() { stories }: CommunityContext,
  ): Promise<Story | null> {
    return stories.byId(checkedId(id));
  }

  @Query(() => StoryConnection, { nullable: true, description: 'Published stories, newest first.' })
  @Public()
  async stories(
    @Args(() => StoriesArgs) args: StoriesArgs,
    @Ctx() { stories }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOf(args);
    if (args.diseaseId != null) return storiesOfDisease(stories, checkedId(args.diseaseId, 'diseaseId'), page);
    return connection(await stories.newest(page), page, () => stories.count());
  }

  @Query(() => StoryConnection, {
    nullable: true,
    description: 'Your own stories, drafts and withdrawn ones too, newest first.',
  })
  @RequiresScopes('community:write')
  async myStories(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { stories }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOf(args);
    return connection(await stories.own(page), page, () => stories.countOwn());
  }

  @FieldResolver(() => Boolean, { description: 'Whether you wrote it.' })
  async mine(@Root() story: StoryRow, @Ctx() { members }: CommunityContext): Promise<boolean> {
    return (await members.ownId()) === story.memberId;
  }

  @FieldResolver(() => [StoryAction], { description: 'What you may do with it now.' })
  async allowedActions(@Root() story: StoryRow, @Ctx() { members }: CommunityContext): Promise<StoryAction[]> {
    return allowedActions(story.status, (await members.ownId()) === story.memberId);
  }

  @Mutation(() => PublishStoryResult, { nullable: true, description: 'Publishes a story under your pseudonym.' })
  @RequiresScopes('community:write')
  publishStory(
    @Arg('input', () => PublishStoryInput, { description: 'What is to be published.' }) input: PublishStoryInput,
    @Ctx() context: CommunityContext,
  ): Promise<Story | Failure | null> {
    input.diseaseId = checkedId(input.diseaseId, 'diseaseId');
    return orFailure(new StoryService(context).publish(input).then((id) => context.stories.changed(id)));
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
    return orFailure(new StoryService(context).withdraw(input).then((id) => context.stories.changed(id)));
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
    @Args(() => DiseaseStoriesArgs) args: DiseaseStoriesArgs,
    @Ctx() { stories }: CommunityContext,
  ): Promise<ConnectionSource<Story>> {
    const page = pageOf(args);
    if (page.first > MAX_OF_DISEASE)
      throw badUserInput(`\`first\` must be from 1 to ${MAX_OF_DISEASE}, but is ${page.first}.`);
    return storiesOfDisease(stories, disease.id, page);
  }
}
