/**
 * The load generator, a process of its own. Closed: it keeps a number of requests under way, which shows how many are answered at
 * most. Open: it sends so many a second whatever becomes of them, and counts each from when it should have been sent: somebody who
 * waits does not wait less because others do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { percentile } from '../percentile.js';

/** One request, made before the measurement. */
export interface Call {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadJob {
  readonly origin: string;
  readonly path: string;
  readonly calls: readonly Call[];
  readonly connections: number;
  /** Open load. */
  readonly perSecond?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time that this process took for a request, in µs. */
  readonly cpuUs: number;
}

/** What this process says: the warm-up is over; it is done; or the first answer that was not good. */
export type LoadMessage =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly why: string };

const MOST_REQUESTS = 10_000_000;

async function run(job: LoadJob, tell: (message: LoadMessage) => void): Promise<LoadResult> {
  const pool = new Pool(job.origin, { connections: job.connections, pipelining: 1 });
  const times = new Float64Array(Math.min(MOST_REQUESTS, 50_000 * (job.measureMs / 1000 + 1)));
  const began = performance.now();
  const from = began + job.warmUpMs;
  const to = from + job.measureMs;
  let next = 0;
  let requests = 0;
  /** @param due when it should be sent, by `performance.now()` */
  const ask = async (due: number) => {
    const { headers, body } = job.calls[next++ % job.calls.length] as Call;
    const response = await pool.request({ method: 'POST', path: job.path, headers, body });
    const answer = Buffer.from(await response.body.arrayBuffer());
    const received = performance.now();
    if (response.statusCode !== 200 || answer.includes('"errors"')) {
      throw new Error(`HTTP ${response.statusCode}: ${answer.toString().slice(0, 500)}`);
    }
    // of an open load the late ones count most
    if (received < from || (job.perSecond === undefined && received > to) || requests === times.length) return;
    times[requests++] = received - due;
  };
  const oneAfterTheOther = async () => {
    for (let now = performance.now(); now < to; now = performance.now()) await ask(now);
  };
  const atItsTime = async (perSecond: number) => {
    const asked: Promise<void>[] = [];
    const gap = 1_000 / perSecond;
    for (let due = began; due < to; due += gap) {
      const early = due - performance.now();
      if (early > 1) await sleep(early);
      // up to a millisecond early: then it counts from when it is sent
      asked.push(ask(Math.min(due, performance.now())));
    }
    await Promise.all(asked);
  };
  let cpu = process.cpuUsage();
  const measuring = setTimeout(() => {
    cpu = process.cpuUsage();
    tell({ kind: 'measuring' });
  }, job.warmUpMs);
  try {
    if (job.perSecond) await atItsTime(job.perSecond);
    else await Promise.all(Array.from({ length: job.connections }, oneAfterTheOther));
  } finally {
    clearTimeout(measuring);
  }
  const used = process.cpuUsage(cpu);
  await pool.close();
  if (requests === 0) throw new Error('Not one request was answered in time.');
  const measured = times.subarray(0, requests);
  return {
    requests,
    seconds: job.measureMs / 1000,
    p50Ms: percentile(measured, 0.5),
    p99Ms: percentile(measured, 0.99),
    cpuUs: (used.user + used.system) / requests,
  };
}

if (import.meta.main) {
  const tell = (message: LoadMessage) => void process.send?.(message);
  process.on('message', (job: LoadJob) => {
    run(job, tell).then(
      (result) => tell({ kind: 'done', result }),
      (error: unknown) => tell({ kind: 'failed', why: String(error) }),
    );
  });
  console.log('ready');
}
