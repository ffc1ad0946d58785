import type { LimitSettings } from '../../subgraphs/common/settings.js';
import { Refused } from '../http/refused.js';
import type { Allowance, Bucket, Spent } from './bucket.js';
import type { Meter } from './limits.js';
import { MemoryBucket } from './memory.bucket.js';
import { RedisBucket } from './redis.bucket.js';
import { SharedCounts } from './redis.js';

/** Counts points in this process, or in Redis where `settings.redisUrl` names one; requests under way in this process. */
export async function createMeter(settings: LimitSettings): Promise<Meter> {
  const bucket: Bucket = settings.redisUrl
    ? new RedisBucket(await SharedCounts.at(settings.redisUrl), settings)
    : new MemoryBucket(settings);
  /** Of clients that have some: not more than requests are let in at all. */
  const underWay = new Map<string, number>();
  return {
    spend({ key }, points) {
      const spent = bucket.spend(key, points);
      return spent instanceof Promise ? spent.then(allowanceOf) : allowanceOf(spent);
    },
    enter({ key }) {
      const others = underWay.get(key) ?? 0;
      if (others >= settings.inFlightPerClient)
        throw new Refused(
          429,
          `You have ${others} requests under way, which is the most at once. Send the next when one is answered.`,
          { limit: 'inFlight', retryAfter: 1 },
        );
      underWay.set(key, others + 1);
      return () => {
        const left = (underWay.get(key) ?? 0) - 1;
        if (left > 0) underWay.set(key, left);
        else underWay.delete(key);
      };
    },
    close: () => bucket.close(),
  };
}

/** @throws {Refused} 429 for what was not granted */
function allowanceOf(spent: Spent): Allowance {
  if (spent.granted) return spent.allowance;
  const { allowance, retryAfter } = spent;
  throw new Refused(
    429,
    `This operation costs ${allowance.requested} points and you have ${allowance.remaining} left. Send it again in ${retryAfter} s, or ask for less.`,
    { limit: 'rate', retryAfter, extensions: { cost: allowance } },
  );
}
