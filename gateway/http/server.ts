import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { isSignedIn } from '../../subgraphs/common/identity.js';
import { describeError, log } from '../../subgraphs/common/log.js';
import { registry, requestSeconds } from '../../subgraphs/common/metrics.js';
import { preferredLocale } from '../../subgraphs/common/scalars.js';
import { LONGEST_REQUEST_MS } from '../../subgraphs/common/server.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { RequestContext } from '../context.js';
import { presentable } from '../errors.js';
import { Unauthenticated, type Verifier } from '../identity/verify.js';
import type { KnownOperations } from '../known-operations.js';
import type { Source } from '../sources/source.js';
import { traceOf } from '../trace.js';
import { parseJson, Refused, readBody } from './body.js';
import { plainRequest } from './plain-request.js';
import { refuseNul, refuseReservedName } from './refused-text.js';

/** What stands behind the door. */
export interface Behind {
  readonly apollo: ApolloServer<RequestContext>;
  readonly operations: KnownOperations;
  readonly verifier: Verifier;
  /** Where a subgraph is asked; undefined for one that the supergraph does not have. */
  readonly source: (subgraph: SubgraphName) => Source | undefined;
  /** Answers everything below `/oidc`, where the issuer is embedded. */
  readonly issuer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** What must be there to answer, by name. */
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>;
}

/** The codes of answers that are not made by GraphQL, by HTTP status. */
const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
  503: 'SUBGRAPH_UNAVAILABLE',
};

/** What is no GraphQL and is handed on to a subgraph: files, which stream through. Its URLs are made by that subgraph. */
interface HandedOn {
  readonly path: string;
  readonly subgraph: SubgraphName;
  readonly methods: readonly string[];
}
const HANDED_ON: readonly HandedOn[] = [{ path: '/documents/', subgraph: 'patient', methods: ['GET', 'PUT'] }];
/** Whoever sends or takes nothing of a file for so long is gone. */
const SILENCE_MS = 30_000;
const UNANSWERED = 'This part of the API does not answer just now. Try again in a moment.';

/**
 * The public endpoint: `/graphql`, what is handed on besides, `/health/live`, `/health/ready`, `/metrics`, and `/oidc` where the
 * issuer is embedded.
 */
export class Door {
  readonly http: Server;
  private behind?: Behind;
  private draining = false;

  constructor() {
    this.http = createServer((request, response) => {
      const trace = traceOf(single(request.headers.traceparent));
      this.route(request, response, trace).catch((error: unknown) => {
        log.error(describeError(error), 'request failed');
        if (!response.headersSent)
          refuse(request, response, 500, 'Something went wrong on our side. Try again.', trace);
        else response.destroy();
      });
    });
    this.http.requestTimeout = LONGEST_REQUEST_MS;
    this.http.headersTimeout = 10_000;
    this.http.keepAliveTimeout = 65_000;
  }

  /** Begins to answer queries. */
  open(behind: Behind): void {
    this.behind = behind;
  }

  /** Says that no new work should be sent here; requests in flight go on. */
  drain(): void {
    this.draining = true;
  }

