/**
 * `npm run bench`: how fast the main query is, beside what it could be at best and what stock parts would make of it.
 * `npm run bench -- fund`: how fast a fund takes decisions, beside pgbench.
 * `npm run bench -- readings`: how fast a carrier hands in temperatures, beside COPY.
 * `npm run bench -- community`: how fast the community finds what has some words, beside plain LIKE.
 */
import { Refusal } from '../subgraphs/common/refusal.js';
import { Cleanup } from './bench/cleanup.js';
import { benchCommunity, readCommunityOptions } from './bench/community.js';
import { perCall, requireSameAnswers } from './bench/compare.js';
import { benchFund, readFundOptions } from './bench/fund.js';
import { type Ground, prepareGround } from './bench/ground.js';
import { type Measurement, measure } from './bench/measure.js';
import { type BenchOptions, readOptions } from './bench/options.js';
import { costs } from './bench/profile.js';
import { start } from './bench/programs.js';
import { benchReadings, readReadingsOptions } from './bench/readings.js';
import { type Finding, report } from './bench/report.js';
import { startFloor, startMany, startOne, startStock } from './bench/variants.js';

const COMPARED = 20;
const COUNTED = 100;

const say = (what: string): void => void process.stderr.write(`${what}\n`);

async function compareAll(options: BenchOptions, ground: Ground, cleanup: Cleanup): Promise<string> {
  say('Starting the variants');
  const variants = [];
  for (const starter of [startFloor, startOne, startMany, startStock]) variants.push(await starter(ground, cleanup));
  const generator = await start({ script: 'bench/load.js', environment: {}, talks: true }, cleanup);
  await requireSameAnswers(variants, COMPARED);
  const rounds = variants.map((): Measurement[] => []);
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      const found = await measure(variant, generator, options, ground.postgresPid);
      rounds[index]?.push(found);
      say(`Round ${round} (${variant.letter}): ${(found.requests / found.seconds).toFixed(0)} requests/s`);
    }
  }
  const findings: Finding[] = [];
  for (const [index, variant] of variants.entries()) {
    const [best] = (rounds[index] as Measurement[]).sort((one, other) => other.requests - one.requests);
    findings.push({ variant, best: best as Measurement, ...(await perCall(variant, COUNTED)) });
  }
  return report(findings, options);
}

/** The one process alone, under the same load, with a CPU profile of it. */
async function profileOne(options: BenchOptions, folder: string, ground: Ground, cleanup: Cleanup): Promise<string> {
  const profiled = new Cleanup();
  cleanup.add(() => profiled.run());
  const node = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`];
  const variant = await startOne(ground, profiled, node);
  const generator = await start({ script: 'bench/load.js', environment: {}, talks: true }, cleanup);
  const found = await measure(variant, generator, options, ground.postgresPid);
  // the profile is written when the process ends
  await profiled.run();
  return costs(folder, variant.processes[0]?.pid ?? 0, found);
}

async function main(options: BenchOptions, cleanup: Cleanup): Promise<void> {
  say(`Making a database with ${options.patients} patients`);
  const ground = await prepareGround(options, cleanup);
  const { profile } = options;
  console.log(await (profile ? profileOne(options, profile, ground, cleanup) : compareAll(options, ground, cleanup)));
}

/** Whatever happens it does not go on for ever: twice what it should take, and five minutes for the ground. */
const mostMs = ({ rounds, warmUpSeconds, measureSeconds, patients }: BenchOptions): number =>
  1_000 * (300 + patients / 1_000 + 2 * 4 * rounds * (warmUpSeconds + measureSeconds));

async function run(): Promise<number> {
  const cleanup = new Cleanup();
  let stopped: number | undefined;
  const stop = (why: string, code: number) => {
    if (stopped !== undefined) return;
    stopped = code;
    say(why);
    cleanup.run().finally(() => process.exit(code));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop('Stopping', 130));
  // a connection that breaks because PostgreSQL has been ended, for one
  process.on('uncaughtException', (error) => stop(String(error.stack), 1));
  try {
    const [what, ...rest] = process.argv.slice(2);
    if (what === 'fund') {
      console.log(await benchFund(readFundOptions(rest), cleanup, say));
      return 0;
    }
    if (what === 'readings') {
      console.log(await benchReadings(readReadingsOptions(rest), cleanup, say));
      return 0;
    }
    if (what === 'community') {
      console.log(await benchCommunity(readCommunityOptions(rest), cleanup, say));
      return 0;
    }
    const options = readOptions(process.argv.slice(2));
    setTimeout(() => stop('It takes too long: given up.', 1), mostMs(options)).unref();
    await main(options, cleanup);
    return 0;
  } catch (error) {
    // who is stopped has lost its servers, and need not say so
    if (stopped !== undefined) return stopped;
    say(error instanceof Refusal ? error.message : String((error as Error).stack ?? error));
    return 1;
  } finally {
    await cleanup.run();
  }
}

process.exit(await run());
