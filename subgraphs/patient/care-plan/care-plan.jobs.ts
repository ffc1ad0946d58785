import { shanghaiDay } from '../../common/calendar.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';

export const REMIND_OF_CARE_TASKS = 'remind-of-care-tasks';

/** So many in a transaction: each is soon over, and what was told stays told. */
const BATCH = 5_000;

/** Tells patients of what their care plans ask for today, once a task and day, unless it has been marked already. */
export async function remindOfCareTasks(
  _payload: object,
  { session }: PatientContext,
  now = new Date(),
): Promise<void> {
  const today = shanghaiDay(now);
  for (let told = BATCH; told === BATCH; ) {
    told = await session.transaction(async (em) => {
      const rows = await em.execute<object[]>(
        `with today as (select ?::date as day, (?::date)::timestamp at time zone 'Asia/Shanghai' as at)
         insert into notice (patient_id, kind, about_id, happens_at)
         select task.patient_id, '${CareNoticeKind.CARE_TASK_DUE}', task.id, today.at from care_task task, today
         where care_task_is_due(task.first_due_on, task.repeats_every_days, task.until_on, task.stopped_on, today.day)
           and not exists (select from care_task_mark mark where mark.task_id = task.id and mark.occurrence_on = today.day)
           and not exists (select from notice where notice.kind = '${CareNoticeKind.CARE_TASK_DUE}' and about_id = task.id
             and physician_id is null and happens_at = today.at)
         order by task.id limit ${BATCH} on conflict do nothing returning id`,
        [today, today],
      );
      return rows.length;
    });
  }
}
