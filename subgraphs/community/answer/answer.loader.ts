import DataLoader from 'dataloader';
import type { Page } from '../../common/connection.js';
import { type Database, statement } from '../../common/database.js';
import { POST_COLUMNS, type RowOf } from '../post/post.loader.js';
import type { Answer } from './answer.js';

/** The accepted one, those of physicians, the more helpful, the older: what is first is the smallest of these. */
const PAGES = statement(
  'answers-pages',
  `with asked as materialized (
     select n, question_id, accepted_id, after, after is distinct from accepted_id as other, place.plain, -place.rank as rank, size
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) with ordinality as page (question_id, accepted_id, after, size, n)
     cross join lateral answer_place(after) place)
   select n::int as page, ${POST_COLUMNS} from asked cross join lateral (
     select post.*, row_number() over (order by post.id is distinct from asked.accepted_id, post.badge is null, -post.helpful_rank, post.id)
       as place
     from post
     where parent_id = asked.question_id and kind = 'ANSWER' and status = 'PUBLISHED'
       and (asked.after is null or (post.id is distinct from asked.accepted_id, post.badge is null, -post.helpful_rank, post.id)
         > (asked.other, asked.plain, asked.rank, asked.after))
     order by place limit asked.size) post
   order by n, place`,
);
const COUNTS = statement(
  'count-answers',
  `select parent_id as id, count(*)::int as count from post
   where parent_id = any($1) and kind = 'ANSWER' and status = 'PUBLISHED' group by parent_id`,
);

/** A question, as far as the order of its answers depends on it. */
export interface AnsweredQuestion {
  readonly id: string;
  readonly acceptedId: string | null;
}
type AskedPage = AnsweredQuestion & Page;

/** Reads the published answers to questions, as anybody may. */
export class AnswerLoader {
  private readonly pages: DataLoader<AskedPage, RowOf<Answer>[], string>;
  private readonly counts: DataLoader<string, number>;

  constructor(database: Database) {
    this.pages = new DataLoader(
      async (pages) => {
        const rows = await database.publicRows<RowOf<Answer> & { page: number }>(PAGES, [
          pages.map(({ id }) => id),
          pages.map(({ acceptedId }) => acceptedId),
          pages.map(({ after }) => after),
          pages.map(({ first }) => first + 1),
        ]);
        const found = Map.groupBy(rows, ({ page }) => page);
        return pages.map((_, index) => found.get(index + 1) ?? []);
      },
      { cacheKeyFn: ({ id, acceptedId, after, first }) => `${id} ${acceptedId} ${after} ${first}` },
    );
    this.counts = new DataLoader(async (ids) => {
      const rows = await database.publicRows<{ id: string; count: number }>(COUNTS, [ids]);
      const found = new Map(rows.map(({ id, count }) => [id, count]));
      return ids.map((id) => found.get(id) ?? 0);
    });
  }

  /**
   * The accepted one first, then those of physicians, then the most helpful, then the oldest; one more than `first` where there
   * are more.
   */
  page({ id, acceptedId }: AnsweredQuestion, { after, first }: Page): Promise<RowOf<Answer>[]> {
    return this.pages.load({ id, acceptedId, after, first });
  }

  count(questionId: string): Promise<number> {
    return this.counts.load(questionId);
  }

  /** To be said when one has been written. */
  changed(): void {
    this.pages.clearAll();
    this.counts.clearAll();
  }
}
