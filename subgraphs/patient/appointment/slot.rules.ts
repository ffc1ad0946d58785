import { Temporal } from 'temporal-polyfill';

/** When a physician can be booked on a day of the week, as clocks on the wall of a zone show it. */
export interface WeeklyHours {
  /** 1 is Monday, 7 Sunday. */
  readonly weekday: number;
  /** Minutes since midnight, 0 to 1440. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name. */
  readonly zone: string;
  readonly slotMinutes: number;
  /** Of pause after each slot. */
  readonly bufferMinutes: number;
  /** YYYY-MM-DD in the zone; both days count. */
  readonly validFrom: string;
  readonly validUntil: string | null;
}

/** From one moment up to, and without, another, in milliseconds since 1970. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A slot that can be booked. */
export interface FreeSlot extends Span {
  /** With the pause after it. */
  readonly busyUntil: number;
  /** The zone of the hours that it comes from. */
  readonly zone: string;
}

/** What decides which slots of a physician are free. */
export interface Timetable {
  readonly hours: readonly WeeklyHours[];
  /** Appointments with their pauses: a slot and its pause must not touch them. */
  readonly busy: readonly Span[];
  /** Absences, and other appointments of the patient: a slot must not touch them. */
  readonly away: readonly Span[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** A slot is taken at least so long before it begins, and at most so long. The table allows a day more. */
export const LEAD_MS = 2 * 3_600_000;
export const HORIZON_MS = 60 * DAY_MS;
/** Slots are asked for up to so many days at once. */
export const MAX_WINDOW_DAYS = 31;
/** How many others are offered where one is not free. */
export const MAX_OFFERED = 5;

/** A day in a zone: when it begins, and whether its clocks run evenly. */
interface LocalDay {
  readonly day: Temporal.PlainDate;
  readonly startsAt: number;
  readonly even: boolean;
}

function localDay(day: Temporal.PlainDate, zone: string): LocalDay {
  const startsAt = day.toZonedDateTime(zone).epochMilliseconds;
  const next = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  return { day, startsAt, even: next - startsAt === DAY_MS };
}

/** When a clock shows so many minutes since midnight: never where the clocks jump over it, twice where they are set back. */
function momentsOf({ day, startsAt, even }: LocalDay, minute: number, zone: string): number[] {
  // nearly every day; asking the zone for each slot would cost a hundred times as much
  if (even) return [startsAt + minute * MINUTE_MS];
  const shown = day.toPlainDateTime().add({ minutes: minute });
  const earlier = shown.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (!earlier.toPlainDateTime().equals(shown)) return [];
  const later = shown.toZonedDateTime(zone, { disambiguation: 'later' });
  return earlier.epochMilliseconds === later.epochMilliseconds
    ? [earlier.epochMilliseconds]
    : [earlier.epochMilliseconds, later.epochMilliseconds];
}

function slotsOfDay(hours: WeeklyHours, local: LocalDay): FreeSlot[] {
  const { fromMinute, toMinute, zone, slotMinutes, bufferMinutes } = hours;
  const end =
    momentsOf(local, toMinute, zone).at(-1) ??
    local.day.toPlainDateTime().add({ minutes: toMinute }).toZonedDateTime(zone).epochMilliseconds;
  const slots: FreeSlot[] = [];
  for (let minute = fromMinute; minute + slotMinutes <= toMinute; minute += slotMinutes + bufferMinutes) {
    for (const startsAt of momentsOf(local, minute, zone)) {
      const endsAt = startsAt + slotMinutes * MINUTE_MS;
      if (endsAt <= end) slots.push({ startsAt, endsAt, busyUntil: endsAt + bufferMinutes * MINUTE_MS, zone });
    }
  }
  return slots;
}

function slotsOfHours(hours: WeeklyHours, { startsAt, endsAt }: Span): FreeSlot[] {
  const dayAt = (moment: number) =>
    Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(hours.zone).toPlainDate();
  // from the day before, so that which slots there are does not depend on where the window begins
  const first = dayAt(startsAt).subtract({ days: 1 });
  const last = dayAt(endsAt);
  const slots: FreeSlot[] = [];
  let day = first.add({ days: (hours.weekday - first.dayOfWeek + 7) % 7 });
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 7 })) {
    const text = day.toString();
    if (text < hours.validFrom || (hours.validUntil !== null && text > hours.validUntil)) continue;
    slots.push(...slotsOfDay(hours, localDay(day, hours.zone)));
  }
  return slots;
}

