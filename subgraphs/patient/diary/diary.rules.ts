import { badUserInput, InvalidInput } from '../../common/errors.js';
import { lengthOf, plainText } from '../../common/plain-text.js';
import { SYMPTOM_CODES } from './symptoms.js';

const DAY_MS = 86_400_000;
/** How long afterwards a day may still be written down. */
export const OLDEST_DAYS = 30;
export const MAX_SEVERITY = 10;
const MAX_NOTE = 1_000;

/** The day so many days later, or earlier, as YYYY-MM-DD. */
export const dayPlus = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days lie between, negative when `to` is before `from`. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;

/** How bad each symptom was, by its code. What is left out was not looked at: it does not count as 0. */
export type Severities = Readonly<Record<string, number>>;

export interface WrittenDay {
  readonly on: string;
  readonly symptoms: readonly { readonly code: string; readonly severity: number }[];
  readonly note?: string | null;
}

export interface CheckedDay {
  readonly symptoms: Severities;
  readonly note: string | null;
}

/**
 * @param today in Shanghai
 * @throws {InvalidInput} for tomorrow, a day of more than 30 days ago, an unknown symptom or one named twice, a severity outside
 *   0–10, a note that is too long, and when there is nothing at all
 */
export function checkDay({ on, symptoms, note }: WrittenDay, today: string): CheckedDay {
  if (on > today)
    throw new InvalidInput('This day has not come yet in China. Write it down when it is there.', ['input', 'on']);
  if (daysBetween(on, today) > OLDEST_DAYS) {
    throw new InvalidInput(`A day can be written down for ${OLDEST_DAYS} days afterwards.`, ['input', 'on']);
  }
  if (symptoms.length > SYMPTOM_CODES.size) {
    throw new InvalidInput('Name each symptom at most once.', ['input', 'symptoms']);
  }
  const checked = new Map<string, number>();
  for (const [index, { code, severity }] of symptoms.entries()) {
    const path = ['input', 'symptoms', String(index)];
    if (!SYMPTOM_CODES.has(code)) {
      throw new InvalidInput('There is no such symptom. Use the codes of `symptoms`.', [...path, 'code']);
    }
    if (checked.has(code)) throw new InvalidInput('This symptom is named twice. Name each once.', [...path, 'code']);
    if (!Number.isInteger(severity) || severity < 0 || severity > MAX_SEVERITY) {
      throw new InvalidInput(`A severity is a whole number from 0 to ${MAX_SEVERITY}.`, [...path, 'severity']);
    }
    checked.set(code, severity);
  }
  const kept = plainText(note ?? '');
  if (lengthOf(kept) > MAX_NOTE) throw new InvalidInput('A note has at most 1,000 characters.', ['input', 'note']);
  if (checked.size === 0 && kept === '') {
    throw new InvalidInput('Name at least one symptom, or write a note.', ['input', 'symptoms']);
  }
  return { symptoms: Object.fromEntries(checked), note: kept || null };
}

/** The longest stretch of a diary that is given at once. */
export const MOST_DAYS = 366;

/** A stretch of days, the first and the last among them. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** @throws a `BAD_USER_INPUT` error when it ends before it begins or is too long */
export function checkedSpan({ from, to }: Span, most = MOST_DAYS): Span {
  if (from > to) throw badUserInput('`from` must not be after `to`.');
  if (daysBetween(from, to) >= most) throw badUserInput(`At most ${most} days can be asked for at once.`);
  return { from, to };
}

/** @throws a `BAD_USER_INPUT` error for what is not from 1 to 366 */
export function checkedDays(days: number): number {
  if (days < 1 || days > MOST_DAYS) throw badUserInput(`\`days\` must be from 1 to ${MOST_DAYS}, but is ${days}.`);
  return days;
}
