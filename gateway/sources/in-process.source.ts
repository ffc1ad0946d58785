import type { IncomingMessage, ServerResponse } from 'node:http';
import { Breaker, type BreakerState } from '../../subgraphs/common/breaker.js';
import { OutOfTime } from '../../subgraphs/common/replicas.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { LocalSubgraph, SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { type Fetch, Source, type SourceSettings } from './source.js';

/** Somebody who waits for an answer. Times are those of `performance.now()`. */
interface Waiting {
  readonly began: number;
  /** Milliseconds without any answer after which it is given up. */
  readonly silence: number;
  readonly latest: number;
  readonly giveUp: (error: OutOfTime) => void;
}

/** A subgraph that lives in this process: no HTTP, and each operation parsed and compiled once. */
export class InProcessSource extends Source {
  private readonly breaker: Breaker;
  /** When it answered last, by `performance.now()`. */
  private lastAnswer = 0;
  private readonly waiting = new Set<Waiting>();
  private timer?: NodeJS.Timeout;
  /** When it is looked next whether somebody has waited too long. */
  private looking = Number.POSITIVE_INFINITY;

  constructor(
    private readonly local: LocalSubgraph,
    settings: SourceSettings,
  ) {
    super(local.name, settings);
    this.breaker = new Breaker(local.name);
  }

  override get state(): BreakerState {
    return this.breaker.state;
  }

  protected override fetch(fetch: Fetch, context: RequestContext): Promise<SubgraphResult> {
    return this.breaker.run(() => this.whileItAnswers(fetch.isChange, this.execute(fetch, context)));
  }

  /**
   * Waits as long as there is hope. Here what takes long may be this process itself, which is busy: so a subgraph is late only when
   * it has answered nobody for that time, and a read when it takes as long as a change may. The work goes on, though, and a change
   * may be done.
   *
   * @throws {OutOfTime}
   */
  private whileItAnswers(isChange: boolean, work: Promise<SubgraphResult>): Promise<SubgraphResult> {
    const { subgraphTimeoutMs, subgraphReadTimeoutMs } = this.settings;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        began,
        silence: isChange ? subgraphTimeoutMs : subgraphReadTimeoutMs,
        latest: isChange ? Number.POSITIVE_INFINITY : began + subgraphTimeoutMs,
        giveUp: reject,
      };
      this.waiting.add(waiting);
      this.lookAt(began + waiting.silence);
      work.then(
        (result) => {
          this.waiting.delete(waiting);
          this.lastAnswer = performance.now();
          resolve(result);
        },
        (error: unknown) => {
          this.waiting.delete(waiting);
          reject(error);
        },
      );
    });
  }

  /** One timer for all who wait: one for each would cost more than most of what they wait for. */
  private lookAt(time: number): void {
    if (time >= this.looking) return;
    clearTimeout(this.timer);
    this.looking = time;
    // a process that was busy or stopped first hears what has come meanwhile
    this.timer = setTimeout(() => setImmediate(() => this.look()), time - performance.now()).unref();
  }

  private look(): void {
    this.looking = Number.POSITIVE_INFINITY;
    for (const waiting of this.waiting) {
      const { began, silence, latest, giveUp } = waiting;
      const end = Math.min(Math.max(began, this.lastAnswer) + silence, latest);
      if (performance.now() < end) this.lookAt(end);
      else {
        this.waiting.delete(waiting);
        giveUp(new OutOfTime());
      }
    }
  }

  private async execute({ query, variables, isChange }: Fetch, context: RequestContext): Promise<SubgraphResult> {
    if (!isChange) return context.in(this.local).execute({ query, variables });
    context.forget();
    const result = await context.in(this.local).execute({ query, variables });
    context.forget();
    return result;
  }

  override forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    return this.local.http(request, response, caller);
  }

  override ready(): Promise<boolean> {
    return this.local.ready();
  }
}