/** In order, and none begins before the one before and its pause are over: on days with a change of clocks some would. */
function offered(hours: readonly WeeklyHours[], window: Span): FreeSlot[] {
  const found = hours
    .flatMap((each) => slotsOfHours(each, window))
    .sort((one, other) => one.startsAt - other.startsAt || one.endsAt - other.endsAt);
  const slots: FreeSlot[] = [];
  let over = Number.NEGATIVE_INFINITY;
  for (const slot of found) {
    if (slot.startsAt < over) continue;
    slots.push(slot);
    over = slot.busyUntil;
  }
  return slots;
}

const touches = (one: Span, other: Span): boolean => one.startsAt < other.endsAt && other.startsAt < one.endsAt;

/**
 * The slots that begin in a window and can be booked now, in order.
 *
 * @param window any; nothing outside of lead time and horizon is ever free
 */
export function freeSlots({ hours, busy, away }: Timetable, window: Span, now: number): FreeSlot[] {
  const startsAt = Math.max(window.startsAt, now + LEAD_MS);
  const endsAt = Math.min(window.endsAt, now + HORIZON_MS);
  if (!(startsAt < endsAt)) return [];
  return offered(hours, { startsAt, endsAt }).filter(
    (slot) =>
      slot.startsAt >= startsAt &&
      slot.startsAt < endsAt &&
      !busy.some((span) => touches({ startsAt: slot.startsAt, endsAt: slot.busyUntil }, span)) &&
      !away.some((span) => touches(slot, span)),
  );
}

/** The free slot that begins then, if there is one. */
export const slotAt = (timetable: Timetable, startsAt: number, now: number): FreeSlot | undefined =>
  freeSlots(timetable, { startsAt, endsAt: startsAt + 1 }, now).find((slot) => slot.startsAt === startsAt);

/** So many days around a wanted start others are looked for: in more of them only where there are too few. */
const AROUND_DAYS = [2, 7, MAX_WINDOW_DAYS / 2] as const;

/** Around a wanted start, or what of it comes nearest to what can be booked: all that must be known to offer others. */
export function windowAround(wanted: number, now: number, days: number = AROUND_DAYS[2]): Span {
  const middle = Math.min(Math.max(wanted, now), now + HORIZON_MS);
  return { startsAt: middle - days * DAY_MS, endsAt: middle + days * DAY_MS };
}

/** The free slots nearest to a wanted start, in order; at most five. */
export function nearestSlots(timetable: Timetable, wanted: number, now: number): FreeSlot[] {
  let found: FreeSlot[] = [];
  for (const days of AROUND_DAYS) {
    found = freeSlots(timetable, windowAround(wanted, now, days), now);
    if (found.length >= MAX_OFFERED) break;
  }
  return found
    .sort((one, other) => Math.abs(one.startsAt - wanted) - Math.abs(other.startsAt - wanted))
    .slice(0, MAX_OFFERED)
    .sort((one, other) => one.startsAt - other.startsAt);
}

const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/;

/** Whether it is the IANA name of a zone, as `Asia/Shanghai`; an offset is none. */
export function isZone(text: string): boolean {
  if (text.length > 64 || !ZONE_NAME.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const local = (moment: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone);

/** As clocks in a zone show it, with its offset, as in RFC 3339. */
export const localTime = (moment: number, zone: string): string =>
  local(moment, zone).toString({ timeZoneName: 'never', fractionalSecondDigits: 0 });

/** The day in a zone that lies so many days after a moment, YYYY-MM-DD. */
export const dayAfter = (moment: number, days: number, zone: string): string =>
  local(moment, zone).toPlainDate().add({ days }).toString();
