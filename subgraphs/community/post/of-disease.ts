import { ArgsType, Field, ID, Int } from 'type-graphql';
import { type Page, type PagedList, pageOf } from '../../common/connection.js';
import { badUserInput } from '../../common/errors.js';
import type { Post, PostKind } from './post.js';
import type { PostLoader, RowOf } from './post.loader.js';

/** Such a list stands at each of many diseases, so it is shorter than others. */
const MAX_OF_DISEASE = 20;

@ArgsType()
export class DiseasePostsArgs {
  @Field(() => Int, { defaultValue: 3, description: `How many entries at most, from 1 to ${MAX_OF_DISEASE}.` })
  first!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The `endCursor` of the page before; leave it out for the first page.',
  })
  after?: string;
}

/** @throws a `BAD_USER_INPUT` error for a size outside 1–20 or a cursor that none of our lists gave out */
export function pageOfDisease(args: DiseasePostsArgs): Page {
  const page = pageOf(args);
  if (page.first > MAX_OF_DISEASE)
    throw badUserInput(`\`first\` must be from 1 to ${MAX_OF_DISEASE}, but is ${page.first}.`);
  return page;
}

/** Published posts of a kind about one disease, newest first; those of many diseases are read at once. */
export const postsOfDisease = <Type extends Post>(
  posts: PostLoader,
  kind: PostKind,
  diseaseId: string,
  page: Page,
): PagedList<RowOf<Type>> => ({
  rows: () => posts.newestOfDisease<Type>(kind, diseaseId, page),
  count: () => posts.countOfDisease(kind, diseaseId),
});
