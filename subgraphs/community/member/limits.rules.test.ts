import fc from 'fast-check';
import { allowancesOf, type Doing, type Limit, leftOf, limitsOf, retryAt } from './limits.rules.js';

const now = new Date('2026-03-14T09:26:00Z');
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const DAY = 24 * 60;

describe('how often', () => {
  test('is less in the first seven days', () => {
    const most = (does: Doing, since: Date) => limitsOf(does, since, now).map(({ most, minutes }) => [most, minutes]);
    for (const since of [now, minutesAgo(7 * DAY - 1)]) {
      expect(most('POST', since)).toEqual([[3, DAY]]);
      expect(most('REPLY', since)).toEqual([
        [20, DAY],
        [5, 10],
      ]);
      expect(most('REPORT', since)).toEqual([[10, DAY]]);
    }
    for (const since of [minutesAgo(7 * DAY), minutesAgo(1000 * DAY)]) {
      expect(most('POST', since)).toEqual([[20, DAY]]);
      expect(most('REPLY', since)).toEqual([
        [200, DAY],
        [20, 10],
      ]);
      expect(most('REPORT', since)).toEqual([[50, DAY]]);
    }
    expect(most('OTHER', now)).toEqual([]);
  });

  test('counts what was done within the time, and not what is just as old as it', () => {
    const limit = { most: 3, minutes: 10 };
    expect(leftOf(limit, [], now)).toBe(3);
    expect(leftOf(limit, [now, minutesAgo(9), minutesAgo(10)], now)).toBe(1);
    expect(leftOf(limit, [now, now, now, now], now)).toBe(0);
  });

  test('says when the first of them no longer counts', () => {
    const limit = { most: 2, minutes: 10 };
    expect(retryAt([limit], [minutesAgo(1)], now)).toBeNull();
    expect(retryAt([limit], [minutesAgo(1), minutesAgo(4), minutesAgo(9)], now)).toEqual(minutesAgo(-6));
    expect(retryAt([limit], [minutesAgo(1), minutesAgo(10)], now)).toBeNull();
    expect(retryAt([limit, { most: 1, minutes: 60 }], [minutesAgo(1), minutesAgo(4)], now)).toEqual(minutesAgo(-59));
    expect(retryAt([], [now, now], now)).toBeNull();
  });

  const limits: fc.Arbitrary<Limit[]> = fc.array(
    fc.record({ most: fc.integer({ min: 1, max: 6 }), minutes: fc.integer({ min: 1, max: 60 }) }),
    { minLength: 1, maxLength: 3 },
  );
  const done = fc
    .array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 })
    .map((ages) => ages.sort((a, b) => a - b).map(minutesAgo));

  test('permits one more at the time that it says, and none before', () => {
    fc.assert(
      fc.property(limits, done, (each, times) => {
        const at = retryAt(each, times, now);
        const free = (when: Date) => each.every((limit) => leftOf(limit, times, when) > 0);
        expect(free(now)).toBe(at === null);
        if (at === null) return;
        expect(free(at)).toBe(true);
        expect(free(new Date(at.getTime() - 60_000))).toBe(false);
      }),
    );
  });
});

test('a member sees every limit with what is left of it', () => {
  const given = allowancesOf(now, new Map([['REPLY', [now, now, now, now, now]]]), now);
  expect(given.map(({ does, most, left, retryAt: at }) => [does, most, left, at])).toEqual([
    ['POST', 3, 3, null],
    ['REPLY', 20, 15, null],
    ['REPLY', 5, 0, minutesAgo(-10)],
    ['REPORT', 10, 10, null],
  ]);
});
