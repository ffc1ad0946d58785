import { describe, expect, test } from '@jest/globals';
import ICAL from 'ical.js';
import { InvalidInput } from '../../common/errors.js';
import { checkReason } from '../../common/plain-text.js';
import { Locale } from '../../common/scalars.js';
import { AppointmentStatus } from './appointment.enums.js';
import {
  type AppointmentFacts,
  allowedActions,
  checkCancelReason,
  checkSummary,
  isReminderDue,
  remindAt,
} from './appointment.rules.js';
import { checkAbsence, checkHours, type EnteredHours } from './availability.rules.js';
import { type CalendarFacts, icalendarOf } from './icalendar.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = new Date('2026-06-01T08:00:00Z');
const { BOOKED, CONFIRMED, COMPLETED, CANCELLED, NO_SHOW } = AppointmentStatus;
const facts = (status: AppointmentStatus, summaries = 0): AppointmentFacts => ({
  status,
  startsAt: START,
  endsAt: new Date(START.getTime() + 30 * MINUTE),
  summaries,
});
const later = (ms: number) => new Date(START.getTime() + ms);

const refusal = (work: () => unknown): string[] | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.path;
    throw error;
  }
  return undefined;
};

describe('what may be done with an appointment', () => {
  const PATIENT = { patientSide: true, physician: false };
  const PHYSICIAN = { patientSide: false, physician: true };

  test.each([
    ['before', BOOKED, -HOUR, ['MOVE', 'CANCEL'], ['CONFIRM', 'MOVE', 'CANCEL']],
    ['before', CONFIRMED, -HOUR, ['MOVE', 'CANCEL'], ['MOVE', 'CANCEL']],
    ['at its start', BOOKED, 0, [], ['CONFIRM']],
    ['at its start', CONFIRMED, 0, [], ['COMPLETE']],
    ['ten minutes in', CONFIRMED, 10 * MINUTE, [], ['COMPLETE', 'RECORD_NO_SHOW']],
    ['a day after its end', BOOKED, DAY + 30 * MINUTE, [], []],
    ['long after', CONFIRMED, 91 * DAY, [], ['RECORD_NO_SHOW']],
    ['later', COMPLETED, DAY, [], ['CORRECT_SUMMARY']],
    ['long after', COMPLETED, 91 * DAY, [], []],
    ['later', CANCELLED, -DAY, [], []],
    ['later', NO_SHOW, DAY, [], []],
  ])('%s when it is %s', (_, status, since, patient, physician) => {
    expect(allowedActions(facts(status, 1), PATIENT, later(since))).toEqual(patient);
    expect(allowedActions(facts(status, 1), PHYSICIAN, later(since))).toEqual(physician);
    expect(allowedActions(facts(status, 1), { patientSide: false, physician: false }, later(since))).toEqual([]);
  });

  test('is no further correction after the twentieth version of a summary', () => {
    expect(allowedActions(facts(COMPLETED, 20), PHYSICIAN, later(DAY))).toEqual([]);
  });
});

describe('a reminder', () => {
  test('is told a day and an hour before, as long as there is time for it', () => {
    expect(remindAt(START, 24, later(-25 * HOUR))).toEqual(later(-24 * HOUR));
    expect(remindAt(START, 24, later(-23 * HOUR))).toBeNull();
    expect(remindAt(START, 1, later(-23 * HOUR))).toEqual(later(-HOUR));
  });

  test('holds only for what is still to come, then and at that time', () => {
    const due = (status: AppointmentStatus, ms: number) => isReminderDue(facts(status), 24, later(ms));
    expect(due(CONFIRMED, -24 * HOUR)).toBe(true);
    expect(due(BOOKED, -HOUR)).toBe(true);
    expect(due(CANCELLED, -24 * HOUR)).toBe(false);
    expect(due(CONFIRMED, -30 * HOUR)).toBe(false);
    expect(due(CONFIRMED, 0)).toBe(false);
  });
});

describe('what is written', () => {
  test('has a length, counted as one sees it, and loses what nobody sees', () => {
    expect(checkReason('  Ache\u0000 and\u202e fatigue ')).toBe('Ache and fatigue');
    expect(refusal(() => checkReason('\u0000 '))).toEqual(['input', 'reason']);
    expect(refusal(() => checkReason('𠮷'.repeat(500)))).toBeUndefined();
    expect(refusal(() => checkReason('𠮷'.repeat(501)))).toEqual(['input', 'reason']);
    expect(refusal(() => checkCancelReason(' ', true))).toEqual(['input', 'reason']);
    expect(checkCancelReason(' ', false)).toBeNull();
  });

  test('names a follow-up within two years, or none', () => {
    expect(checkSummary({ text: 'Fine', advice: '', followUpInDays: 30 })).toEqual({
      text: 'Fine',
      advice: null,
      diagnosis: null,
      followUpInDays: 30,
    });
    for (const followUpInDays of [0, -1, 731, 1e9]) {
      expect(refusal(() => checkSummary({ text: 'Fine', followUpInDays }))).toEqual(['input', 'followUpInDays']);
    }
    expect(refusal(() => checkSummary({ text: '' }))).toEqual(['input', 'text']);
  });
});

