import { LRUCache } from 'lru-cache';
import { type Bucket, emptyAfter, holds, type Rate, type Spent, spent } from './bucket.js';

/** Clients that are counted: of more, those who have asked longest ago are forgotten. Some 10 MB. */
const MOST_CLIENTS = 50_000;

/** Counts in this process. */
export class MemoryBucket implements Bucket {
  /** When each client's bucket is empty. */
  private readonly emptyAt: LRUCache<string, number>;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly rate: Rate,
    private readonly now: () => number = Date.now,
    mostClients = MOST_CLIENTS,
  ) {
    this.emptyAt = new LRUCache({ max: mostClients });
  }

  spend(key: string, points: number): Spent {
    const now = this.now();
    const before = this.emptyAt.get(key) ?? 0;
    const after = emptyAfter(before, now, points, this.rate);
    const granted = holds(after, now, this.rate);
    if (granted) this.emptyAt.set(key, after);
    return spent(granted, granted ? after : before, now, points, this.rate);
  }

  async close(): Promise<void> {}
}
