import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { Redis } from 'ioredis';
import { Refused } from '../../gateway/http/refused.js';
import type { Meter, Spender } from '../../gateway/limits/limits.js';
import { createMeter } from '../../gateway/limits/meter.js';
import { heldHere } from '../../gateway/workers/held.js';
import type { Fact } from '../../scripts/facts.js';
import { ANONYMOUS } from '../../subgraphs/common/identity.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { until } from '../until.js';
import type { RedisServer } from './redis-server.js';

const BURST = 100;
let clients = 0;
/** Somebody who has spent nothing yet. */
const somebody = (): Spender => ({ key: `somebody${clients++}`, identity: ANONYMOUS });

/** Meters of several gateways with the same Redis; a point comes back in a second. */
async function withMeters(url: string, count: number, use: (meters: Meter[]) => Promise<void>): Promise<void> {
  const environment = { REDIS_URL: url, RATE_LIMIT_BURST: String(BURST), RATE_LIMIT_PER_SECOND: '1' };
  const { limits } = readSettings(environment);
  const meters = await Promise.all(Array.from({ length: count }, () => createMeter(limits, heldHere(limits))));
  try {
    await use(meters);
  } finally {
    await Promise.all(meters.map((meter) => meter.close()));
  }
}

/** How many of so many attempts, all at once, were granted. */
async function granted(meters: readonly Meter[], spender: Spender, points: number, times: number): Promise<number> {
  const attempts = Array.from({ length: times }, async (_, i) =>
    (meters[i % meters.length] as Meter).spend(spender, points),
  );
  const settled = await Promise.allSettled(attempts);
  for (const each of settled) if (each.status === 'rejected' && !(each.reason instanceof Refused)) throw each.reason;
  return settled.filter(({ status }) => status === 'fulfilled').length;
}

/** Whether what one of them spends is missing to the other. */
async function together([one, other]: readonly Meter[]): Promise<boolean> {
  const spender = somebody();
  await (one as Meter).spend(spender, BURST);
  return (await granted([other as Meter], spender, 10, 1)) === 0;
}

export const FACTS: readonly Fact<RedisServer>[] = [
  {
    fact: 'gateways count together: of 200 at once, so many are granted as there are points for',
    run: ({ url }) =>
      withMeters(url, 3, async (meters) => {
        equal(await granted(meters, somebody(), 5, 200), BURST / 5);
      }),
  },
  {
    fact: 'what is told is what is told without Redis',
    run: ({ url }) =>
      withMeters(url, 1, async ([meter]) => {
        const spender = somebody();
        const before = Date.now();
        const first = await (meter as Meter).spend(spender, 30);
        const { resetAt, remaining, ...rest } = await (meter as Meter).spend(spender, 50);
        deepEqual({ ...first, resetAt: '' }, { requested: 30, limit: BURST, remaining: 70, resetAt: '' });
        deepEqual(rest, { requested: 50, limit: BURST });
        // on a slow machine a point may have come back
        ok(remaining >= 20 && remaining < 30, String(remaining));
        ok(Date.parse(resetAt) - before >= 80_000 - 1_000 && Date.parse(resetAt) - before < 90_000, resetAt);
        await rejects(
          async () => (meter as Meter).spend(spender, 60),
          (error: Refused) => {
            deepEqual([error.status, error.code], [429, 'RATE_LIMITED']);
            const { retryAfter = 0, extensions } = error.more;
            ok(retryAfter > 35 && retryAfter <= 40, String(retryAfter));
            ok((extensions as { cost: { remaining: number } }).cost.remaining >= 20);
            return true;
          },
        );
      }),
  },
  {
    fact: 'a client is forgotten when it has everything again, and nothing is kept of one that was refused',
    run: ({ url }) =>
      withMeters(url, 1, async ([meter]) => {
        const redis = new Redis(url);
        try {
          const spender = somebody();
          await (meter as Meter).spend(spender, 7);
          await granted([meter as Meter], spender, BURST, 5);
          const [key = ''] = await redis.keys(`*${spender.key}`);
          const left = await redis.pttl(key);
          ok(left > 0 && left <= 7_000, `${key}: ${left}`);
        } finally {
          redis.disconnect();
        }
      }),
  },
  {
    fact: 'while Redis hangs each gateway counts by itself and nobody waits for long; then they count together again',
    run: async (server) =>
      withMeters(server.url, 2, async (meters) => {
        equal(await together(meters), true);
        const goOn = server.pause();
        try {
          const began = performance.now();
          equal(await granted(meters, somebody(), 10, 100), (2 * BURST) / 10);
          ok(performance.now() - began < 1_000, 'it took a second');
        } finally {
          goOn();
        }
        await until(() => together(meters), Boolean, { seconds: 10 });
      }),
  },
  {
    fact: 'a Redis that has ended and comes back is used again',
    run: async (server) =>
      withMeters(server.url, 2, async (meters) => {
        await server.stop();
        equal(await together(meters), false);
        await server.restart();
        await until(() => together(meters), Boolean, { seconds: 10 });
      }),
  },
  {
    fact: 'a gateway starts without its Redis, and uses it when it is there',
    run: async (server) => {
      await server.stop();
      await withMeters(server.url, 2, async (meters) => {
        equal(await together(meters), false);
        await server.restart();
        await until(() => together(meters), Boolean, { seconds: 10 });
      });
    },
  },
];
