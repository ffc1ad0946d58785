import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { dayPlus } from '../diary/diary.rules.js';
import { CarePlanAction, CarePlanStatus, CareTaskKind } from './care-plan.enums.js';
import {
  allowedActions,
  checkedOccurrenceSpan,
  checkGoals,
  checkOccurrence,
  checkTasks,
  isDueOn,
  nextDueOn,
  type Outcome,
  occurrencesOf,
  progressOf,
  type Schedule,
  type WrittenTask,
} from './care-plan.rules.js';

const today = '2026-03-01';
const dayAround = fc.integer({ min: -400, max: 400 }).map((days) => dayPlus(today, days));
const schedules = fc.record<Schedule>({
  firstDueOn: dayAround,
  repeatsEveryDays: fc.option(fc.integer({ min: 1, max: 366 })),
  until: fc.option(dayAround),
  stoppedOn: fc.option(dayAround),
});
const once = (firstDueOn: string): Schedule => ({ firstDueOn, repeatsEveryDays: null, until: null, stoppedOn: null });

function refused(work: () => unknown): string[] | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.path;
    throw error;
  }
  return undefined;
}

describe('a task', () => {
  test('is due on the first day, and again after so many days, up to the last', () => {
    const weekly = { ...once('2026-03-02'), repeatsEveryDays: 7, until: '2026-03-16' };
    expect(occurrencesOf(weekly, '2026-01-01', '2026-12-31')).toEqual(['2026-03-02', '2026-03-09', '2026-03-16']);
    expect(occurrencesOf({ ...weekly, stoppedOn: '2026-03-09' }, '2026-01-01', '2026-12-31')).toEqual(['2026-03-02']);
    expect(occurrencesOf(once('2026-03-02'), '2026-01-01', '2026-12-31')).toEqual(['2026-03-02']);
  });

  test('is due on exactly the days on which each day by itself says so', () => {
    fc.assert(
      fc.property(schedules, dayAround, fc.nat(365), (schedule, from, days) => {
        const each = Array.from({ length: days + 1 }, (_, n) => dayPlus(from, n));
        const due = each.filter((day) => isDueOn(schedule, day));
        expect(occurrencesOf(schedule, from, dayPlus(from, days))).toEqual(due);
        if (due[0] !== undefined) expect(nextDueOn(schedule, from)).toBe(due[0]);
      }),
    );
  });

  test('is found in no time although it began a thousand years ago', () => {
    const daily = { ...once('1000-01-01'), repeatsEveryDays: 1 };
    expect(nextDueOn(daily, today)).toBe(today);
    expect(occurrencesOf(daily, today, dayPlus(today, 365))).toHaveLength(366);
    expect(() => checkedOccurrenceSpan({ from: '1000-01-01', to: '2999-12-31' }, today)).toThrow('At most 366 days');
    expect(() => checkedOccurrenceSpan({ from: '2024-01-01', to: '2024-01-02' }, today)).toThrow(
      'at most 366 days ago',
    );
    expect(() => checkedOccurrenceSpan({ from: today, to: '2026-02-28' }, today)).toThrow('must not be after');
  });

  test('is marked on a day on which it was due, not before it and not later than thirty days', () => {
    const daily = { ...once('2025-01-01'), repeatsEveryDays: 2 };
    const due = nextDueOn(daily, dayPlus(today, -10)) as string;
    expect(refused(() => checkOccurrence(daily, due, today))).toBeUndefined();
    expect(refused(() => checkOccurrence(daily, dayPlus(due, 1), today))).toEqual(['input', 'occurrenceOn']);
    expect(refused(() => checkOccurrence(once('2026-03-02'), '2026-03-02', today))).toEqual(['input', 'occurrenceOn']);
    const old = nextDueOn(daily, dayPlus(today, -40)) as string;
    expect(refused(() => checkOccurrence(daily, old, today))).toEqual(['input', 'occurrenceOn']);
  });
});

