import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { Public } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { checkedId } from '../../common/ids.js';
import { localized, type Texts, texts } from '../../common/localized.js';
import { Locale } from '../../common/scalars.js';
import type { CommunityContext } from '../context.js';
import { renderMarkdown } from '../html/html.rules.js';
import { Disease } from '../stubs.js';
import { Article } from './article.js';
import type { ArticleFilter, ArticleLoader } from './article.loader.js';

@ArgsType()
class ArticlesArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those about this disease, and those for all.' })
  diseaseId?: string;

  @Field(() => CareStage, { nullable: true, description: 'Only those written for this stage.' })
  stage?: CareStage;
}

@ArgsType()
class DiseaseArticlesArgs {
  @Field(() => Int, { defaultValue: 3, description: 'How many entries at most, from 1 to 100.' })
  first!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The `endCursor` of the page before; leave it out for the first page.',
  })
  after?: string;
}

const ArticleConnection = connectionType(Article, 'articles');

/** A text in both languages as HTML, made when it is asked for. */
export const htmlTexts = (en: string, zh: string): Texts => ({
  get [Locale.EN]() {
    return renderMarkdown(en);
  },
  get [Locale.ZH]() {
    return renderMarkdown(zh);
  },
});

/** What is written in two languages, in the one that is asked for. */
export const articleTexts = [
  localized<Article>(Article, 'title', 'Title in the language asked for.', ({ titleEn, titleZh }) =>
    texts(titleEn, titleZh),
  ),
  localized<Article>(
    Article,
    'body',
    'The text in the language asked for, as Markdown. Clients render it, and must not trust HTML in it.',
    ({ bodyEn, bodyZh }) => texts(bodyEn, bodyZh),
  ),
  localized<Article>(
    Article,
    'bodyHtml',
    'The text in the language asked for, as HTML that is safe to put into a page: paragraphs, headings, lists, quotes, code, emphasis and links, nothing else. Links lead to http and https alone, open elsewhere and are marked; a picture becomes a link to it.',
    ({ bodyEn, bodyZh }) => htmlTexts(bodyEn, bodyZh),
  ),
];

async function pageOfArticles(
  articles: ArticleLoader,
  filter: ArticleFilter,
  args: { first: number; after?: string },
): Promise<ConnectionSource<Article>> {
  const page = pageOf(args);
  return connection(await articles.page(filter, page), page, () => articles.count(filter));
}

@Resolver(() => Article)
export class ArticleResolver {
  @Query(() => Article, {
    nullable: true,
    description:
      'One article by id; null when there is none that is published. Its author and moderators read it hidden or removed too.',
  })
  @Public()
  article(
    @Arg('id', () => ID, { description: 'The id of the article.' }) id: string,
    @Ctx() { articles }: CommunityContext,
  ): Promise<Article | null> {
    return articles.byId(checkedId(id));
  }

  @Query(() => ArticleConnection, { nullable: true, description: 'Published articles, newest first.' })
  @Public()
  articles(
    @Args(() => ArticlesArgs) args: ArticlesArgs,
    @Ctx() { articles }: CommunityContext,
  ): Promise<ConnectionSource<Article>> {
    const diseaseId = args.diseaseId == null ? null : checkedId(args.diseaseId, 'diseaseId');
    return pageOfArticles(articles, { diseaseId, stage: args.stage ?? null }, args);
  }
}

@Resolver(() => Disease)
export class DiseaseArticlesResolver {
  @FieldResolver(() => ArticleConnection, {
    nullable: true,
    description: 'Published articles about this disease, and those for all, newest first.',
  })
  @Public()
  articles(
    @Root() { id }: Disease,
    @Args(() => DiseaseArticlesArgs) args: DiseaseArticlesArgs,
    @Ctx() { articles }: CommunityContext,
  ): Promise<ConnectionSource<Article>> {
    return pageOfArticles(articles, { diseaseId: id, stage: null }, args);
  }
}
