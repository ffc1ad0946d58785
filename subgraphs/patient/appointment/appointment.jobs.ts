import { LockMode } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { AppointmentEntity } from './appointment.entity.js';
import { AppointmentStatus } from './appointment.enums.js';
import { CONFIRM_UNTIL_MS, isReminderDue, REMIND_HOURS, remindAt } from './appointment.rules.js';

export const REMIND_OF_APPOINTMENT = 'remind-of-appointment';
export const TELL_OF_FOLLOW_UPS = 'tell-of-follow-ups';
export const CANCEL_UNCONFIRMED = 'cancel-unconfirmed-appointments';

interface Reminder {
  readonly appointmentId: string;
  readonly hours: number;
}

/** Has both sides reminded; for one that was moved, in place of the reminders from before. */
export async function remindLater(sql: Executes, appointmentId: string, startsAt: Date, now: Date): Promise<void> {
  for (const hours of REMIND_HOURS) {
    const runAt = remindAt(startsAt, hours, now);
    if (!runAt) continue;
    const reminder: Reminder = { appointmentId, hours };
    const key = `${REMIND_OF_APPOINTMENT}:${hours}:${appointmentId}`;
    await enqueue(sql, 'patient', REMIND_OF_APPOINTMENT, reminder, { key, runAt });
  }
}

/** Tells both sides that an appointment is near, if it still is when the job's turn comes. */
export async function remindOfAppointment(
  { appointmentId, hours }: Reminder,
  { session }: Pick<PatientContext, 'session'>,
  now: Date = new Date(),
): Promise<void> {
  await session.transaction(async (em) => {
    const appointment = await em.findOne(AppointmentEntity, appointmentId);
    if (!appointment) return;
    const { status, startsAt, endsAt } = appointment;
    if (!isReminderDue({ status: status as AppointmentStatus, startsAt, endsAt, summaries: 0 }, hours, now)) return;
    const told = {
      patientId: appointment.patient.id,
      kind: CareNoticeKind.APPOINTMENT_SOON,
      aboutId: appointmentId,
      happensAt: startsAt,
      occasion: `${hours} h`,
    };
    await tell(em, told);
    await tell(em, { ...told, physicianId: appointment.physician.id });
  });
}

/** What was missed for longer is not told any more. */
const LATE_DAYS = 30;

/** Tells both sides of each follow-up that is due, once, unless they have met or booked since. */
export async function tellOfFollowUps(
  _payload: object,
  { session }: Pick<PatientContext, 'session'>,
  now: Date = new Date(),
): Promise<void> {
  await session.transaction((em) =>
    em.execute(
      `insert into notice (patient_id, physician_id, kind, about_id)
       select s.patient_id, told.physician_id, '${CareNoticeKind.FOLLOW_UP_DUE}', s.appointment_id
       from consultation_summary s join appointment a on a.id = s.appointment_id
         cross join lateral (values (null::uuid), (s.physician_id)) as told (physician_id)
       where s.follow_up_on <= ?::date and s.follow_up_on > ?::date - ${LATE_DAYS}
         and not exists (select from consultation_summary n where n.appointment_id = s.appointment_id and n.number > s.number)
         and not exists (select from appointment b where b.patient_id = a.patient_id and b.physician_id = a.physician_id
           and b.starts_at > a.starts_at and b.status in ('BOOKED', 'CONFIRMED', 'COMPLETED'))
       on conflict do nothing`,
      [shanghaiDay(now), shanghaiDay(now)],
    ),
  );
}

const BATCH = 500;

/** What no physician confirmed in time comes to nothing, and the patient is told. */
export async function cancelUnconfirmed(
  _payload: object,
  { session }: Pick<PatientContext, 'session'>,
  now: Date = new Date(),
): Promise<void> {
  const over = { status: AppointmentStatus.BOOKED, endsAt: { $lte: new Date(now.getTime() - CONFIRM_UNTIL_MS) } };
  for (let found = BATCH; found === BATCH; ) {
    found = await session.transaction(async (em) => {
      const lapsed = await em.find(AppointmentEntity, over, {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        limit: BATCH,
        orderBy: { id: 'asc' },
      });
      for (const appointment of lapsed) {
        appointment.status = AppointmentStatus.CANCELLED;
        appointment.cancelReason = 'The physician did not confirm it in time.';
        appointment.changedAt = now;
        await tell(em, {
          patientId: appointment.patient.id,
          kind: CareNoticeKind.APPOINTMENT_CANCELLED,
          aboutId: appointment.id,
        });
      }
      await em.flush();
      return lapsed.length;
    });
  }
}
