import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import type { Notice } from './notice.js';

const OF_APPLICATIONS = loggedStatement(
  'notices-of-applications',
  `select id, application_id as "applicationId", kind, deadline_at as "deadlineAt", at from notice
   where application_id = any($1) order by at desc, id desc`,
  {
    record: 'Notice',
    patient: '(select patient_id from application where application.id = "applicationId")',
    fields: ['kind', 'deadlineAt', 'at'],
  },
);

/** Reads what there is to know of applications, newest first. */
export class NoticeLoader {
  private readonly loader: DataLoader<string, readonly Notice[]>;

  constructor(session: Session) {
    this.loader = new DataLoader(async (ids) => {
      const rows = await session.seen<Notice & { applicationId: string }>(OF_APPLICATIONS, [ids]);
      const found = Map.groupBy(rows, ({ applicationId }) => applicationId);
      return ids.map((id) => found.get(id) ?? []);
    });
  }

  of(applicationId: string): Promise<readonly Notice[]> {
    return this.loader.load(applicationId);
  }
}
