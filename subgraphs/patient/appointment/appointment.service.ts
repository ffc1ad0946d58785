import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { Executes } from '../../common/database.js';
import { ConsentMissing, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { checkReason } from '../../common/plain-text.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { AppointmentEntity, ConsultationSummaryEntity } from './appointment.entity.js';
import { AppointmentAction, AppointmentStatus } from './appointment.enums.js';
import { AppointmentWrongState, SlotNotFree } from './appointment.errors.js';
import { remindLater } from './appointment.jobs.js';
import type { LoadedAppointment } from './appointment.loader.js';
import {
  type AppointmentFacts,
  allowedActions,
  checkCancelReason,
  checkSummary,
  isEntitled,
  isTimely,
  statusAfterMove,
  type WrittenSummary,
} from './appointment.rules.js';
import { readTimetable, type SlotFor } from './availability.loader.js';
import { slotShown } from './availability.rules.js';
import { dayAfter, type FreeSlot, nearestSlots, slotAt, type Timetable, windowAround } from './slot.rules.js';

type StoredAppointment = InferEntity<typeof AppointmentEntity>;

export interface BookAppointment {
  readonly patientId: string;
  readonly physicianId: string;
  readonly startsAt: Date;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Something done with an appointment. */
export interface WithAppointment {
  readonly appointmentId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface WithSummary extends WithAppointment {
  readonly text: string;
  readonly advice?: string | null;
  readonly diagnosis?: string | null;
  readonly followUpInDays?: number | null;
}

const EXCLUSION_VIOLATION = '23P01';

const WHO: Readonly<Record<'patient' | 'physician', string>> = {
  patient: 'the patient, a caregiver with the scope CARE, or the physician does this',
  physician: 'its physician does this',
};

/** Booking a physician, and everything that becomes of an appointment. */
export class AppointmentService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the appointment's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {ConsentMissing} {@link SlotNotFree} {IdempotencyConflict}
   */
  async book(input: BookAppointment): Promise<string> {
    const { patientId, physicianId } = input;
    const reason = checkReason(input.reason);
    const standing = await this.context.care.standing(patientId);
    ensureAllowed(standing?.mayCare === true, () => new NotFound('patient', ['input', 'patientId']));
    const physician = await this.context.physicians.byId(physicianId);
    if (!physician?.verified) throw new NotFound('verified physician', ['input', 'physicianId']);
    ensureAllowed(!physician.own, () => new NotAllowed('Nobody books themselves. Choose another physician.'));
    const of = { physicianId, patientId, without: null };
    return this.free(of, input.startsAt, () =>
      once(this.context, 'bookAppointment', input, async (em) => {
        await requireConsent(em, patientId, physicianId);
        const now = new Date();
        // who comes too late need not wait for those who are booking just now
        await freeSlot(em, of, input.startsAt, now);
        await hold(em, of);
        const slot = await freeSlot(em, of, input.startsAt, now);
        const id = newId();
        em.create(AppointmentEntity, {
          id,
          patient: patientId,
          physician: physicianId,
          ...timesOf(slot),
          status: AppointmentStatus.BOOKED,
          reason,
          createdAt: now,
          changedAt: now,
        });
        await em.flush();
        const happensAt = input.startsAt;
        await tell(em, { patientId, physicianId, kind: CareNoticeKind.APPOINTMENT_BOOKED, aboutId: id, happensAt });
        await remindLater(em, id, happensAt, now);
        return id;
      }),
    );
  }

  /** @returns the appointment's id @throws as {@link step} {ConsentMissing} */
  confirm(input: WithAppointment): Promise<string> {
    return this.step('confirmAppointment', AppointmentAction.CONFIRM, input, async (em, appointment) => {
      await requireConsent(em, appointment.patient.id, appointment.physician.id);
      appointment.status = AppointmentStatus.CONFIRMED;
      await em.flush();
      await this.tellOther(em, appointment, true, CareNoticeKind.APPOINTMENT_CONFIRMED);
    });
  }

  /**
   * Takes another slot of the same physician.
   *
   * @returns the appointment's id
   * @throws as {@link step} {ConsentMissing} {@link SlotNotFree}
   */
  async move(input: WithAppointment & { readonly startsAt: Date }): Promise<string> {
    const seen = await this.seen(input.appointmentId);
    const of = { physicianId: seen.physicianId, patientId: seen.patientId, without: seen.id };
    const work = () =>
      this.step(
        'moveAppointment',
        AppointmentAction.MOVE,
        input,
        async (em, appointment) => {
          await requireConsent(em, of.patientId, of.physicianId);
          const now = new Date();
          const slot = await freeSlot(em, of, input.startsAt, now);
          const status = statusAfterMove(appointment.status as AppointmentStatus, seen.physician);
          em.assign(appointment, { ...timesOf(slot), status });
          await em.flush();
          // somebody whose appointment moves back to where it was must hear that too
          await this.tellOther(
            em,
            appointment,
            seen.physician,
            CareNoticeKind.APPOINTMENT_MOVED,
            `v${appointment.version}`,
          );
          await remindLater(em, appointment.id, appointment.startsAt, now);
        },
        of,
      );
    return this.free(of, input.startsAt, work);
  }

  /** @returns the appointment's id @throws as {@link step} {InvalidInput} */
  async cancel(input: WithAppointment & { readonly reason?: string | null }): Promise<string> {
    const seen = await this.seen(input.appointmentId);
    const reason = checkCancelReason(input.reason, seen.physician);
    return this.step('cancelAppointment', AppointmentAction.CANCEL, input, async (em, appointment) => {
      appointment.status = AppointmentStatus.CANCELLED;
      appointment.cancelReason = reason;
      await em.flush();
      await this.tellOther(em, appointment, seen.physician, CareNoticeKind.APPOINTMENT_CANCELLED);
    });
  }

  /** @returns the appointment's id @throws as {@link step} {ConsentMissing} {InvalidInput} */
  complete(input: WithSummary): Promise<string> {
    const summary = checkSummary(input);
    return this.step('completeAppointment', AppointmentAction.COMPLETE, input, async (em, appointment) => {
      await requireConsent(em, appointment.patient.id, appointment.physician.id);
      appointment.status = AppointmentStatus.COMPLETED;
      await em.flush();
      await this.write(em, appointment, summary, 1);
    });
  }

  /** Writes a better summary; the earlier ones stay. @returns the appointment's id @throws as {@link step} {ConsentMissing} {InvalidInput} */
  correct(input: WithSummary): Promise<string> {
    const summary = checkSummary(input);
    return this.step(
      'correctConsultationSummary',
      AppointmentAction.CORRECT_SUMMARY,
      input,
      async (em, appointment, facts) => {
        await requireConsent(em, appointment.patient.id, appointment.physician.id);
        await this.write(em, appointment, summary, facts.summaries + 1);
      },
    );
  }

  /** @returns the appointment's id @throws as {@link step} */
  recordNoShow(input: WithAppointment): Promise<string> {
    return this.step('recordNoShow', AppointmentAction.RECORD_NO_SHOW, input, async (_em, appointment) => {
      appointment.status = AppointmentStatus.NO_SHOW;
    });
  }

  /**
   * What everything that is done with an appointment has in common.
   *
   * @param holding whose calendars are held meanwhile: those of a move
   * @throws {NotFound} {NotAllowed} {@link AppointmentWrongState} {StaleVersion} {IdempotencyConflict}
   */
  private async step(
    operation: string,
    action: AppointmentAction,
    input: WithAppointment,
    work: (em: EntityManager, appointment: StoredAppointment, facts: AppointmentFacts) => Promise<void>,
    holding?: SlotFor,
  ): Promise<string> {
    const seen = await this.seen(input.appointmentId);
    ensureAllowed(
      isEntitled(action, seen),
      () =>
        new NotAllowed(
          `You may see this appointment, but only ${WHO[isEntitled(action, PATIENT) ? 'patient' : 'physician']}.`,
        ),
    );
    return once(this.context, operation, input, async (em) => {
      if (holding) await hold(em, holding);
      const appointment = await em.findOne(AppointmentEntity, input.appointmentId, {
        lockMode: LockMode.PESSIMISTIC_WRITE,
      });
      if (!appointment) throw missing();
      const now = new Date();
      const facts = await factsOf(em, appointment);
      if (!isTimely(action, facts, now)) {
        throw new AppointmentWrongState(facts.status, allowedActions(facts, seen, now));
      }
      if (appointment.version !== input.expectedVersion) throw new StaleVersion(appointment.version);
      appointment.changedAt = now;
      await work(em, appointment, facts);
      return appointment.id;
    });
  }

  private async seen(id: string): Promise<LoadedAppointment> {
    const seen = await this.context.appointments.byId(id);
    if (!seen) throw missing();
    return seen;
  }

  /** Whoever loses the race at the table's own constraint is offered others, like whoever came too late. */
  private async free(of: SlotFor, startsAt: Date, work: () => Promise<string>): Promise<string> {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== EXCLUSION_VIOLATION) throw error;
      const now = new Date();
      const wanted = startsAt.getTime();
      throw notFree(await this.context.session.transaction((em) => calendar(em, of, wanted, now)), wanted, now);
    }
  }

  private async write(em: EntityManager, appointment: StoredAppointment, summary: WrittenSummary, number: number) {
    const { text, advice, diagnosis, followUpInDays } = summary;
    const { id, startsAt, zone, changedAt } = appointment;
    em.create(ConsultationSummaryEntity, {
      id: newId(),
      appointment: id,
      patient: appointment.patient.id,
      physician: appointment.physician.id,
      number,
      text,
      advice,
      diagnosis,
      followUpOn: followUpInDays === null ? null : dayAfter(startsAt.getTime(), followUpInDays, zone),
      writtenAt: changedAt,
    });
    await em.flush();
    const patientId = appointment.patient.id;
    await tell(em, { patientId, kind: CareNoticeKind.CONSULTATION_SUMMARY_READY, aboutId: id, occasion: `${number}` });
  }

  /** Tells the patient's side what the physician did, or the physician what the patient's side did. */
  private async tellOther(
    em: Executes,
    appointment: StoredAppointment,
    byPhysician: boolean,
    kind: CareNoticeKind,
    occasion?: string,
  ) {
    await tell(em, {
      patientId: appointment.patient.id,
      ...(!byPhysician && { physicianId: appointment.physician.id }),
      kind,
      aboutId: appointment.id,
      happensAt: appointment.startsAt,
      occasion,
    });
  }
}

