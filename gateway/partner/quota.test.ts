import { describe, expect, test } from '@jest/globals';
import type { Identity } from '../../subgraphs/common/identity.js';
import { MemoryDayBook } from './day-book.js';
import { dailyQuota } from './quota.js';

const LARGE = '01934a3c-5800-7000-8000-00000000a001';
const partner = (organisation: string, subject = 'a program'): Identity => ({
  subject,
  organisation,
  roles: ['SPONSOR'],
  scopes: [],
});

/** A quota of 10 points a day, and 1,000 for one, by a clock that the test turns. */
function quotaAt(time: string) {
  const clock = { at: Date.parse(time) };
  const settings = { partnerQuotaPerDay: 10, partnerQuotas: { [LARGE]: 1_000 } };
  return { clock, quota: dailyQuota(settings, new MemoryDayBook(), () => clock.at) };
}

describe('a partner’s quota', () => {
  test('is what its organisation has, whichever of its programs spends it', async () => {
    const { quota } = quotaAt('2026-03-01T04:00:00Z');
    expect(await quota.spend(partner('small'), 4)).toEqual({
      requested: 4,
      limit: 10,
      remaining: 6,
      resetAt: '2026-03-01T16:00:00.000Z',
    });
    expect(await quota.spend(partner('small', 'another program'), 5)).toMatchObject({ remaining: 1 });
    expect(await quota.spend(partner('another'), 5)).toMatchObject({ remaining: 5 });
    expect(await quota.spend(partner(LARGE), 5)).toMatchObject({ limit: 1_000, remaining: 995 });
  });

  test('is spent to the last point, and what is over it is refused and costs nothing', async () => {
    const { quota } = quotaAt('2026-03-01T15:59:30.500Z');
    await quota.spend(partner('small'), 7);
    await expect(quota.spend(partner('small'), 4)).rejects.toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      message: expect.stringContaining('3 of its 10 points'),
      more: { retryAfter: 30, extensions: { quota: { requested: 4, remaining: 3 } } },
    });
    expect(await quota.spend(partner('small'), 3)).toMatchObject({ remaining: 0 });
    await expect(quota.spend(partner('small'), 1)).rejects.toMatchObject({ status: 429 });
  });

  test('is whole again at midnight in Shanghai, and not at that of another place', async () => {
    const { quota, clock } = quotaAt('2026-03-01T15:59:59.999Z');
    await quota.spend(partner('small'), 10);
    clock.at = Date.parse('2026-03-01T16:00:00.000Z');
    expect(await quota.spend(partner('small'), 10)).toMatchObject({
      remaining: 0,
      resetAt: '2026-03-02T16:00:00.000Z',
    });
    clock.at = Date.parse('2026-03-02T00:00:00.000Z');
    await expect(quota.spend(partner('small'), 1)).rejects.toMatchObject({ status: 429 });
  });

  test('has no name by which somebody could have another’s', async () => {
    const { quota } = quotaAt('2026-03-01T04:00:00Z');
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(await quota.spend(partner(name), 1)).toMatchObject({ limit: 10, remaining: 9 });
  });

  test('is counted right when much comes at once', async () => {
    const { quota } = quotaAt('2026-03-01T04:00:00Z');
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => quota.spend(partner('small'), 1)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });
});
