import { badUserInput, InvalidInput } from '../../common/errors.js';
import { lengthOf, plainLine, plainText } from '../../common/plain-text.js';
import { checkedSpan, dayPlus, daysBetween, MOST_DAYS, OLDEST_DAYS, type Span } from '../diary/diary.rules.js';
import { CarePlanAction, CarePlanStatus, CareTaskKind, OccurrenceState } from './care-plan.enums.js';

/** On which days a task is due. Days are YYYY-MM-DD, in Shanghai. */
export interface Schedule {
  readonly firstDueOn: string;
  /** 1 to 366; null when it is due once. */
  readonly repeatsEveryDays: number | null;
  /** The last day that may be one; null for no end. */
  readonly until: string | null;
  /** From this day on it is not due any more. */
  readonly stoppedOn: string | null;
}

/** Whether a task is due on a day. `care_task_is_due` in the database says the same. */
export function isDueOn({ firstDueOn, repeatsEveryDays, until, stoppedOn }: Schedule, day: string): boolean {
  if (day < firstDueOn || (until !== null && day > until) || (stoppedOn !== null && day >= stoppedOn)) return false;
  const days = daysBetween(firstDueOn, day);
  return repeatsEveryDays === null ? days === 0 : days % repeatsEveryDays === 0;
}

/** The first day on or after `from` on which a task is due; null when there is none any more. */
export function nextDueOn(task: Schedule, from: string): string | null {
  const gone = daysBetween(task.firstDueOn, from);
  const every = task.repeatsEveryDays;
  if (gone > 0 && every === null) return null;
  const day = gone <= 0 ? task.firstDueOn : dayPlus(task.firstDueOn, Math.ceil(gone / (every ?? 1)) * (every ?? 1));
  return isDueOn(task, day) ? day : null;
}

/** The days from `from` to `to` on which a task is due, in order: at most one for each day asked for. */
export function occurrencesOf(task: Schedule, from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = nextDueOn(task, from); day !== null && day <= to; day = nextDueOn(task, dayPlus(day, 1)))
    days.push(day);
  return days;
}

export type Outcome = 'DONE' | 'SKIPPED';

/** What was said of a task, by day. */
export type Marks = ReadonlyMap<string, Outcome>;

export function stateOf(day: string, marks: Marks, today: string): OccurrenceState {
  const outcome = marks.get(day);
  if (outcome) return outcome === 'DONE' ? OccurrenceState.DONE : OccurrenceState.SKIPPED;
  if (day === today) return OccurrenceState.DUE;
  return day < today ? OccurrenceState.MISSED : OccurrenceState.UPCOMING;
}

/** How many days `progress` looks back, today among them. */
export const PROGRESS_DAYS = 30;

/** How often something was due, and what became of it. */
export interface Progress {
  readonly due: number;
  readonly done: number;
  readonly skipped: number;
  readonly missed: number;
}

/** Of the last 30 days. What is due today and not marked yet is counted as due alone. */
export function progressOf(tasks: readonly { schedule: Schedule; marks: Marks }[], today: string): Progress {
  const states = tasks.flatMap(({ schedule, marks }) =>
    occurrencesOf(schedule, dayPlus(today, 1 - PROGRESS_DAYS), today).map((day) => stateOf(day, marks, today)),
  );
  const count = (wanted: OccurrenceState) => states.filter((state) => state === wanted).length;
  return {
    due: states.length,
    done: count(OccurrenceState.DONE),
    skipped: count(OccurrenceState.SKIPPED),
    missed: count(OccurrenceState.MISSED),
  };
}

/** @throws {InvalidInput} when the task is not due on that day, the day has not come, or it was more than 30 days ago */
export function checkOccurrence(task: Schedule, day: string, today: string): void {
  const path = ['input', 'occurrenceOn'];
  if (day > today) throw new InvalidInput('This day has not come yet in China. Mark the task when it is there.', path);
  if (daysBetween(day, today) > OLDEST_DAYS) {
    throw new InvalidInput(`A task can be marked for ${OLDEST_DAYS} days afterwards.`, path);
  }
  if (!isDueOn(task, day)) throw new InvalidInput('The task is not due on this day. Use a day of `occurrences`.', path);
}

/** @throws a `BAD_USER_INPUT` error for a span that is too long, ends before it begins, or begins more than a year ago */
export function checkedOccurrenceSpan(asked: Span, today: string): Span {
  const span = checkedSpan(asked);
  if (daysBetween(span.from, today) > MOST_DAYS) throw badUserInput(`\`from\` must be at most ${MOST_DAYS} days ago.`);
  return span;
}

const MOST_ARTICLES = 20;

/** @throws a `BAD_USER_INPUT` error for what is not from 1 to 20 */
export function checkedNumberOfArticles(first: number): number {
  if (first < 1 || first > MOST_ARTICLES)
    throw badUserInput(`\`first\` must be from 1 to ${MOST_ARTICLES}, but is ${first}.`);
  return first;
}

export function allowedActions(status: CarePlanStatus, writer: boolean, mayMark: boolean): CarePlanAction[] {
  if (status !== CarePlanStatus.ACTIVE) return [];
  return [
    ...(writer ? [CarePlanAction.CHANGE, CarePlanAction.END] : []),
    ...(mayMark ? [CarePlanAction.MARK_TASKS] : []),
  ];
}

