import type { Page } from '../../common/connection.js';
import { type Database, type Session, statement } from '../../common/database.js';
import type { PostKind } from '../post/post.js';

const FIND = statement('find-posts', 'select find_posts($1, $2, $3, $4, $5, $6) as ids');
const COUNT = statement('count-listed-posts', 'select count_posts($1, $2) as count');
const FOLLOWED = statement('diseases-of-feed', 'select disease_id as id from follow');

/** A search is counted so far; whoever has found so many looks for something else. */
export const MAX_COUNTED = 1_000;

/** Which posts are listed. */
export interface Listed {
  /** All of these are in it; null: whatever it says. */
  readonly words: readonly string[] | null;
  readonly kinds: readonly PostKind[];
  /** About one of these; null: about whatever. */
  readonly diseases: readonly string[] | null;
}

/** Finds what is published. Ids alone come from here: the posts are read by who asks. */
export class SearchLoader {
  constructor(
    private readonly database: Database,
    private readonly session: Session,
  ) {}

  /** In order, one more than the page holds where there are more. */
  ids(listed: Listed, mostHelpful: boolean, { after, first }: Page): Promise<string[]> {
    return this.find(listed, mostHelpful, after, first + 1);
  }

  /** How many there are; of a search at most `MAX_COUNTED`. */
  async count(listed: Listed): Promise<number> {
    const { words, kinds, diseases } = listed;
    if (words === null) return this.database.publicCount(COUNT, [kinds, diseases]);
    return (await this.find(listed, false, null, MAX_COUNTED)).length;
  }

  /** The diseases that the caller follows. */
  async followed(): Promise<string[]> {
    return (await this.session.rows<{ id: string }>(FOLLOWED)).map(({ id }) => id);
  }

  private async find(
    { words, kinds, diseases }: Listed,
    mostHelpful: boolean,
    after: string | null,
    most: number,
  ): Promise<string[]> {
    const values = [words, kinds, diseases, mostHelpful, after, most];
    const [row] = await this.database.publicRows<{ ids: string[] }>(FIND, values);
    return row?.ids ?? [];
  }
}
