/** The value that `share` of all are at most; 0 of none. */
export function percentile(of: Iterable<number>, share: number): number {
  const sorted = [...of].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
