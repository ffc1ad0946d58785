/**
 * `npm run faults [-- --short]`: what it costs others that one subgraph cannot be reached as it should. The API runs as it does in
 * production, each subgraph in a process of its own, and is asked all the time; a proxy before each subgraph delays, cuts, truncates
 * and corrupts what it answers, is silent, or refuses. Exits with 1 when another subgraph's field is wrong or lacking, when queries
 * that do not touch it take longer than one and a half times as long (p99), or when the breaker opens or closes too late.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { type Fault, TcpProxy } from '../tests/faults/proxy.js';
import type { Cleanup } from './bench/cleanup.js';
import { prepareGround } from './bench/ground.js';
import { start, UNLIMITED } from './bench/programs.js';
import { type Asked, asksOf, isUntouched, Load } from './faults/load.js';
import { percentile } from './percentile.js';
import { freePorts } from './ports.js';
import { runTrial, say } from './trial.js';

const USAGE = 'Usage: npm run faults [-- --short]';
const GIVE_UP_MS = 900_000;
const OPENS_MS = 2_000;
const CLOSES_MS = 10_000;
const SLOWER = 1.5;
/** How often the breaker is looked at. */
const LOOK_MS = 100;

interface Disturbance {
  readonly name: string;
  readonly fault: Fault;
  readonly delayMs?: number;
  /** Nothing is lost by it. */
  readonly isHarmless?: boolean;
}

const DISTURBANCES: readonly Disturbance[] = [
  { name: 'delay 50 ms', fault: 'DELAY', delayMs: 50, isHarmless: true },
  { name: 'delay 60 s', fault: 'DELAY', delayMs: 60_000 },
  { name: 'cut', fault: 'CUT' },
  { name: 'truncate', fault: 'TRUNCATE' },
  { name: 'corrupt', fault: 'CORRUPT' },
  { name: 'silence', fault: 'SILENCE' },
  { name: 'refuse', fault: 'REFUSE' },
];

const LONG = { isShort: false, warmUpMs: 8_000, calmMs: 4_000, disturbedMs: 5_000 };
const SHORT = { isShort: true, warmUpMs: 4_000, calmMs: 2_000, disturbedMs: 3_000 };
type Options = typeof LONG;

/** The API, with a proxy before each subgraph: for the gateway, and for the other subgraphs that ask it. */
async function startDisturbable(cleanup: Cleanup) {
  const ground = await prepareGround({ patients: 500, callers: 20 }, cleanup);
  const ports = await freePorts(SUBGRAPH_NAMES.length + 1);
  const proxies = new Map<SubgraphName, TcpProxy>();
  for (const [index, name] of SUBGRAPH_NAMES.entries()) {
    const proxy = await TcpProxy.start(ports[index] as number);
    cleanup.add(() => proxy.close());
    proxies.set(name, proxy);
  }
  const urls = (own?: SubgraphName) =>
    JSON.stringify(
      Object.fromEntries(
        SUBGRAPH_NAMES.map((name, index) => [
          name,
          name === own ? `http://127.0.0.1:${ports[index]}/graphql` : proxies.get(name)?.url,
        ]),
      ),
    );
  const environment = { DATABASE_URL: ground.adminUrl, KEYS_DIR: ground.keysDir, DATA_DIR: ground.folder };
  const starting = SUBGRAPH_NAMES.map((name) => ({
    script: 'subgraph.js',
    args: [name],
    environment: { ...environment, SUBGRAPH_URLS: urls(name) },
  }));
  for (const program of starting) await start(program, cleanup);
  const port = String(ports.at(-1));
  const quiet = { ...UNLIMITED, REQUEST_LOG: 'off', LOG_LEVEL: 'silent' };
  await start(
    { script: 'gateway.js', environment: { ...environment, ...quiet, SUBGRAPH_URLS: urls(), PORT: port } },
    cleanup,
  );
  return { ground, origin: `http://localhost:${port}`, proxies };
}

/** Whether the gateway asks a subgraph as always. */
async function isAsked(origin: string, subgraph: SubgraphName): Promise<boolean> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return text.includes(`subgraph_breaker_state{subgraph="${subgraph}"} 0\n`);
}

/** How long it takes until the breaker is so; undefined when that takes too long. */
async function msUntil(asked: boolean, origin: string, subgraph: SubgraphName, mostMs: number) {
  const began = performance.now();
  for (;;) {
    const isSo = (await isAsked(origin, subgraph)) === asked;
    const ms = performance.now() - began;
    if (isSo) return ms;
    if (ms > mostMs) return undefined;
    await sleep(LOOK_MS);
  }
}

