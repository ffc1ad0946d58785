/**
 * `npm run overload [-- --short]`: what the API does when three times as much is asked as it can answer. Measures what it answers at
 * most, then sends three times as many requests a second, whether those before were answered or not. Exits with 1 when less than nine
 * tenths of the most are answered, when anything else comes than an answer or a 503 that says when to come again, or when health does
 * not answer or tells the truth.
 */
import type { Cleanup } from './bench/cleanup.js';
import { prepareGround } from './bench/ground.js';
import { start } from './bench/programs.js';
import { startOne } from './bench/variants.js';
import { arrive } from './overload/generator.js';
import { watchHealth } from './overload/health-watch.js';
import { runTrial, say } from './trial.js';

const USAGE = 'Usage: npm run overload [-- --short]';
const FACTOR = 3;
/** Of what is answered at most. */
const LEAST_GOODPUT = 0.9;
/** Of a question for health, while three times as much is asked as can be answered. */
const HEALTH_MS = 1_000;
/** More would be a pause of the program's, and not a measurement. */
const CLIENTS_AT_PEAK = 64;
const MOST_CLIENTS = 2_000;
const GIVE_UP_MS = 300_000;

const LONG = { patients: 10_000, warmUpMs: 5_000, measureMs: 15_000 };
const SHORT = { patients: 1_000, warmUpMs: 3_000, measureMs: 5_000 };

/** @returns whether all is as it should be */
async function overload({ patients, ...times }: typeof LONG, cleanup: Cleanup): Promise<boolean> {
  say(`Making a database with ${patients} patients`);
  const ground = await prepareGround({ patients, callers: 500 }, cleanup);
  const { origin, path, calls } = await startOne(ground, cleanup);
  const generator = await start({ script: 'overload/arrivals.js', environment: {}, talks: true }, cleanup);
  const target = { origin, path, calls };
  const most = await arrive(generator, { ...target, ...times, clients: CLIENTS_AT_PEAK });
  const seconds = times.measureMs / 1_000;
  const peak = most.good / seconds;
  say(`At most ${peak.toFixed(0)} requests/s are answered`);
  const rate = Math.round(FACTOR * peak);
  const health = watchHealth(origin);
  const found = await arrive(generator, { ...target, ...times, rate, clients: MOST_CLIENTS });
  const seen = await health.end();
  const goodput = found.good / seconds / peak;
  const a = (of: number) => `${(of / seconds).toFixed(0).padStart(6)}/s`;
  const ms = (of: number) => `${of.toFixed(0)} ms`;
  console.log(
    [
      `answered at most      ${a(most.good)}   p50 ${ms(most.p50Ms)}, p99 ${ms(most.p99Ms)}, ${CLIENTS_AT_PEAK} clients`,
      `asked                 ${a(found.sent)}   ${FACTOR} × as many${found.leftOut > 0 ? `, ${found.leftOut} of them left out, since ${MOST_CLIENTS} were under way` : ''}`,
      `answered then         ${a(found.good)}   ${goodput.toFixed(2)} × the most, p50 ${ms(found.p50Ms)}, p99 ${ms(found.p99Ms)}`,
      `refused with 503      ${a(found.refused)}   p99 ${ms(found.refusedP99Ms)}`,
      `health meanwhile      ${seen.asked} times asked, ${seen.ready} times ready, p99 ${ms(seen.p99Ms)}, at most ${ms(seen.mostMs)}`,
    ].join('\n'),
  );
  const promises: [string, boolean][] = [
    [`at least ${LEAST_GOODPUT} × the most are answered`, goodput >= LEAST_GOODPUT],
    [`nothing else comes than answers and 503: ${found.bad.join('; ') || 'nothing'}`, found.badCount === 0],
    ['health is always ready', seen.asked > 0 && seen.ready === seen.asked],
    [`health answers within ${HEALTH_MS} ms`, seen.mostMs <= HEALTH_MS],
  ];
  for (const [promise, isKept] of promises) console.log(`${isKept ? '✓' : '✗'} ${promise}`);
  return promises.every(([, isKept]) => isKept);
}

await runTrial({ usage: USAGE, long: LONG, short: SHORT, mostMs: GIVE_UP_MS }, overload);
