import type { ChildProcess } from 'node:child_process';
import type { Cleanup } from './cleanup.js';
import { perCall, requireSameAnswers } from './compare.js';
import type { Figure } from './figure.js';
import type { Ground } from './ground.js';
import { type Measurement, measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { start } from './programs.js';
import { median } from './ratio.js';
import { type Finding, report } from './report.js';
import { startFloor, startMany, startOne, startStock, type Variant } from './variants.js';

const COMPARED = 20;
const COUNTED = 100;
/** Of what the slowest can do: then none of them has a queue, and what is seen is what each takes. */
const OPEN_SHARE = 0.5;

const rateOf = ({ requests, seconds }: Measurement): number => requests / seconds;
const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** The main query by hand-written SQL, by one process, by many, and by stock parts, in turns. */
export async function benchMain(
  options: BenchOptions,
  ground: Ground,
  cleanup: Cleanup,
  say: (what: string) => void,
): Promise<{ figures: Figure[]; table: string }> {
  say('Starting the variants of the main query');
  const variants: Variant[] = [];
  for (const starter of [startFloor, startOne, startMany, startStock]) variants.push(await starter(ground, cleanup));
  const generator = await start({ script: 'bench/load.js', environment: {}, talks: true }, cleanup);
  await requireSameAnswers(variants, COMPARED);
  const rounds = variants.map((): Measurement[] => []);
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      const found = await measure(variant, generator, options, ground.postgresPid);
      rounds[index]?.push(found);
      say(`Round ${round} (${variant.letter}): ${rateOf(found).toFixed(0)} requests/s`);
    }
  }
  const perSecond = Math.max(1, OPEN_SHARE * Math.min(...rounds.map((found) => median(found.map(rateOf)))));
  const findings: Finding[] = [];
  for (const [index, variant] of variants.entries()) {
    const found = rounds[index] as Measurement[];
    const usual = found.find((each) => rateOf(each) === median(found.map(rateOf))) as Measurement;
    const waited = await openly(variant, generator, options, perSecond, ground.postgresPid);
    findings.push({ variant, usual, waited, ...(await perCall(variant, COUNTED)) });
  }
  const [floor = [], one = [], , stock = []] = rounds;
  const against = (others: readonly Measurement[]) =>
    one.map((each, round) => rateOf(each) / rateOf(others[round] as Measurement));
  const numbers = (others: readonly Measurement[]) =>
    `${whole(median(one.map(rateOf)))} and ${whole(median(others.map(rateOf)))} requests a second`;
  const figures: Figure[] = [
    {
      key: 'main-sql',
      name: 'Main query: one process / hand-written SQL',
      goal: { least: 0.5 },
      ratios: against(floor),
      measured: numbers(floor),
    },
    {
      key: 'main-stock',
      name: 'Main query: one process / stock Apollo',
      goal: { least: 8 },
      ratios: against(stock),
      measured: numbers(stock),
    },
  ];
  return { figures, table: report(findings, options, perSecond) };
}

/** As long as a round, but at a rate that all of them can keep. */
const openly = (
  variant: Variant,
  generator: ChildProcess,
  options: BenchOptions,
  perSecond: number,
  postgresPid: number,
): Promise<Measurement> => measure(variant, generator, { ...options, perSecond }, postgresPid);
