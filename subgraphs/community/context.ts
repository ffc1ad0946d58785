import type { SubgraphContext } from '../common/context.js';
import type { ArticleLoader } from './article/article.loader.js';
import type { MemberLoader } from './member/member.loader.js';
import type { StoryLoader } from './story/story.loader.js';

/** What the community subgraph's resolvers work with. */
export interface CommunityApi {
  readonly articles: ArticleLoader;
  readonly members: MemberLoader;
  readonly stories: StoryLoader;
}

export type CommunityContext = SubgraphContext & CommunityApi;
