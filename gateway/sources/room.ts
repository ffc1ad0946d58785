/** Too many wait already. */
export class NoRoom extends Error {}

/** A rush may make so many times as many wait, for so long: a little longer than the door lets one in. */
const RUSH_FACTOR = 16;
const RUSH_MS = 3_000;

/**
 * How many fetches one subgraph is given at once, so that a slow one does not take what the others need. As many again may
 * wait. More than that are a rush, which is worked off; only when they still stand there seconds later are they refused.
 */
export class Room {
  private free: number;
  private lastFree: number;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.free = atOnce;
    this.lastFree = now();
  }

  /** @throws {NoRoom} when too many wait, and what `work` throws */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) {
      this.free--;
      this.lastFree = this.now();
    } else {
      this.refuseTooMany();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // the place goes to whoever has waited longest
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private refuseTooMany(): void {
    const { length } = this.waiting;
    const isStanding = length >= this.atOnce && this.now() - this.lastFree > RUSH_MS;
    if (isStanding || length >= this.atOnce * RUSH_FACTOR) throw new NoRoom();
  }
}
