import { Args, ArgsType, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { Public } from '../../common/access.js';
import { type ConnectionSource, PageArgs, pageOf } from '../../common/connection.js';
import type { CommunityContext } from '../context.js';
import { type Post, PostKind } from '../post/post.js';
import { PostConnection } from '../post/post.resolver.js';
import { PostOrder } from './search.js';
import { MAX_COUNTED } from './search.loader.js';
import { MAX_SEARCH, MAX_WORDS } from './search.rules.js';
import { listPosts } from './search.service.js';

@InputType({ description: 'Which posts to list. What you leave out does not matter.' })
export class PostFilter {
  @Field(() => ID, { nullable: true, description: 'Only those about this disease.' })
  diseaseId?: string | null;

  @Field(() => [PostKind], {
    nullable: true,
    description: 'Only these kinds: STORY, QUESTION, ARTICLE; all three if left out.',
  })
  kinds?: PostKind[] | null;

  @Field(() => String, {
    nullable: true,
    description: `Only those in whose title or text all of these words are, at most ${MAX_WORDS} in ${MAX_SEARCH} characters. Letters and digits are found at the beginning of a word, Chinese anywhere; a word has two or more characters. Large and small, full-width and plain are the same, and signs do not matter.`,
  })
  search?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: only those about diseases that you follow. For that you must be signed in.',
  })
  followed?: boolean | null;
}

@ArgsType()
class PostsArgs extends PageArgs {
  @Field(() => PostFilter, { nullable: true, description: 'Which of them; all if left out.' })
  filter?: PostFilter | null;

  @Field(() => PostOrder, { defaultValue: PostOrder.NEWEST, description: 'What comes first.' })
  order!: PostOrder;
}

@Resolver()
export class SearchResolver {
  @Query(() => PostConnection, {
    nullable: true,
    description: `Published stories, questions and articles, about one disease or many, with all of some words. \`totalCount\` of a search counts to ${MAX_COUNTED.toLocaleString('en')} at most.`,
  })
  @Public()
  posts(
    @Args(() => PostsArgs) { filter, order, ...pageArgs }: PostsArgs,
    @Ctx() context: CommunityContext,
  ): Promise<ConnectionSource<Post>> {
    return listPosts(context, filter ?? {}, order, pageOf(pageArgs));
  }
}
