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
  registerEnumType,
} from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { CareStage } from '../../common/care-stage.js';
import { type ConnectionSource, connectionType, PageArgs, paged, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { localized } from '../../common/localized.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { CommunityContext } from '../context.js';
import { MemberSuspended, PseudonymTaken } from '../member/member.errors.js';
import { TextNotPublishable } from '../privacy/privacy.errors.js';
import { textFindings } from '../privacy/privacy.rules.js';
import { TextFinding } from '../privacy/text-finding.js';
import { ArticleNotPublished, ArticleRevisionInOtherState } from './article.errors.js';
import { Article, ArticleAuthorClass } from './article.js';
import { htmlTexts } from './article.resolver.js';
import { isEditable, publicTexts, revisionActions } from './article.rules.js';
import { ArticleService } from './article.service.js';
import { ArticleRevision, ArticleRevisionAction, ArticleRevisionState } from './article-revision.js';
import type { ArticleRevisionRow } from './article-revision.loader.js';

enum ArticleReview {
  APPROVE = 'APPROVE',
  RETURN = 'RETURN',
}
registerEnumType(ArticleReview, {
  name: 'ArticleReview',
  description: 'What a moderator decides about a text of an article.',
  valuesConfig: {
    APPROVE: { description: 'It is published as it is, in place of the text before.' },
    RETURN: { description: 'Who wrote it changes it and submits it again; the reason says what.' },
  },
});

@InputType({ description: 'A text of an article, to be kept as a draft.' })
class SaveArticleInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The draft, or returned text, that is to be written anew. Needs `expectedVersion`.',
  })
  revisionId?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The article of which this is to be the next text. Leave both ids out for a new article.',
  })
  articleId?: string;

  @Field(() => ArticleAuthorClass, {
    description:
      'Who speaks: PHYSICIAN for verified physicians, FOUNDATION or SPONSORED for staff of the foundation. A physician’s article stays one.',
  })
  authorClass!: ArticleAuthorClass;

  @Field(() => ID, {
    nullable: true,
    description: 'Who has paid for it, from `organisations`: for SPONSORED, and nothing else.',
  })
  sponsorOrganisationId?: string;

  @Field(() => String, { description: 'Title in English, 1 to 120 characters.' })
  titleEn!: string;

  @Field(() => String, { description: 'Title in Chinese, 1 to 120 characters.' })
  titleZh!: string;

  @Field(() => String, { description: 'The text in English as Markdown, 1 to 20,000 characters.' })
  bodyEn!: string;

  @Field(() => String, { description: 'The text in Chinese as Markdown, 1 to 20,000 characters.' })
  bodyZh!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The disease that it is about, from `diseases`; left out when it is for all.',
  })
  diseaseId?: string;

  @Field(() => [CareStage], { description: 'For whom it is written: one to four stages.' })
  stages!: CareStage[];

  @Field(() => [String], {
    description: 'What it rests on: 1 to 20 names of organisations and guidelines, each of 1 to 200 characters.',
  })
  sources!: string[];

  @Field(() => Int, { nullable: true, description: 'The `version` of the revision that you looked at.' })
  expectedVersion?: number;

  @Field(() => String, {
    nullable: true,
    description:
      "Of physicians, the first time: under which name you will write, 2 to 30 letters, digits, spaces and . _ - ', not your real one. Left out, you are given one. It stays the same afterwards.",
  })
  pseudonym?: string;

  @Field(() => ID, { description: 'A key of your making, for example a new UUID: sending the same again saves once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A text of an article that you wrote.' })
class OwnRevisionInput {
  @Field(() => ID, { description: 'The revision.' })
  revisionId!: string;

