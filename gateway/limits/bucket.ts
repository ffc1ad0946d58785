/** What somebody may still spend, as clients see it in `extensions.cost` and `extensions.quota`. Points. */
export interface Allowance {
  /** What this operation costs. */
  readonly requested: number;
  /** The most that can be left. */
  readonly limit: number;
  /** What is left after this operation, rounded down; 0 when it was refused. */
  readonly remaining: number;
  /** RFC 3339, UTC: when all of it is there again if nothing more is spent. */
  readonly resetAt: string;
}

/** Whether it was granted. */
export type Spent = { readonly granted: true; readonly allowance: Allowance } | Refusal;

export interface Refusal {
  readonly granted: false;
  readonly allowance: Allowance;
  /** Seconds until so much is there. */
  readonly retryAfter: number;
}

/** Counts what each client spends. */
export interface Bucket {
  /** Spends `points` of the client called `key`, or nothing when there is not so much. Never throws. */
  spend(key: string, points: number): Spent | Promise<Spent>;
  close(): Promise<void>;
}
