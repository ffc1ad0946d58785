/** The load generator: a process of its own that sends requests when they are due, whether those before were answered or not. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import type { Call } from '../bench/load.js';
import { percentile } from '../percentile.js';

export interface ArrivalsJob {
  readonly origin: string;
  readonly path: string;
  readonly calls: readonly Call[];
  /** Requests a second; without it `clients` send one whenever they have the answer to the one before. */
  readonly rate?: number;
  /** Requests under way at most. Those that are due beyond are left out, and counted. */
  readonly clients: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What was answered within the measurement. */
export interface ArrivalsResult {
  readonly sent: number;
  /** Answers of 200 without an error. */
  readonly good: number;
  /** Answers of 503 with `Retry-After`. */
  readonly refused: number;
  /** Everything else, in words; at most ten. */
  readonly bad: readonly string[];
  readonly badCount: number;
  readonly leftOut: number;
  /** Of good answers. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of refusals. */
  readonly refusedP99Ms: number;
}

export type ArrivalsMessage =
  | { readonly kind: 'done'; readonly result: ArrivalsResult }
  | { readonly kind: 'failed'; readonly why: string };

/** How often it is looked what is due. */
const TICK_MS = 4;
const MOST_SAID = 10;

class Arrivals {
  private sent = 0;
  private leftOut = 0;
  private underWay = 0;
  private next = 0;
  private badCount = 0;
  private readonly bad: string[] = [];
  private readonly good: number[] = [];
  private readonly refused: number[] = [];
  private readonly from = performance.now() + this.job.warmUpMs;
  private readonly to = this.from + this.job.measureMs;
  private readonly pool = new Pool(this.job.origin, { connections: this.job.clients, pipelining: 1 });

  constructor(private readonly job: ArrivalsJob) {}

  async run(): Promise<ArrivalsResult> {
    const { rate, clients } = this.job;
    const began = performance.now();
    let due = 0;
    while (performance.now() < this.to) {
      const now =
        rate === undefined ? clients - this.underWay : Math.floor(((performance.now() - began) / 1000) * rate) - due;
      due += now;
      for (let each = 0; each < now; each++) this.send();
      await sleep(rate === undefined ? 1 : TICK_MS);
    }
    const deadline = performance.now() + 10_000;
    while (this.underWay > 0 && performance.now() < deadline) await sleep(TICK_MS);
    await this.pool.destroy();
    return {
      sent: this.sent,
      good: this.good.length,
      refused: this.refused.length,
      bad: this.bad,
      badCount: this.badCount,
      leftOut: this.leftOut,
      p50Ms: percentile(this.good, 0.5),
      p99Ms: percentile(this.good, 0.99),
      refusedP99Ms: percentile(this.refused, 0.99),
    };
  }

  private get isMeasured(): boolean {
    const now = performance.now();
    return now >= this.from && now <= this.to;
  }

  private send(): void {
    if (this.isMeasured) this.sent++;
    if (this.underWay >= this.job.clients) {
      if (this.isMeasured) this.leftOut++;
      return;
    }
    this.underWay++;
    const began = performance.now();
    let status = 0;
    let canComeAgain = false;
    let text = '';
    const { headers, body } = this.job.calls[this.next++ % this.job.calls.length] as Call;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_, code, answered) => {
        status = code;
        canComeAgain = answered['retry-after'] !== undefined;
      },
      // an answer's errors stand before its data
      onResponseData: (_, chunk) => {
        if (text === '') text = chunk.toString('latin1', 0, 200);
      },
      onResponseEnd: () => {
        if (status === 200 && !text.startsWith('{"errors"')) this.end(began, this.good);
        else if (status === 503 && canComeAgain) this.end(began, this.refused);
        else this.fail(`HTTP ${status} ${text}`);
      },
      onResponseError: (_, error) => this.fail(error.message),
    };
    this.pool.dispatch({ method: 'POST', path: this.job.path, headers, body }, handler);
  }

  private end(began: number, times: number[]): void {
    this.underWay--;
    if (this.isMeasured) times.push(performance.now() - began);
    // who has the answer asks again at once
    if (this.job.rate === undefined && performance.now() < this.to) this.send();
  }

  private fail(why: string): void {
    this.underWay--;
    this.badCount++;
    if (this.bad.length < MOST_SAID) this.bad.push(why);
  }
}

if (import.meta.main) {
  const tell = (message: ArrivalsMessage) => void process.send?.(message);
  process.on('message', (job: ArrivalsJob) => {
    new Arrivals(job).run().then(
      (result) => tell({ kind: 'done', result }),
      (error: unknown) => tell({ kind: 'failed', why: String(error) }),
    );
  });
  console.log('ready');
}
