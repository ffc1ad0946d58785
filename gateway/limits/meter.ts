import type { LimitSettings } from '../../subgraphs/common/settings.js';
import { Refused } from '../http/refused.js';
import type { Allowance, Bucket, Spent } from './bucket.js';
import type { Meter } from './limits.js';
import { RedisBucket } from './redis.bucket.js';
import { SharedCounts } from './redis.js';
import type { UnderWay } from './under-way.js';

/** What is counted for this machine. */
interface Counts {
  readonly bucket: Bucket;
  readonly underWay: UnderWay;
}

/** Counts points in Redis where `settings.redisUrl` names one, or for this machine; requests under way for this machine. */
export async function createMeter(settings: LimitSettings, { bucket: own, underWay }: Counts): Promise<Meter> {
  const bucket = settings.redisUrl ? new RedisBucket(await SharedCounts.at(settings.redisUrl), settings, own) : own;
  const most = settings.inFlightPerClient;
  return {
    spend({ key }, points) {
      const spent = bucket.spend(key, points);
      return spent instanceof Promise ? spent.then(allowanceOf) : allowanceOf(spent);
    },
    enter({ key }) {
      const entered = (others: number) => {
        if (others >= most) throw tooManyAtOnce(others);
        return () => underWay.leave(key);
      };
      const others = underWay.enter(key, most);
      return others instanceof Promise ? others.then(entered) : entered(others);
    },
    close: () => bucket.close(),
  };
}

const tooManyAtOnce = (others: number): Refused =>
  new Refused(
    429,
    `You have ${others} requests under way, which is the most at once. Send the next when one is answered.`,
    { limit: 'inFlight', retryAfter: 1 },
  );

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
