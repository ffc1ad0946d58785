import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { databaseSecret } from '../scripts/prepare.js';
import { playSequences } from '../scripts/sim/stream.js';
import { World } from '../scripts/sim/world.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { env } from './api.js';
import { copyDatabase } from './cluster.js';

/** Seeds that once found something, with how many sequences it took; newest last. */
const KEPT: readonly (readonly [seed: number, sequences: number])[] = [];
/** The short form; `npm run sim` plays as many as one likes. */
const SEQUENCES = Number(process.env.SIM_SEQUENCES ?? 100);
const LONGEST = 12;

let world: World;

beforeAll(async () => {
  const keysDir = env('TEST_KEYS_DIR');
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `simulation_${process.pid}`);
  world = await World.open(adminUrl, databaseSecret(readSettings({ KEYS_DIR: keysDir })), keysDir);
});
afterAll(() => world?.close());

test(`money stays right through ${SEQUENCES} sequences of all that can happen to a fund, sent again and at once`, async () => {
  const seed = Number(process.env.SIM_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`The seed of this simulation is ${seed}: SIM_SEED=${seed} plays it again.`);
  expect(await playSequences(world, SEQUENCES, LONGEST, seed)).toBeGreaterThan(SEQUENCES);
}, 300_000);

for (const [seed, sequences] of KEPT) {
  test(`and through those of seed ${seed}, which once went wrong`, async () => {
    await playSequences(world, sequences, LONGEST, seed);
  }, 120_000);
}
