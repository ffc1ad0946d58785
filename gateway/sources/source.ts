import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DocumentNode, GraphQLError, Kind, OperationTypeNode, parse, type SelectionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { Gauge, Histogram } from 'prom-client';
import type { BreakerState } from '../../subgraphs/common/breaker.js';
import type { Operation } from '../../subgraphs/common/executor.js';
import { isSignedIn } from '../../subgraphs/common/identity.js';
import { registry, subgraphFailures } from '../../subgraphs/common/metrics.js';
import type { Settings, SubgraphName } from '../../subgraphs/common/settings.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import { traced } from '../../subgraphs/common/tracing.js';
import type { RequestContext } from '../context.js';
import type { DataSource } from '../execution/steps.js';
import { inPortions } from './references.js';
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

/** Nothing in it belongs to anybody, so what it answers depends on what is asked and on the scopes, and not on who asks. */
const BELONGS_TO_NOBODY: SubgraphName = 'catalog';

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

/** What is known of an operation's text. */
interface Text {
  readonly isChange: boolean;
  readonly selections: readonly SelectionNode[];
}

/** Where a subgraph is asked: in this process or over HTTP. Says what all ways have in common. */
export abstract class Source implements DataSource {
  private readonly texts = new LRUCache<string, Text>({ max: 1_000 });
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

  async process(fetch: Parameters<DataSource['process']>[0]): Promise<SubgraphResult> {
    const { query, variables } = fetch.request;
    const context = fetch.context as RequestContext;
    const hasCome = context.waits();
    try {
      const result = await this.answer(query, variables, context);
      if (result.replayed) context.replayed = true;
      if (result.mocked) context.mocked.add(this.subgraph);
      return result;
    } catch {
      return { errors: this.unanswered(query, variables) };
    } finally {
      hasCome();
    }
  }

  /** @throws when there is no answer to any of it */
  private async answer(
    query: string,
    variables: Record<string, unknown>,
    context: RequestContext,
  ): Promise<SubgraphResult> {
    const { sent, join } = inPortions(variables);
    const [first, ...more] = sent;
    if (first && more.length === 0) return join([await this.ask({ query, variables: first }, context)]);
    const asked = await Promise.allSettled(sent.map((portion) => this.ask({ query, variables: portion }, context)));
    const refused = asked.find((each) => each.status === 'rejected');
    if (refused && !asked.some(({ status }) => status === 'fulfilled')) throw refused.reason;
    return join(
      asked.map((each, portion) =>
        each.status === 'fulfilled' ? each.value : { errors: this.unanswered(query, sent[portion] ?? {}) },
      ),
    );
  }

  private async ask(operation: Operation, context: RequestContext): Promise<SubgraphResult> {
    if (this.textOf(operation.query).isChange) {
      somethingChanges();
      try {
        return await this.inTime(operation, true, context);
      } finally {
        somethingChanges();
      }
    }
    const key = this.keyOfEqual(operation, context.caller);
    const ask = () => this.inTime(operation, false, context);
    return key === undefined ? ask() : this.shared.read(key, ask);
  }

  /** Equal for reads whose answers are equal, whoever asks; undefined where an answer may be for this caller alone. */
  private keyOfEqual({ query, variables }: Operation, { identity, locale }: Caller): string | undefined {
    if (isSignedIn(identity) && this.subgraph !== BELONGS_TO_NOBODY) return undefined;
    return JSON.stringify([query, variables, locale, identity.scopes]);
  }

  private async inTime(operation: Operation, isChange: boolean, context: RequestContext): Promise<SubgraphResult> {
    const { subgraph } = this;
    const { subgraphTimeoutMs, subgraphReadTimeoutMs } = this.settings;
    const began = performance.now();
    const until = began + (isChange ? subgraphTimeoutMs : subgraphReadTimeoutMs);
    let code: Outcome = 'UNAVAILABLE';
    try {
      const result = await traced(
        'subgraph',
        context.caller.trace,
        { subgraph },
        (trace) => this.room.use(() => this.fetch({ ...operation, isChange, until, trace }, context)),
        'CLIENT',
      );
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
    const { selections } = this.textOf(query);
    const { representations } = variables;
    const places = Array.isArray(representations)
      ? representations.slice(0, MAX_PLACES).flatMap(({ __typename }: { __typename: string }, index) => {
          const keys = entityKeys(selections, __typename);
          return keys.length > 0 ? keys.map((key) => ['_entities', index, key]) : [['_entities', index]];
        })
      : responseKeys(selections).map((key) => [key]);
    return places.slice(0, MAX_PLACES).map((path) => new GraphQLError(message, { path, extensions: { code } }));
  }

  private textOf(query: string): Text {
    let text = this.texts.get(query);
    if (!text) {
      text = readText(parse(query));
      this.texts.set(query, text);
    }
    return text;
  }
}

function readText({ definitions }: DocumentNode): Text {
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return {
    isChange: operation?.operation === OperationTypeNode.MUTATION,
    selections: operation?.selectionSet.selections ?? [],
  };
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