  @Field(() => Int, { description: 'The `version` of it that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again does it once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'A text of an article to be reviewed.' })
class SubmitArticleInput extends OwnRevisionInput {}

@InputType({ description: 'A text of an article to be taken out of review.' })
class TakeBackArticleInput extends OwnRevisionInput {}

@InputType({ description: 'What you decide about a text that somebody else has submitted.' })
class ReviewArticleInput {
  @Field(() => ID, { description: 'The revision.' })
  revisionId!: string;

  @Field(() => ArticleReview, { description: 'What you decide.' })
  decision!: ArticleReview;

  @Field(() => String, {
    description: 'Why, and what has to be changed, for who wrote it: 1 to 500 characters.',
  })
  reason!: string;

  @Field(() => Int, { description: 'The `version` of the revision that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again decides once.' })
  idempotencyKey!: string;
}

@InputType({ description: 'An article to be taken out.' })
class WithdrawArticleInput {
  @Field(() => ID, { description: 'The article.' })
  articleId!: string;

  @Field(() => Int, { description: 'The `version` of the article that you looked at.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'A key of your making: sending the same again withdraws once.' })
  idempotencyKey!: string;
}

@ArgsType()
class ArticleRevisionsArgs extends PageArgs {
  @Field(() => ArticleRevisionState, {
    nullable: true,
    description: 'Only those that have come so far, for example IN_REVIEW.',
  })
  state?: ArticleRevisionState;
}

const SaveArticleResult = resultUnion('SaveArticleResult', 'The saved text, or why it was not done.', ArticleRevision, [
  NotFound,
  NotAllowed,
  ArticleRevisionInOtherState,
  StaleVersion,
  TextNotPublishable,
  PseudonymTaken,
  MemberSuspended,
  InvalidInput,
  IdempotencyConflict,
]);
const SubmitArticleResult = resultUnion(
  'SubmitArticleResult',
  'The submitted text, or why it was not done.',
  ArticleRevision,
  [
    NotFound,
    NotAllowed,
    ArticleRevisionInOtherState,
    StaleVersion,
    TextNotPublishable,
    MemberSuspended,
    InvalidInput,
    IdempotencyConflict,
  ],
);
const TakeBackArticleResult = resultUnion(
  'TakeBackArticleResult',
  'The text, a draft again, or why it was not done.',
  ArticleRevision,
  [NotFound, ArticleRevisionInOtherState, StaleVersion, MemberSuspended, InvalidInput, IdempotencyConflict],
);
const ReviewArticleResult = resultUnion(
  'ReviewArticleResult',
  'The reviewed text, or why it was not done.',
  ArticleRevision,
  [NotFound, NotAllowed, ArticleRevisionInOtherState, StaleVersion, InvalidInput, IdempotencyConflict],
);
const WithdrawArticleResult = resultUnion(
  'WithdrawArticleResult',
  'The withdrawn article, or why it was not done.',
  Article,
  [NotFound, ArticleNotPublished, StaleVersion, MemberSuspended, InvalidInput, IdempotencyConflict],
);
const ArticleRevisionConnection = connectionType(ArticleRevision, 'texts of articles');

const optionalId = (id: string | null | undefined, field: string): string | undefined =>
  id == null ? undefined : checkedId(id, field);

/** The text of a revision in the language asked for, as HTML. */
export const articleRevisionHtml = localized<ArticleRevision>(
  ArticleRevision,
  'bodyHtml',
  'The text in the language asked for, as HTML that is safe to put into a page, as at the article.',
  ({ bodyEn, bodyZh }) => htmlTexts(bodyEn, bodyZh),
);

@Resolver(() => ArticleRevision)
export class ArticleRevisionResolver {
  @Query(() => ArticleRevision, {
    nullable: true,
    description: 'A text of an article by id; null when there is none that you may read.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  articleRevision(
    @Arg('id', () => ID, { description: 'The id of the revision.' }) id: string,
    @Ctx() { articleRevisions }: CommunityContext,
  ): Promise<ArticleRevision | null> {
    return articleRevisions.byId(checkedId(id));
  }

  @Query(() => ArticleRevisionConnection, {
    nullable: true,
    description:
      'Texts of articles by everybody, oldest first; your own drafts are among them, those of others are not.',
  })
  @RequiresScopes('community:moderate')
  articleRevisions(
    @Args(() => ArticleRevisionsArgs) args: ArticleRevisionsArgs,
    @Ctx() { articleRevisions }: CommunityContext,
  ): Promise<ConnectionSource<ArticleRevision>> {
    const page = pageOf(args);
    return paged(articleRevisions.inState(args.state ?? null, page), page);
  }

  @Query(() => ArticleRevisionConnection, {
    nullable: true,
    description: 'The texts of articles that you wrote, newest first.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  myArticles(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { articleRevisions }: CommunityContext,
  ): Promise<ConnectionSource<ArticleRevision>> {
    const page = pageOf(args);
    return paged(articleRevisions.own(page), page);
  }

  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The article as it is now; null when no text of it has been approved yet, or when you may not read it.',
  })
  article(@Root() { articleId }: ArticleRevision, @Ctx() { articles }: CommunityContext): Promise<Article | null> {
    return articles.byId(articleId);
  }

  @FieldResolver(() => [ArticleRevisionAction], { description: 'What you may do with it now.' })
  allowedActions(@Root() revision: ArticleRevisionRow, @Ctx() { identity }: CommunityContext): ArticleRevisionAction[] {
    return revisionActions(revision, identity.roles);
  }

  @FieldResolver(() => [TextFinding], {
    description:
      'What has to be taken out of a draft or a returned text before it can be submitted, at most 50 passages. `field` names the text: `titleEn`, `titleZh`, `bodyEn`, `bodyZh`, or `sources.0` for the first source.',
  })
  findings(@Root() revision: ArticleRevision): TextFinding[] {
    return isEditable(revision.state) ? textFindings(publicTexts(revision)) : [];
  }

  @Mutation(() => SaveArticleResult, {
    nullable: true,
    description:
      'Keeps a text of an article as a draft that nobody else reads: for verified physicians and staff of the foundation.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  saveArticle(
    @Arg('input', () => SaveArticleInput, { description: 'What is to be kept.' }) input: SaveArticleInput,
    @Ctx() context: CommunityContext,
  ): Promise<ArticleRevision | Failure | null> {
    input.revisionId = optionalId(input.revisionId, 'revisionId');
    input.articleId = optionalId(input.articleId, 'articleId');
    input.diseaseId = optionalId(input.diseaseId, 'diseaseId');
    input.sponsorOrganisationId = optionalId(input.sponsorOrganisationId, 'sponsorOrganisationId');
    return orFailure(new ArticleService(context).save(input).then((id) => context.articleRevisions.changed(id)));
  }

  @Mutation(() => SubmitArticleResult, {
    nullable: true,
    description: 'Has a draft of yours reviewed by a moderator who did not write it.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  submitArticle(
    @Arg('input', () => SubmitArticleInput, { description: 'Which text.' }) input: SubmitArticleInput,
    @Ctx() context: CommunityContext,
  ): Promise<ArticleRevision | Failure | null> {
    input.revisionId = checkedId(input.revisionId, 'revisionId');
    return orFailure(new ArticleService(context).submit(input).then((id) => context.articleRevisions.changed(id)));
  }

  @Mutation(() => TakeBackArticleResult, {
    nullable: true,
    description: 'Takes a text of yours out of review, so that you can change it.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  takeBackArticle(
    @Arg('input', () => TakeBackArticleInput, { description: 'Which text.' }) input: TakeBackArticleInput,
    @Ctx() context: CommunityContext,
  ): Promise<ArticleRevision | Failure | null> {
    input.revisionId = checkedId(input.revisionId, 'revisionId');
    return orFailure(new ArticleService(context).takeBack(input).then((id) => context.articleRevisions.changed(id)));
  }

  @Mutation(() => ReviewArticleResult, {
    nullable: true,
    description: 'Publishes a text that somebody else has submitted, or returns it to them. Nobody reviews their own.',
  })
  @RequiresScopes('community:moderate')
  reviewArticle(
    @Arg('input', () => ReviewArticleInput, { description: 'What you decide.' })
    { decision, ...input }: ReviewArticleInput,
    @Ctx() context: CommunityContext,
  ): Promise<ArticleRevision | Failure | null> {
    const review = {
      ...input,
      revisionId: checkedId(input.revisionId, 'revisionId'),
      approve: decision === ArticleReview.APPROVE,
    };
    return orFailure(new ArticleService(context).review(review).then((id) => context.articleRevisions.changed(id)));
  }

  @Mutation(() => WithdrawArticleResult, {
    nullable: true,
    description:
      'Takes a published article out of everything, care plans too, until another text of it is approved: for the physician who wrote it, and for staff with what the foundation wrote.',
  })
  @RequiresScopes('community:write', 'community:moderate')
  withdrawArticle(
    @Arg('input', () => WithdrawArticleInput, { description: 'Which article.' }) input: WithdrawArticleInput,
    @Ctx() context: CommunityContext,
  ): Promise<Article | Failure | null> {
    input.articleId = checkedId(input.articleId, 'articleId');
    return orFailure(new ArticleService(context).withdraw(input).then((id) => context.articles.changed(id)));
  }
}
