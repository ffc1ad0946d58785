import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, Kind, parse, type SelectionNode } from 'graphql';
import { Gauge, Histogram } from 'prom-client';
import type { BreakerState } from '../../subgraphs/common/breaker.js';
import type { Operation } from '../../subgraphs/common/executor.js';
import { isSignedIn } from '../../subgraphs/common/identity.js';
import { registry, subgraphFailures } from '../../subgraphs/common/metrics.js';
import type { Settings } from '../../subgraphs/common/settings.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import { isTracing, traced } from '../../subgraphs/common/tracing.js';
import type { RequestContext } from '../context.js';
import type { DataSource } from '../execution/steps.js';
import { inPortions, type Portions } from './references.js';
import { Room } from './room.js';
import { SharedReads, somethingChanges } from './shared-reads.js';

const fetchSeconds = new Histogram({
  name: 'subgraph_fetch_seconds',
  help: 'Time of a fetch, waiting for its turn included, by subgraph and by what came of it: OK, ERRORS in the answer, UNAVAILABLE',
  labelNames: ['subgraph', 'code'],
  buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
  registers: [registry],
});

/** What came of a fetch. */
type Outcome = 'OK' | 'ERRORS' | 'UNAVAILABLE';

const STATES: readonly BreakerState[] = ['CLOSED', 'HALF_OPEN', 'OPEN'];
const open = new Set<Source>();
new Gauge({
  name: 'subgraph_breaker_state',
  help: 'Whether a subgraph is asked: 0 as always, 1 by one request that tries, 2 not at all, since it did not answer',
  labelNames: ['subgraph'],
  aggregator: 'max',
  registers: [registry],
  collect() {
    this.reset();
    for (const { subgraph, state } of open) this.set({ subgraph }, STATES.indexOf(state));
  },
});

/** The gateway could not get an answer; the message is for clients. */
const unavailable = (subgraph: string) => ({
  message: `The ${subgraph} part of this API does not answer just now; the rest of the answer is right. Try again in a moment.`,
  code: 'SUBGRAPH_UNAVAILABLE',
});

/** More places of one failed fetch than this are not named one by one. */
const MAX_PLACES = 10;

/** How long a subgraph is waited for, and how much it is asked at once. */
export type SourceSettings = Pick<Settings, 'subgraphTimeoutMs' | 'subgraphReadTimeoutMs' | 'subgraphConcurrency'>;

/** One operation that is sent. */
export interface Fetch extends Operation {
  readonly isChange: boolean;
  /** When the answer must be there, by `performance.now()`. */
  readonly until: number;
  /** The `traceparent` of this fetch. */
  readonly trace: string;
}

/** Where a subgraph is asked: in this process or over HTTP. Says what all ways have in common. */
export abstract class Source implements DataSource {
  private readonly room: Room;
  private readonly shared = new SharedReads();
  private readonly seconds: Readonly<Record<Outcome, Histogram.Internal<string>>>;

  constructor(
    readonly subgraph: string,
    protected readonly settings: SourceSettings,
  ) {
    this.room = new Room(settings.subgraphConcurrency);
    // each label is looked up once and not at every fetch
    const secondsOf = (code: Outcome) => fetchSeconds.labels({ subgraph, code });
    this.seconds = { OK: secondsOf('OK'), ERRORS: secondsOf('ERRORS'), UNAVAILABLE: secondsOf('UNAVAILABLE') };
    open.add(this);
  }

  /** @throws when there is no answer, or not in time */
  protected abstract fetch(fetch: Fetch, context: RequestContext): Promise<SubgraphResult>;

  /** Whether it is asked. */
  abstract readonly state: BreakerState;

  /**
   * Has a request that is no GraphQL answered by the subgraph. Its body, which says how long it is, and the answer's stream by.
   *
   * @throws when there is no answer, or it breaks off
   */
  abstract forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;

  /** Whether the subgraph says that it can answer. */
  abstract ready(): Promise<boolean>;

  /** Gives up the connections to it, when the last answer has come. */
  async close(): Promise<void> {
    open.delete(this);
  }

