import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { databaseSecret } from '../scripts/prepare.js';
import { plays } from '../scripts/sim/operations.js';
import { Player } from '../scripts/sim/play.js';
import { World } from '../scripts/sim/world.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { env } from './api.js';
import { copyDatabase } from './cluster.js';

/** Seeds that once found something, with how many sequences of them it took; newest last. */
const KEPT: readonly (readonly [seed: number, sequences: number])[] = [];
const SEQUENCES = 1_000;
const LONGEST = 14;

let admin: Client;
let world: World;

beforeAll(async () => {
  const keysDir = env('TEST_KEYS_DIR');
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `simulation_${process.pid}`);
  admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  world = await World.open(adminUrl, admin, databaseSecret(readSettings({ KEYS_DIR: keysDir })), keysDir);
});
afterAll(async () => {
  await world?.close();
  await admin?.end();
});

/** Plays sequences, each sent in copies, at the same time, and again after the answer was lost; `Player` says what must hold. */
async function hold(seed: number, numRuns: number): Promise<void> {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(plays(LONGEST), async (play) => {
      sent += await Player.play(world, play);
    }),
    { seed, numRuns, includeErrorInReport: true },
  );
  expect(sent).toBeGreaterThan(numRuns);
}

test(`money stays right through ${SEQUENCES} sequences of all that can happen to a fund`, async () => {
  const seed = Number(process.env.SIM_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`simulation with seed ${seed}`);
  await hold(seed, SEQUENCES);
}, 300_000);

for (const [seed, sequences] of KEPT) {
  test(`and through those of seed ${seed}, which once went wrong`, () => hold(seed, sequences), 120_000);
}
