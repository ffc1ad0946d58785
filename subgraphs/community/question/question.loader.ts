import type { Page } from '../../common/connection.js';
import { type Database, type Statement, statement } from '../../common/database.js';
import { LAST_ID, POST_COLUMNS, place, type RowOf } from '../post/post.loader.js';
import type { Question } from './question.js';

/** Questions that still take answers and have none that can be read. */
const UNANSWERED = `post.status = 'PUBLISHED' and post.depth = 0 and post.kind = 'QUESTION' and post.closed_at is null
     and not exists (select from post answer where answer.parent_id = post.id and answer.kind = 'ANSWER' and answer.status = 'PUBLISHED')`;

/** @param which also holds for them, with parameters from `$3` on */
const page = (name: string, which = ''): Statement =>
  statement(
    name,
    `select ${POST_COLUMNS} from post
     where ${UNANSWERED} ${which} and (published_at, id) < ((select ${place('$1::uuid')}), (select coalesce($1::uuid, ${LAST_ID})))
     order by published_at desc, id desc limit $2`,
  );
const OF_DISEASE = 'and disease_id = ';
const PAGE = page('questions-unanswered');
const PAGE_OF_DISEASE = page('questions-unanswered-of-disease', `${OF_DISEASE} $3`);
const COUNT = statement('count-questions-unanswered', `select count(*)::int as count from post where ${UNANSWERED}`);
const COUNT_OF_DISEASE = statement(
  'count-questions-unanswered-of-disease',
  `select count(*)::int as count from post where ${UNANSWERED} ${OF_DISEASE} $1`,
);

/** Reads which questions wait for an answer, as anybody may. */
export class QuestionLoader {
  constructor(private readonly database: Database) {}

  /**
   * Newest first; one more than `first` where there are more.
   *
   * @param diseaseId null: about whatever disease
   */
  unanswered(diseaseId: string | null, { after, first }: Page): Promise<RowOf<Question>[]> {
    return diseaseId === null
      ? this.database.publicRows<RowOf<Question>>(PAGE, [after, first + 1])
      : this.database.publicRows<RowOf<Question>>(PAGE_OF_DISEASE, [after, first + 1, diseaseId]);
  }

  countUnanswered(diseaseId: string | null): Promise<number> {
    return diseaseId === null
      ? this.database.publicCount(COUNT)
      : this.database.publicCount(COUNT_OF_DISEASE, [diseaseId]);
  }
}
