import cluster from 'node:cluster';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge } from 'prom-client';
import { allOf, type HealthReport } from '../../gateway/http/health.js';
import { heldHere } from '../../gateway/workers/held.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { log } from '../../subgraphs/common/log.js';
import { registry } from '../../subgraphs/common/metrics.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import type { Settings } from '../../subgraphs/common/settings.js';
import { freePorts } from '../ports.js';
import { Tally } from './tally.js';
import { Worker } from './worker.js';

/** What has served for less than that did not really; each time in a row it waits longer until it begins again. */
const STEADY_MS = 10_000;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** So many in a row that end at once are too many where none is left that serves. */
const MOST_FAILURES = 5;
/** For what is in flight when it is to end, after new requests are no longer taken. */
const GRACE_MS = 15_000;

/** What is started, and how often. */
export interface WorkersOptions {
  /** The program of each, in `scripts/workers`. */
  readonly program: string;
  readonly settings: Settings;
  /** What they are told beside what this process was. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Called once, when none serves and none can be started any more. */
  readonly giveUp: (why: Refusal) => void;
}

/**
 * Processes that serve at one port. This one hands them their connections, holds what they share, and replaces whichever ends; the
 * one that has served longest works on the jobs.
 */
export class Workers {
  private readonly alive = new Set<Worker>();
  /** In the order in which they began to. */
  private readonly serving = new Set<Worker>();
  private atJobs?: Worker;
  private readonly tally = new Tally();
  private readonly held;
  private stopping = false;

  private constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly settings: Settings,
    private readonly giveUp: (why: Refusal) => void,
  ) {
    this.held = heldHere(settings.limits);
    const { serving } = this;
    new Gauge({
      name: 'workers_serving',
      help: 'Processes that serve at the port',
      registers: [registry],
      collect() {
        this.set(serving.size);
      },
    });
  }

  /** Returns when all serve. @throws {Refusal} when one of them cannot */
  static async start({ program, settings, environment, giveUp }: WorkersOptions): Promise<Workers> {
    const exec = join(PROJECT_ROOT, 'dist/scripts/workers', program);
    cluster.setupPrimary({ exec, args: process.argv.slice(2) });
    const port = settings.port === 0 ? (await freePorts(1))[0] : settings.port;
    const workers = new Workers({ ...environment, PORT: String(port) }, settings, giveUp);
    const first = Array.from({ length: settings.workers }, () => workers.fork());
    try {
      await Promise.all(first.map(({ served }) => served));
    } catch (error) {
      for (const each of first) each.kill();
      throw error;
    }
    for (const each of first) void workers.keep(each);
    return workers;
  }

  /** `http://localhost:<port>` */
  get url(): string {
    return [...this.serving][0]?.url ?? '';
  }

  /** Has each of them read its supergraphs anew. */
  reload(): void {
    for (const worker of this.alive) worker.tell('reload');
  }

  /** Lets what is in flight end, everywhere at once. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const worker of this.alive) worker.tell('stop');
    const late = setTimeout(() => {
      for (const worker of this.alive) worker.kill();
    }, this.settings.drainDelayMs + GRACE_MS);
    await Promise.all([...this.alive].map(({ ended }) => ended));
    clearTimeout(late);
  }

  /** Replaces a worker when it ends, and whatever took its place. */
  private async keep(first: Worker): Promise<void> {
    let failures = 0;
    for (let worker = first; ; worker = this.fork()) {
      const how = await worker.ended;
      if (this.stopping) return;
      failures = worker.servedMs < STEADY_MS ? failures + 1 : 0;
      log.error({ worker: worker.pid, how }, 'a worker ended, another takes its place');
      if (failures >= MOST_FAILURES && this.serving.size === 0) {
        const why = await worker.served.then(
          () => `The last one ended at once (${how}).`,
          (error: Error) => error.message,
        );
        return this.giveUp(new Refusal(`Nothing serves any more, and nothing can be started. ${why}`));
      }
      await sleep(Math.min(failures * PAUSE_MS, LONGEST_PAUSE_MS));
      if (this.stopping) return;
    }
  }

  private fork(): Worker {
    const worker: Worker = new Worker(this.environment, this.held, {
      changes: () => {
        for (const each of this.alive) if (each !== worker) each.tell('changes');
      },
      health: () => this.health(),
      metrics: async () => this.tally.text(await Promise.all([...this.serving].map((each) => each.count()))),
    });
    this.alive.add(worker);
    worker.served.then(
      () => {
        this.serving.add(worker);
        log.info({ worker: worker.pid }, 'a worker serves');
        this.appoint();
      },
      () => undefined,
    );
    void worker.ended.then(() => {
      this.alive.delete(worker);
      this.serving.delete(worker);
      this.tally.keep(worker.counted);
      if (this.atJobs === worker) this.atJobs = undefined;
      this.appoint();
    });
    return worker;
  }

  private async health(): Promise<HealthReport> {
    return allOf(await Promise.all([...this.serving].map((each) => each.health())));
  }

  /** Has somebody work on the jobs, if anybody serves. */
  private appoint(): void {
    if (this.stopping || this.atJobs) return;
    this.atJobs = [...this.serving][0];
    this.atJobs?.tell('work');
    if (this.atJobs) log.info({ worker: this.atJobs.pid }, 'a worker works on the jobs');
  }
}
