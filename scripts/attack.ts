import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { type Attack, type AttackClass, attempt } from './attack/attack.js';
import { authority } from './attack/authority.js';
import { cost } from './attack/cost.js';
import { money } from './attack/money.js';
import { production } from './attack/production.js';
import { protocol } from './attack/protocol.js';
import { startTarget, type Way } from './attack/servers.js';
import { subgraphs } from './attack/subgraphs.js';
import { Target, type TargetOptions } from './attack/target.js';
import { tokens } from './attack/tokens.js';
import { Cleanup } from './bench/cleanup.js';
import { fail } from './process.js';

/**
 * `npm run attack`: tries every attack that we know of against a running server, and says of each whether it was met as it
 * must be. With `--start` it starts a server for it, in both ways to run.
 */
const USAGE = `Usage: npm run attack [-- --url http://localhost:4000]   a server that you have started for development
       npm run attack -- --start                         one of its own, in both ways to run`;

function options(): { url?: string; start: boolean } {
  try {
    const { values } = parseArgs({ options: { url: { type: 'string' }, start: { type: 'boolean', default: false } } });
    if (values.url !== undefined && !URL.canParse(values.url)) throw new Refusal(USAGE);
    return values;
  } catch {
    throw new Refusal(USAGE);
  }
}

/** Those for which this target has what they need. */
const suited = ({ keysDir, subgraphUrls = {}, productionUrl }: TargetOptions): AttackClass[] => [
  cost,
  protocol,
  ...(keysDir ? [tokens] : []),
  ...(keysDir && Object.keys(subgraphUrls).length > 0 ? [subgraphs] : []),
  authority,
  money,
  ...(productionUrl ? [production] : []),
];

/** @returns how many were met, and how many not */
async function attackAll(target: TargetOptions): Promise<{ met: number; unmet: number }> {
  const attacked = new Target(target);
  await attacked.lives();
  const ordinary = await attacked.ordinary();
  let [met, unmet] = [0, 0];
  for (const { name, attacks } of suited(target)) {
    console.log(`\n${name}`);
    for (const attack of attacks) {
      const failure = await outcome(attack, attacked, ordinary);
      if (failure === undefined) met++;
      else unmet++;
    }
  }
  return { met, unmet };
}

async function outcome(attack: Attack, target: Target, ordinary: unknown): Promise<string | undefined> {
  try {
    const ms = await attempt(attack, target, ordinary);
    console.log(`  ✓ ${attack.name}  ${Math.round(ms)} ms`);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`  ✗ ${attack.name}: ${why}`);
    return why;
  }
}

async function started(way: Way): Promise<{ met: number; unmet: number }> {
  console.log(`\n── ${way} ──`);
  const cleanup = new Cleanup();
  try {
    return await attackAll(await startTarget(way, cleanup));
  } finally {
    await cleanup.run();
  }
}

try {
  const { url, start } = options();
  const settings = readSettings();
  const results = start
    ? [await started('one process'), await started('many processes')]
    : [
        await attackAll({
          url: new URL(url ?? `http://localhost:${settings.port}`).origin,
          ...(existsSync(settings.keysDir) && { keysDir: settings.keysDir }),
        }),
      ];
  const sum = (of: 'met' | 'unmet') => results.reduce((all, each) => all + each[of], 0);
  console.log(`\n${sum('met')} passed, ${sum('unmet')} failed`);
  if (sum('unmet') > 0) process.exitCode = 1;
} catch (error) {
  fail(error);
}
