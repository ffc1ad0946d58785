import { dayPlus } from '../diary/diary.rules.js';
import { type Comparison, OVERALL, type Stretches, trendOf } from '../diary/trend.rules.js';
import { occurrencesOf, type Schedule } from './care-plan.rules.js';

/** How long a red flag brings somebody to the list. */
export const RED_FLAG_DAYS = 30;
/** A task is overdue when nothing was said of it for so long; what was due before is not looked at any more. */
const OVERDUE_AFTER_DAYS = 3;
export const OVERDUE_UP_TO_DAYS = 14;
/** A task of every day may be forgotten now and then. */
const MISSED_OFTEN = 3;

/** Why a physician should look. */
export type Reason =
  | {
      readonly kind: 'RED_FLAG';
      readonly questionnaire: string;
      readonly version: number;
      readonly band: string;
      readonly since: string;
    }
  /** `symptom` is null for all together. */
  | { readonly kind: 'DIARY_WORSE'; readonly symptom: string | null; readonly from: number; readonly to: number }
  | { readonly kind: 'TASK_OVERDUE'; readonly taskId: string; readonly missed: number; readonly since: string };

/** Where a diary got worse: over all first, then the symptoms that rose most. */
export function diaryReasons(stretches: ReadonlyMap<string, Stretches>): Reason[] {
  const { overall, symptoms } = trendOf(stretches);
  return [[OVERALL, overall] as const, ...symptoms].flatMap(([code, comparison]) =>
    worse(comparison)
      ? { kind: 'DIARY_WORSE', symptom: code || null, from: comparison.beforeMean, to: comparison.recentMean }
      : [],
  );
}

const worse = (comparison: Comparison): comparison is Comparison & { beforeMean: number; recentMean: number } =>
  comparison.direction === 'WORSE';

/** The days of the last two weeks, but for the last three days, on which a task was due and nothing was said. */
export function overdueReason(
  task: Schedule & { readonly id: string },
  marked: ReadonlySet<string>,
  today: string,
): Reason | null {
  const due = occurrencesOf(task, dayPlus(today, -OVERDUE_UP_TO_DAYS), dayPlus(today, -OVERDUE_AFTER_DAYS));
  const missed = due.filter((day) => !marked.has(day));
  const [since] = missed;
  if (since === undefined || missed.length < Math.min(MISSED_OFTEN, due.length)) return null;
  return { kind: 'TASK_OVERDUE', taskId: task.id, missed: missed.length, since };
}

/** A patient to be looked at. */
export interface Looked {
  readonly patientId: string;
  readonly reasons: readonly Reason[];
}

const flags = ({ reasons }: Looked): number => reasons.filter(({ kind }) => kind === 'RED_FLAG').length;
const rise = ({ reasons }: Looked): number =>
  Math.max(0, ...reasons.map((each) => (each.kind === 'DIARY_WORSE' ? each.to - each.from : 0)));
const missed = ({ reasons }: Looked): number =>
  reasons.reduce((sum, each) => sum + (each.kind === 'TASK_OVERDUE' ? each.missed : 0), 0);

/** Worst first: red flags, then how far the diary rose, then how much was missed. Who is left without a reason is left out. */
export const worstFirst = (patients: readonly Looked[]): Looked[] =>
  patients
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted(
      (one, other) =>
        flags(other) - flags(one) ||
        rise(other) - rise(one) ||
        missed(other) - missed(one) ||
        (one.patientId < other.patientId ? -1 : 1),
    );

/**
 * The page behind a patient, with one more where there are more. When that patient needs no look any more, the list begins
 * anew: nobody is passed over.
 */
export function pageBehind(patients: readonly Looked[], after: string | null, first: number): Looked[] {
  const begin = after === null ? 0 : patients.findIndex(({ patientId }) => patientId === after) + 1;
  return patients.slice(begin, begin + first + 1);
}
