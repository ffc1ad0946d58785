/** Counts the requests that each client has under way. */
export interface UnderWay {
  /** One more of the client called `key`, unless it has `most` already. @returns how many it had */
  enter(key: string, most: number): number | Promise<number>;
  leave(key: string): void;
}

/** Counts in this process. */
export class MemoryUnderWay implements UnderWay {
  /** Of clients that have some: not more than requests are let in at all. */
  private readonly counts = new Map<string, number>();

  enter(key: string, most: number): number {
    const had = this.counts.get(key) ?? 0;
    if (had < most) this.counts.set(key, had + 1);
    return had;
  }

  leave(key: string): void {
    const left = (this.counts.get(key) ?? 0) - 1;
    if (left > 0) this.counts.set(key, left);
    else this.counts.delete(key);
  }
}
