import type { Jobs } from '../common/jobs.js';
import type { CommunityContext } from './context.js';
import { tellFollowers } from './follow/follow.jobs.js';
import { TELL_FOLLOWERS } from './follow/follow.step.js';
import { RANK_POSTS, rankPosts } from './search/rank.jobs.js';

/** What the community does later, or at certain times. Times are UTC; Shanghai is eight hours ahead. */
export const communityJobs: Jobs<CommunityContext> = {
  tasks: {
    [TELL_FOLLOWERS]: tellFollowers,
    [RANK_POSTS]: rankPosts,
  },
  schedule: [{ task: RANK_POSTS, cron: '*/15 * * * *' }],
};