/** Lets time pass. The breaker is looked at all the time, for that costs the gateway something, in calm as when disturbed. */
async function pass(ms: number, origin: string, subgraph: SubgraphName): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await isAsked(origin, subgraph);
    await sleep(LOOK_MS);
  }
}

const p99 = (asked: readonly Asked[]): number =>
  percentile(
    asked.map(({ ms }) => ms),
    0.99,
  );
const seconds = (ms: number | undefined): string => (ms === undefined ? 'never' : `${(ms / 1_000).toFixed(1)} s`);

/** @returns whether all promises were kept */
async function faults(options: Options, cleanup: Cleanup): Promise<boolean> {
  say('Making a database, and starting the API with a proxy before each subgraph');
  const { ground, origin, proxies } = await startDisturbable(cleanup);
  const load = new Load(origin, await asksOf(ground, origin));
  await load.learn();
  load.run();
  cleanup.add(() => load.stop());
  await sleep(options.warmUpMs);
  const broken: string[] = [];
  const promise = (isKept: boolean, what: string) => {
    if (!isKept) broken.push(what);
    return isKept;
  };
  console.log('subgraph    disturbed by   others asked  wrong   own lost   opens after  closes after');
  for (const [turn, subgraph] of SUBGRAPH_NAMES.entries()) {
    const proxy = proxies.get(subgraph) as TcpProxy;
    const calm: Asked[] = [];
    const meanwhile: Asked[] = [];
    for (const [index, { name, fault, delayMs, isHarmless }] of DISTURBANCES.entries()) {
      // in short each fault meets two subgraphs, and silence, the worst one, all of them
      if (options.isShort && fault !== 'SILENCE' && index % SUBGRAPH_NAMES.length !== turn) continue;
      load.take();
      await pass(options.calmMs, origin, subgraph);
      calm.push(...load.take().filter((asked) => isUntouched(asked, subgraph)));
      await proxy.disturb(fault, delayMs);
      const opened = isHarmless ? undefined : await msUntil(false, origin, subgraph, OPENS_MS);
      await pass(options.disturbedMs, origin, subgraph);
      const asked = load.take();
      await proxy.disturb('NONE');
      const closed = await msUntil(true, origin, subgraph, CLOSES_MS);
      // what was asked before the recovery may still be without it
      await pass(options.calmMs / 2, origin, subgraph);
      asked.push(...load.take());
      const others = asked.filter((each) => isUntouched(each, subgraph));
      meanwhile.push(...others);
      const wrong = asked.map((each) => load.faultIn(each, subgraph)).filter((fault) => fault !== undefined);
      const lost = asked.filter((each) => !isUntouched(each, subgraph) && each.isPartial).length;
      const line = `${subgraph.padEnd(12)}${name.padEnd(14)}`;
      promise(wrong.length === 0, `${line} answers are wrong: ${wrong[0]}`);
      promise(isHarmless ? lost === 0 : lost > 0, `${line} ${lost} answers lack its fields`);
      if (!isHarmless)
        promise(opened !== undefined && opened <= OPENS_MS, `${line} the breaker opens after ${seconds(opened)}`);
      promise(closed !== undefined, `${line} the breaker closes after ${seconds(closed)}`);
      console.log(
        `${line}${String(others.length).padStart(13)}${String(wrong.length).padStart(7)}${String(lost).padStart(11)}${(isHarmless ? '–' : seconds(opened)).padStart(14)}${seconds(closed).padStart(14)}`,
      );
    }
    const [before, then] = [p99(calm), p99(meanwhile)];
    const ratio = then / before;
    promise(ratio <= SLOWER, `${subgraph}: queries that do not touch it take ${ratio.toFixed(2)} × as long`);
    console.log(
      `${subgraph.padEnd(12)}queries without it: p99 ${before.toFixed(0)} ms in calm, ${then.toFixed(0)} ms meanwhile: ${ratio.toFixed(2)} ×`,
    );
  }
  for (const each of broken) console.log(`✗ ${each}`);
  if (broken.length === 0) console.log('✓ a subgraph that fails costs its own fields and nothing else');
  return broken.length === 0;
}

await runTrial({ usage: USAGE, long: LONG, short: SHORT, mostMs: GIVE_UP_MS }, faults);
