import type { SubgraphDefinition } from '../common/subgraph.js';
import type { CommunityApi } from './context.js';
import { MemberEntity } from './member/member.entity.js';
import { MemberLoader } from './member/member.loader.js';
import { communityTables } from './migrations/0001-community.js';
import { StoryEntity } from './story/story.entity.js';
import { StoryLoader } from './story/story.loader.js';
import { DiseaseStoriesResolver, StoryResolver } from './story/story.resolver.js';
import { Disease } from './stubs.js';

/** Patients and physicians write for each other, under pseudonyms: nothing here leads to who somebody is. */
export const community: SubgraphDefinition<CommunityApi> = {
  name: 'community',
  resolvers: [StoryResolver, DiseaseStoriesResolver],
  orphanedTypes: [Disease],
  entities: [MemberEntity, StoryEntity],
  migrations: [communityTables],
  references: {
    Disease: (id) => ({ id }),
    Story: (id, { stories }) => stories.byId(id),
  },
  api: ({ identity, session }, database) => ({
    members: new MemberLoader(session, identity),
    stories: new StoryLoader(database, session, identity),
  }),
};
