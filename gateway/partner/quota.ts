import { endOfShanghaiDay } from '../../subgraphs/common/calendar.js';
import type { Identity } from '../../subgraphs/common/identity.js';
import type { LimitSettings } from '../../subgraphs/common/settings.js';
import { Refused } from '../http/refused.js';
import type { Allowance } from '../limits/bucket.js';
import { SharedCounts } from '../limits/redis.js';
import { type DayBook, RedisDayBook } from './day-book.js';

const DAY_SECONDS = 86_400;

/** What each partner's organisation spends a day, whichever of its programs asks. A day is one of Shanghai. */
export interface Quota {
  /** @throws {Refused} 429 RATE_LIMITED when so many points are not left of the day; none is spent then */
  spend(identity: Identity, points: number): Promise<Allowance>;
  close(): Promise<void>;
}

/** Counts in Redis where `settings.redisUrl` names one, or in `book`, which also counts while Redis is away. */
export const createQuota = async (settings: LimitSettings, book: DayBook): Promise<Quota> =>
  dailyQuota(settings, settings.redisUrl ? new RedisDayBook(await SharedCounts.at(settings.redisUrl), book) : book);

/**
 * What is left of the day, in the headers (names and values in turn) that programs know from elsewhere (draft-ietf-httpapi-ratelimit-headers): `q` and
 * `r` in points, `w` and `t` in seconds.
 */
export const quotaHeaders = ({ limit, remaining, resetAt }: Allowance): readonly string[] => [
  'ratelimit-policy',
  `"day";q=${limit};qu="points";w=${DAY_SECONDS}`,
  'ratelimit',
  `"day";r=${remaining};t=${Math.max(0, Math.ceil((Date.parse(resetAt) - Date.now()) / 1_000))}`,
];

/** @param now milliseconds since 1970 */
export function dailyQuota(
  { partnerQuotaPerDay, partnerQuotas }: Pick<LimitSettings, 'partnerQuotaPerDay' | 'partnerQuotas'>,
  book: DayBook,
  now: () => number = Date.now,
): Quota {
  const quotas = new Map(Object.entries(partnerQuotas));
  return {
    async spend({ organisation = '' }, points) {
      const limit = quotas.get(organisation) ?? partnerQuotaPerDay;
      const moment = now();
      const endsAt = endOfShanghaiDay(moment);
      const left = Math.max(0, limit - (await book.add(organisation, points, limit, endsAt)));
      const granted = points <= left;
      const allowance: Allowance = {
        requested: points,
        limit,
        remaining: granted ? left - points : left,
        resetAt: new Date(endsAt).toISOString(),
      };
      if (granted) return allowance;
      throw new Refused(
        429,
        `Your organisation has ${left} of its ${limit} points left for today, and this costs ${points}. All of them are there again at midnight in Shanghai. Ask for less until then, or ask us for more.`,
        { limit: 'quota', retryAfter: Math.ceil((endsAt - moment) / 1_000), extensions: { quota: allowance } },
      );
    },
    close: () => book.close(),
  };
}
