import { idBelow, type Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import type { CommunityNotice } from './notice.js';

/** A notice in the shape of the API, and what it is about. */
export type NoticeRow = CommunityNotice & { readonly postId: string | null };

const COLUMNS = `id, kind, post_id as "postId", at, date_trunc('minute', read_at) as "readAt"`;
const UNREAD = '(not $1 or read_at is null)';

const PAGE = statement(
  'notices-page',
  `select ${COLUMNS} from notice where ${UNREAD} and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT = statement('count-notices', `select count(*)::int as count from notice where ${UNREAD}`);
const BY_ID = statement('notice-by-id', `select ${COLUMNS} from notice where id = $1`);

/** Reads what the caller was told: row-level security shows nobody else's. */
export class NoticeLoader {
  constructor(private readonly session: Session) {}

  /** Newest first; one more than the page holds, where there are more. */
  page(onlyUnread: boolean, { after, first }: Page): Promise<NoticeRow[]> {
    return this.session.rows<NoticeRow>(PAGE, [onlyUnread, after, first + 1]);
  }

  count(onlyUnread: boolean): Promise<number> {
    return this.session.count(COUNT, [onlyUnread]);
  }

  async byId(id: string): Promise<NoticeRow | null> {
    const [row] = await this.session.rows<NoticeRow>(BY_ID, [id]);
    return row ?? null;
  }
}
