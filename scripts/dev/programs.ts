import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import type { Said, Start, Told } from './program.js';

/** A program that answers. */
export type Ready = Extract<Said, { ready: unknown }>['ready'];

/** How long what was replaced may go on with what it has begun. */
const GRACE_MS = 15_000;
/** How long it tells clients that kept their connections to make new ones: then nobody asks it any more. */
const HAND_OVER_MS = 100;

/**
 * The program that serves, and its replacement by what was compiled since. Both answer at one port, which this process keeps open:
 * nobody is refused in between, and who was being answered gets the answer.
 */
export class Programs {
  private current?: Worker;
  private ahead: Worker;
  private readonly ending = new Set<Promise<unknown>>();
  private stopping = false;

  /**
   * @param environment of the programs
   * @param ended called when the one that serves has ended by itself
   */
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly start: Omit<Start, 'databaseIsReady'>,
    private readonly ended: () => void,
  ) {
    cluster.setupPrimary({ exec: join(PROJECT_ROOT, 'dist/scripts/dev/program.js'), args: [] });
    this.ahead = this.fork();
  }

  /**
   * Starts what is compiled now, and lets it take over.
   *
   * @param signal gives up what is started
   * @returns nothing when it was given up
   * @throws {Refusal} when it does not start; then the one before goes on
   */
  async replace(databaseIsReady: boolean, signal: AbortSignal): Promise<Ready | undefined> {
    const next = this.ahead;
    const givenUp = new Promise<'given up'>((resolve) => {
      signal.addEventListener('abort', () => resolve('given up'));
    });
    let served = false;
    try {
      const saying = listenTo(next);
      tell(next, { start: { ...this.start, databaseIsReady } });
      if ((await Promise.race([saying('prepared'), givenUp])) === 'given up') return undefined;
      if (signal.aborted) return undefined;
      tell(next, 'take over');
      const { ready } = (await saying('ready')) as { ready: Ready };
      served = true;
      await this.serve(next);
      return ready;
    } finally {
      if (!served) next.process.kill('SIGKILL');
      if (!this.stopping) this.ahead = this.fork();
    }
  }

  /** Lets what is in flight end. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.ahead.process.kill('SIGKILL');
    if (this.current) this.end(this.current);
    await Promise.all(this.ending);
  }

  private async serve(next: Worker): Promise<void> {
    const before = this.current;
    this.current = next;
    next.once('exit', () => {
      if (this.current !== next || this.stopping) return;
      this.current = undefined;
      this.ended();
    });
    if (!before) return;
    this.end(before);
    await sleep(HAND_OVER_MS);
  }

  private end(worker: Worker): void {
    const gone = once(worker, 'exit');
    tell(worker, 'stop');
    const late = new AbortController();
    sleep(GRACE_MS, undefined, { signal: late.signal, ref: false }).then(
      () => worker.process.kill('SIGKILL'),
      () => undefined,
    );
    const ending = gone.finally(() => {
      late.abort();
      this.ending.delete(ending);
    });
    this.ending.add(ending);
  }

  private fork(): Worker {
    // a supergraph is read before our own module says that its reader tells its vendor nothing
    const usual = { DRAIN_DELAY_MS: String(HAND_OVER_MS), APOLLO_TELEMETRY_DISABLED: '1' };
    return cluster.fork({ ...usual, ...this.environment });
  }
}

/** One that has ended is told nothing. */
function tell(worker: Worker, told: Told): void {
  if (worker.isConnected()) worker.send(told, () => undefined);
}

/** @returns what waits until the worker has said that; it throws a {Refusal} when that can no longer come */
function listenTo(worker: Worker): (wanted: 'prepared' | 'ready') => Promise<Said> {
  const said: Said[] = [];
  let heard = () => undefined as unknown;
  let failure: Refusal | undefined;
  worker.on('message', (message: Said) => {
    if (typeof message === 'object' && 'failed' in message) failure ??= new Refusal(message.failed);
    said.push(message);
    heard();
  });
  worker.once('exit', (code, signal) => {
    failure ??= new Refusal(`The program ended before it was ready (${signal ?? code}).`);
    heard();
  });
  return (wanted) =>
    new Promise((resolve, reject) => {
      heard = () => {
        const found = said.find((each) => each === wanted || (typeof each === 'object' && wanted in each));
        if (failure) reject(failure);
        else if (found !== undefined) resolve(found);
      };
      heard();
    });
}
