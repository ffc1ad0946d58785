/** What a member does, as far as it is limited: writes something new, replies to somebody, reports a post, or does anything else. */
export type Doing = 'POST' | 'REPLY' | 'REPORT' | 'OTHER';

/** At most so many in that time. */
export interface Limit {
  readonly most: number;
  readonly minutes: number;
}

const DAY = 24 * 60;
/** How long a member is new, in days. */
const NEW_FOR = 7;

const LIMITS: Readonly<Record<'NEW' | 'KNOWN', Readonly<Record<Doing, readonly Limit[]>>>> = {
  NEW: {
    POST: [{ most: 3, minutes: DAY }],
    REPLY: [
      { most: 20, minutes: DAY },
      { most: 5, minutes: 10 },
    ],
    REPORT: [{ most: 10, minutes: DAY }],
    OTHER: [],
  },
  KNOWN: {
    POST: [{ most: 20, minutes: DAY }],
    REPLY: [
      { most: 200, minutes: DAY },
      { most: 20, minutes: 10 },
    ],
    REPORT: [{ most: 50, minutes: DAY }],
    OTHER: [],
  },
};

const minutesBefore = (now: Date, minutes: number): number => now.getTime() - minutes * 60_000;

/** How often somebody may do something who became a member at `since`. */
export const limitsOf = (does: Doing, since: Date, now: Date): readonly Limit[] =>
  LIMITS[since.getTime() > minutesBefore(now, NEW_FOR * DAY) ? 'NEW' : 'KNOWN'][does];

/** How many more are permitted now. @param done when the same was done before; of more than a day ago nothing needs to be known */
export const leftOf = ({ most, minutes }: Limit, done: readonly Date[], now: Date): number =>
  Math.max(0, most - done.filter((at) => at.getTime() > minutesBefore(now, minutes)).length);

/**
 * When one more is permitted by all of the limits; null when it is now.
 *
 * @param done when the same was done before, newest first
 */
export function retryAt(limits: readonly Limit[], done: readonly Date[], now: Date): Date | null {
  const waits = limits.flatMap((limit) => {
    const last = done[limit.most - 1];
    return last && leftOf(limit, done, now) === 0 ? [last.getTime() + limit.minutes * 60_000] : [];
  });
  return waits.length === 0 ? null : new Date(Math.max(...waits));
}

/** How often somebody may still do something. */
export interface Allowance extends Limit {
  readonly does: Doing;
  readonly left: number;
  /** When one more is permitted by this limit; null when it is now. */
  readonly retryAt: Date | null;
}

/** Every limit that there is for a member, and what is left of it. @param done when they did what in the last day, newest first */
export function allowancesOf(since: Date, done: ReadonlyMap<Doing, readonly Date[]>, now: Date): Allowance[] {
  return (['POST', 'REPLY', 'REPORT'] as const).flatMap((does) => {
    const times = done.get(does) ?? [];
    return limitsOf(does, since, now).map((limit) => ({
      ...limit,
      does,
      left: leftOf(limit, times, now),
      retryAt: retryAt([limit], times, now),
    }));
  });
}
