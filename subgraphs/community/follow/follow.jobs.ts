import type { CommunityContext } from '../context.js';

/** So many are told in one transaction. */
const AT_ONCE = 500;

/** Tells all who follow the disease of what was published, each once; nothing happens for what is not published any more. */
export async function tellFollowers({ postId }: { postId: string }, { session }: CommunityContext): Promise<void> {
  let after: string | null = null;
  do {
    const values: unknown[] = [postId, after, AT_ONCE];
    const told: { last: string | null }[] = await session.decide((sql) =>
      sql.execute('select tell_followers(?, ?, ?) as last', values),
    );
    after = told[0]?.last ?? null;
  } while (after !== null);
}
