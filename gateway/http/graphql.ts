import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import { preferredLocale } from '../../subgraphs/common/scalars.js';
import { type ClientProgram, RequestContext } from '../context.js';
import type { GraphQLParams, TrustedDocuments } from '../documents/trusted-documents.js';
import { presentable } from '../errors.js';
import type { Verifier } from '../identity/verify.js';
import type { KnownOperations } from '../known-operations.js';
import type { Allowance } from '../limits/bucket.js';
import type { Inspected, Limits, Meter, Spender } from '../limits/limits.js';
import { spenderOf } from '../limits/spender.js';
import { parseJson, readBody } from './body.js';
import { clientOf } from './client.js';
import { plainRequest } from './plain-request.js';
import { refuseNul, refuseReservedName } from './refused-text.js';

/** One schema, served at one path. */
export interface Endpoint {
  readonly path: '/graphql' | '/partner/graphql';
  readonly apollo: ApolloServer<RequestContext>;
  readonly operations: KnownOperations;
  readonly limits: Limits;
  readonly documents: TrustedDocuments;
  /** @throws {Refused} 401 or 403 for who has no business here */
  readonly admit: (identity: Identity) => void;
  /** What a partner may spend a day. @throws {Refused} 429 */
  readonly quota?: (identity: Identity, points: number) => Allowance | Promise<Allowance>;
}

/** What all endpoints have in common. */
export interface Desk {
  readonly verifier: Verifier;
  readonly meter: Meter;
  readonly bodyTimeoutMs: number;
  readonly trustedProxies: number;
  /** A client must say who it is. */
  readonly clientNameRequired: boolean;
}

/** What is known of a request so far, for the log. */
export interface Progress {
  client?: ClientProgram;
  operationName?: string;
  context?: RequestContext;
}

/**
 * Answers one request, from its body to the last byte: who asks, from what program, whether the text is within the limits,
 * what it costs and whether that is granted; only then is it executed.
 *
 * @throws {Refused} or {Unauthenticated} for what is not executed
 */
export async function answerGraphQL(
  desk: Desk,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  trace: string,
  progress: Progress,
): Promise<void> {
  const { headers } = request;
  const isPost = request.method === 'POST';
  const rawBody = isPost ? await readBody(request, desk.bodyTimeoutMs) : '';
  const body = isPost ? parseJson(request, rawBody) : undefined;
  const url = new URL(request.url ?? '/', 'http://localhost');
  refuseNul(url.search, rawBody);
  const identity = await desk.verifier.verify(headers.authorization);
  const sent = isPost ? (body as GraphQLParams | null) : paramsOf(url.searchParams);
  // whoever only looks at the address with a browser gets the explorer
  const isQuestion = isPost || sent?.query !== undefined || sent?.documentId !== undefined;
  if (isQuestion) {
    endpoint.admit(identity);
    progress.client = clientOf(headers, desk.clientNameRequired);
  }
  const locale = preferredLocale(headers['accept-language']);
  if (isSignedIn(identity)) response.setHeader('cache-control', 'private, no-store');
  const context = new RequestContext({ identity, locale, trace });
  progress.context = context;
  const spender = spenderOf(identity, request, desk.trustedProxies);
  const leave = desk.meter.enter(spender);
  try {
    const params = isObject(sent) ? endpoint.documents.resolve(sent) : undefined;
    if (typeof params?.query === 'string') {
      refuseReservedName(params.query);
      const inspected = endpoint.limits.inspect(params.query);
      await charge(desk, endpoint, spender, context, inspected, params, progress);
    }
    const plain = isPost ? plainRequest(params ?? sent, headers.accept) : undefined;
    if (plain) {
      const { status, result } = await endpoint.operations.run(plain.request, context);
      response.statusCode = status;
      response.setHeader('content-type', plain.type);
      return send(response, JSON.stringify(result), trace);
    }
    const answer = await endpoint.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headersOf(request),
        search: isPost || params === sent || !params ? url.search : searchOf(params),
        body: isPost ? (params ?? sent) : undefined,
      },
      context: async () => context,
    });
    response.statusCode = answer.status ?? 200;
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    if (answer.body.kind === 'complete') return send(response, answer.body.string, trace);
    for await (const chunk of answer.body.asyncIterator) response.write(chunk);
    response.end();
  } finally {
    leave();
  }
}

/** Nothing is executed that is not granted. */
async function charge(
  { meter }: Desk,
  { quota }: Endpoint,
  spender: Spender,
  context: RequestContext,
  inspected: Inspected,
  { operationName, variables }: GraphQLParams,
  progress: Progress,
): Promise<void> {
  const name = typeof operationName === 'string' ? operationName : undefined;
  progress.operationName = name;
  const points = inspected.cost(name, isObject(variables) ? (variables as Record<string, unknown>) : {});
  context.cost = await meter.spend(spender, points);
  if (quota) context.quota = await quota(spender.identity, points);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A GET's parameters; `variables` and `extensions` are JSON in it. Left as they are where they are none: Apollo says so. */
function paramsOf(search: URLSearchParams): GraphQLParams {
  const text = (name: string) => search.get(name) ?? undefined;
  const json = (name: string): unknown => {
    const given = text(name);
    if (given === undefined) return undefined;
    try {
      return JSON.parse(given) as unknown;
    } catch {
      return given;
    }
  };
  return {
    query: text('query'),
    documentId: text('documentId'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

function searchOf(params: GraphQLParams): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return `?${search}`;
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

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
