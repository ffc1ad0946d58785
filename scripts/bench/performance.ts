import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { beyondGoal, type Figure, type Goal, ratioOf } from './figure.js';

/** One figure as it was measured last. */
interface Kept extends Pick<Figure, 'name' | 'goal' | 'measured'> {
  readonly value: number;
  readonly rounds: number;
  /** The day, in UTC. */
  readonly at: string;
  readonly machine: string;
}

/** What the page is made from: figures by key, and tables by the part that made them. */
interface Results {
  readonly figures: Readonly<Record<string, Kept>>;
  readonly tables: Readonly<Record<string, string>>;
}

const docs = (file: string): string => join(PROJECT_ROOT, 'docs', file);
const RESULTS = docs('performance.json');

/** In the order of the page. */
const ORDER = [
  'main-sql',
  'main-stock',
  'gateway-small',
  'gateway-big',
  'apart-small',
  'apart-big',
  'layer',
  'loader',
  'scale',
  'start',
  'memory',
];

const machine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

/** Keeps what was measured, with the day and the machine. What was not measured this time stays as it was. */
export function keep(figures: readonly Figure[], tables: Readonly<Record<string, string>>): void {
  const before = readResults();
  const at = new Date().toISOString().slice(0, 10);
  const measured = figures.map((figure): [string, Kept] => {
    const { key, name, goal, ratios } = figure;
    return [
      key,
      { name, goal, value: ratioOf(figure), measured: figure.measured, rounds: ratios.length, at, machine: machine() },
    ];
  });
  const results: Results = {
    figures: { ...before.figures, ...Object.fromEntries(measured) },
    tables: { ...before.tables, ...tables },
  };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(docs('performance.md'), performancePage());
  writeFileSync(docs('pictures/performance.svg'), performanceChart());
}

function readResults(): Results {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
  } catch {
    return { figures: {}, tables: {} };
  }
}

const inOrder = ({ figures }: Results): Kept[] => ORDER.flatMap((key) => figures[key] ?? []);

const shown = (value: number): string => (value >= 10 ? value.toFixed(1) : value.toFixed(2));
const withUnit = (value: string, goal: Goal): string =>
  'unit' in goal && goal.unit ? `${value} ${goal.unit}` : `${value} ×`;
const goalText = (goal: Goal): string =>
  'least' in goal ? `≥ ${withUnit(String(goal.least), goal)}` : `≤ ${withUnit(String(goal.most), goal)}`;

/** A line for the terminal. */
export function figureLine(figure: Figure): string {
  const value = ratioOf(figure);
  const mark = beyondGoal(value, figure.goal) >= 1 ? '✓' : '✗';
  return `${mark} ${figure.name}: ${withUnit(shown(value), figure.goal)} (goal ${goalText(figure.goal)}; ${figure.measured})`;
}

