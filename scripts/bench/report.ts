import { availableParallelism, cpus } from 'node:os';
import type { Measurement } from './measure.js';
import type { BenchOptions } from './options.js';
import type { Variant } from './variants.js';

/** A variant with what was found of it. */
export interface Finding {
  readonly variant: Pick<Variant, 'letter' | 'name'>;
  readonly best: Measurement;
  /** SQL statements a call. */
  readonly statements: number;
  /** Of an answer's body, on average over the same calls in all variants. */
  readonly bytes: number;
}

interface Expectation {
  readonly of: Variant['letter'];
  readonly to: Variant['letter'];
  readonly least: number;
}

/** What issue 2 expects. */
const EXPECTATIONS: readonly Expectation[] = [
  { of: 'b', to: 'd', least: 4 },
  { of: 'b', to: 'a', least: 0.2 },
];

const HEADINGS = ['', 'req/s', 'p50 ms', 'p99 ms', 'CPU µs servers', 'CPU µs PostgreSQL', 'SQL', 'bytes', 'disturbed'];

function row({ variant, best, statements, bytes }: Finding): string[] {
  return [
    `(${variant.letter}) ${variant.name}`,
    (best.requests / best.seconds).toFixed(0),
    best.p50Ms.toFixed(2),
    best.p99Ms.toFixed(2),
    best.serversCpuUs.toFixed(0),
    best.postgresCpuUs.toFixed(0),
    statements.toFixed(1),
    bytes.toFixed(0),
    best.disturbance.toFixed(2),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}

const rateOf = (findings: readonly Finding[], letter: string): number => {
  const best = findings.find(({ variant }) => variant.letter === letter)?.best;
  return best ? best.requests / best.seconds : Number.NaN;
};

function judged(findings: readonly Finding[], { of, to, least }: Expectation): string {
  const ratio = rateOf(findings, of) / rateOf(findings, to);
  return `${ratio >= least ? '✓' : '✗'} (${of}) / (${to}) = ${ratio.toFixed(2)}, expected at least ${least}`;
}

/** The table, with all that one must know to read it. */
export function report(findings: readonly Finding[], options: BenchOptions): string {
  const { patients, callers, connections, warmUpSeconds, measureSeconds, rounds } = options;
  const generator = findings.map(({ variant, best }) => `(${variant.letter}) ${best.cpuUs.toFixed(0)}`).join(', ');
  return `
Main query (ApplicationOverview) as ${callers} different patients of ${patients}, ${connections} requests under way at any time.
${rounds} round(s) of ${warmUpSeconds} s warm-up and ${measureSeconds} s measured, in turns; of each variant the round with the most requests.
${availableParallelism()} processors (${cpus()[0]?.model.trim()}) shared by servers, PostgreSQL and load generator, Node ${process.version}.
All answers were compared for 20 patients before: deep-equal, nothing normalised.

${table([HEADINGS, ...findings.map(row)])}

CPU and SQL are a request's; CPU is user and system time from /proc. Disturbed: processors that other programs kept busy
meanwhile; above 0.1 measure again. The load generator took, in µs: ${generator}.

${EXPECTATIONS.map((each) => judged(findings, each)).join('\n')}`;
}
