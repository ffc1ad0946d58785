import { existsSync } from 'node:fs';
import { RedisServer } from '../tests/redis/redis-server.js';
import { tryFacts } from './facts.js';

/**
 * `npm run test:redis`: what must be true with a real Redis, of every `tests/redis/*.redis.ts`. It is the machine's
 * `redis-server`, or the one that REDIS_SERVER names, on a port of its own and with nothing on disk. Ends with a line
 * `N passed, N failed`.
 */
const FOLDER = new URL('../tests/redis/', import.meta.url);
const REDIS_SERVER = process.env.REDIS_SERVER || '/usr/bin/redis-server';

/** @returns how many were true, and how many not */
async function testWithRedis(): Promise<{ passed: number; failed: number }> {
  if (!existsSync(REDIS_SERVER)) {
    console.error(
      `There is no Redis at ${REDIS_SERVER}. Install one (Debian: apt-get install redis-server), or say where it is by REDIS_SERVER=/path/to/redis-server.`,
    );
    return { passed: 0, failed: 1 };
  }
  const server = await RedisServer.start(REDIS_SERVER);
  try {
    return await tryFacts(FOLDER, '.redis.js', server);
  } finally {
    await server.stop();
  }
}

const { passed, failed } = await testWithRedis();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
