import DataLoader from 'dataloader';
import type { Page } from '../../common/connection.js';
import { type Database, statement } from '../../common/database.js';
import { POST_COLUMNS, type RowOf } from '../post/post.loader.js';
import type { Comment } from './comment.js';

/** Those that can be read, under row-level security, and between them empty places of which only this function knows. */
const PAGES = statement(
  'comments-pages',
  `with asked as materialized (
     select n, post_id, after, coalesce(after, '00000000-0000-0000-0000-000000000000') as behind, size
     from unnest($1::uuid[], $2::uuid[], $3::int[]) with ordinality as page (post_id, after, size, n))
   select n::int as page, found.* from asked cross join lateral (
     (select ${POST_COLUMNS} from post
      where parent_id = asked.post_id and kind = 'COMMENT' and status = 'PUBLISHED' and id > asked.behind
      order by post.id limit asked.size)
     union all
     (select ${POST_COLUMNS} from gone_comments(asked.post_id, asked.after, asked.size) post)
     order by id limit asked.size) found
   order by n, id`,
);
const COUNTS = statement(
  'count-comments-of-posts',
  `select (select count(*) from post where parent_id = asked.id and kind = 'COMMENT' and status = 'PUBLISHED')::int
     + count_gone_comments(asked.id) as count
   from unnest($1::uuid[]) with ordinality as asked (id, n) order by n`,
);
const THREADS = statement('count-comments-of-threads', 'select id, count from count_comments($1)');

interface AskedPage extends Page {
  readonly postId: string;
}

/** Reads the comments under posts, as anybody may: what is told of a thread is the same for all. */
export class CommentLoader {
  private readonly pages: DataLoader<AskedPage, RowOf<Comment>[], string>;
  private readonly counts: DataLoader<string, number>;
  private readonly threads: DataLoader<string, number>;

  constructor(database: Database) {
    this.pages = new DataLoader(
      async (pages) => {
        const rows = await database.publicRows<RowOf<Comment> & { page: number }>(PAGES, [
          pages.map(({ postId }) => postId),
          pages.map(({ after }) => after),
          pages.map(({ first }) => first + 1),
        ]);
        const found = Map.groupBy(rows, ({ page }) => page);
        return pages.map((_, index) => found.get(index + 1) ?? []);
      },
      { cacheKeyFn: ({ postId, after, first }) => `${postId} ${after} ${first}` },
    );
    this.counts = new DataLoader(async (ids) =>
      (await database.publicRows<{ count: number }>(COUNTS, [ids])).map(({ count }) => count),
    );
    this.threads = new DataLoader(async (ids) => {
      const rows = await database.publicRows<{ id: string; count: number }>(THREADS, [ids]);
      const found = new Map(rows.map(({ id, count }) => [id, count]));
      return ids.map((id) => found.get(id) ?? 0);
    });
  }

  /** Directly under a post, oldest first; one more than `first` where there are more. Gone ones are empty places while others stand under them. */
  page(postId: string, { after, first }: Page): Promise<RowOf<Comment>[]> {
    return this.pages.load({ postId, after, first });
  }

  /** How many are listed directly under a post, empty places too. */
  count(postId: string): Promise<number> {
    return this.counts.load(postId);
  }

  /** How many can be read under a post, however deep. */
  countOfThread(postId: string): Promise<number> {
    return this.threads.load(postId);
  }

  /** To be said when one has been written. */
  changed(): void {
    this.pages.clearAll();
    this.counts.clearAll();
    this.threads.clearAll();
  }
}