  private async route(request: IncomingMessage, response: ServerResponse, trace: string): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/graphql') return this.graphql(request, response, trace);
    if (path === '/health/live') return json(response, 200, { status: 'live' });
    if (path === '/health/ready') return this.health(response);
    if (path === '/metrics') return metrics(response);
    const handedOn = HANDED_ON.find((each) => path.startsWith(each.path));
    if (handedOn) return this.handOn(handedOn, request, response, trace);
    const issuer = this.behind?.issuer;
    if (issuer && (path === '/oidc' || path.startsWith('/oidc/'))) return issuer(request, response);
    if (path === '/' && request.method === 'GET') {
      response.writeHead(302, { location: '/graphql' }).end();
      return;
    }
    refuse(request, response, 404, 'There is nothing here. The API is at /graphql.', trace);
  }

  private async handOn(
    { subgraph, methods }: HandedOn,
    request: IncomingMessage,
    response: ServerResponse,
    trace: string,
  ): Promise<void> {
    response.setHeader('traceparent', trace);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'content-disposition, traceparent');
    const allowed = [...methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return preflight(response, allowed);
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', allowed);
      return refuse(request, response, 405, 'Use the URL as it was given, for what it was given.', trace);
    }
    // how long a body is, is signed where it is handed on
    if (request.headers['transfer-encoding'] !== undefined)
      return refuse(request, response, 411, 'Say how long the file is: send a Content-Length.', trace);
    const source = this.behind?.source(subgraph);
    if (!this.behind || !source)
      return refuse(request, response, 503, 'The server is starting. Try again in a moment.', trace);
    response.setTimeout(SILENCE_MS, () => {
      if (response.headersSent) return response.destroy();
      // whoever still waits for the rest must learn that it does not come
      response.once('finish', () => request.destroy());
      if (request.complete) return refuse(request, response, 503, UNANSWERED, trace);
      refuse(request, response, 408, 'Nothing has come for a while. Send it again.', trace);
    });
    response.once('finish', () => dropRest(request));
    try {
      const identity = await this.behind.verifier.verify(request.headers.authorization);
      const locale = preferredLocale(request.headers['accept-language']);
      await source.forward(request, response, { identity, locale, trace });
    } catch (error) {
      // whoever asked is gone, or learns by the answer's length that it broke off
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      if (error instanceof Unauthenticated) return unauthenticated(request, response, error, trace);
      log.error({ subgraph, ...describeError(error) }, 'a request could not be handed on');
      refuse(request, response, 503, UNANSWERED, trace);
    }
  }

  private async health(response: ServerResponse): Promise<void> {
    const parts = (await this.behind?.ready()) ?? {};
    const ready = this.behind !== undefined && !this.draining && Object.values(parts).every(Boolean);
    json(response, ready ? 200 : 503, { status: ready ? 'ready' : this.draining ? 'draining' : 'not ready', parts });
  }

  private async graphql(request: IncomingMessage, response: ServerResponse, trace: string): Promise<void> {
    const began = performance.now();
    response.setHeader('traceparent', trace);
    response.setHeader('access-control-allow-origin', '*');
    response.on('finish', () =>
      requestSeconds.observe({ status: response.statusCode }, (performance.now() - began) / 1000),
    );
    if (request.method === 'OPTIONS') return preflight(response, 'GET, POST, OPTIONS');
    if (request.method !== 'POST' && request.method !== 'GET') {
      response.setHeader('allow', 'GET, POST, OPTIONS');
      return refuse(request, response, 405, 'Send a query by POST, or by GET.', trace);
    }
    const { behind } = this;
    if (!behind) return refuse(request, response, 503, 'The server is starting. Try again in a moment.', trace);
    try {
      const rawBody = request.method === 'POST' ? await readBody(request) : '';
      const body = request.method === 'POST' ? parseJson(request, rawBody) : undefined;
      const url = new URL(request.url ?? '/', 'http://localhost');
      refuseNul(url.search, rawBody);
      refuseReservedName(
        body === undefined ? url.searchParams.get('query') : (body as { query?: unknown } | null)?.query,
      );
      const identity = await behind.verifier.verify(request.headers.authorization);
      const locale = preferredLocale(request.headers['accept-language']);
      if (isSignedIn(identity)) response.setHeader('cache-control', 'private, no-store');
      const context = new RequestContext({ identity, locale, trace });
      const plain = plainRequest(body, request.headers.accept);
      if (plain) {
        const { status, result } = await behind.operations.run(plain.request, context);
        response.statusCode = status;
        response.setHeader('content-type', plain.type);
        return send(response, JSON.stringify(result), trace);
      }
      const answer = await behind.apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request),
          search: url.search,
          body,
        },
        context: async () => context,
      });
      response.statusCode = answer.status ?? 200;
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      if (answer.body.kind === 'complete') return send(response, answer.body.string, trace);
      for await (const chunk of answer.body.asyncIterator) response.write(chunk);
      response.end();
    } catch (error) {
      if (error instanceof Refused) return refuse(request, response, error.status, error.message, trace);
      if (error instanceof Unauthenticated) return unauthenticated(request, response, error, trace);
      throw error;
    }
  }
}

/** What was answered before all of it had come: the rest is read, so that the answer arrives, but not for long. */
function dropRest(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), SILENCE_MS);
  request.once('close', () => clearTimeout(timer)).resume();
}

function send(response: ServerResponse, text: string, trace: string): void {
  const whole = response.statusCode < 400 ? text : asPromised(response, text, traceIdOf(trace));
  response.setHeader('content-length', Buffer.byteLength(whole));
  response.end(whole);
}

/**
 * Apollo refuses some requests before any plugin sees them (a batch, variables that are no object), and takes some
 * faults of a request for its own (an operation that the document does not have): both get what clients are promised.
 */
function asPromised(response: ServerResponse, text: string, traceId: string): string {
  const { errors = [], ...rest } = JSON.parse(text) as { errors?: GraphQLFormattedError[] };
  const presented = errors.map((error) => presentable(error, traceId));
  const isCallers = presented.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT');
  if (isCallers && response.statusCode >= 500) response.statusCode = 400;
  response.removeHeader('content-length');
  return JSON.stringify({ errors: presented, ...rest });
}

const traceIdOf = (trace: string): string => trace.split('-')[1] ?? '';

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function metrics(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
}

function preflight(response: ServerResponse, methods: string): void {
  response.writeHead(204, {
    'access-control-allow-methods': methods,
    'access-control-allow-headers':
      'authorization, content-type, accept-language, traceparent, apollo-require-preflight',
    'access-control-expose-headers': 'traceparent, retry-after',
    'access-control-max-age': '600',
  });
  response.end();
}

function unauthenticated(
  request: IncomingMessage,
  response: ServerResponse,
  error: Unauthenticated,
  trace: string,
): void {
  // where the keys are missing it is not the token's fault, so the client should keep it
  refuse(request, response, error.reason === 'KEYS_UNAVAILABLE' ? 503 : 401, error.message, trace);
}

/** An answer without an execution, in the form that GraphQL clients read. The connection closes when the body was not read. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  trace: string,
): void {
  const code = CODES[status] ?? 'BAD_USER_INPUT';
  if (!request.complete) response.setHeader('connection', 'close');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 503) response.setHeader('retry-after', '1');
  json(response, status, { errors: [{ message, extensions: { code, traceId: traceIdOf(trace) } }] });
}
