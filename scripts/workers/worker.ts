import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthReport } from '../../gateway/http/health.js';
import { Channel } from '../../gateway/workers/channel.js';
import type { HeldHere } from '../../gateway/workers/held.js';
import type { AskedOfPrimary, AskedOfWorker, Counted } from '../../gateway/workers/primary.js';
import { Refusal } from '../../subgraphs/common/refusal.js';

/** What it asks of all of them. */
type AskedOfAll = Pick<AskedOfPrimary, 'changes' | 'health' | 'metrics'>;

/** Whoever asks how we are, or what was counted, does not wait longer than that for one that hangs. */
const PATIENCE_MS = 2_500;

/** One of the processes that serve at a port, from its fork to its end. */
export class Worker {
  /** Resolves when it serves. @throws {Refusal} when it ends before */
  readonly served: Promise<void>;
  /** Resolves when it has ended, with its exit code or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  url = '';
  /** What it has counted, as far as it was heard. */
  counted: Counted = [];
  private servesSince?: number;
  private failure?: string;
  private readonly process;
  private readonly channel: Channel<AskedOfWorker>;

  /** @param held what it shares with others */
  constructor(environment: NodeJS.ProcessEnv, held: HeldHere, ofAll: AskedOfAll) {
    this.process = cluster.fork(environment);
    /** The requests that its clients have under way. */
    const entered = new Map<string, number>();
    const leave = (key: string) => {
      const left = (entered.get(key) ?? 0) - 1;
      if (left > 0) entered.set(key, left);
      else entered.delete(key);
      held.underWay.leave(key);
    };
    let serves = () => undefined as unknown;
    const serving = new Promise<void>((resolve) => {
      serves = resolve;
    });
    const answers: AskedOfPrimary = {
      ...ofAll,
      spend: (key, points) => held.bucket.spend(key, points),
      enter: (key, most) => {
        const had = held.underWay.enter(key, most);
        if (had < most) entered.set(key, (entered.get(key) ?? 0) + 1);
        return had;
      },
      leave,
      addToDay: (...entry) => held.dayBook.add(...entry),
      signIns: (does, args) => Reflect.apply(held.signIns[does], held.signIns, args),
      serves: (url) => {
        this.url = url;
        this.servesSince = performance.now();
        serves();
      },
      failed: (reason) => {
        this.failure = reason;
      },
    };
    // what cannot be sent was for one that has just ended
    this.channel = new Channel((message) => void this.process.send(message, () => undefined), { ...answers });
    this.process.on('message', (message) => this.channel.take(message));
    // what it has said last may come after its end
    const silent = once(this.process, 'disconnect');
    this.ended = Promise.all([once(this.process, 'exit'), silent]).then(([[code, signal]]) => {
      this.channel.end();
      for (const [key, count] of entered) for (let each = 0; each < count; each++) held.underWay.leave(key);
      entered.clear();
      return signal ?? code;
    });
    const failing = this.ended.then((how) => {
      throw new Refusal(this.failure ?? `A process ended before it served (${how}).`);
    });
    this.served = Promise.race([serving, failing]);
  }

  get pid(): number | undefined {
    return this.process.process.pid;
  }

  /** For how long it has served, up to now. */
  get servedMs(): number {
    return this.servesSince === undefined ? 0 : performance.now() - this.servesSince;
  }

  tell(what: 'changes' | 'work' | 'reload' | 'stop'): void {
    if (this.process.isConnected()) this.channel.tell(what);
  }

  /** How it is; one that does not say so is not ready. */
  health(): Promise<HealthReport> {
    return inTime(this.channel.ask('ownHealth'), { status: 'not ready', parts: {} });
  }

  /** What it has counted; of one that does not say so, what it last said. */
  async count(): Promise<Counted> {
    this.counted = await inTime(this.channel.ask('ownMetrics'), this.counted);
    return this.counted;
  }

  kill(): void {
    this.process.process.kill('SIGKILL');
  }
}

async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  const end = new AbortController();
  const late = sleep(PATIENCE_MS, otherwise, { signal: end.signal }).catch(() => otherwise);
  try {
    return await Promise.race([answer.catch(() => otherwise), late]);
  } finally {
    end.abort();
  }
}
