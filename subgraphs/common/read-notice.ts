import type { SubgraphContext } from './context.js';
import { NotFound } from './errors.js';

/** Marks a notice of a subgraph's `notice` as read; one that was read keeps its time. @throws {NotFound} when it is not for the caller */
export async function markRead({ session }: SubgraphContext, id: string): Promise<void> {
  await session.transaction(async (em) => {
    const seen = await em.execute<object[]>(
      'update notice set read_at = coalesce(read_at, now()) where id = ? returning id',
      [id],
    );
    if (seen.length === 0) throw new NotFound('notice', ['input', 'noticeId']);
  });
}
