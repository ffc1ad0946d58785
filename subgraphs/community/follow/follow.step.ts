import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';

/** Tells those who follow its disease of what was published. */
export const TELL_FOLLOWERS = 'tell-followers';

/** To be said whenever a story, a question or an article is published. Nobody is told of the same one twice. */
export const tellFollowersLater = (sql: Executes, postId: string): Promise<void> =>
  enqueue(sql, 'community', TELL_FOLLOWERS, { postId }, { key: `${TELL_FOLLOWERS}:${postId}` });
