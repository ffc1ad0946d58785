import { availableParallelism, cpus } from 'node:os';
import type { Measurement } from './measure.js';
import type { BenchOptions } from './options.js';
import type { Variant } from './variants.js';

/** A variant with what was found of it. */
export interface Finding {
  readonly variant: Pick<Variant, 'letter' | 'name'>;
  /** Of the rounds that with the median rate. */
  readonly usual: Measurement;
  /** Under an open load, the same for all. */
  readonly waited: Measurement;
  /** SQL statements a call. */
  readonly statements: number;
  /** Of an answer's body, on average over the same calls in all variants. */
  readonly bytes: number;
}

const HEADINGS = [
  '',
  'req/s',
  'open p50 ms',
  'p99 ms',
  'CPU µs servers',
  'CPU µs PostgreSQL',
  'SQL',
  'bytes',
  'disturbed',
];

function row({ variant, usual, waited, statements, bytes }: Finding): string[] {
  return [
    `(${variant.letter}) ${variant.name}`,
    (usual.requests / usual.seconds).toFixed(0),
    waited.p50Ms.toFixed(2),
    waited.p99Ms.toFixed(2),
    usual.serversCpuUs.toFixed(0),
    usual.postgresCpuUs.toFixed(0),
    statements.toFixed(1),
    bytes.toFixed(0),
    usual.disturbance.toFixed(2),
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

/** The table, with all that one must know to read it. @param perSecond of the open load */
export function report(findings: readonly Finding[], options: BenchOptions, perSecond: number): string {
  const { patients, callers, connections, warmUpSeconds, measureSeconds, rounds } = options;
  const generator = findings.map(({ variant, usual }) => `(${variant.letter}) ${usual.cpuUs.toFixed(0)}`).join(', ');
  return `
Main query (ApplicationOverview) as ${callers} different patients of ${patients}, ${connections} requests under way at any time.
${rounds} round(s) of ${warmUpSeconds} s warm-up and ${measureSeconds} s measured, in turns; of each variant the round with the median rate.
Latencies under an open load of ${perSecond.toFixed(0)} requests a second for all.
${availableParallelism()} processors (${cpus()[0]?.model.trim()}) shared by servers, PostgreSQL and load generator, Node ${process.version}.
All answers were compared for 20 patients before: deep-equal, nothing normalised.

${table([HEADINGS, ...findings.map(row)])}

CPU and SQL are a request's; CPU is user and system time from /proc. Disturbed: processors that other programs kept busy
meanwhile; above 0.1 measure again. The load generator took, in µs: ${generator}.`;
}
