/** `npm run sim [-- --operations N --seed S]`: random sequences of all that can happen to a fund, on a real database. */
import { parseArgs } from 'node:util';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { startCluster } from '../tests/cluster.js';
import { databaseSecret } from './prepare.js';
import { fail } from './process.js';
import { playSequences } from './sim/stream.js';
import { STREAMS, World } from './sim/world.js';

const LONGEST = 60;
/** Between two lines of progress. */
const AT_ONCE = 200;

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
    const { adminUrl, keysDir } = cluster;
    const world = await World.open(adminUrl, databaseSecret(readSettings({ KEYS_DIR: keysDir })), keysDir);
    try {
      let sent = 0;
      let next = seed;
      for (; sent < operations; next += STREAMS) {
        sent += await playSequences(world, AT_ONCE, LONGEST, next);
        const seconds = (performance.now() - began) / 1000;
        const part = Math.min(100, Math.floor((sent / operations) * 100));
        process.stderr.write(
          `${part} %  ${sent} requests, ${Math.round(sent / seconds)}/s, seeds ${seed} to ${next + STREAMS - 1}\n`,
        );
      }
      console.log(`OK: after ${sent} requests all that must hold holds. Seeds ${seed} to ${next - 1}.`);
    } finally {
      await world.close();
    }
  } finally {
    await cluster.stop();
  }
}

await main().catch(fail);
