import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';
import type { Operation } from '../../subgraphs/common/executor.js';
import { LONGEST_REQUEST_MS } from '../../subgraphs/common/server.js';
import { type Caller, requestHead, type Signer } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { Source } from './source.js';

export interface HttpSourceOptions {
  readonly subgraph: string;
  readonly url: string;
  readonly signer: Signer;
  readonly timeoutMs: number;
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

/** A subgraph in another process: every request signed, on connections that are kept. */
export class HttpSource extends Source {
  private readonly pool: Pool;
  /** For what streams: slow clients must not hold the connections that queries need. */
  private readonly streams: Pool;
  private readonly path: string;

  constructor(private readonly options: HttpSourceOptions) {
    super(options.subgraph);
    const url = new URL(options.url);
    this.path = url.pathname + url.search;
    const { timeoutMs } = options;
    const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: timeoutMs };
    this.pool = new Pool(url.origin, { connections: 64, pipelining: 1, ...timeouts });
    this.streams = new Pool(url.origin, { connections: 64, pipelining: 1, ...timeouts });
  }

  protected override async fetch(operation: Operation, context: RequestContext): Promise<SubgraphResult> {
    const body = JSON.stringify(operation);
    const token = this.options.signer.sign(this.options.subgraph, body, context.caller);
    const response = await this.pool.request({
      method: 'POST',
      path: this.path,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Signed ${token}`,
        traceparent: context.caller.trace,
      },
      body,
      signal: AbortSignal.timeout(this.options.timeoutMs),
    });
    const text = await response.body.text();
    if (response.statusCode >= 500 || response.statusCode === 401) throw new Error(`HTTP ${response.statusCode}`);
    return resultOf(JSON.parse(text) as HttpResult);
  }

  override async forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    const { method = '', url = '' } = request;
    const length = request.headers['content-length'];
    const hasBody = length !== undefined && length !== '0';
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await this.streams.request({
      method,
      path: url,
      headers: {
        authorization: `Signed ${this.options.signer.sign(this.options.subgraph, requestHead(method, url, length), caller)}`,
        traceparent: caller.trace,
        ...(length !== undefined && { 'content-length': length }),
      },
      body: hasBody ? bodyOf(request) : null,
      // the time runs from the request's beginning, which a client may be slow to send: the door watches over that
      ...(hasBody && { headersTimeout: LONGEST_REQUEST_MS }),
      signal: gone.signal,
    });
    response.writeHead(answer.statusCode, handedBack(answer.headers));
    await pipeline(answer.body, response);
  }

  /** Whether the subgraph says that it is ready. */
  async ready(): Promise<boolean> {
    try {
      const { statusCode, body } = await this.pool.request({
        method: 'GET',
        path: '/health/ready',
        signal: AbortSignal.timeout(Math.min(this.options.timeoutMs, 2_000)),
      });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.streams.close()]);
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

type HttpResult = SubgraphResult & { extensions?: { idempotentReplay?: boolean } };

/** @throws when what came is no GraphQL answer */
function resultOf(result: HttpResult): SubgraphResult {
  if (typeof result !== 'object' || result === null || !('data' in result || 'errors' in result))
    throw new Error('not GraphQL');
  return { ...result, replayed: result.extensions?.idempotentReplay === true };
}
