import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  freeSlots,
  HORIZON_MS,
  isZone,
  LEAD_MS,
  localTime,
  nearestSlots,
  slotAt,
  type Timetable,
  type WeeklyHours,
} from './slot.rules.js';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

const always: WeeklyHours = {
  weekday: 7,
  fromMinute: 0,
  toMinute: 6 * 60,
  zone: 'Europe/Berlin',
  slotMinutes: 30,
  bufferMinutes: 0,
  validFrom: '2026-01-01',
  validUntil: null,
};
const timetable = (change: Partial<WeeklyHours> = {}, rest: Partial<Timetable> = {}): Timetable => ({
  hours: [{ ...always, ...change }],
  busy: [],
  away: [],
  ...rest,
});
/** Local starts of a day, with a clock that is ten days before it. */
const startsOn = (day: string, of: Timetable): string[] => {
  const startsAt = at(`${day}T00:00:00Z`) - 24 * HOUR;
  const zone = of.hours[0]?.zone ?? 'UTC';
  return freeSlots(of, { startsAt, endsAt: startsAt + 72 * HOUR }, startsAt - 240 * HOUR)
    .map((slot) => localTime(slot.startsAt, zone))
    .filter((local) => local.startsWith(day))
    .map((local) => local.slice(11, 16) + local.slice(19));
};

describe('slots on days on which clocks change', () => {
  test('are not there at local times that do not exist', () => {
    expect(startsOn('2026-03-29', timetable())).toEqual([
      '00:00+01:00',
      '00:30+01:00',
      '01:00+01:00',
      '01:30+01:00',
      '03:00+02:00',
      '03:30+02:00',
      '04:00+02:00',
      '04:30+02:00',
      '05:00+02:00',
      '05:30+02:00',
    ]);
  });

  test('are there twice at local times that exist twice, each at its own moment', () => {
    const starts = startsOn('2026-10-25', timetable({ toMinute: 4 * 60 }));
    expect(starts).toEqual([
      '00:00+02:00',
      '00:30+02:00',
      '01:00+02:00',
      '01:30+02:00',
      '02:00+02:00',
      '02:30+02:00',
      '02:00+01:00',
      '02:30+01:00',
      '03:00+01:00',
      '03:30+01:00',
    ]);
  });

  test('follow New York, where clocks change on other days', () => {
    const zone = 'America/New_York';
    expect(startsOn('2026-03-08', timetable({ zone, toMinute: 4 * 60, slotMinutes: 60 }))).toEqual([
      '00:00-05:00',
      '01:00-05:00',
      '03:00-04:00',
    ]);
    expect(startsOn('2026-11-01', timetable({ zone, toMinute: 3 * 60, slotMinutes: 60 }))).toEqual([
      '00:00-04:00',
      '01:00-04:00',
      '01:00-05:00',
      '02:00-05:00',
    ]);
  });

  test('never overlap, where a long slot reaches over the change', () => {
    const long = timetable({ fromMinute: 90, toMinute: 480, slotMinutes: 90, bufferMinutes: 10 });
    expect(startsOn('2026-03-29', long)).toEqual(['01:30+01:00', '04:50+02:00', '06:30+02:00']);
    expect(startsOn('2026-10-25', timetable({ fromMinute: 125, toMinute: 240, slotMinutes: 40 }))).toEqual([
      '02:05+02:00',
      '02:45+02:00',
      '02:45+01:00',
    ]);
  });
});

