import type { CommunityContext } from '../context.js';

/** Every 15 minutes. */
export const RANK_POSTS = 'rank-posts';

/** The order of the most helpful follows the reactions; between two of these it stands still, so that it can be paged. */
export async function rankPosts(_: object, { session }: CommunityContext): Promise<void> {
  await session.decide((sql) => sql.execute('select rank_posts()'));
}
