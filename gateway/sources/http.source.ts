import { Pool } from 'undici';
import type { Operation } from '../../subgraphs/common/executor.js';
import type { Signer } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { Source } from './source.js';

export interface HttpSourceOptions {
  readonly subgraph: string;
  readonly url: string;
  readonly signer: Signer;
  readonly timeoutMs: number;
}

/** A subgraph in another process: every request signed, on connections that are kept. */
export class HttpSource extends Source {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly options: HttpSourceOptions) {
    super(options.subgraph);
    const url = new URL(options.url);
    this.path = url.pathname + url.search;
    this.pool = new Pool(url.origin, {
      connections: 64,
      pipelining: 1,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connectTimeout: options.timeoutMs,
    });
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

  close(): Promise<void> {
    return this.pool.close();
  }
}

type HttpResult = SubgraphResult & { extensions?: { idempotentReplay?: boolean } };

/** @throws when what came is no GraphQL answer */
function resultOf(result: HttpResult): SubgraphResult {
  if (typeof result !== 'object' || result === null || !('data' in result || 'errors' in result))
    throw new Error('not GraphQL');
  return { ...result, replayed: result.extensions?.idempotentReplay === true };
}
