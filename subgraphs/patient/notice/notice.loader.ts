import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { CareNotice } from './notice.js';

const COLUMNS = `id, patient_id as "patientId", kind, about_id as "aboutId", happens_at as "happensAt", at, read_at as "readAt",
  physician_id is not null as "forPhysician"`;
const OF_PATIENT = 'patient_id = $1 and physician_id is null';
const OF_PHYSICIAN = 'physician_id = (select caller_physician())';
const unread = (parameter: string) => `(not ${parameter} or read_at is null)`;

const SHOWS: Shows = { record: 'CareNotice', fields: ['kind', 'aboutId', 'happensAt', 'text'] };

const PAGE_OF_PATIENT = loggedStatement(
  'notices-of-patient',
  `select ${COLUMNS} from notice where ${OF_PATIENT} and ${unread('$2')} and ${idBelow('$3')} order by id desc limit $4`,
  { ...SHOWS, page: { limit: '$4' } },
);
const COUNT_OF_PATIENT = statement(
  'count-notices-of-patient',
  `select count(*)::int as count from notice where ${OF_PATIENT} and ${unread('$2')}`,
);
/** What a physician is told names no patient, so nothing of a patient's is read by it. */
const PAGE_OF_PHYSICIAN = statement(
  'notices-of-physician',
  `select ${COLUMNS} from notice where ${OF_PHYSICIAN} and ${unread('$1')} and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT_OF_PHYSICIAN = statement(
  'count-notices-of-physician',
  `select count(*)::int as count from notice where ${OF_PHYSICIAN} and ${unread('$1')}`,
);
const BY_ID = statement('notice-by-id', `select ${COLUMNS} from notice where id = $1`);

/** A notice with what its text depends on. */
export type NoticeRow = CareNotice & { readonly forPhysician: boolean };

/** Reads what patients and physicians should know, newest first; one more than a page holds where there are more. */
export class NoticeLoader {
  constructor(private readonly session: Session) {}

  ofPatient(id: string, onlyUnread: boolean, { after, first }: Page): Promise<NoticeRow[]> {
    return this.session.seen<NoticeRow>(PAGE_OF_PATIENT, [id, onlyUnread, after, first + 1]);
  }

  async countOfPatient(id: string, onlyUnread: boolean): Promise<number> {
    return this.session.count(COUNT_OF_PATIENT, [id, onlyUnread]);
  }

  /** Of the physician who asks. */
  ofPhysician(onlyUnread: boolean, { after, first }: Page): Promise<NoticeRow[]> {
    return this.session.rows<NoticeRow>(PAGE_OF_PHYSICIAN, [onlyUnread, after, first + 1]);
  }

  async countOfPhysician(onlyUnread: boolean): Promise<number> {
    return this.session.count(COUNT_OF_PHYSICIAN, [onlyUnread]);
  }

  async byId(id: string): Promise<NoticeRow | null> {
    const [row] = await this.session.rows<NoticeRow>(BY_ID, [id]);
    return row ?? null;
  }
}
