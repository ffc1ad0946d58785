import type { IncomingMessage, ServerResponse } from 'node:http';
import { Breaker, type BreakerState } from '../../subgraphs/common/breaker.js';
import { OutOfTime } from '../../subgraphs/common/replicas.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { LocalSubgraph, SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { type Fetch, Source, type SourceSettings } from './source.js';

/** A subgraph that lives in this process: no HTTP, and each operation parsed and compiled once. */
export class InProcessSource extends Source {
  private readonly breaker: Breaker;
  /** When it answered last, by `performance.now()`. */
  private lastAnswer = 0;

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
  private whileItAnswers<T>(isChange: boolean, work: Promise<T>): Promise<T> {
    const { subgraphTimeoutMs, subgraphReadTimeoutMs } = this.settings;
    const silence = isChange ? subgraphTimeoutMs : subgraphReadTimeoutMs;
    const began = performance.now();
    const latest = isChange ? Number.POSITIVE_INFINITY : began + subgraphTimeoutMs;
    return new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const waitUntil = (end: number) => {
        // a process that was busy or stopped first hears what has come meanwhile
        timer = setTimeout(() => setImmediate(look), end - performance.now());
      };
      const look = () => {
        if (timer === undefined) return;
        const end = Math.min(Math.max(began, this.lastAnswer) + silence, latest);
        if (performance.now() >= end) reject(new OutOfTime());
        else waitUntil(end);
      };
      waitUntil(began + silence);
      work
        .then((value) => {
          this.lastAnswer = performance.now();
          resolve(value);
        }, reject)
        .finally(() => {
          clearTimeout(timer);
          timer = undefined;
        });
    });
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
