import { InvalidInput } from '../../common/errors.js';
import { checkedText, MAX_REASON, optionalText } from '../../common/plain-text.js';
import { AppointmentAction, AppointmentStatus } from './appointment.enums.js';

const { CONFIRM, MOVE, CANCEL, COMPLETE, RECORD_NO_SHOW, CORRECT_SUMMARY } = AppointmentAction;

/** What decides about an appointment. */
export interface AppointmentFacts {
  readonly status: AppointmentStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** How many versions of the summary there are. */
  readonly summaries: number;
}

/** What the caller is to an appointment. */
export interface AppointmentStanding {
  /** The patient, or a caregiver with the scope CARE. */
  readonly patientSide: boolean;
  readonly physician: boolean;
}

const NO_SHOW_AFTER_MS = 10 * 60_000;
/** How long after its end an appointment can still be confirmed, before it lapses. */
export const CONFIRM_UNTIL_MS = 24 * 3_600_000;
/** How long after its end the physician may still see the patient's record, and so write about it. The table's trigger says the same. */
const TREATED_MS = 90 * 24 * 3_600_000;
/** Versions of a summary, the first included. */
export const MAX_SUMMARIES = 20;
export const MAX_SUMMARY = 5000;
const MAX_FOLLOW_UP_DAYS = 730;

/** Whether the caller is one of those who do this at all. */
export function isEntitled(action: AppointmentAction, { patientSide, physician }: AppointmentStanding): boolean {
  return action === MOVE || action === CANCEL ? patientSide || physician : physician;
}

/** Whether the appointment is in a state, and it is the time, for this. */
export function isTimely(action: AppointmentAction, facts: AppointmentFacts, now: Date): boolean {
  const { status, startsAt, endsAt, summaries } = facts;
  const sinceStart = now.getTime() - startsAt.getTime();
  const sinceEnd = now.getTime() - endsAt.getTime();
  switch (action) {
    case CONFIRM:
      return status === AppointmentStatus.BOOKED && sinceEnd < CONFIRM_UNTIL_MS;
    case MOVE:
    case CANCEL:
      return (status === AppointmentStatus.BOOKED || status === AppointmentStatus.CONFIRMED) && sinceStart < 0;
    case COMPLETE:
      return status === AppointmentStatus.CONFIRMED && sinceStart >= 0 && sinceEnd < TREATED_MS;
    case RECORD_NO_SHOW:
      return status === AppointmentStatus.CONFIRMED && sinceStart >= NO_SHOW_AFTER_MS;
    case CORRECT_SUMMARY:
      return status === AppointmentStatus.COMPLETED && summaries < MAX_SUMMARIES && sinceEnd < TREATED_MS;
  }
}

/** What the caller may do with an appointment now. */
export const allowedActions = (
  facts: AppointmentFacts,
  standing: AppointmentStanding,
  now: Date,
): AppointmentAction[] =>
  Object.values(AppointmentAction).filter((action) => isEntitled(action, standing) && isTimely(action, facts, now));

/** Where it stands after it was moved: what the patient chose anew, the physician confirms anew. */
export const statusAfterMove = (status: AppointmentStatus, byPhysician: boolean): AppointmentStatus =>
  byPhysician ? status : AppointmentStatus.BOOKED;

const HOUR_MS = 3_600_000;
/** So many hours before it begins both sides are reminded. */
export const REMIND_HOURS = [24, 1] as const;

/** When a reminder is told; null when it is too late for it. */
export function remindAt(startsAt: Date, hours: number, now: Date): Date | null {
  const at = new Date(startsAt.getTime() - hours * HOUR_MS);
  return at > now ? at : null;
}

/** Whether a reminder still holds when its turn comes: the appointment may have been moved or cancelled since. */
export function isReminderDue({ status, startsAt }: AppointmentFacts, hours: number, now: Date): boolean {
  const active = status === AppointmentStatus.BOOKED || status === AppointmentStatus.CONFIRMED;
  const left = startsAt.getTime() - now.getTime();
  // a minute's grace: the clocks of two machines differ
  return active && left > 0 && left <= hours * HOUR_MS + 60_000;
}

/** A physician says why, the patient need not. @throws {InvalidInput} */
export function checkCancelReason(text: string | null | undefined, byPhysician: boolean): string | null {
  const reason = optionalText(text, MAX_REASON, 'reason', 'A reason');
  if (byPhysician && reason === null) {
    throw new InvalidInput('Say why you cancel the appointment: the patient reads it.', ['input', 'reason']);
  }
  return reason;
}

export interface WrittenSummary {
  readonly text: string;
  readonly advice: string | null;
  readonly diagnosis: string | null;
  /** From the day of the consultation; null for none. */
  readonly followUpInDays: number | null;
}

/** @throws {InvalidInput} */
export function checkSummary(input: {
  readonly text: string;
  readonly advice?: string | null;
  readonly diagnosis?: string | null;
  readonly followUpInDays?: number | null;
}): WrittenSummary {
  const followUpInDays = input.followUpInDays ?? null;
  if (followUpInDays !== null && (followUpInDays < 1 || followUpInDays > MAX_FOLLOW_UP_DAYS)) {
    throw new InvalidInput(`A follow-up is in 1 to ${MAX_FOLLOW_UP_DAYS} days; leave it out for none.`, [
      'input',
      'followUpInDays',
    ]);
  }
  return {
    text: checkedText(input.text, MAX_SUMMARY, 'text', 'A summary'),
    advice: optionalText(input.advice, MAX_SUMMARY, 'advice', 'Advice'),
    diagnosis: optionalText(input.diagnosis, MAX_REASON, 'diagnosis', 'A diagnosis'),
    followUpInDays,
  };
}
