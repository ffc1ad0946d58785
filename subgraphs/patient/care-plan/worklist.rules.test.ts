import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayPlus } from '../diary/diary.rules.js';
import { type Looked, overdueReason, pageBehind, type Reason, worstFirst } from './worklist.rules.js';

const today = '2026-03-01';
const flag: Reason = { kind: 'RED_FLAG', questionnaire: 'early-ibd', version: 1, band: 'MANY_SIGNS', since: today };
const risen = (by: number): Reason => ({ kind: 'DIARY_WORSE', symptom: null, from: 2, to: 2 + by });
const missed = (times: number): Reason => ({ kind: 'TASK_OVERDUE', taskId: 'task', missed: times, since: today });
const patients = fc
  .uniqueArray(
    fc.tuple(fc.uuid(), fc.array(fc.constantFrom(flag, risen(1), risen(4), missed(1), missed(5)), { maxLength: 3 })),
    {
      selector: ([id]) => id,
      maxLength: 30,
    },
  )
  .map((each) => each.map(([patientId, reasons]): Looked => ({ patientId, reasons })));

describe('the worklist', () => {
  test('puts red flags first, then who got most worse, then who missed most', () => {
    const of = (patientId: string, ...reasons: Reason[]): Looked => ({ patientId, reasons });
    const list = [
      of('d', missed(2)),
      of('nobody'),
      of('b', risen(1), missed(9)),
      of('e', missed(1)),
      of('a', flag),
      of('c', risen(3)),
    ];
    expect(worstFirst(list).map(({ patientId }) => patientId)).toEqual(['a', 'c', 'b', 'd', 'e']);
  });

  test('has the same order whatever order it is read in, and holds whoever has a reason once', () => {
    fc.assert(
      fc.property(
        patients.chain((each) => fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length }))),
        ([each, shuffled]) => {
          expect(worstFirst(shuffled)).toEqual(worstFirst(each));
          expect(worstFirst(each)).toHaveLength(each.filter(({ reasons }) => reasons.length > 0).length);
        },
      ),
    );
  });

  test('is read page by page without passing over or repeating anybody', () => {
    fc.assert(
      fc.property(patients, fc.integer({ min: 1, max: 7 }), (each, first) => {
        const list = worstFirst(each);
        const read: string[] = [];
        for (let after: string | null = null; ; after = read.at(-1) ?? null) {
          const page = pageBehind(list, after, first);
          read.push(...page.slice(0, first).map(({ patientId }) => patientId));
          if (page.length <= first) break;
        }
        expect(read).toEqual(list.map(({ patientId }) => patientId));
      }),
    );
  });

  test('begins anew behind somebody who is not on it any more', () => {
    const list = worstFirst([{ patientId: 'a', reasons: [flag] }]);
    expect(pageBehind(list, 'gone', 20)).toEqual(list);
  });
});

describe('a task is overdue', () => {
  const task = (firstDueOn: string, repeatsEveryDays: number | null = null) => ({
    id: 'task',
    firstDueOn,
    repeatsEveryDays,
    until: null,
    stoppedOn: null,
  });
  const ago = (days: number) => dayPlus(today, -days);

  test('three days after it was due, for two weeks', () => {
    expect(overdueReason(task(ago(2)), new Set(), today)).toBeNull();
    expect(overdueReason(task(ago(3)), new Set(), today)).toEqual({ ...missed(1), since: ago(3) });
    expect(overdueReason(task(ago(14)), new Set(), today)).toEqual({ ...missed(1), since: ago(14) });
    expect(overdueReason(task(ago(15)), new Set(), today)).toBeNull();
    expect(overdueReason(task(ago(3)), new Set([ago(3)]), today)).toBeNull();
  });

  test('of every day when it was forgotten three times', () => {
    const forgotten = (...days: number[]) => {
      const marked = Array.from({ length: 15 }, (_, n) => n).filter((n) => !days.includes(n));
      return overdueReason(task(ago(100), 1), new Set(marked.map(ago)), today);
    };
    expect(forgotten(3, 4)).toBeNull();
    expect(forgotten(3, 7, 9)).toEqual({ ...missed(3), since: ago(9) });
  });
});