describe('free slots', () => {
  const sunday = '2026-06-07';
  const window = { startsAt: at('2026-06-06T00:00:00Z'), endsAt: at('2026-06-09T00:00:00Z') };
  const before = at('2026-06-01T00:00:00Z');

  test('end when the hours end, and have their pause between them', () => {
    expect(startsOn(sunday, timetable({ fromMinute: 540, toMinute: 640, bufferMinutes: 10 }))).toEqual([
      '09:00+02:00',
      '09:40+02:00',
    ]);
  });

  test('reach up to midnight, and none begins in the pause of the evening before', () => {
    const evening = { ...always, fromMinute: 1380, toMinute: 1440, bufferMinutes: 15 };
    const morning = { ...always, weekday: 1, fromMinute: 0, toMinute: 60 };
    const starts = freeSlots({ hours: [evening, morning], busy: [], away: [] }, window, before);
    expect(starts.map((slot) => localTime(slot.startsAt, 'Europe/Berlin').slice(5, 16))).toEqual([
      '06-07T23:00',
      '06-08T00:00',
      '06-08T00:30',
    ]);
  });

  test('are only there while the hours are valid, the last day included', () => {
    expect(startsOn(sunday, timetable({ validFrom: '2026-06-08' }))).toEqual([]);
    expect(startsOn(sunday, timetable({ validUntil: '2026-06-06' }))).toEqual([]);
    expect(startsOn(sunday, timetable({ validFrom: sunday, validUntil: sunday }))).toHaveLength(12);
  });

  test('with their pause touch no appointment, and without it no absence', () => {
    const hours = { fromMinute: 540, toMinute: 680, bufferMinutes: 10 };
    const nine = at(`${sunday}T07:00:00Z`);
    const span = { startsAt: nine + 0.6 * HOUR, endsAt: nine + 0.65 * HOUR };
    expect(startsOn(sunday, timetable(hours, { busy: [span] }))).toEqual(['09:40+02:00', '10:20+02:00']);
    expect(startsOn(sunday, timetable(hours, { away: [span] }))).toEqual(['09:00+02:00', '09:40+02:00', '10:20+02:00']);
  });

  test('begin two hours from now at the earliest and sixty days at the latest', () => {
    const daily = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ ...always, weekday, toMinute: 1440 }));
    const all = { hours: daily, busy: [], away: [] };
    const found = freeSlots(all, { startsAt: 0, endsAt: Number.MAX_SAFE_INTEGER }, before);
    expect(found[0]?.startsAt).toBe(before + LEAD_MS);
    expect(found.at(-1)?.startsAt).toBe(before + HORIZON_MS - HOUR / 2);
    expect(slotAt(all, before + LEAD_MS - HOUR / 2, before)).toBeUndefined();
    expect(slotAt(all, before - 24 * HOUR, before)).toBeUndefined();
    expect(slotAt(all, at('9999-12-31T12:00:00Z'), before)).toBeUndefined();
    expect(slotAt(all, Number.NaN, before)).toBeUndefined();
  });

  test('that are nearest to what was wanted are offered, also for a wish far away', () => {
    const of = timetable();
    const starts = (wanted: string) =>
      nearestSlots(of, at(wanted), before).map((slot) => localTime(slot.startsAt, 'Europe/Berlin').slice(5, 16));
    expect(starts('2026-06-07T01:10:00Z')).toEqual([
      '06-07T02:00',
      '06-07T02:30',
      '06-07T03:00',
      '06-07T03:30',
      '06-07T04:00',
    ]);
    expect(starts('9999-01-01T00:00:00Z').at(-1)).toBe('07-26T05:30');
    expect(starts('1999-01-01T00:00:00Z')[0]).toBe('06-07T00:00');
  });

  test('never overlap, lie in the hours, last as long as they should, and do not depend on the window', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC'];
    const hours = fc
      .record({
        weekday: fc.integer({ min: 1, max: 7 }),
        fromMinute: fc.integer({ min: 0, max: 1300 }),
        length: fc.integer({ min: 1, max: 1440 }),
        slotMinutes: fc.integer({ min: 10, max: 120 }),
        bufferMinutes: fc.integer({ min: 0, max: 60 }),
      })
      .map(({ length, ...rest }) => ({ ...rest, toMinute: Math.min(1440, rest.fromMinute + length) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.uniqueArray(hours, { minLength: 1, maxLength: 4, selector: ({ weekday }) => weekday }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (zone, weekly, now) => {
          const all: Timetable = {
            hours: weekly.map((each) => ({ ...each, zone, validFrom: '2020-01-01', validUntil: null })),
            busy: [],
            away: [],
          };
          const found = freeSlots(all, { startsAt: now, endsAt: now + 31 * 24 * HOUR }, now);
          found.forEach((slot, index) => {
            const next = found[index + 1];
            if (next) expect(next.startsAt).toBeGreaterThanOrEqual(slot.busyUntil);
            const local = Temporal.Instant.fromEpochMilliseconds(slot.startsAt).toZonedDateTimeISO(zone);
            const minute = local.hour * 60 + local.minute;
            const source = weekly.find(
              (each) =>
                each.weekday === local.dayOfWeek &&
                minute >= each.fromMinute &&
                minute + each.slotMinutes <= each.toMinute &&
                (minute - each.fromMinute) % (each.slotMinutes + each.bufferMinutes) === 0 &&
                slot.endsAt - slot.startsAt === each.slotMinutes * 60_000,
            );
            expect(source).toBeDefined();
          });
          const some = found[Math.floor(found.length / 2)];
          if (some) expect(slotAt(all, some.startsAt, now)).toEqual(some);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['+08:00', false],
  ['Asia/Shanghai\u0000', false],
  ['', false],
  ['../etc/passwd', false],
  ['A'.repeat(100), false],
])('%j is the name of a zone: %s', (text, is) => {
  expect(isZone(text)).toBe(is);
});
