import type { FundContext } from '../context.js';
import { NEAR_DAYS } from './notice.rules.js';

export const REMIND_OF_DEADLINES = 'remind-of-deadlines';

/** So many in a transaction: each is soon over, and what was told stays told. */
const BATCH = 5_000;

/**
 * Notes each deadline that is near or has passed, once. Nothing is sent from here: a program that sends e-mail or short
 * messages reads the notices.
 */
export async function remindOfDeadlines(_payload: object, { session }: FundContext, now = new Date()): Promise<void> {
  const near = new Date(now.getTime() + NEAR_DAYS * 86_400_000);
  for (let told = BATCH; told === BATCH; ) {
    told = await session.transaction(async (em) => {
      const rows = await em.execute<object[]>(
        `insert into notice (id, application_id, kind, deadline_at, at)
         select uuidv7(), id, kind, deadline_at, ? from (
           select id, deadline_at, case when deadline_at > ? then 'DEADLINE_NEAR' else 'DEADLINE_PASSED' end as kind
           from application where deadline_at <= ?) due
         where not exists (select from notice
           where application_id = due.id and notice.kind = due.kind and notice.deadline_at = due.deadline_at)
         order by deadline_at limit ${BATCH} on conflict on constraint notice_once do nothing returning id`,
        [now, now, near],
      );
      return rows.length;
    });
  }
}
