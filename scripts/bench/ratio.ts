export const median = (of: readonly number[]): number =>
  [...of].sort((one, other) => one - other)[Math.floor(of.length / 2)] ?? 0;

/** What rates are compared with. */
export interface Base {
  readonly name: string;
  /** A second, one for each round. */
  readonly rates: readonly number[];
}

/**
 * Lines of a table: a rate a second and how it compares with the base's of the same round, as medians of all rounds. The machine is
 * not as fast in one round as in another, so only what was measured in the same is compared.
 */
export function ratioLines(
  measured: readonly (readonly [name: string, rates: readonly number[]])[],
  base: Base,
): string[] {
  const width = Math.max(...measured.map(([name]) => name.length)) + 2;
  return measured.map(([name, rates]) => {
    const ratio = median(rates.map((rate, round) => rate / (base.rates[round] as number)));
    return `  ${name.padEnd(width)} ${median(rates).toFixed(0).padStart(7)}/s   ${ratio.toFixed(2)} × ${base.name}`;
  });
}
