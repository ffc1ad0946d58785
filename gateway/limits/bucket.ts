import { momentWriter } from '../../subgraphs/common/calendar.js';

const momentOf = momentWriter();

/** What somebody may still spend, as clients see it in `extensions.cost` and `extensions.quota`. Points. */
export interface Allowance {
  /** What this operation costs. */
  readonly requested: number;
  /** The most that can be left. */
  readonly limit: number;
  /** What is left after this operation, rounded down; when it was refused, what was left before it. */
  readonly remaining: number;
  /** RFC 3339, UTC: when all of it is there again if nothing more is spent. */
  readonly resetAt: string;
}

export type Spent = { readonly granted: true; readonly allowance: Allowance } | Refusal;

export interface Refusal {
  readonly granted: false;
  readonly allowance: Allowance;
  /** Seconds until so much is there. */
  readonly retryAfter: number;
}

/** How large the bucket is, and how quickly it leaks. Points. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts what each client spends. */
export interface Bucket {
  /** Spends `points` of the client called `key`, or nothing when there is not so much. Never throws. */
  spend(key: string, points: number): Spent | Promise<Spent>;
  close(): Promise<void>;
}

/**
 * When a bucket that is empty at `emptyAt` has leaked empty if `points` more come in now. That one moment says all of a
 * bucket, so it is all that is kept. Milliseconds since 1970, of whole ones only at the start.
 */
export const emptyAfter = (emptyAt: number, now: number, points: number, { perSecond }: Rate): number =>
  Math.max(emptyAt, now) + (points / perSecond) * 1_000;

/** Whether a bucket that is empty only then does not overflow now. */
export const holds = (emptyAt: number, now: number, { burst, perSecond }: Rate): boolean =>
  emptyAt - now <= (burst / perSecond) * 1_000;

/**
 * What is told of it.
 *
 * @param emptyAt when the bucket is empty, with the points in it if they were granted and without them if not
 */
export function spent(granted: boolean, emptyAt: number, now: number, points: number, rate: Rate): Spent {
  const inside = (Math.max(0, emptyAt - now) / 1_000) * rate.perSecond;
  const allowance: Allowance = {
    requested: points,
    limit: rate.burst,
    // what has been added in parts of a millisecond comes out a little beside the whole number that it is
    remaining: Math.max(0, Math.floor(rate.burst - inside + 1e-6)),
    resetAt: momentOf(Math.ceil(Math.max(emptyAt, now))),
  };
  if (granted) return { granted, allowance };
  const missing = inside + points - rate.burst;
  return { granted, allowance, retryAfter: Math.max(1, Math.ceil(missing / rate.perSecond)) };
}
