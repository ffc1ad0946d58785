import { median } from './ratio.js';

/** What is compared, measured in several rounds of one run. */
export interface Figure {
  /** `main-sql`, `gateway-small` and so on: there is one of each. */
  readonly key: string;
  /** For a reader: "Main query: one process / hand-written SQL". */
  readonly name: string;
  readonly goal: Goal;
  /** Ours by the other's, of each round; with a unit what was measured itself. */
  readonly ratios: readonly number[];
  /** What was measured, in words: "560 and 2,670 requests a second". */
  readonly measured: string;
}

/** At least so much, or at most; with a unit it is no ratio. */
export type Goal = { readonly least: number } | { readonly most: number; readonly unit?: string };

export const ratioOf = ({ ratios }: Pick<Figure, 'ratios'>): number => median(ratios);

/** How far beyond its goal a value is: 2 is twice as good, 0.5 half way. */
export const beyondGoal = (value: number, goal: Goal): number =>
  'least' in goal ? value / goal.least : goal.most / value;
