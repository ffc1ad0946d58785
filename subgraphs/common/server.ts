import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentDigest } from './answer.js';
import { readText } from './body.js';
import { Drain } from './drain.js';
import { describeError, log } from './log.js';
import { registry } from './metrics.js';
import { BadSignature, type Caller, requestHead, type SignatureVerifier } from './signature.js';
import type { Subgraph } from './subgraph.js';
import { traced } from './tracing.js';

/** A subgraph that answers over HTTP. */
export interface SubgraphServer {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** No request takes longer, the upload of a large file over a slow line included. */
export const LONGEST_REQUEST_MS = 10 * 60_000;

/**
 * Serves one subgraph over HTTP: `POST /graphql` for the gateway and the other subgraphs, who sign, and what the gateway hands on
 * besides, signed too; `/health/live`, `/health/ready`, `/metrics`.
 *
 * @param host the address to listen on: loopback unless others must reach it
 * @param drainDelayMs how long new requests are still taken when it is about to close
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  verifier: SignatureVerifier,
  port: number,
  host: string,
  drainDelayMs: number,
): Promise<SubgraphServer> {
  const server = createServer((request, response) => {
    route(subgraph, verifier, drain, request, response).catch((error: unknown) => {
      log.error({ subgraph: subgraph.name, ...describeError(error) }, 'request failed');
      if (!response.headersSent) answer(response, 500, failed('INTERNAL', 'Something went wrong.'));
      else response.destroy();
    });
  });
  const drain = new Drain(server, drainDelayMs);
  // the gateway keeps its connections; it must never use one that we are closing
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = LONGEST_REQUEST_MS;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/graphql`,
    close: async () => {
      await drain.run();
      await subgraph.close();
    },
  };
}

const failed = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] });

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, [
    'content-type',
    'application/json; charset=utf-8',
    // without its length it would come in pieces
    'content-length',
    String(Buffer.byteLength(text)),
    'content-digest',
    contentDigest(text),
  ]);
  response.end(text);
}

async function route(
  subgraph: Subgraph,
  verifier: SignatureVerifier,
  drain: Drain,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  if (url === '/graphql' && method === 'POST') return answerQuestion(subgraph, verifier, request, response);
  if (url === '/health/live') return answer(response, 200, { status: 'live' });
  if (url === '/health/ready') {
    const answers = await subgraph.database.answers();
    const status = drain.hasBegun ? 'draining' : answers ? 'ready' : 'not ready';
    return answer(response, status === 'ready' ? 200 : 503, { status });
  }
  if (url === '/metrics') {
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    return;
  }
  if (subgraph.answersHttp(url)) {
    const caller = callerOf(verifier, request, requestHead(method, url, headers['content-length']));
    return caller ? subgraph.http(request, response, caller) : answer(response, 401, UNSIGNED);
  }
  answer(response, 404, failed('BAD_USER_INPUT', 'There is nothing here.'));
}

async function answerQuestion(
  subgraph: Subgraph,
  verifier: SignatureVerifier,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readText(request, MAX_BODY_BYTES);
  if (body === undefined) return answer(response, 413, failed('BAD_USER_INPUT', 'The request is too large.'));
  const caller = callerOf(verifier, request, body);
  if (!caller) return answer(response, 401, UNSIGNED);
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const { replayed, ...result } = await traced(
    'answer',
    caller.trace,
    { subgraph: subgraph.name },
    (trace) => subgraph.request({ ...caller, trace }).execute({ query, variables }),
    'SERVER',
  );
  answer(response, 200, replayed ? { ...result, extensions: { idempotentReplay: true } } : result);
}

const UNSIGNED = failed('UNAUTHENTICATED', 'This subgraph answers only requests that the gateway has signed.');

/** Who asks, as the gateway or a subgraph has signed it for this request; undefined when nobody has. */
function callerOf(verifier: SignatureVerifier, request: IncomingMessage, signed: string): Caller | undefined {
  try {
    return verifier.verify(/^Signed (\S+)$/.exec(request.headers.authorization ?? '')?.[1], signed);
  } catch (error) {
    if (error instanceof BadSignature) return undefined;
    throw error;
  }
}
