import { BulkheadRejectedError, bulkhead } from 'cockatiel';

/** A rush may make so many times as many wait, for so long: a little longer than the door lets one in. */
const RUSH_FACTOR = 16;
const RUSH_MS = 3_000;

/**
 * How many fetches one subgraph is given at once, so that a slow one does not take what the others need. As many again may
 * wait. More than that are a rush, which is worked off; only when they still stand there seconds later are they refused.
 */
export class Room {
  private readonly bulkhead;
  private lastFree: number;

  constructor(
    private readonly atOnce: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.bulkhead = bulkhead(atOnce, atOnce * RUSH_FACTOR);
    this.lastFree = now();
  }

  /** @throws {BulkheadRejectedError} when too many wait, and what `work` throws */
  async use<T>(work: () => Promise<T>): Promise<T> {
    const { executionSlots, queueSlots } = this.bulkhead;
    if (executionSlots > 0) this.lastFree = this.now();
    else if (this.atOnce * RUSH_FACTOR - queueSlots >= this.atOnce && this.now() - this.lastFree > RUSH_MS)
      throw new BulkheadRejectedError(this.atOnce, this.atOnce);
    return this.bulkhead.execute(work);
  }
}
