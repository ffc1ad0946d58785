import { hash } from '../../subgraphs/common/seed.js';

/** Chances that are the same for the same seed. */
export class Dice {
  private thrown = 0;

  constructor(private readonly seed: number) {}

  /** A whole number below `sides`. */
  below(sides: number): number {
    return hash(`same-answers ${this.seed}`, this.thrown++) % sides;
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  /** @throws when there is nothing to choose from */
  one<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('There is nothing to choose from');
    return items[this.below(items.length)] as Item;
  }
}
