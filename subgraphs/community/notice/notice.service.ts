import type { CommunityContext } from '../context.js';

/** Marks as read all that the caller was told up to now. @returns how many were new */
export const markAllRead = ({ session }: CommunityContext): Promise<number> =>
  session.decide(async (sql) => {
    const marked = await sql.execute<object[]>('update notice set read_at = now() where read_at is null returning id');
    return marked.length;
  });