/** `docs/performance.md`. */
export function performancePage(): string {
  const results = readResults();
  const kept = inOrder(results);
  const machines = [...new Set(kept.map((each) => each.machine))];
  const rows = kept.map((each) => {
    const { name, goal, value, measured, at } = each;
    const mark = beyondGoal(value, goal) >= 1 ? 'yes' : 'no';
    return `| ${name} | ${goalText(goal)} | **${withUnit(shown(value), goal)}** | ${mark} | ${measured} | ${at} |`;
  });
  const tables = Object.entries(results.tables).map(
    ([name, text]) => `### \`${name}\`\n\n\`\`\`\n${text.trim()}\n\`\`\``,
  );
  return `# How fast it is

Made by \`npm run bench -- --write\`; what a part of it measured last stays until that part is run again. Each line compares two things
in one run, in turns, and is the median of the rounds' ratios: a machine is not as fast in one minute as in the next. By itself none of
these numbers says anything about another machine.

![How far each figure is beyond its goal, or short of it](pictures/performance.svg)

| figure | goal | measured | met | in numbers | on |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Measured on ${machines.join('; ')}. Servers, PostgreSQL and what loads them share its processors.

## How to repeat it

\`\`\`
npm run bench                     # all but the last line of the parts below, some ten minutes
npm run bench -- main             # a part: main, gateway, apart, layer, loader, start, scale
npm run bench -- --short          # to see that it works, not to believe it
npm run bench -- --write          # and keeps what was found in this page
\`\`\`

\`scale\` makes a database of a million patients and takes as long as that; it is run by its name alone. On Linux, since processor time is read
from \`/proc\`. Nothing else should run: what disturbs is shown where it can be seen.

- **Capacity** is measured closed: so many requests under way at any time. **Latencies** are measured open: so many requests a second,
  whatever becomes of them, each counted from when it should have been sent.
- **Processor time** is user and system time, of the servers and of PostgreSQL where that is part of the work.
- Before anything is measured, all variants are asked the same and must answer the same.

## What stands in the way where a goal is missed

- **Main query / hand-written SQL.** The statement by hand looks into five schemas at once, as nobody: no role, no row-level security, one packet. Ours
  asks four subgraphs, each by its own role and connection, and says to three of them who asks. Half of what a request costs is PostgreSQL,
  and there row-level security makes the application's statement three times as dear as without (148 and 49 µs in a loop inside
  PostgreSQL); of Node's half, a third is spent on handing packets to the system and reading answers. See the profile below.
- **Main query / stock Apollo.** It runs on the same subgraphs, whose reads have become cheaper for it too. PostgreSQL is a seventh
  of its cost and half of ours, so what is left to win is in PostgreSQL.
- **A small answer in process.** Some 5 µs a fetch: time limit, breaker, room, metrics, promises. The monolith's whole answer costs less than two of them.
- **Per gateway core.** Of our gateway's time a fetch over HTTP costs some 55 µs, of which Ed25519 takes about 20 and the system's write 10;
  four of them are half of a small answer. Only fewer or unsigned fetches would change that.
- **The door.** What is left is flat: the line in the log, histograms, the token, the cost, promises between them.
- **Memory.** Two thirds of it are the planner and the schemas, which the stock gateway has as well; ours has the partners' beside it, and V8 gives
  back what it has once taken only when it must: with a heap limited to 200 MB the same load runs in 440 MB instead of 890.

## In detail

${tables.join('\n\n')}
`;
}

const WIDTH = 920;
const LEFT = 430;
const RIGHT = 90;
const LINE = 34;
const TOP = 46;
/** The chart ends at four times better or worse than the goal. */
const MOST = 4;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `docs/pictures/performance.svg`: how far each figure is beyond its goal, on a scale of ratios. */
export function performanceChart(): string {
  const kept = inOrder(readResults());
  const height = TOP + kept.length * LINE + 12;
  const x = (beyond: number): number => {
    const most = Math.log(MOST);
    const at = Math.max(-most, Math.min(most, Math.log(beyond)));
    return LEFT + ((at + most) / (2 * most)) * (WIDTH - LEFT - RIGHT);
  };
  const ticks = [1 / 4, 1 / 2, 1, 2, 4].map((each) => {
    const label = each === 1 ? 'goal' : each < 1 ? `1/${1 / each}` : `${each} ×`;
    const kind = each === 1 ? 'goal' : 'tick';
    return `<line class="${kind}" x1="${x(each)}" y1="${TOP - 12}" x2="${x(each)}" y2="${height - 8}"/><text class="label" x="${x(each)}" y="${TOP - 20}" text-anchor="middle">${label}</text>`;
  });
  const bars = kept.map(({ name, goal, value }, index) => {
    const y = TOP + index * LINE;
    const beyond = beyondGoal(value, goal);
    const [from, to] = [Math.min(x(1), x(beyond)), Math.max(x(1), x(beyond))];
    return `<text x="${LEFT - 14}" y="${y + 17}" text-anchor="end">${escaped(name)}</text>
<rect class="${beyond >= 1 ? 'met' : 'missed'}" x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(2, to - from).toFixed(1)}" height="20" rx="3"/>
<text class="value" x="${WIDTH - RIGHT + 12}" y="${y + 17}">${escaped(withUnit(shown(value), goal))}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="How far each figure is beyond its goal, to the right, or short of it, to the left">
<style>
text { font: 14px system-ui, sans-serif; fill: #1f2933; }
.label { font-size: 12px; fill: #616e7c; }
.value { font-weight: 600; }
.tick { stroke: #d5dae0; }
.goal { stroke: #3e4c59; stroke-width: 2; }
.met { fill: #2f8f63; }
.missed { fill: #d0743c; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e7eb; }
  .label { fill: #9aa5b1; }
  .tick { stroke: #3e4c59; }
  .goal { stroke: #cbd2d9; }
}
</style>
${ticks.join('\n')}
${bars.join('\n')}
</svg>
`;
}
