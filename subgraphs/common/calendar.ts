/** Shanghai is eight hours ahead of UTC, all year, since 1992. */
const AHEAD_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The day in Shanghai, YYYY-MM-DD: what is a day or a year for the fund is so there. */
export const shanghaiDay = (moment: Date): string => new Date(moment.getTime() + AHEAD_MS).toISOString().slice(0, 10);

/** When the day in Shanghai ends that a moment lies in; both in milliseconds since 1970. */
export const endOfShanghaiDay = (moment: number): number =>
  (Math.floor((moment + AHEAD_MS) / DAY_MS) + 1) * DAY_MS - AHEAD_MS;

/** The aid year of a moment: the calendar year in Shanghai. */
export const aidYear = (moment: Date): number => Number(shanghaiDay(moment).slice(0, 4));

const SECOND_MS = 1_000;

/**
 * Writes moments in RFC 3339, UTC, as `Date` does. What all of one second have in common is made once, which is most of the work where
 * one moment follows the other.
 *
 * @returns takes whole milliseconds since 1970
 */
export function momentWriter(): (ms: number) => string {
  let second = Number.NaN;
  let head = '';
  return (ms) => {
    const of = Math.floor(ms / SECOND_MS);
    if (of !== second) {
      second = of;
      head = new Date(of * SECOND_MS).toISOString().slice(0, -'000Z'.length);
    }
    return `${head}${String(ms - of * SECOND_MS).padStart(3, '0')}Z`;
  };
}
