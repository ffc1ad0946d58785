import { type Bucket, type Rate, type Spent, spent } from './bucket.js';
import type { SharedCounts } from './redis.js';

/**
 * The rule of bucket.ts, where nobody can come between looking and writing, by Redis's clock, which is one for all. A key
 * lives until its bucket is empty, so no client is remembered for longer than it matters.
 */
const SPEND = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local points, burst, perSecond = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local before = tonumber(redis.call('GET', KEYS[1]) or 0)
local after = math.max(before, now) + points / perSecond * 1000
if after - now > burst / perSecond * 1000 then
  return { 0, string.format('%.3f', before), string.format('%.3f', now) }
end
local kept = string.format('%.3f', after)
redis.call('SET', KEYS[1], kept, 'PX', math.max(1, math.ceil(after - now)))
return { 1, kept, string.format('%.3f', now) }`;

/** Counts in Redis. */
export class RedisBucket implements Bucket {
  /** @param meanwhile counts for as long as Redis is away */
  constructor(
    private readonly counts: SharedCounts,
    private readonly rate: Rate,
    private readonly meanwhile: Bucket,
  ) {}

  async spend(key: string, points: number): Promise<Spent> {
    const { burst, perSecond } = this.rate;
    const counted = await this.counts.run(SPEND, `care:spent:${key}`, points, burst, perSecond);
    if (!counted) return this.meanwhile.spend(key, points);
    const [granted, emptyAt = 0, now = 0] = counted;
    return spent(granted === 1, emptyAt, now, points, this.rate);
  }

  close(): Promise<void> {
    return this.counts.close();
  }
}