describe('progress', () => {
  test('counts each day of the last thirty once', () => {
    const marks = fc
      .array(fc.tuple(dayAround, fc.constantFrom<Outcome>('DONE', 'SKIPPED')))
      .map((each) => new Map(each));
    fc.assert(
      fc.property(fc.array(fc.record({ schedule: schedules, marks }), { maxLength: 4 }), (tasks) => {
        const { due, done, skipped, missed } = progressOf(tasks, today);
        const openToday = tasks.filter(({ schedule, marks }) => isDueOn(schedule, today) && !marks.has(today)).length;
        expect(done + skipped + missed + openToday).toBe(due);
        expect(due).toBeLessThanOrEqual(30 * tasks.length);
      }),
    );
  });

  test('does not call missed what is due today', () => {
    const schedule = { ...once(dayPlus(today, -2)), repeatsEveryDays: 1 };
    const marks = new Map([[dayPlus(today, -2), 'DONE'] as const]);
    expect(progressOf([{ schedule, marks }], today)).toEqual({ due: 3, done: 1, skipped: 0, missed: 1 });
  });
});

describe('a written task is refused', () => {
  const task: WrittenTask = { title: 'Walk', kind: CareTaskKind.EXERCISE, firstDueOn: today };
  const at = (change: Partial<WrittenTask>) =>
    refused(() => checkTasks([{ ...task, ...change }], today, (code) => code === 'wellbeing', 'tasks'))?.at(-1);

  test('when it repeats never, too seldom, or backwards', () => {
    for (const repeatsEveryDays of [0, -1, 367, 10_000]) expect(at({ repeatsEveryDays })).toBe('repeatsEveryDays');
    expect(at({ repeatsEveryDays: 1 })).toBeUndefined();
  });

  test('when it begins before today or far ahead, or ends before it begins or never', () => {
    expect(at({ firstDueOn: dayPlus(today, -1) })).toBe('firstDueOn');
    expect(at({ firstDueOn: '2999-12-31' })).toBe('firstDueOn');
    expect(at({ repeatsEveryDays: 1, until: dayPlus(today, -1) })).toBe('until');
    expect(at({ repeatsEveryDays: 1, until: '2999-12-31' })).toBe('until');
    expect(at({ until: today })).toBe('until');
  });

  test('when a questionnaire is missing, unknown or out of place', () => {
    expect(at({ kind: CareTaskKind.QUESTIONNAIRE })).toBe('questionnaireCode');
    expect(at({ kind: CareTaskKind.QUESTIONNAIRE, questionnaireCode: 'none' })).toBe('questionnaireCode');
    expect(at({ questionnaireCode: 'wellbeing' })).toBe('questionnaireCode');
    expect(at({ kind: CareTaskKind.QUESTIONNAIRE, questionnaireCode: 'wellbeing' })).toBeUndefined();
  });

  test('when its words are missing or too many, or there are too many tasks', () => {
    expect(at({ title: ' \u0000 ' })).toBe('title');
    expect(at({ title: 'x'.repeat(121) })).toBe('title');
    expect(at({ description: 'x'.repeat(1_001) })).toBe('description');
    expect(refused(() => checkTasks(Array(31).fill(task), today, () => true, 'addTasks'))).toEqual([
      'input',
      'addTasks',
    ]);
    expect(refused(() => checkGoals(Array(11).fill('x')))).toEqual(['input', 'goals']);
    expect(refused(() => checkGoals(['x', '']))).toEqual(['input', 'goals', '1']);
  });
});

test('a plan that is over allows nothing, a running one each what is theirs', () => {
  const { ACTIVE, ENDED } = CarePlanStatus;
  expect(allowedActions(ENDED, true, true)).toEqual([]);
  expect(allowedActions(ACTIVE, true, false)).toEqual([CarePlanAction.CHANGE, CarePlanAction.END]);
  expect(allowedActions(ACTIVE, false, true)).toEqual([CarePlanAction.MARK_TASKS]);
  expect(allowedActions(ACTIVE, false, false)).toEqual([]);
});
