import { DataRightsPortsResolver } from '../common/data-rights.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import { ArticleEntity } from './article/article.entity.js';
import { ArticleLoader } from './article/article.loader.js';
import { ArticlePortsResolver } from './article/article.ports.resolver.js';
import { ArticleResolver, articleTexts, DiseaseArticlesResolver } from './article/article.resolver.js';
import type { CommunityApi } from './context.js';
import { MemberEntity } from './member/member.entity.js';
import { MemberLoader } from './member/member.loader.js';
import { communityTables } from './migrations/0001-community.js';
import { articleTable } from './migrations/0002-article.js';
import { communityDataRights } from './migrations/0003-data-rights.js';
import { StoryEntity } from './story/story.entity.js';
import { StoryLoader } from './story/story.loader.js';
import { DiseaseStoriesResolver, StoryResolver } from './story/story.resolver.js';
import { Disease } from './stubs.js';

/** Patients and physicians write for each other, under pseudonyms: nothing here leads to who somebody is. */
export const community: SubgraphDefinition<CommunityApi> = {
  name: 'community',
  resolvers: [
    StoryResolver,
    DiseaseStoriesResolver,
    ArticleResolver,
    DiseaseArticlesResolver,
    ArticlePortsResolver,
    ...articleTexts,
    DataRightsPortsResolver,
  ],
  orphanedTypes: [Disease],
  entities: [MemberEntity, StoryEntity, ArticleEntity],
  migrations: [communityTables, articleTable, communityDataRights],
  references: {
    Disease: (id) => ({ id }),
    Article: (id, { articles }) => articles.byId(id),
    Story: (id, { stories }) => stories.byId(id),
  },
  api: ({ identity, session }, database) => ({
    members: new MemberLoader(session, identity),
    articles: new ArticleLoader(database),
    stories: new StoryLoader(database, session, identity),
  }),
};
