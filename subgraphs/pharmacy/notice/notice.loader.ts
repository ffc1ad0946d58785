import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import { type Session, statement } from '../../common/database.js';
import type { NoticeAudience, PharmacyNotice } from './notice.js';

/** A notice in the shape of the API, and the order that it concerns. */
export type NoticeRow = PharmacyNotice & { readonly orderId: string | null };

type StoredNotice = Omit<NoticeRow, 'patient'> & { readonly patientId: string };

const COLUMNS = `id, audience, kind, about_id as "aboutId", order_id as "orderId", patient_id as "patientId", at, read_at as "readAt"`;
const UNREAD = '(not $1 or read_at is null)';
// by index, also for who cares for many
const OF_FAMILY = `audience = 'PATIENT' and (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]))`;
const OF_PHARMACISTS = `audience = 'PHARMACIST'`;

const SHOWS: Shows = { record: 'PharmacyNotice', fields: ['kind', 'aboutId', 'patient', 'text'] };

const paged = (name: string, whose: string) =>
  loggedStatement(
    name,
    `select ${COLUMNS} from notice where ${whose} and ${UNREAD} and ${idBelow('$2')} order by id desc limit $3`,
    { ...SHOWS, page: { limit: '$3' } },
  );
const counted = (name: string, whose: string) =>
  statement(name, `select count(*)::int as count from notice where ${whose} and ${UNREAD}`);

const LISTS = {
  PATIENT: {
    page: paged('notices-of-family', OF_FAMILY),
    count: counted('count-notices-of-family', OF_FAMILY),
  },
  PHARMACIST: {
    page: paged('notices-of-pharmacists', OF_PHARMACISTS),
    count: counted('count-notices-of-pharmacists', OF_PHARMACISTS),
  },
} as const;
const BY_ID = loggedStatement('notice-by-id', `select ${COLUMNS} from notice where id = $1`, SHOWS);

const presented = ({ patientId, ...notice }: StoredNotice): NoticeRow => ({ ...notice, patient: { id: patientId } });

/** Reads what the caller should know of prescriptions, orders and parcels. */
export class NoticeLoader {
  constructor(private readonly session: Session) {}

  /** Newest first; one more than a page holds where there are more. */
  async list(audience: NoticeAudience, onlyUnread: boolean, { after, first }: Page): Promise<NoticeRow[]> {
    const values = [onlyUnread, after, first + 1];
    return (await this.session.seen<StoredNotice>(LISTS[audience].page, values)).map(presented);
  }

  async count(audience: NoticeAudience, onlyUnread: boolean): Promise<number> {
    return this.session.count(LISTS[audience].count, [onlyUnread]);
  }

  async byId(id: string): Promise<NoticeRow | null> {
    const [row] = await this.session.seen<StoredNotice>(BY_ID, [id]);
    return row ? presented(row) : null;
  }
}
