import type { ShownExample, ShownGroup } from '../explorer-data.js';
import { askAs, paneOf } from './explorer-asking.js';

/** What a tab holds. */
export interface TabContent {
  readonly query: string;
  readonly variables: string;
  readonly headers: string;
}

const OPENED_AT_FIRST = 4;

/** The first example of each of the first groups: what a newcomer finds in tabs. */
export const firstOpened = (groups: readonly ShownGroup[]): ShownExample[] =>
  groups.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, OPENED_AT_FIRST);

/** @param as somebody else than the example's own person */
export const contentOf = ({ text, variables, as: own }: ShownExample, as: string | undefined = own): TabContent => ({
  query: text,
  variables: Object.keys(variables).length === 0 ? '' : JSON.stringify(variables, null, 2),
  headers: paneOf(askAs({}, as)),
});

/** The examples in whose words, names or people all the words that were typed stand. */
export function matching(groups: readonly ShownGroup[], typed: string): ShownGroup[] {
  const words = typed.toLowerCase().split(/\s+/);
  return groups.flatMap((group) => {
    const examples = group.examples.filter(({ name, need, as = '' }) => {
      const text = `${group.who} ${need} ${name} ${as}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return examples.length === 0 ? [] : [{ ...group, examples }];
  });
}
