/**
 * `npm run endure [-- --short]`: whether anybody notices that the API is changed while it is asked. Two gateways and two processes of
 * each subgraph are asked all the time, while twenty supergraphs come, five of them broken, and while every process is replaced in
 * turn. Exits with 1 when one request fails.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { diseaseId } from '../subgraphs/catalog/import.js';
import { tokenFor } from './bench/callers.js';
import type { Cleanup } from './bench/cleanup.js';
import { type Ground, prepareGround } from './bench/ground.js';
import type { Call } from './bench/load.js';
import { Balancer } from './endure/balancer.js';
import { type Fleet, startFleet } from './endure/fleet.js';
import { startIssuer } from './endure/issuer.js';
import { runTrial, say } from './trial.js';

const USAGE = 'Usage: npm run endure [-- --short]';
const LONG = { reloads: 20, everyBroken: 4, callers: 50, clients: 8, restarts: Number.POSITIVE_INFINITY };
/** One replica of the first subgraphs only. */
const SHORT = { ...LONG, reloads: 8, restarts: 3 };
const PATIENCE_MS = 30_000;
const GIVE_UP_MS = 600_000;

/** Patients who look at their application, follow a disease, and look at the catalog. */
async function callsOf({ callers, keys, query }: Ground, issuer: string): Promise<Call[]> {
  const disease = '{ disease(catalogNo: 31) { id nameEn } }';
  const follow = 'mutation($input: FollowDiseaseInput!) { followDisease(input: $input) { __typename } }';
  const calls = callers.map(async ({ subject, applicationId }, index) => {
    const token = await tokenFor({ subject, role: 'PATIENT' }, issuer, keys);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const look = { query, variables: { id: applicationId } };
    const asked =
      index % 5 === 0
        ? { query: disease }
        : index % 5 === 1
          ? { query: follow, variables: { input: { diseaseId: diseaseId(31) } } }
          : look;
    return { headers, body: JSON.stringify(asked) };
  });
  return Promise.all(calls);
}

const counted = async (origin: string, result: string): Promise<number> => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const name = `supergraph_reloads_total{result="${result}"} `;
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length) ?? 0,
  );
};

/** What is no supergraph that could be served, in five ways. */
const BROKEN: readonly ((good: string) => string)[] = [
  (good) => good.slice(0, good.length / 2),
  () => '',
  () => 'type Query { nothing: Int }',
  (good) => good.replace('https://specs.apollo.dev/requiresScopes/v0.1', 'https://specs.apollo.dev/policy/v0.1'),
  (good) => good.replaceAll(/@join__graph\(.*\)/g, ''),
];

/** Gives the gateways one supergraph after the other, by their file. @throws when one of them does not do with it what it should */
async function reload({ gateways, supergraph }: Fleet, { reloads, everyBroken }: typeof LONG): Promise<void> {
  const good = readFileSync(supergraph, 'utf8');
  for (let round = 1; round <= reloads; round++) {
    const isBroken = round % everyBroken === 0;
    const breaks = BROKEN[(round / everyBroken - 1) % BROKEN.length];
    const text = isBroken && breaks ? breaks(good) : good;
    const result = isBroken ? 'refused' : 'taken';
    const before = await Promise.all(gateways.map(({ origin }) => counted(origin, result)));
    writeFileSync(`${supergraph}.next`, `${text}\n# ${round}\n`);
    renameSync(`${supergraph}.next`, supergraph);
    const deadline = performance.now() + PATIENCE_MS;
    for (const [index, { name, origin }] of gateways.entries()) {
      while ((await counted(origin, result)) === before[index]) {
        if (performance.now() > deadline) throw new Error(`Supergraph ${round} is not ${result} by ${name}`);
        await sleep(50);
      }
    }
    say(`Supergraph ${round} of ${reloads}: ${result}`);
  }
  writeFileSync(supergraph, good);
}

/** Replaces one process after the other, each when the one before answers again. */
async function restart({ gateways, subgraphs }: Fleet, { restarts }: typeof LONG, balancer: Balancer): Promise<number> {
  const replaced = [...subgraphs.slice(0, restarts), ...gateways];
  for (const replica of replaced) {
    await replica.stop();
    await replica.start();
    await Promise.all(gateways.map(({ origin }) => balancer.until(origin, true, PATIENCE_MS)));
    say(`Replaced ${replica.name}`);
  }
  return replaced.length;
}

/** @returns whether nobody noticed */
async function endure(options: typeof LONG, cleanup: Cleanup): Promise<boolean> {
  say('Making a database, and starting two processes of each kind');
  const ground = await prepareGround({ patients: 300, callers: options.callers }, cleanup);
  const issuer = await startIssuer(ground.keys, cleanup);
  const fleet = await startFleet(ground, issuer, cleanup);
  const calls = await callsOf(ground, issuer);
  const balancer = new Balancer(fleet.gateways.map(({ origin }) => origin));
  await Promise.all(fleet.gateways.map(({ origin }) => balancer.until(origin, true, PATIENCE_MS)));
  await balancer.warmUp(calls);
  const clients = Array.from({ length: options.clients }, (_, index) =>
    balancer.keepAsking([...calls.slice(index), ...calls.slice(0, index)]),
  );
  const told = (what: string) => {
    const { answered, failed, longestMs } = balancer;
    console.log(
      `${failed.length === 0 ? '✓' : '✗'} ${what}: ${answered} requests answered, ${failed.length} failed, the longest took ${longestMs.toFixed(0)} ms`,
    );
  };
  try {
    await reload(fleet, options);
    told(`${options.reloads} supergraphs, ${Math.floor(options.reloads / options.everyBroken)} of them broken`);
    const replaced = await restart(fleet, options, balancer);
    told(`and ${replaced} processes replaced`);
  } finally {
    await balancer.end();
    await Promise.all(clients);
    await balancer.close();
  }
  for (const why of new Set(balancer.failed.slice(0, 10))) console.log(`  ${why}`);
  return balancer.failed.length === 0;
}

await runTrial({ usage: USAGE, long: LONG, short: SHORT, mostMs: GIVE_UP_MS }, endure);
