import { InvalidInput } from '../../common/errors.js';
import type { Slot } from './availability.js';
import { type FreeSlot, isZone, localTime, type WeeklyHours } from './slot.rules.js';

/** Hours as somebody enters them, times as `HH:MM`. */
export interface EnteredHours {
  readonly weekday: number;
  readonly from: string;
  readonly to: string;
  readonly slotMinutes: number;
  readonly bufferMinutes: number;
  readonly validFrom: string;
  readonly validUntil?: string | null;
}

export const MAX_HOURS = 50;
export const MIN_SLOT = 10;
export const MAX_SLOT = 120;
export const MAX_BUFFER = 60;
const MAX_ABSENCE_DAYS = 366;
const MAX_AHEAD_DAYS = 730;
/** Absences to come, of one physician. */
export const MAX_ABSENCES = 200;
const DAY_MS = 86_400_000;

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** @returns minutes since midnight, 1440 for `24:00` */
function minuteOf(text: string): number | undefined {
  if (text === '24:00') return 1440;
  const [, hour, minute] = TIME.exec(text) ?? [];
  return hour === undefined || minute === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

/** Minutes since midnight as a clock shows them. */
export const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/**
 * Checks a physician's week.
 *
 * @param today YYYY-MM-DD
 * @throws {InvalidInput} naming the field
 */
export function checkHours(zone: string, entered: readonly EnteredHours[], today: string): WeeklyHours[] {
  if (!isZone(zone)) {
    throw new InvalidInput('Give the name of a time zone, for example `Asia/Shanghai`.', ['input', 'zone']);
  }
  if (entered.length > MAX_HOURS) throw new InvalidInput(`Give at most ${MAX_HOURS} hours.`, ['input', 'hours']);
  const hours = entered.map((each, index) => checkOne(zone, each, ['input', 'hours', String(index)], today));
  hours.forEach((each, index) => {
    if (hours.slice(0, index).some((other) => collide(each, other))) {
      throw new InvalidInput('These hours lie in others of the same day. Give each time once.', [
        'input',
        'hours',
        String(index),
      ]);
    }
  });
  return hours;
}

function checkOne(zone: string, entered: EnteredHours, path: string[], today: string): WeeklyHours {
  const refuse = (message: string, field: string) => new InvalidInput(message, [...path, field]);
  const { weekday, slotMinutes, bufferMinutes, validFrom, validUntil = null } = entered;
  const fromMinute = minuteOf(entered.from);
  const toMinute = minuteOf(entered.to);
  if (fromMinute === undefined) throw refuse('Write the time as `HH:MM`, for example `09:00`.', 'from');
  if (toMinute === undefined) throw refuse('Write the time as `HH:MM`; `24:00` is the end of the day.', 'to');
  if (slotMinutes < MIN_SLOT || slotMinutes > MAX_SLOT) {
    throw refuse(`A slot lasts ${MIN_SLOT} to ${MAX_SLOT} minutes.`, 'slotMinutes');
  }
  if (bufferMinutes < 0 || bufferMinutes > MAX_BUFFER) {
    throw refuse(`The pause after a slot lasts 0 to ${MAX_BUFFER} minutes.`, 'bufferMinutes');
  }
  if (toMinute - fromMinute < slotMinutes) {
    throw refuse('Hours end after they begin, on the same day, and are long enough for a slot.', 'to');
  }
  if (validUntil !== null && validUntil < validFrom) throw refuse('The last day lies before the first.', 'validUntil');
  if (validUntil !== null && validUntil < today) throw refuse('These hours are over. Leave them out.', 'validUntil');
  return { weekday, fromMinute, toMinute, zone, slotMinutes, bufferMinutes, validFrom, validUntil };
}

const collide = (one: WeeklyHours, other: WeeklyHours): boolean =>
  one.weekday === other.weekday &&
  one.fromMinute < other.toMinute &&
  other.fromMinute < one.toMinute &&
  (one.validUntil === null || other.validFrom <= one.validUntil) &&
  (other.validUntil === null || one.validFrom <= other.validUntil);

/** @throws {InvalidInput} for an absence that is over, is none, or lies too far away */
export function checkAbsence({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }, now: Date): void {
  if (endsAt <= startsAt) throw new InvalidInput('An absence ends after it begins.', ['input', 'endsAt']);
  if (endsAt <= now) throw new InvalidInput('This absence is over already.', ['input', 'endsAt']);
  if (startsAt.getTime() - now.getTime() > MAX_AHEAD_DAYS * DAY_MS) {
    throw new InvalidInput(`An absence begins within ${MAX_AHEAD_DAYS} days.`, ['input', 'startsAt']);
  }
  if (endsAt.getTime() - startsAt.getTime() > MAX_ABSENCE_DAYS * DAY_MS) {
    throw new InvalidInput(`An absence lasts at most ${MAX_ABSENCE_DAYS} days; give the rest as another one.`, [
      'input',
      'endsAt',
    ]);
  }
}

/** A slot as it is shown. @param zone that asked for; null for the physician's */
export const slotShown = ({ startsAt, endsAt, zone: own }: FreeSlot, zone: string | null): Slot => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  localStart: localTime(startsAt, zone ?? own),
  zone: zone ?? own,
});
