import { DataRightsPortsResolver } from '../common/data-rights.js';
import type { RecordsOf } from '../common/records.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import { AnswerLoader } from './answer/answer.loader.js';
import { AnswerResolver } from './answer/answer.resolver.js';
import { ArticleEntity } from './article/article.entity.js';
import { ArticleLoader } from './article/article.loader.js';
import { ArticlePortsResolver } from './article/article.ports.resolver.js';
import { ArticleResolver, articleTexts, DiseaseArticlesResolver } from './article/article.resolver.js';
import { ArticleRevisionEntity } from './article/article-revision.entity.js';
import { ArticleRevisionLoader } from './article/article-revision.loader.js';
import { ArticleRevisionResolver, articleRevisionHtml } from './article/article-revision.resolver.js';
import { CommentLoader } from './comment/comment.loader.js';
import { CommentResolver, PostCommentsResolver } from './comment/comment.resolver.js';
import type { CommunityApi } from './context.js';
import { FollowEntity } from './follow/follow.entity.js';
import { FollowLoader } from './follow/follow.loader.js';
import { DiseaseFollowedResolver, FollowResolver } from './follow/follow.resolver.js';
import { PostHtmlResolver } from './html/post-html.resolver.js';
import { communityJobs } from './jobs.js';
import { MemberEntity } from './member/member.entity.js';
import { MemberLoader } from './member/member.loader.js';
import { MemberResolver } from './member/member.resolver.js';
import { communityTables } from './migrations/0001-community.js';
import { articleTable } from './migrations/0002-article.js';
import { communityDataRights } from './migrations/0003-data-rights.js';
import { communityPosts } from './migrations/0004-post.js';
import { communityNotices } from './migrations/0005-notice.js';
import { communityReactions } from './migrations/0006-reaction.js';
import { communitySearch } from './migrations/0007-search.js';
import { communityModeration } from './migrations/0008-moderation.js';
import { communityArticleReview } from './migrations/0009-article-review.js';
import { communityDataRightsOfMore } from './migrations/0010-data-rights.js';
import { CaseLoader } from './moderation/case.loader.js';
import { CaseResolver, ModerationDecisionResolver } from './moderation/case.resolver.js';
import { ModerationLogResolver } from './moderation/log.resolver.js';
import { ModerationCaseEntity, ModerationDecisionEntity, ReportEntity } from './moderation/moderation.entity.js';
import { OwnCaseResolver } from './moderation/own-case.resolver.js';
import { ReportResolver } from './moderation/report.resolver.js';
import { NoticeEntity } from './notice/notice.entity.js';
import { NoticeLoader } from './notice/notice.loader.js';
import { NoticeResolver, NoticeTextResolver } from './notice/notice.resolver.js';
import { PostEntity, PostRevisionEntity } from './post/post.entity.js';
import { PostKind } from './post/post.js';
import { PostLoader } from './post/post.loader.js';
import { PostAuthorResolver, PostResolver } from './post/post.resolver.js';
import { PrivacyResolver } from './privacy/privacy.resolver.js';
import { TextFindingTexts } from './privacy/text-finding.js';
import { QuestionLoader } from './question/question.loader.js';
import { DiseaseQuestionsResolver, QuestionResolver } from './question/question.resolver.js';
import { ReactionEntity } from './reaction/reaction.entity.js';
import { ReactionLoader } from './reaction/reaction.loader.js';
import { ReactionResolver } from './reaction/reaction.resolver.js';
import { SearchLoader } from './search/search.loader.js';
import { SearchResolver } from './search/search.resolver.js';
import { ShownDiseasePortsResolver } from './shown-disease/shown-disease.ports.resolver.js';
import { ShownDiseaseResolver } from './shown-disease/shown-disease.resolver.js';
import { DiseaseStoriesResolver, StoryResolver } from './story/story.resolver.js';
import { Disease } from './stubs.js';

/** What members write, of whatever kind. */
const WRITTEN: RecordsOf = {
  ANYONE: 'published',
  PATIENT: 'published and own',
  CAREGIVER: 'published and own',
  PHYSICIAN: 'published and own',
  MODERATOR: 'once published',
};

/** Patients and physicians write for each other, under pseudonyms: nothing here leads to who somebody is. */
export const community: SubgraphDefinition<CommunityApi> = {
  name: 'community',
  resolvers: [
    PostResolver,
    PostAuthorResolver,
    PostHtmlResolver,
    MemberResolver,
    StoryResolver,
    DiseaseStoriesResolver,
    ArticleResolver,
    DiseaseArticlesResolver,
    ArticlePortsResolver,
    ...articleTexts,
    ArticleRevisionResolver,
    articleRevisionHtml,
    QuestionResolver,
    DiseaseQuestionsResolver,
    AnswerResolver,
    CommentResolver,
    PostCommentsResolver,
    ReactionResolver,
    FollowResolver,
    DiseaseFollowedResolver,
    NoticeResolver,
    NoticeTextResolver,
    ShownDiseaseResolver,
    ShownDiseasePortsResolver,
    ReportResolver,
    CaseResolver,
    ModerationDecisionResolver,
    OwnCaseResolver,
    ModerationLogResolver,
    PrivacyResolver,
    SearchResolver,
    TextFindingTexts,
    DataRightsPortsResolver,
  ],
  orphanedTypes: [Disease],
  entities: [
    MemberEntity,
    PostEntity,
    PostRevisionEntity,
    ArticleEntity,
    ArticleRevisionEntity,
    FollowEntity,
    NoticeEntity,
    ReactionEntity,
    ModerationCaseEntity,
    ReportEntity,
    ModerationDecisionEntity,
  ],
  migrations: [
    communityTables,
    articleTable,
    communityDataRights,
    communityPosts,
    communityNotices,
    communityReactions,
    communitySearch,
    communityModeration,
    communityArticleReview,
    communityDataRightsOfMore,
  ],
  references: {
    Disease: (id) => ({ id }),
    Article: (id, { articles }) => articles.byId(id),
    Story: (id, { posts }) => posts.ofKind(PostKind.STORY, id),
    Question: (id, { posts }) => posts.ofKind(PostKind.QUESTION, id),
    Answer: (id, { posts }) => posts.ofKind(PostKind.ANSWER, id),
    Comment: (id, { posts }) => posts.ofKind(PostKind.COMMENT, id),
  },
  records: {
    Article: WRITTEN,
    Story: WRITTEN,
    Question: WRITTEN,
    Answer: WRITTEN,
    Comment: WRITTEN,
    ArticleRevision: { PHYSICIAN: 'own', MODERATOR: 'handed in' },
    ModerationCase: { MODERATOR: 'of others' },
  },
  jobs: communityJobs,
  api: ({ identity, session }, database) => {
    const articles = new ArticleLoader(database, session, identity);
    return {
      members: new MemberLoader(session, identity),
      posts: new PostLoader(database, session, identity, articles),
      articles,
      articleRevisions: new ArticleRevisionLoader(session),
      answers: new AnswerLoader(database),
      comments: new CommentLoader(database),
      questions: new QuestionLoader(database),
      reactions: new ReactionLoader(session, identity),
      cases: new CaseLoader(database, session),
      follows: new FollowLoader(session, identity),
      notices: new NoticeLoader(session),
      searches: new SearchLoader(database, session),
    };
  },
};
