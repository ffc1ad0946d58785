import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent } from 'undici';
import type { BreakerState } from '../../subgraphs/common/breaker.js';
import { type Replica, Replicas, wasNotSent } from '../../subgraphs/common/replicas.js';
import { LONGEST_REQUEST_MS } from '../../subgraphs/common/server.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { type Caller, requestHead, type Signer } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { type Fetch, Source, type SourceSettings } from './source.js';

export interface HttpSourceOptions {
  readonly subgraph: string;
  /** Where each of its processes answers. */
  readonly urls: readonly string[];
  readonly signer: Signer;
  readonly settings: SourceSettings;
}

/** Of an answer that is handed on, nothing else goes with it. */
const HANDED_BACK = [
  'content-type',
  'content-length',
  'content-disposition',
  'content-security-policy',
  'cache-control',
  'referrer-policy',
  'x-content-type-options',
];

/** Nothing in it belongs to anybody, so what it answers depends on what is asked and on the scopes, and not on who asks. */
const BELONGS_TO_NOBODY: SubgraphName = 'catalog';

/** A subgraph in other processes: every request signed, on connections that are kept. */
export class HttpSource extends Source {
  private readonly replicas: Replicas;
  /** For what streams: slow clients must not hold the connections that queries need. */
  private readonly streams: Agent;

  constructor(private readonly options: HttpSourceOptions) {
    const { subgraph, urls, settings } = options;
    super(subgraph, settings);
    const { subgraphTimeoutMs: timeoutMs, subgraphReadTimeoutMs: connectTimeoutMs, subgraphConcurrency } = settings;
    this.replicas = new Replicas({ subgraph, urls, connections: subgraphConcurrency, connectTimeoutMs });
    this.streams = new Agent({
      connections: 64,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connectTimeout: connectTimeoutMs,
    });
  }

  override get state(): BreakerState {
    return this.replicas.state;
  }

  protected override isShared(caller: Caller): boolean {
    return this.subgraph === BELONGS_TO_NOBODY || super.isShared(caller);
  }

  protected override async fetch(fetch: Fetch, { caller }: RequestContext): Promise<SubgraphResult> {
    const { query, variables, isChange, until, trace } = fetch;
    const body = JSON.stringify({ query, variables });
    const asSeen = { ...caller, trace };
    const sign = () => this.options.signer.sign(this.subgraph, body, asSeen);
    const representations = variables?.representations;
    const references = Array.isArray(representations) ? representations.length : undefined;
    const answer = await this.replicas.ask({ body, sign, trace, isChange, until, references });
    return { ...(answer as SubgraphResult), replayed: answer.extensions?.idempotentReplay === true };
  }

  override async forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    const { method = '', url = '' } = request;
    const length = request.headers['content-length'];
    const hasBody = length !== undefined && length !== '0';
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const send = ({ origin }: Replica) =>
      this.streams.request({
        origin,
        method,
        path: url,
        headers: {
          authorization: `Signed ${this.options.signer.sign(this.subgraph, requestHead(method, url, length), caller)}`,
          traceparent: caller.trace,
          ...(length !== undefined && { 'content-length': length }),
        },
        body: hasBody ? bodyOf(request) : null,
        // the time runs from the request's beginning, which a client may be slow to send: the door watches over that
        ...(hasBody && { headersTimeout: LONGEST_REQUEST_MS }),
        signal: gone.signal,
      });
    const first = this.replicas.choose(hasBody);
    const answer = await send(first).catch((error: unknown) => {
      // a body that streams is gone with the first try
      if (hasBody || !wasNotSent(error)) throw error;
      return send(this.replicas.choose(false, first));
    });
    response.writeHead(answer.statusCode, handedBack(answer.headers));
    await pipeline(answer.body, response);
  }

  override ready(): Promise<boolean> {
    return this.replicas.ready();
  }

  override async close(): Promise<void> {
    await super.close();
    await Promise.all([this.replicas.close(), this.streams.close()]);
  }
}

/**
 * A request's body for another request, which may end it early when it is answered early. Then what is still on its way is
 * dropped, and the request stays whole, so that its answer arrives.
 */
function bodyOf(request: IncomingMessage): PassThrough {
  const body = new PassThrough();
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('The client has gone'));
  });
  body.once('close', () => {
    request.unpipe(body);
    request.resume();
  });
  body.on('error', () => undefined);
  return request.on('error', () => undefined).pipe(body);
}

const handedBack = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    HANDED_BACK.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
