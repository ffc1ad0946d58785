import type { CareStage } from '../../common/care-stage.js';
import type { Ask } from '../../common/context.js';

/** For whom articles are looked for. */
export interface ArticlesWanted {
  readonly diseaseId: string;
  readonly stage: CareStage;
  /** How many at most, from 1 to 20. */
  readonly first: number;
}

const place = (n: number): string =>
  `a${n}: articlesFor(diseaseId: $disease${n}, stage: $stage${n}, first: $first${n})`;
const variables = (n: number): string => `$disease${n}: ID!, $stage${n}: CareStage!, $first${n}: Int!`;

/** So many are asked for at once, so that there are few texts for the other side to compile. */
export const MOST_WANTED = 10;

/**
 * Ids of articles for each that is wanted, the best first. Asks the community, once for all.
 *
 * @param wanted at most `MOST_WANTED`
 * @throws {SubgraphUnavailable}
 */
export async function articlesFor(ask: Ask, wanted: readonly ArticlesWanted[]): Promise<(readonly string[])[]> {
  const numbers = wanted.map((_, n) => n);
  const values = wanted.map(({ diseaseId, stage, first }, n) => [
    [`disease${n}`, diseaseId],
    [`stage${n}`, stage],
    [`first${n}`, first],
  ]);
  const document = `query ArticlesFor(${numbers.map(variables).join(', ')}) { ${numbers.map(place).join(' ')} }`;
  const data = await ask<Record<string, string[] | null>>('community', document, Object.fromEntries(values.flat()));
  return numbers.map((n) => data[`a${n}`] ?? []);
}
