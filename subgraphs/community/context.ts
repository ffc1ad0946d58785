import type { SubgraphContext } from '../common/context.js';
import type { AnswerLoader } from './answer/answer.loader.js';
import type { ArticleLoader } from './article/article.loader.js';
import type { ArticleRevisionLoader } from './article/article-revision.loader.js';
import type { CommentLoader } from './comment/comment.loader.js';
import type { FollowLoader } from './follow/follow.loader.js';
import type { MemberLoader } from './member/member.loader.js';
import type { CaseLoader } from './moderation/case.loader.js';
import type { NoticeLoader } from './notice/notice.loader.js';
import type { PostLoader } from './post/post.loader.js';
import type { QuestionLoader } from './question/question.loader.js';
import type { ReactionLoader } from './reaction/reaction.loader.js';
import type { SearchLoader } from './search/search.loader.js';

/** What the community subgraph's resolvers work with. */
export interface CommunityApi {
  readonly answers: AnswerLoader;
  readonly articles: ArticleLoader;
  readonly articleRevisions: ArticleRevisionLoader;
  readonly comments: CommentLoader;
  readonly cases: CaseLoader;
  readonly follows: FollowLoader;
  readonly members: MemberLoader;
  readonly notices: NoticeLoader;
  readonly posts: PostLoader;
  readonly questions: QuestionLoader;
  readonly reactions: ReactionLoader;
  readonly searches: SearchLoader;
}

export type CommunityContext = SubgraphContext & CommunityApi;
