import type { CommunityContext } from '../context.js';

/** Every 15 minutes. */
export const RANK_POSTS = 'rank-posts';

/** So many are ranked in one transaction. */
const AT_ONCE = 1_000;

/** The order of the most helpful follows the reactions; between two of these it stands still, so that it can be paged. */
export async function rankPosts(_: object, { session }: CommunityContext): Promise<void> {
  let ranked: number;
  do {
    const [row] = await session.decide((sql) =>
      sql.execute<{ ranked: number }[]>('select rank_posts(?)::int as ranked', [AT_ONCE]),
    );
    ranked = row?.ranked ?? 0;
  } while (ranked === AT_ONCE);
}
