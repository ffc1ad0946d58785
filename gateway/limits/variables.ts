/** Values may be nested so deeply; our deepest input has 4 levels. */
const MOST_NESTED = 12;
/** Names given, whether the document has variables of these names or not. */
const MOST_GIVEN = 100;
/** Entries of a list of texts or objects. */
const MOST_ENTRIES = 1_000;
/** Texts, objects and lists in all. Numbers are cheap, and a carrier reports thousands of temperatures at once. */
const MOST_VALUES = 10_000;

/**
 * Whether the values of an operation's variables are more, or more deeply nested, than anybody needs. Goes through lists
 * instead of down into them, so that no nesting is too deep for it.
 */
export function isExcessive(variables: Readonly<Record<string, unknown>>): boolean {
  let level: unknown[] = Object.values(variables);
  if (level.length > MOST_GIVEN) return true;
  let values = 0;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_NESTED) return true;
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'number') continue;
      if (++values > MOST_VALUES) return true;
      if (typeof value !== 'object' || value === null) continue;
      const inside: unknown[] = Array.isArray(value) ? value : Object.values(value);
      if (inside.length > MOST_ENTRIES && inside.some((each) => typeof each !== 'number')) return true;
      for (const each of inside) if (typeof each !== 'number') below.push(each);
    }
    level = below;
  }
  return false;
}
