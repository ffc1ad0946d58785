import { dayPlus, type Severities } from './diary.rules.js';

/** The last days, today among them, are compared with those before. */
export const RECENT_DAYS = 7;
export const BEFORE_DAYS = 14;
export const COMPARED_DAYS = RECENT_DAYS + BEFORE_DAYS;
/** On fewer days than these somebody may just have had a bad one. */
const FEWEST_RECENT = 3;
const FEWEST_BEFORE = 4;
/** By how many of the ten points a mean must have moved. One symptom alone goes up and down more than all together. */
const MOVED_OVERALL = 1;
const MOVED_SYMPTOM = 2;

export type Direction = 'BETTER' | 'STABLE' | 'WORSE' | 'TOO_FEW_ENTRIES';

export interface DiaryDay {
  /** YYYY-MM-DD */
  readonly on: string;
  readonly symptoms: Severities;
}

/** What was noted in a stretch of days: all whole numbers, so that nothing depends on the order of adding. */
export interface Noted {
  readonly sum: number;
  /** How many severities. */
  readonly count: number;
  /** On how many days. */
  readonly days: number;
}

/** The two stretches of one symptom, or of all together. */
export interface Stretches {
  readonly recent: Noted;
  readonly before: Noted;
}

export interface Comparison {
  readonly direction: Direction;
  /** Of 0 to 10; null when there is no entry. */
  readonly recentMean: number | null;
  readonly beforeMean: number | null;
  readonly recentEntries: number;
  readonly beforeEntries: number;
}

export interface Trend {
  readonly overall: Comparison;
  /** By the code of the symptom; only what was noted. */
  readonly symptoms: ReadonlyMap<string, Comparison>;
}

/** The code under which all symptoms together are counted. */
export const OVERALL = '';
const NOTHING: Noted = { sum: 0, count: 0, days: 0 };

function plus({ sum, count, days }: Noted, severities: readonly number[]): Noted {
  const added = severities.reduce((total, each) => total + each, 0);
  return { sum: sum + added, count: count + severities.length, days: days + 1 };
}

/** What the comparison rests on, by symptom and `OVERALL`. Days outside of the two stretches count nothing. */
export function stretchesOf(entries: readonly DiaryDay[], today: string): Map<string, Stretches> {
  const recentFrom = dayPlus(today, 1 - RECENT_DAYS);
  const beforeFrom = dayPlus(today, 1 - COMPARED_DAYS);
  const found = new Map<string, Stretches>();
  for (const { on, symptoms } of entries) {
    const noted = Object.entries(symptoms);
    if (on > today || on < beforeFrom || noted.length === 0) continue;
    const stretch = on >= recentFrom ? 'recent' : 'before';
    const add = (code: string, severities: readonly number[]) => {
      const known = found.get(code) ?? { recent: NOTHING, before: NOTHING };
      found.set(code, { ...known, [stretch]: plus(known[stretch], severities) });
    };
    add(OVERALL, Object.values(symptoms));
    for (const [code, severity] of noted) add(code, [severity]);
  }
  return found;
}

const meanOf = ({ sum, count }: Noted): number | null => (count === 0 ? null : Math.round((sum / count) * 100) / 100);

/** Without division, so that a mean that lies exactly on the edge is seen to. */
function directionOf({ recent, before }: Stretches, moved: number): Direction {
  if (recent.days < FEWEST_RECENT || before.days < FEWEST_BEFORE) return 'TOO_FEW_ENTRIES';
  const difference = recent.sum * before.count - before.sum * recent.count;
  const edge = moved * recent.count * before.count;
  if (difference >= edge) return 'WORSE';
  return difference <= -edge ? 'BETTER' : 'STABLE';
}

const compare = (stretches: Stretches, moved: number): Comparison => ({
  direction: directionOf(stretches, moved),
  recentMean: meanOf(stretches.recent),
  beforeMean: meanOf(stretches.before),
  recentEntries: stretches.recent.days,
  beforeEntries: stretches.before.days,
});

/** How the mean of the last 7 days stands to that of the 14 before, over all and by symptom. A higher severity is worse. */
export function trendOf(stretches: ReadonlyMap<string, Stretches>): Trend {
  const { [OVERALL]: overall = { recent: NOTHING, before: NOTHING }, ...symptoms } = Object.fromEntries(stretches);
  return {
    overall: compare(overall, MOVED_OVERALL),
    symptoms: new Map(Object.entries(symptoms).map(([code, each]) => [code, compare(each, MOVED_SYMPTOM)])),
  };
}

/** Whether somebody who treats the patient should look: it is worse over all, or one symptom is much worse. */
export const isWorse = ({ overall, symptoms }: Trend): boolean =>
  overall.direction === 'WORSE' || [...symptoms.values()].some(({ direction }) => direction === 'WORSE');
