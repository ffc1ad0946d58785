import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Call } from '../bench/load.js';

const LOOK_MS = 100;
/** Nothing was sent to who does not listen, so that another can be asked. */
const NOT_LISTENING = 'ECONNREFUSED';

interface Behind {
  readonly origin: string;
  readonly pool: Pool;
  isReady: boolean;
}

/** What clients ask through: takes the gateways in turn, and leaves out those that do not say that they are ready. */
export class Balancer {
  answered = 0;
  /** Requests without a good answer, in words. */
  readonly failed: string[] = [];
  /** The longest that an answer took, in ms. */
  longestMs = 0;
  private readonly behind: readonly Behind[];
  private readonly looking: Promise<unknown>;
  private over = false;
  private turn = 0;

  constructor(origins: readonly string[]) {
    this.behind = origins.map((origin) => ({
      origin,
      pool: new Pool(origin, { connections: 32, pipelining: 1 }),
      isReady: true,
    }));
    this.looking = Promise.all(this.behind.map((each) => this.look(each)));
  }

  /** Asks each gateway each request once, whatever comes of it: the first answer of a process takes the longest. */
  async warmUp(calls: readonly Call[]): Promise<void> {
    for (const { pool } of this.behind) {
      for (const { headers, body } of calls) {
        const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
        await response.body.dump();
      }
    }
  }

  /** Asks one request after the other until it is over. */
  async keepAsking(calls: readonly Call[]): Promise<void> {
    for (let next = 0; !this.over; next++) await this.ask(calls[next % calls.length] as Call);
  }

  /** Waits until a gateway is ready, or is not. */
  async until(origin: string, isReady: boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (this.behind.find((each) => each.origin === origin)?.isReady !== isReady) {
      if (performance.now() > deadline)
        throw new Error(`The gateway at ${origin} does not come to be ${isReady ? '' : 'un'}ready`);
      await sleep(LOOK_MS / 2);
    }
  }

  async end(): Promise<void> {
    this.over = true;
    await this.looking;
  }

  /** After the last request. */
  async close(): Promise<void> {
    await Promise.all(this.behind.map(({ pool }) => pool.close()));
  }

  private async look(each: Behind): Promise<void> {
    while (!this.over) {
      each.isReady = await fetch(`${each.origin}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
      await sleep(LOOK_MS);
    }
  }

  private async ask({ headers, body }: Call): Promise<void> {
    const began = performance.now();
    for (const { pool } of this.inTurn()) {
      try {
        const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
        const text = await response.body.text();
        if (response.statusCode === 200 && !text.includes('"errors"')) this.answered++;
        else this.failed.push(`HTTP ${response.statusCode} ${text.slice(0, 300)}`);
        this.longestMs = Math.max(this.longestMs, performance.now() - began);
        return;
      } catch (error) {
        if ((error as { code?: string }).code === NOT_LISTENING) continue;
        this.failed.push(String(error));
        return;
      }
    }
    this.failed.push('No gateway listens');
  }

  /** The one whose turn it is, then the others; those that are not ready last. */
  private inTurn(): Behind[] {
    const first = this.turn++ % this.behind.length;
    const turned = [...this.behind.slice(first), ...this.behind.slice(0, first)];
    return [...turned.filter(({ isReady }) => isReady), ...turned.filter(({ isReady }) => !isReady)];
  }
}