describe('hours', () => {
  const one: EnteredHours = {
    weekday: 1,
    from: '09:00',
    to: '12:00',
    slotMinutes: 30,
    bufferMinutes: 10,
    validFrom: '2026-06-01',
  };
  const path = (change: Partial<EnteredHours>) =>
    refusal(() => checkHours('Asia/Shanghai', [{ ...one, ...change }], '2026-06-01'))?.at(-1);

  test('are kept as minutes since midnight', () => {
    expect(checkHours('UTC', [{ ...one, from: '00:00', to: '24:00' }], '2026-06-01')[0]).toMatchObject({
      fromMinute: 0,
      toMinute: 1440,
      zone: 'UTC',
      validUntil: null,
    });
  });

  test.each<[string, Partial<EnteredHours>]>([
    ['to', { to: '09:00' }],
    ['to', { to: '08:00' }],
    ['to', { to: '09:20' }],
    ['to', { to: '24:01' }],
    ['from', { from: '9:00' }],
    ['from', { from: '24:00:00' }],
    ['slotMinutes', { slotMinutes: 0 }],
    ['slotMinutes', { slotMinutes: 121 }],
    ['slotMinutes', { slotMinutes: -30 }],
    ['bufferMinutes', { bufferMinutes: 1e9 }],
    ['bufferMinutes', { bufferMinutes: -1 }],
    ['validUntil', { validUntil: '2026-05-31' }],
    ['validUntil', { validFrom: '2020-01-01', validUntil: '2026-05-31' }],
  ])('are refused for %s: %j', (field, change) => {
    expect(path(change)).toBe(field);
  });

  test('are refused for a zone that does not exist, and where they lie in each other', () => {
    expect(refusal(() => checkHours('Mars/Olympus', [one], '2026-06-01'))).toEqual(['input', 'zone']);
    const inIt = { ...one, from: '11:00', to: '13:00' };
    expect(refusal(() => checkHours('UTC', [one, inIt], '2026-06-01'))).toEqual(['input', 'hours', '1']);
    expect(refusal(() => checkHours('UTC', [one, { ...inIt, weekday: 2 }], '2026-06-01'))).toBeUndefined();
    const nextYear = { ...inIt, validFrom: '2027-01-01' };
    expect(
      refusal(() => checkHours('UTC', [{ ...one, validUntil: '2026-12-31' }, nextYear], '2026-06-01')),
    ).toBeUndefined();
    const many = Array.from({ length: 51 }, () => one);
    expect(refusal(() => checkHours('UTC', many, '2026-06-01'))).toEqual(['input', 'hours']);
  });
});

test.each([
  ['endsAt', 0, 0],
  ['endsAt', 2, 1],
  ['endsAt', -2, -1],
  ['endsAt', 1, 368],
  ['startsAt', 731, 732],
  ['startsAt', 2_900_000, 2_900_001],
])('an absence is refused for its %s: from day %d to day %d', (field, from, to) => {
  expect(refusal(() => checkAbsence({ startsAt: later(from * DAY), endsAt: later(to * DAY) }, START))).toEqual([
    'input',
    field,
  ]);
});

describe('an appointment in a calendar', () => {
  const stored: CalendarFacts = {
    id: '01934a3c-5800-7000-8000-000000000001',
    startsAt: START,
    endsAt: new Date(START.getTime() + 30 * MINUTE),
    changedAt: new Date('2026-05-20T01:02:03Z'),
    status: CONFIRMED,
    version: 3,
  };
  const parsed = (change: Partial<CalendarFacts> = {}, locale = Locale.EN) => {
    const text = icalendarOf({ ...stored, ...change }, locale);
    const calendar = new ICAL.Component(ICAL.parse(text));
    const event = calendar.getFirstSubcomponent('vevent');
    if (!event) throw new Error('There is no event');
    return { text, calendar, event };
  };

  test('is read by another program with its time in UTC and its state', () => {
    const { text, calendar, event } = parsed();
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
    expect(event.getFirstPropertyValue('uid')).toBe(`${stored.id}@care-center`);
    expect(event.getFirstPropertyValue('sequence')).toBe(3);
    expect(event.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(event.getFirstPropertyValue('summary')).toBe('Video consultation');
    const [start, end] = ['dtstart', 'dtend'].map((name) => event.getFirstPropertyValue(name) as ICAL.Time);
    expect(start?.zone.tzid).toBe('UTC');
    expect(start?.toJSDate()).toEqual(START);
    expect(end?.toJSDate()).toEqual(stored.endsAt);
    expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    // by RFC 5545 an event's alarms come last, and each line ends
    expect(text).toMatch(/END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n$/);
    const trigger = event.getFirstSubcomponent('valarm')?.getFirstPropertyValue('trigger');
    expect(trigger).toBeInstanceOf(ICAL.Duration);
    expect(trigger?.toString()).toBe('-PT1H');
  });

  test('is the same one after it was moved or cancelled, and says so', () => {
    expect(parsed({ status: BOOKED }).event.getFirstPropertyValue('status')).toBe('TENTATIVE');
    const { calendar, event } = parsed({ status: CANCELLED, version: 4 });
    expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect(event.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(event.getFirstPropertyValue('sequence')).toBe(4);
    expect(event.getFirstPropertyValue('uid')).toBe(`${stored.id}@care-center`);
    expect(event.getFirstSubcomponent('valarm')).toBeNull();
  });

  test('has a title in the reader’s language', () => {
    expect(parsed({}, Locale.ZH).event.getFirstPropertyValue('summary')).toBe('视频问诊');
  });
});