const PATIENT = { patientSide: true, physician: false };
const missing = () => new NotFound('appointment', ['input', 'appointmentId']);

const timesOf = ({ startsAt, endsAt, busyUntil, zone }: FreeSlot) => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  busyUntil: new Date(busyUntil),
  zone,
});

/**
 * Lets those who want to change a physician's or a patient's calendar wait for each other. The constraints would hold without
 * it, but two who insert at once wait for each other there until the database ends one of them, a second later.
 */
async function hold(sql: Executes, { physicianId, patientId }: SlotFor): Promise<void> {
  await sql.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`calendar of ${physicianId}`]);
  await sql.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`calendar of ${patientId}`]);
}

/** @throws {ConsentMissing} */
async function requireConsent(sql: Executes, patientId: string, physicianId: string): Promise<void> {
  const [row] = await sql.execute<{ given: boolean }[]>('select has_consent(?, ?, ?) as given', [
    patientId,
    ConsentPurpose.TREATMENT,
    physicianId,
  ]);
  if (!row?.given) throw new ConsentMissing(ConsentPurpose.TREATMENT);
}

/** Reads the calendars as they are now. @throws {NotFound} when the physician cannot be booked any more */
async function calendar(sql: Executes, of: SlotFor, wanted: number, now: Date): Promise<Timetable> {
  const timetable = await readTimetable(sql, of, windowAround(wanted, now.getTime()));
  if (!timetable) throw new NotFound('verified physician', ['input', 'physicianId']);
  return timetable;
}

const notFree = (timetable: Timetable, wanted: number, now: Date): SlotNotFree =>
  new SlotNotFree(nearestSlots(timetable, wanted, now.getTime()).map((slot) => slotShown(slot, null)));

/** To be asked while the calendars are held. @throws {@link SlotNotFree} {NotFound} */
async function freeSlot(sql: Executes, of: SlotFor, startsAt: Date, now: Date): Promise<FreeSlot> {
  const wanted = startsAt.getTime();
  const timetable = await calendar(sql, of, wanted, now);
  const slot = slotAt(timetable, wanted, now.getTime());
  if (!slot) throw notFree(timetable, wanted, now);
  return slot;
}

async function factsOf(sql: Executes, { id, status, startsAt, endsAt }: StoredAppointment): Promise<AppointmentFacts> {
  const [row] = await sql.execute<{ count: number }[]>(
    'select count(*)::int as count from consultation_summary where appointment_id = ?',
    [id],
  );
  return { status: status as AppointmentStatus, startsAt, endsAt, summaries: row?.count ?? 0 };
}
