import { isDeepStrictEqual } from 'node:util';
import type { Outcome, Told } from './two-executors.js';

/** All answers to one question. */
export interface Answers {
  readonly planned: Outcome;
  readonly stock: Outcome;
  /** What graphql-js says of the same world behind one schema. Unset where it would know nothing of what happened. */
  readonly merged?: Outcome;
}

export interface Comparison {
  /** What is wrong with our own answer; unset when it is as it has to be. */
  readonly wrong?: 'data' | 'order of keys' | 'errors';
  /** Ours is what graphql-js says, and the stock gateway's is not. */
  readonly isStockWrong: boolean;
  /** Both are not what graphql-js says: the plan, which is the same, is not what it should be. */
  readonly isPlanWrong: boolean;
}

/**
 * Our answer has to be the stock gateway's. That one is known to lose what stands in fragments nested in an interface, and objects
 * of which `@skip` or `@include` leave out everything: where the two differ, ours has to be what graphql-js says. The order of
 * keys, which the stock gateway changes, is always graphql-js's.
 */
export function compare({ planned, stock, merged }: Answers): Comparison {
  const isAsStock = isDeepStrictEqual(planned.data, stock.data);
  const isAsMerged = merged !== undefined && isDeepStrictEqual(planned.data, merged.data);
  const found = { isStockWrong: !isAsStock, isPlanWrong: isAsStock && merged !== undefined && !isAsMerged };
  if (!isAsStock && !isAsMerged) return { ...found, wrong: 'data' };
  if (isAsMerged && planned.text !== merged.text) return { ...found, wrong: 'order of keys' };
  return haveSameErrors(planned, stock, merged) ? found : { ...found, wrong: 'errors' };
}

function haveSameErrors(planned: Outcome, stock: Outcome, merged: Outcome | undefined): boolean {
  const theirs = [...stock.errors, ...(merged?.errors ?? [])];
  const places = new Set(theirs.map(placeOf));
  const ours = new Set(planned.errors.map(kindOf));
  // of what concerns a whole fetch the stock gateway names no place, or one that is in no answer
  const placeless = new Set(stock.errors.filter(({ path }) => !path || path.includes('_entities')).map(kindOf));
  // it counts entities as they stand, and takes that for their number among those that were asked for
  const ways = new Set(stock.errors.map(wayOf));
  const inMerged = new Set(merged?.errors.map(kindOf));
  const isRight = (error: Told) =>
    places.has(placeOf(error)) ||
    placeless.has(kindOf(error)) ||
    (ways.has(wayOf(error)) && (!inMerged.has(kindOf(error)) || isBelowNull(planned.data, error.path ?? [])));
  return planned.errors.every(isRight) && stock.errors.every((error) => ours.has(kindOf(error)));
}

const placeOf = (error: Told): string => `${kindOf(error)} at ${error.path?.join('.')}`;
const wayOf = (error: Told): string =>
  `${kindOf(error)} at ${error.path?.filter((step) => typeof step === 'string').join('.')}`;
const kindOf = ({ message, code }: Told): string => `${code}: ${message}`;

/** Whether a place is below something that is null: whether what failed there is told depends on what failed first. */
export function isBelowNull(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return false;
}
