import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { checkDay, checkedDays, checkedSpan, dayPlus, daysBetween, type WrittenDay } from './diary.rules.js';
import { SYMPTOMS } from './symptoms.js';
import { COMPARED_DAYS, type DiaryDay, type Direction, isWorse, stretchesOf, trendOf } from './trend.rules.js';

const today = '2026-03-01';

/** The path of the failure; undefined when there is none. */
function refused(day: Partial<WrittenDay>): string[] | undefined {
  try {
    checkDay({ on: today, symptoms: [{ code: 'pain', severity: 3 }], ...day }, today);
  } catch (error) {
    if (error instanceof InvalidInput) return error.path;
    throw error;
  }
  return undefined;
}

describe('a day of the diary', () => {
  test('is today or one of the thirty before', () => {
    expect(refused({ on: '2026-03-02' })).toEqual(['input', 'on']);
    expect(refused({ on: '2999-12-31' })).toEqual(['input', 'on']);
    expect(refused({ on: '2026-01-30' })).toBeUndefined();
    expect(refused({ on: '2026-01-29' })).toEqual(['input', 'on']);
    expect(refused({ on: '1000-01-01' })).toEqual(['input', 'on']);
  });

  test('has severities from 0 to 10', () => {
    for (const severity of [11, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(refused({ symptoms: [{ code: 'pain', severity }] })).toEqual(['input', 'symptoms', '0', 'severity']);
    }
    for (const severity of [0, 10]) expect(refused({ symptoms: [{ code: 'pain', severity }] })).toBeUndefined();
  });

  test('names symptoms of the vocabulary, each once', () => {
    expect(refused({ symptoms: [{ code: 'envy', severity: 1 }] })).toEqual(['input', 'symptoms', '0', 'code']);
    expect(refused({ symptoms: [{ code: '__proto__', severity: 1 }] })).toEqual(['input', 'symptoms', '0', 'code']);
    const twice = { code: 'pain', severity: 1 };
    expect(refused({ symptoms: [twice, twice] })).toEqual(['input', 'symptoms', '1', 'code']);
    expect(refused({ symptoms: Array.from({ length: 10_000 }, () => twice) })).toEqual(['input', 'symptoms']);
  });

  test('has a note of at most 1,000 characters, or symptoms, or both', () => {
    expect(refused({ note: '痛'.repeat(1_000) })).toBeUndefined();
    expect(refused({ note: '😀'.repeat(1_000) })).toBeUndefined();
    expect(refused({ note: 'x'.repeat(1_001) })).toEqual(['input', 'note']);
    expect(refused({ note: 'x'.repeat(1_000_000) })).toEqual(['input', 'note']);
    expect(refused({ symptoms: [], note: ' \u0000\u202e ' })).toEqual(['input', 'symptoms']);
    expect(checkDay({ on: today, symptoms: [], note: ' a\u0000b\u202ec ' }, today).note).toBe('abc');
  });

  test('is read in stretches that end after they begin and are not too long', () => {
    expect(() => checkedSpan({ from: '2026-03-02', to: '2026-03-01' })).toThrow('must not be after');
    expect(() => checkedSpan({ from: '1000-01-01', to: '2999-12-31' })).toThrow('At most 366 days');
    expect(() => checkedSpan({ from: '2025-03-01', to: '2026-03-02' })).toThrow('At most 366 days');
    expect(checkedSpan({ from: '2025-03-01', to: '2026-03-01' })).toEqual({ from: '2025-03-01', to: '2026-03-01' });
    for (const days of [0, -1, 367]) expect(() => checkedDays(days)).toThrow('from 1 to 366');
  });
});

const severities = fc.record(Object.fromEntries(SYMPTOMS.map(({ code }) => [code, fc.integer({ min: 0, max: 10 })])), {
  requiredKeys: [],
});
/** A diary with at most one entry a day, in any order, before and after the days that count. */
const diaries = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -30, max: 3 }), severities), { selector: ([day]) => day, maxLength: 34 })
  .map((days): DiaryDay[] =>
    days.map(([day, symptoms]) => ({ on: dayPlus(today, day), symptoms: symptoms as Record<string, number> })),
  );
const trend = (entries: readonly DiaryDay[]) => trendOf(stretchesOf(entries, today));

/** As many entries as days asked for, the newest today. */
const steady = (recent: number, before: number, code = 'pain'): DiaryDay[] =>
  Array.from({ length: COMPARED_DAYS }, (_, ago) => ({
    on: dayPlus(today, -ago),
    symptoms: { [code]: ago < 7 ? recent : before },
  }));

