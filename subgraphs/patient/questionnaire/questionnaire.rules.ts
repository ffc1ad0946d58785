import { InvalidInput } from '../../common/errors.js';
import type { Texts } from '../../common/localized.js';

interface Question {
  /** Unique within the questionnaire. */
  readonly code: string;
  readonly text: Texts;
  /** Whether there is no result without an answer; one that is left out counts nothing. */
  readonly required: boolean;
  /** Times its points. 1 to 10. */
  readonly weight: number;
}

export interface Option {
  readonly value: string;
  readonly text: Texts;
  readonly points: number;
}

/** From which number on how many points are counted; the first begins at `min`, and each begins above the one before. */
export type Steps = readonly { readonly from: number; readonly points: number }[];

/** Something that is asked. */
export type Item = Question &
  (
    | { readonly kind: 'CHOICE' | 'YES_NO'; readonly options: readonly Option[] }
    | { readonly kind: 'SCALE' | 'NUMBER'; readonly min: number; readonly max: number; readonly steps: Steps }
  );

/** What a score means: what to do next, never what somebody has. */
export interface Band {
  readonly code: string;
  /** The lowest and the highest score of the band. */
  readonly from: number;
  readonly to: number;
  /** Whether somebody who treats the patient should look soon. */
  readonly redFlag: boolean;
  readonly nextStep: Texts;
}

/** A questionnaire in one version. It never changes once it is published: what would change it is a new version. */
export interface Definition {
  readonly code: string;
  readonly version: number;
  readonly title: Texts;
  readonly purpose: Texts;
  readonly items: readonly Item[];
  /** In order; together they cover every score that is possible, each once. */
  readonly bands: readonly Band[];
}

export interface GivenAnswer {
  readonly item: string;
  readonly value: string;
}

/** An answer as it is counted. */
export interface CheckedAnswer extends GivenAnswer {
  readonly points: number;
}

/** More are not even looked at. */
const MOST_ANSWERS = 100;

/** @throws {InvalidInput} when it is none of the item's answers */
function pointsOf(item: Item, value: string, path: string[]): number {
  if ('options' in item) {
    const option = item.options.find((each) => each.value === value);
    if (!option) {
      const known = item.options.map((each) => each.value).join(', ');
      throw new InvalidInput(`The answer to this item is one of ${known}.`, path);
    }
    return option.points;
  }
  const number = /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  // NaN is neither
  if (!(number >= item.min && number <= item.max)) {
    throw new InvalidInput(`The answer to this item is a whole number from ${item.min} to ${item.max}.`, path);
  }
  return (item.steps.findLast(({ from }) => from <= number) as Steps[number]).points;
}

/**
 * The answers in the order of the items, each with its points.
 *
 * @param path where the answers stand in the input
 * @throws {InvalidInput} for an unknown item, one answered twice, a value that is none of its answers, or a required one left out
 */
export function checkAnswers(
  { items }: Definition,
  answers: readonly GivenAnswer[],
  path: readonly string[],
): CheckedAnswer[] {
  if (answers.length > MOST_ANSWERS) {
    throw new InvalidInput(`There are at most ${MOST_ANSWERS} answers: one an item.`, [...path]);
  }
  const known = new Map(items.map((item) => [item.code, item]));
  const checked = new Map<string, CheckedAnswer>();
  for (const [index, { item: code, value }] of answers.entries()) {
    const at = [...path, String(index)];
    const item = known.get(code);
    if (!item) {
      throw new InvalidInput('This questionnaire has no such item. Send only items of the version that you name.', [
        ...at,
        'item',
      ]);
    }
    if (checked.has(code)) throw new InvalidInput('This item is answered twice. Answer each once.', [...at, 'item']);
    checked.set(code, { item: code, value, points: pointsOf(item, value, [...at, 'value']) * item.weight });
  }
  const missing = items.filter(({ code, required }) => required && !checked.has(code)).map(({ code }) => code);
  if (missing.length > 0) {
    throw new InvalidInput(`Some items need an answer: ${missing.join(', ')}.`, [...path]);
  }
  return items.flatMap(({ code }) => checked.get(code) ?? []);
}

export const scoreOf = (answers: readonly CheckedAnswer[]): number =>
  answers.reduce((sum, { points }) => sum + points, 0);

/** The lowest and the highest score that there can be. */
export function scoreRange({ items }: Definition): readonly [number, number] {
  let lowest = 0;
  let highest = 0;
  for (const item of items) {
    const points = ('options' in item ? item.options : item.steps).map((each) => each.points * item.weight);
    const counted = item.required ? points : [...points, 0];
    lowest += Math.min(...counted);
    highest += Math.max(...counted);
  }
  return [lowest, highest];
}

/** @throws when no band holds the score, which no definition allows */
export function bandOf({ bands, code }: Definition, score: number): Band {
  const band = bands.find(({ from, to }) => score >= from && score <= to);
  if (!band) throw new Error(`No band of ${code} holds this score`);
  return band;
}
