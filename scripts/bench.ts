/**
 * `npm run bench`: how fast it is, each figure beside what it could be at best or what stock parts make of it. `-- PART` measures a part
 * alone, `-- --write` keeps what was found in `docs/performance.md`.
 * `-- fund | readings | community`: what else has a measure of its own: decisions of one fund, temperatures of carriers, search.
 */
import { Refusal } from '../subgraphs/common/refusal.js';
import { benchApart } from './bench/apart.js';
import { benchStart } from './bench/begin.js';
import { Cleanup } from './bench/cleanup.js';
import { benchCommunity, readCommunityOptions } from './bench/community.js';
import type { Figure } from './bench/figure.js';
import { benchFund, readFundOptions } from './bench/fund.js';
import { benchInProcess } from './bench/gateway.js';
import { type Ground, prepareGround } from './bench/ground.js';
import { benchLayer } from './bench/layer.js';
import { loaderFigure } from './bench/loader.js';
import { benchMain } from './bench/main-query.js';
import { type BenchOptions, PARTS, type Part, readOptions } from './bench/options.js';
import { figureLine, keep } from './bench/performance.js';
import { profileOne } from './bench/profile.js';
import { benchReadings, readReadingsOptions } from './bench/readings.js';
import { benchScale, readScaleOptions } from './bench/scale.js';

const say = (what: string): void => void process.stderr.write(`${what}\n`);

/** What a part has found, with a table where there is more to tell. */
interface Found {
  readonly figures: readonly Figure[];
  readonly table?: string;
}

/** Measures a part. @param ground made by the first part that needs it */
async function measured(
  part: Part,
  options: BenchOptions,
  ground: () => Promise<Ground>,
  cleanup: Cleanup,
): Promise<Found> {
  const { rounds, measureSeconds: seconds } = options;
  const short = { rounds, seconds };
  if (part === 'main') return benchMain(options, await ground(), cleanup, say);
  if (part === 'loader') return { figures: [await loaderFigure(await ground(), rounds)] };
  if (part === 'gateway') return { figures: await benchInProcess(short, cleanup, say) };
  if (part === 'apart') return { figures: await benchApart(short, cleanup, say) };
  if (part === 'layer') return { figures: await benchLayer(short, cleanup, say) };
  return { figures: await benchStart(short, cleanup, say) };
}

async function goals(options: BenchOptions, cleanup: Cleanup): Promise<void> {
  const { parts, profile, write } = options;
  let made: Promise<Ground> | undefined;
  const ground = () => {
    if (!made) say(`Making a database with ${options.patients} patients`);
    made ??= prepareGround(options, cleanup);
    return made;
  };
  if (profile) return console.log(await profileOne(options, profile, await ground(), cleanup));
  for (const part of parts) {
    say(`Measuring ${part}`);
    // a part's programs are ended before the next begins; the database stays
    const own = new Cleanup();
    cleanup.add(() => own.run());
    const { figures, table } = await measured(
      part,
      options,
      ground,
      part === 'main' || part === 'loader' ? cleanup : own,
    );
    await own.run();
    if (table) console.log(table);
    console.log(figures.map(figureLine).join('\n'));
    if (write) keep(figures, table ? { [part]: table } : {});
  }
}

async function scale(args: readonly string[], cleanup: Cleanup): Promise<void> {
  const write = args.includes('--write');
  const options = readScaleOptions(args.filter((each) => each !== '--write'));
  const { figure, table } = await benchScale(options, cleanup, say);
  console.log(`${table}\n\n${figureLine(figure)}`);
  if (write) keep([figure], { scale: table });
}

/** Whatever happens it does not go on for ever: twice what it should take, and five minutes for the ground. */
const mostMs = ({ parts, rounds, warmUpSeconds, measureSeconds, patients }: BenchOptions): number =>
  1_000 * (300 + patients / 1_000 + 2 * parts.length * 8 * (rounds + 1) * (warmUpSeconds + measureSeconds));

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
    if (what === 'fund') console.log(await benchFund(readFundOptions(rest), cleanup, say));
    else if (what === 'readings') console.log(await benchReadings(readReadingsOptions(rest), cleanup, say));
    else if (what === 'community') console.log(await benchCommunity(readCommunityOptions(rest), cleanup, say));
    else if (what === 'scale') await scale(rest, cleanup);
    else {
      const isPart = PARTS.some((part) => part === what);
      const options = readOptions(isPart ? rest : process.argv.slice(2), isPart ? [what as Part] : PARTS);
      setTimeout(() => stop('It takes too long: given up.', 1), mostMs(options)).unref();
      await goals(options, cleanup);
    }
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
