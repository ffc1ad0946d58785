import { Redis } from 'ioredis';
import { log } from '../../subgraphs/common/log.js';

/** Whoever asks waits for this: what is slower is no help. */
const PATIENCE_MS = 100;
/** How long it is left alone when it has not answered. */
const REST_MS = 1_000;
const CONNECT_MS = 1_000;
/** What is said when it refuses by its own words (`NOAUTH …`, `OOM …`): the first of them, and no address. */
const REPLY_CODE = /^[A-Z]{2,20}(?= )/;

/** What the processes of the gateway count together, in a Redis. */
export class SharedCounts {
  private readonly redis: Redis;
  private restsUntil = 0;
  private isAway = false;
  /** What was wrong with the connection last. */
  private trouble?: string;

  private constructor(url: string) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: PATIENCE_MS,
      // what cannot be counted now is counted elsewhere, and must not be counted again later
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 100, REST_MS),
    });
    // told where a count fails; without a listener it would end the process
    this.redis.on('error', (error) => {
      this.trouble = reasonOf(error);
    });
  }

  /** Whether it answers is seen at the first count: a gateway starts without it. */
  static async at(url: string): Promise<SharedCounts> {
    const counts = new SharedCounts(url);
    await counts.redis.connect().catch(() => undefined);
    return counts;
  }

  /**
   * Runs a script, of which nothing comes between the statements.
   *
   * @param script in Lua, on one key; answers numbers, as texts where they are no whole ones
   * @returns undefined when Redis is away, which is logged once; it is asked again a moment later
   */
  async run(script: string, key: string, ...values: number[]): Promise<number[] | undefined> {
    if (performance.now() < this.restsUntil) return undefined;
    try {
      const answer = (await this.redis.eval(script, 1, key, ...values)) as (string | number)[];
      if (this.isAway) log.info('Redis answers again: limits are counted by all gateways together');
      this.isAway = false;
      this.trouble = undefined;
      return answer.map(Number);
    } catch (error) {
      this.restsUntil = performance.now() + REST_MS;
      if (!this.isAway)
        log.warn({ reason: this.trouble ?? reasonOf(error) }, 'Redis does not answer: each gateway counts by itself');
      this.isAway = true;
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? REPLY_CODE.exec(message)?.[0] ?? 'no answer';
}