const MAX_TITLE = 120;
const MAX_GOALS = 10;
const MAX_GOAL = 300;
const MAX_DESCRIPTION = 1_000;
/** Of a plan, at one time and ever. */
const MAX_RUNNING = 30;
const MAX_TASKS = 100;
const MAX_EVERY_DAYS = 366;
/** How far ahead a task may begin, and how long it may go on. */
const BEGINS_WITHIN_DAYS = 366;
const LASTS_DAYS = 3_660;

/** A task as a physician writes it. */
export interface WrittenTask {
  readonly title: string;
  readonly description?: string | null;
  readonly kind: CareTaskKind;
  readonly firstDueOn: string;
  readonly repeatsEveryDays?: number | null;
  readonly until?: string | null;
  readonly questionnaireCode?: string | null;
}

/** A task as it is kept. */
export interface CheckedTask {
  readonly title: string;
  readonly description: string | null;
  readonly kind: CareTaskKind;
  readonly firstDueOn: string;
  readonly repeatsEveryDays: number | null;
  readonly untilOn: string | null;
  readonly questionnaire: string | null;
}

/** @throws {InvalidInput} */
export function checkTitle(title: string, path: string[]): string {
  const kept = plainLine(title);
  if (kept === '' || lengthOf(kept) > MAX_TITLE)
    throw new InvalidInput(`A title has 1 to ${MAX_TITLE} characters.`, path);
  return kept;
}

/** @throws {InvalidInput} */
export function checkGoals(goals: readonly string[]): string[] {
  if (goals.length > MAX_GOALS) throw new InvalidInput(`A plan has at most ${MAX_GOALS} goals.`, ['input', 'goals']);
  return goals.map((goal, index) => {
    const kept = plainLine(goal);
    if (kept === '' || lengthOf(kept) > MAX_GOAL) {
      throw new InvalidInput(`A goal has 1 to ${MAX_GOAL} characters.`, ['input', 'goals', String(index)]);
    }
    return kept;
  });
}

/** @throws {InvalidInput} when there would be too many */
export function checkNumberOfTasks(ever: number, running: number, path: string): void {
  if (running > MAX_RUNNING) {
    throw new InvalidInput(`A plan has at most ${MAX_RUNNING} tasks at one time. Stop some first.`, ['input', path]);
  }
  if (ever > MAX_TASKS) {
    throw new InvalidInput(`A plan has at most ${MAX_TASKS} tasks over its life. End it and make a new one.`, [
      'input',
      path,
    ]);
  }
}

function checkTask(task: WrittenTask, today: string, isKnown: (code: string) => boolean, path: string[]): CheckedTask {
  const { kind, firstDueOn, repeatsEveryDays: every = null, until = null, questionnaireCode: code = null } = task;
  const description = plainText(task.description ?? '');
  if (lengthOf(description) > MAX_DESCRIPTION) {
    throw new InvalidInput('A description has at most 1,000 characters.', [...path, 'description']);
  }
  if (firstDueOn < today || daysBetween(today, firstDueOn) > BEGINS_WITHIN_DAYS) {
    throw new InvalidInput('A task begins today or within a year.', [...path, 'firstDueOn']);
  }
  if (every !== null && (every < 1 || every > MAX_EVERY_DAYS)) {
    throw new InvalidInput(`A task repeats every 1 to ${MAX_EVERY_DAYS} days; leave it out for one that is due once.`, [
      ...path,
      'repeatsEveryDays',
    ]);
  }
  if (until !== null && every === null) {
    throw new InvalidInput('Only a task that repeats has a last day.', [...path, 'until']);
  }
  if (until !== null && (until < firstDueOn || daysBetween(firstDueOn, until) > LASTS_DAYS)) {
    throw new InvalidInput('The last day is not before the first, and at most ten years after it.', [...path, 'until']);
  }
  if ((kind === CareTaskKind.QUESTIONNAIRE) !== (code !== null)) {
    throw new InvalidInput('A task of the kind QUESTIONNAIRE names one, and no other task does.', [
      ...path,
      'questionnaireCode',
    ]);
  }
  if (code !== null && !isKnown(code)) {
    throw new InvalidInput('There is no such questionnaire. Use a code of `questionnaires`.', [
      ...path,
      'questionnaireCode',
    ]);
  }
  return {
    title: checkTitle(task.title, [...path, 'title']),
    description: description || null,
    kind,
    firstDueOn,
    repeatsEveryDays: every,
    untilOn: until,
    questionnaire: code,
  };
}

/**
 * @param today in Shanghai
 * @param isKnown whether there is a questionnaire with this code
 * @param field the input's name for them
 * @throws {InvalidInput}
 */
export function checkTasks(
  tasks: readonly WrittenTask[],
  today: string,
  isKnown: (code: string) => boolean,
  field: string,
): CheckedTask[] {
  checkNumberOfTasks(tasks.length, tasks.length, field);
  return tasks.map((task, index) => checkTask(task, today, isKnown, ['input', field, String(index)]));
}
