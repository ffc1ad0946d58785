import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Spent } from './bucket.js';
import { MemoryBucket } from './memory.bucket.js';

const START = Date.UTC(2026, 10, 22);
const RATE = { burst: 100, perSecond: 10 };

/** A bucket and its clock. */
function bucketAt(rate = RATE, mostClients?: number) {
  const clock = { now: START };
  const bucket = new MemoryBucket(rate, () => clock.now, mostClients);
  return { clock, spend: (points: number, key = 'a'): Spent => bucket.spend(key, points) };
}

describe('a bucket', () => {
  test('tells what is left, and when all of it is there again', () => {
    const { clock, spend } = bucketAt();
    expect(spend(30)).toEqual({
      granted: true,
      allowance: { requested: 30, limit: 100, remaining: 70, resetAt: new Date(START + 3_000).toISOString() },
    });
    clock.now += 1_000;
    expect(spend(1).allowance).toMatchObject({ remaining: 79, resetAt: new Date(START + 3_100).toISOString() });
  });

  test('refuses what is not there, takes nothing for it, and says when it will be', () => {
    const { clock, spend } = bucketAt();
    spend(95);
    const resetAt = new Date(START + 9_500).toISOString();
    for (let i = 0; i < 2; i++) {
      expect(spend(35)).toEqual({
        granted: false,
        allowance: { requested: 35, limit: 100, remaining: 5, resetAt },
        retryAfter: 3,
      });
    }
    clock.now += 3_000;
    expect(spend(35).granted).toBe(true);
  });

  test('is each client’s own', () => {
    const { spend } = bucketAt();
    spend(100);
    expect([spend(1), spend(100, 'b')].map(({ granted }) => granted)).toEqual([false, true]);
  });

  test('is kept for so many clients, and forgotten of those who asked longest ago', () => {
    const { spend } = bucketAt(RATE, 2);
    for (const key of ['a', 'b', 'c']) spend(100, key);
    expect(['b', 'c', 'a'].map((key) => spend(100, key).granted)).toEqual([false, false, true]);
  });

  test('never gives more than its size and what has leaked since, and never less', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), points: fc.integer({ min: 1, max: 120 }) });
    const rate = fc.record({ burst: fc.integer({ min: 50, max: 200 }), perSecond: fc.integer({ min: 1, max: 100 }) });
    let refused = 0;
    fc.assert(
      fc.property(rate, fc.array(step, { minLength: 5, maxLength: 40 }), (of, steps) => {
        const { clock, spend } = bucketAt(of);
        let left = of.burst;
        for (const { wait, points } of steps) {
          clock.now += wait;
          left = Math.min(of.burst, left + (wait / 1_000) * of.perSecond);
          const { granted, allowance } = spend(points);
          // what is as good as equal may go either way
          if (Math.abs(left - points) > 1e-3) expect(granted).toBe(points < left);
          if (granted) left -= points;
          else refused++;
          expect(Math.abs(allowance.remaining - Math.max(0, left))).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test('grants after the seconds that it names', () => {
    const spends = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 10 });
    fc.assert(
      fc.property(spends, (all) => {
        const { clock, spend } = bucketAt();
        for (const points of all) {
          const first = spend(points);
          if (first.granted) continue;
          clock.now += first.retryAfter * 1_000;
          expect(spend(points).granted).toBe(true);
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
