import { LRUCache } from 'lru-cache';
import type { SharedCounts } from '../limits/redis.js';

/** Counts points by organisation and day. */
export interface DayBook {
  /**
   * Adds to what an organisation has spent of a day, unless that came to more than `most`. Never throws.
   *
   * @param endsAt when the day ends, in milliseconds since 1970: nothing is kept for longer than that
   * @returns what had been spent before
   */
  add(organisation: string, points: number, most: number, endsAt: number): number | Promise<number>;
  close(): Promise<void>;
}

/** Only organisations of signed tokens come in here. */
const MOST_ORGANISATIONS = 10_000;

/** Counts in this process; a restart forgets it. */
export class MemoryDayBook implements DayBook {
  private readonly days = new LRUCache<string, { readonly endsAt: number; spent: number }>({ max: MOST_ORGANISATIONS });

  add(organisation: string, points: number, most: number, endsAt: number): number {
    let day = this.days.get(organisation);
    if (day?.endsAt !== endsAt) {
      day = { endsAt, spent: 0 };
      this.days.set(organisation, day);
    }
    const before = day.spent;
    if (before + points <= most) day.spent += points;
    return before;
  }

  async close(): Promise<void> {}
}

const ADD = `
local before = tonumber(redis.call('GET', KEYS[1]) or 0)
if before + tonumber(ARGV[1]) <= tonumber(ARGV[2]) then
  redis.call('INCRBY', KEYS[1], ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], ARGV[3])
end
return { before }`;

/** Counts in Redis, for all processes and over restarts. */
export class RedisDayBook implements DayBook {
  /** @param meanwhile counts for as long as Redis is away */
  constructor(
    private readonly counts: SharedCounts,
    private readonly meanwhile: DayBook,
  ) {}

  async add(organisation: string, points: number, most: number, endsAt: number): Promise<number> {
    const counted = await this.counts.run(ADD, `care:quota:${organisation}:${endsAt}`, points, most, endsAt);
    return counted?.[0] ?? this.meanwhile.add(organisation, points, most, endsAt);
  }

  close(): Promise<void> {
    return this.counts.close();
  }
}
