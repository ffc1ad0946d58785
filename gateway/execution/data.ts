/** What subgraphs answer, and how answers become one: plain JSON. */

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whoever copied this key by key would change what all objects are. */
const RESERVED = '__proto__';

/**
 * Puts what `source` has into `target`, objects and lists of the same length into each other. What `target` lacks is not
 * copied but shared: the entity of many places stands in all of them, and what comes for it later is put in once.
 */
export function merge(target: Fields, source: Fields): void {
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined || key === RESERVED) continue;
    target[key] = merged(target[key], value);
  }
}

function merged(known: unknown, value: unknown): unknown {
  if (known === value) return known;
  if (isFields(known) && isFields(value)) {
    merge(known, value);
    return known;
  }
  if (!Array.isArray(known) || !Array.isArray(value) || known.length !== value.length) return value;
  for (const [index, item] of value.entries()) known[index] = merged(known[index], item);
  return known;
}

/** A way down an answer: response keys, and `@` for all items of a list. */
export type Way = readonly (string | number)[];

/** The objects at the end of a way. One that stands there many times may come more than once. */
export function objectsAt(data: Fields, way: Way): readonly Fields[] {
  let found: unknown[] = [data];
  for (const step of way) {
    const below: unknown[] = [];
    if (step === '@') {
      // a list that is shared by many places is gone through once
      const lists = found.length > 1 ? new Set(found) : found;
      for (const list of lists) if (Array.isArray(list)) for (const item of list) if (item) below.push(item);
    } else {
      for (const each of found) {
        const value = (each as Fields)[step];
        if (value) below.push(value);
      }
    }
    found = below;
  }
  return found as Fields[];
}

/** Where objects stand at the end of a way, for their errors: every place, in the order of the answer. */
export function placesAt(data: Fields, way: Way, wanted: ReadonlySet<Fields>): (string | number)[][] {
  const places: (string | number)[][] = [];
  const go = (value: unknown, depth: number, place: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const step = way[depth];
    if (step === undefined) {
      if (wanted.has(value as Fields)) places.push([...place]);
    } else if (step === '@') {
      if (Array.isArray(value)) for (const [index, item] of value.entries()) go(item, depth + 1, [...place, index]);
    } else go((value as Fields)[step], depth + 1, [...place, step]);
  };
  go(data, 0, []);
  return places;
}
