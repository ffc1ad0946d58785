/** `npm run sim [-- --operations N --seed S]`: random sequences of all that can happen to a fund, on a real database. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { withClient } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { startCluster } from '../tests/cluster.js';
import { databaseSecret } from './prepare.js';
import { fail } from './process.js';
import { plays } from './sim/operations.js';
import { Player } from './sim/play.js';
import { World } from './sim/world.js';

const LONGEST = 60;
const AT_ONCE = 50;

function readArguments(): { operations: number; seed: number } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { operations: text, seed: text } });
  const number = (given: string | undefined, usual: number) => (given === undefined ? usual : Number(given));
  const operations = number(values.operations, 10_000);
  const seed = number(values.seed, Math.floor(Math.random() * 2 ** 31));
  if (!Number.isSafeInteger(operations) || operations < 1 || !Number.isSafeInteger(seed)) {
    throw new Refusal('Usage: npm run sim -- [--operations N] [--seed S], both whole numbers.');
  }
  return { operations, seed };
}

async function main(): Promise<void> {
  const { operations, seed } = readArguments();
  const cluster = await startCluster();
  const began = performance.now();
  try {
    await withClient(cluster.adminUrl, async (admin) => {
      const secret = databaseSecret(readSettings({ KEYS_DIR: cluster.keysDir }));
      const world = await World.open(cluster.adminUrl, admin, secret, cluster.keysDir);
      let sent = 0;
      let sequences = 0;
      try {
        for (let round = 0; sent < operations; round++) {
          await fc.assert(
            fc.asyncProperty(plays(LONGEST), async (play) => {
              sent += await Player.play(world, play);
              sequences++;
            }),
            { numRuns: AT_ONCE, seed: seed + round, includeErrorInReport: true },
          );
          const seconds = (performance.now() - began) / 1000;
          process.stderr.write(
            `${Math.min(100, Math.floor((sent / operations) * 100))} %  ${sent} requests in ${sequences} sequences, ${Math.round(sent / seconds)}/s, seeds ${seed} to ${seed + round}\n`,
          );
        }
        console.log(`OK: ${sent} requests in ${sequences} sequences, all that must hold held. First seed: ${seed}`);
      } finally {
        await world.close();
      }
    });
  } finally {
    await cluster.stop();
  }
}

await main().catch(fail);