describe('the trend', () => {
  test('compares the last seven days with the fourteen before', () => {
    const { overall } = trend(steady(5, 3));
    expect(overall).toEqual({ direction: 'WORSE', recentMean: 5, beforeMean: 3, recentEntries: 7, beforeEntries: 14 });
    const around = [
      { on: dayPlus(today, 1), symptoms: { pain: 10 } },
      { on: dayPlus(today, -21), symptoms: { pain: 10 } },
    ];
    expect(trend([...steady(5, 3), ...around])).toEqual(trend(steady(5, 3)));
  });

  test('moves at one point over all, and at two for a single symptom', () => {
    const directions = (recent: number, before: number): [Direction, Direction | undefined] => {
      const { overall, symptoms } = trend(steady(recent, before));
      return [overall.direction, symptoms.get('pain')?.direction];
    };
    expect(directions(4, 3)).toEqual(['WORSE', 'STABLE']);
    expect(directions(5, 3)).toEqual(['WORSE', 'WORSE']);
    expect(directions(3, 3)).toEqual(['STABLE', 'STABLE']);
    expect(directions(2, 3)).toEqual(['BETTER', 'STABLE']);
    expect(directions(1, 3)).toEqual(['BETTER', 'BETTER']);
  });

  test('says that there are too few entries, rather than something', () => {
    const of = (recent: number, before: number) =>
      trend([...steady(9, 1).slice(0, recent), ...steady(9, 1).slice(7, 7 + before)]).overall.direction;
    expect([of(2, 14), of(7, 3), of(0, 14), of(7, 0), of(0, 0)]).toEqual(Array(5).fill('TOO_FEW_ENTRIES'));
    expect(of(3, 4)).toBe('WORSE');
    expect(trend([]).overall).toMatchObject({ recentMean: null, beforeMean: null });
  });

  test('counts what is left out as not looked at, and days without a symptom not at all', () => {
    const notes = Array.from({ length: 7 }, (_, ago) => ({ on: dayPlus(today, -ago), symptoms: {} }));
    expect(trend(notes).overall).toMatchObject({ direction: 'TOO_FEW_ENTRIES', recentEntries: 0 });
    // bleeding is new: it cannot be compared by itself, and makes the whole worse
    const bleeding = steady(3, 3).map((entry, ago) =>
      ago < 4 ? { ...entry, symptoms: { pain: 3, bleeding: 9 } } : entry,
    );
    const { overall, symptoms } = trend(bleeding);
    expect([overall.direction, symptoms.get('bleeding')?.direction]).toEqual(['WORSE', 'TOO_FEW_ENTRIES']);
  });

  test('is worse also when one symptom alone is much worse', () => {
    const entries = steady(5, 2, 'bleeding').map((entry) => ({
      ...entry,
      symptoms: { ...entry.symptoms, pain: 3, fatigue: 3, nausea: 3, fever: 3 },
    }));
    expect(trend(entries).overall.direction).toBe('STABLE');
    expect(isWorse(trend(entries))).toBe(true);
    expect(isWorse(trend(steady(3, 3)))).toBe(false);
  });

  test('does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(
        diaries.chain((entries) =>
          fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        ),
        ([entries, shuffled]) => {
          const [one, other] = [trend(entries), trend(shuffled)];
          expect(other.overall).toEqual(one.overall);
          expect(Object.fromEntries(other.symptoms)).toEqual(Object.fromEntries(one.symptoms));
        },
      ),
    );
  });

  const RANK: readonly Direction[] = ['BETTER', 'STABLE', 'WORSE'];
  const shifted = (entries: readonly DiaryDay[], by: number, which: (on: string) => boolean = () => true): DiaryDay[] =>
    entries.map(({ on, symptoms }) => ({
      on,
      symptoms: Object.fromEntries(
        Object.entries(symptoms).map(([code, each]) => [code, which(on) ? each + by : each]),
      ),
    }));
  const directions = (entries: readonly DiaryDay[]): Direction[] => {
    const { overall, symptoms } = trend(entries);
    return [overall.direction, ...SYMPTOMS.map(({ code }) => symptoms.get(code)?.direction ?? 'TOO_FEW_ENTRIES')];
  };

  test('is the same when all severities go up by the same', () => {
    fc.assert(
      fc.property(diaries, fc.integer({ min: 1, max: 5 }), (entries, by) => {
        expect(directions(shifted(entries, by))).toEqual(directions(entries));
      }),
    );
  });

  test('never gets better because the last days are worse', () => {
    const last = dayPlus(today, -6);
    fc.assert(
      fc.property(diaries, fc.integer({ min: 1, max: 5 }), (entries, by) => {
        const now = directions(entries);
        for (const [index, then] of directions(shifted(entries, by, (on) => on >= last)).entries()) {
          expect(RANK.indexOf(then)).toBeGreaterThanOrEqual(RANK.indexOf(now[index] as Direction));
        }
      }),
    );
  });

  test('turns round when the stretches do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }), (one, other) => {
        const opposite = {
          BETTER: 'WORSE',
          WORSE: 'BETTER',
          STABLE: 'STABLE',
          TOO_FEW_ENTRIES: 'TOO_FEW_ENTRIES',
        } as const;
        expect(trend(steady(other, one)).overall.direction).toBe(opposite[trend(steady(one, other)).overall.direction]);
      }),
    );
  });
});

test('days are counted over months, leap days and years', () => {
  expect(dayPlus('2028-02-28', 1)).toBe('2028-02-29');
  expect(dayPlus('2026-01-01', -1)).toBe('2025-12-31');
  expect(daysBetween('2026-03-01', '2026-02-01')).toBe(-28);
});