  async process({ request, isChange, context: asked }: Parameters<DataSource['process']>[0]): Promise<SubgraphResult> {
    const context = asked as RequestContext;
    const hasCome = context.waits();
    try {
      const portions = inPortions(request.variables);
      const result = await (portions
        ? this.answerPortions(request.query, portions, context)
        : this.ask(request, isChange, context));
      if (result.replayed) context.replayed = true;
      if (result.mocked) context.mocked.add(this.subgraph);
      return result;
    } catch {
      return { errors: this.unanswered(request.query, request.variables) };
    } finally {
      hasCome();
    }
  }

  /** @throws when there is no answer to any of it */
  private async answerPortions(
    query: string,
    { sent, join }: Portions,
    context: RequestContext,
  ): Promise<SubgraphResult> {
    const asked = await Promise.allSettled(sent.map((variables) => this.ask({ query, variables }, false, context)));
    const refused = asked.find((each) => each.status === 'rejected');
    if (refused && !asked.some(({ status }) => status === 'fulfilled')) throw refused.reason;
    return join(
      asked.map((each, portion) =>
        each.status === 'fulfilled' ? each.value : { errors: this.unanswered(query, sent[portion] ?? {}) },
      ),
    );
  }

  private ask(operation: Operation, isChange: boolean, context: RequestContext): Promise<SubgraphResult> {
    if (isChange) {
      somethingChanges();
      return this.inTime(operation, true, context).finally(somethingChanges);
    }
    const { caller } = context;
    if (!this.isShared(caller)) return this.inTime(operation, false, context);
    const { query, variables } = operation;
    const key = JSON.stringify([query, variables, caller.locale, caller.identity.scopes]);
    return this.shared.read(key, () => this.inTime(operation, false, context));
  }

  /** Whether what is read is the same for all who ask it with the same scopes, and finding that out is worth its while. */
  protected isShared({ identity }: Caller): boolean {
    return !isSignedIn(identity);
  }

  private async inTime(operation: Operation, isChange: boolean, context: RequestContext): Promise<SubgraphResult> {
    const { subgraph } = this;
    const { subgraphTimeoutMs, subgraphReadTimeoutMs } = this.settings;
    const began = performance.now();
    const until = began + (isChange ? subgraphTimeoutMs : subgraphReadTimeoutMs);
    let code: Outcome = 'UNAVAILABLE';
    try {
      const { query, variables } = operation;
      const fetch = (trace: string) =>
        this.room.use(() => this.fetch({ query, variables, isChange, until, trace }, context));
      const { trace } = context.caller;
      const result = await (isTracing() ? traced('subgraph', trace, { subgraph }, fetch, 'CLIENT') : fetch(trace));
      code = result.errors ? 'ERRORS' : 'OK';
      return result;
    } catch (error) {
      subgraphFailures.inc({ subgraph });
      throw error;
    } finally {
      this.seconds[code].observe((performance.now() - began) / 1_000);
    }
  }

  /** One error for each field that was asked for, so that each error has its place in the answer. */
  private unanswered(query: string, variables: Record<string, unknown>): GraphQLError[] {
    const { message, code } = unavailable(this.subgraph);
    const selections = selectionsOf(query);
    const { representations } = variables;
    const places = Array.isArray(representations)
      ? representations.slice(0, MAX_PLACES).flatMap(({ __typename }: { __typename: string }, index) => {
          const keys = entityKeys(selections, __typename);
          return keys.length > 0 ? keys.map((key) => ['_entities', index, key]) : [['_entities', index]];
        })
      : responseKeys(selections).map((key) => [key]);
    return places.slice(0, MAX_PLACES).map((path) => new GraphQLError(message, { path, extensions: { code } }));
  }
}

function selectionsOf(query: string): readonly SelectionNode[] {
  const operation = parse(query).definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operation?.selectionSet.selections ?? [];
}

const responseKeys = (selections: readonly SelectionNode[]): string[] =>
  selections.flatMap((node) =>
    node.kind === Kind.FIELD && node.name.value !== '__typename' ? [node.alias?.value ?? node.name.value] : [],
  );

/** What `{ _entities(…) { ... on T { … } } }` asks of a `T`. */
function entityKeys(selections: readonly SelectionNode[], type: string): string[] {
  const entities = selections.find((node) => node.kind === Kind.FIELD);
  return (entities?.selectionSet?.selections ?? []).flatMap((node) =>
    node.kind === Kind.INLINE_FRAGMENT && node.typeCondition?.name.value === type
      ? responseKeys(node.selectionSet.selections)
      : [],
  );
}
