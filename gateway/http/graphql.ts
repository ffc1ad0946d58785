import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import { preferredLocale } from '../../subgraphs/common/scalars.js';
import { type ClientProgram, RequestContext } from '../context.js';
import type { TrustedDocuments } from '../documents/trusted-documents.js';
import type { Verifier } from '../identity/verify.js';
import type { KnownOperations } from '../known-operations.js';
import type { Allowance } from '../limits/bucket.js';
import type { Inspected, Limits, Meter } from '../limits/limits.js';
import { spenderOf } from '../limits/spender.js';
import { quotaHeaders } from '../partner/quota.js';
import { parseJson, readBody } from './body.js';
import { clientOf } from './client.js';
import { knownHeader } from './known-header.js';
import { answerForm } from './media-type.js';
import { type GraphQLParams, paramsOfBody, paramsOfSearch, refuseForeignPage } from './params.js';
import { Refused } from './refused.js';
import { refuseNul } from './refused-text.js';

/** One schema, served at one path. */
export interface Endpoint {
  readonly path: '/graphql' | '/partner/graphql';
  readonly operations: KnownOperations;
  readonly limits: Limits;
  readonly documents: TrustedDocuments;
  /** @throws {Refused} 401 or 403 for who has no business here */
  readonly admit: (identity: Identity) => void;
  /** What a partner may spend a day. @throws {Refused} 429 */
  readonly quota?: (identity: Identity, points: number) => Allowance | Promise<Allowance>;
}

/** The headers of every answer to a query, one after the other: pages of any origin may ask, and read which trace it is. */
export const forAll = (trace: string): readonly string[] => ['traceparent', trace, 'access-control-allow-origin', '*'];

const localeOf = knownHeader(preferredLocale);

const searchOf = (url: string): URLSearchParams => new URL(url, 'http://localhost').searchParams;

/** What all endpoints have in common. */
export interface Desk {
  readonly verifier: Verifier;
  readonly meter: Meter;
  readonly bodyTimeoutMs: number;
  readonly trustedProxies: number;
  /** A client must say who it is. */
  readonly clientNameRequired: boolean;
  /** The path of the page to explore the API with, where there is one. */
  readonly explorer?: string;
  /** Whether each request leaves a line in the log. */
  readonly requestLog: boolean;
}

/** What is known of a request so far, for the log. */
export interface Progress {
  /** When its headers had been read, by `performance.now()`. */
  readonly began: number;
  client?: ClientProgram;
  operationName?: string;
  context?: RequestContext;
  /** Why nothing was executed. */
  refused?: Refused;
}

/**
 * Answers one request, from its body to the last byte: who asks, from what program, whether the text is within the limits,
 * what it costs and whether that is granted; only then is it executed.
 *
 * @param enter called when all of the request is there, for one that is slow to come is no work; throws when there is too much
 * @throws {Refused} or {Unauthenticated} for what is not executed
 */
export async function answerGraphQL(
  desk: Desk,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  trace: string,
  progress: Progress,
  enter: () => void,
): Promise<void> {
  const { headers, url = '' } = request;
  const isPost = request.method === 'POST';
  const rawBody = isPost ? await readBody(request, desk.bodyTimeoutMs) : '';
  enter();
  refuseNul(url);
  refuseNul(rawBody);
  const sent = isPost ? paramsOfBody(parseJson(request, rawBody)) : paramsOfSearch(searchOf(url));
  if (!isPost && isEmpty(sent)) return showExplorer(desk, request, response, trace);
  if (!isPost) refuseForeignPage(headers);
  const form = answerForm(headers.accept);
  if (!form)
    throw new Refused(406, 'Accept application/graphql-response+json or application/json: nothing else is answered.');
  const identity = await desk.verifier.verify(headers.authorization);
  endpoint.admit(identity);
  progress.client = clientOf(headers, desk.clientNameRequired);
  const locale = localeOf(headers['accept-language'] ?? '');
  const context = new RequestContext({ identity, locale, trace });
  progress.context = context;
  const spender = spenderOf(identity, request, desk.trustedProxies);
  const leave = await desk.meter.enter(spender);
  try {
    const { query, operationName, variables } = endpoint.documents.resolve(sent);
    if (!query) throw new Refused(400, 'Send the operation as `query`, or name it by `documentId`.');
    const inspected = endpoint.limits.inspect(query);
    const { operation, name } = operationIn(inspected, operationName);
    progress.operationName = name?.value;
    if (!isPost && operation !== OperationTypeNode.QUERY) {
      response.setHeader('allow', 'POST');
      throw new Refused(405, 'Only queries are run by GET. Send it by POST.');
    }
    const points = inspected.cost(operationName, variables ?? {});
    context.cost = await desk.meter.spend(spender, points);
    // nothing is executed that is not granted
    if (endpoint.quota) context.quota = await endpoint.quota(identity, points);
    const answer = await endpoint.operations.run(
      { query, document: inspected.document, operationName, variables },
      context,
    );
    const text = JSON.stringify(answer.result);
    const told = ['content-type', form.contentType, 'content-length', String(Buffer.byteLength(text))];
    if (isSignedIn(identity)) told.push('cache-control', 'private, no-store');
    if (context.quota) told.push(...quotaHeaders(context.quota));
    response.writeHead(answer.status === 400 && form.isPlainJson ? 200 : answer.status, [...forAll(trace), ...told]);
    response.end(text);
  } finally {
    leave();
  }
}

const isEmpty = (params: GraphQLParams): boolean => Object.values(params).every((value) => value === undefined);

/** The operation that is meant. @throws {Refused} 400 when that cannot be known, or it is of a kind that is not served */
function operationIn({ document }: Inspected, name: string | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (!operation)
    throw new Refused(
      400,
      name === undefined
        ? 'Send a document with one operation, or say by `operationName` which of several is meant.'
        : 'The document has no operation of this `operationName`.',
    );
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw new Refused(400, 'There are no subscriptions here. Ask again by a query.');
  return operation;
}

/** Whoever only looks at the address with a browser gets the explorer, where there is one. */
function showExplorer({ explorer }: Desk, request: IncomingMessage, response: ServerResponse, trace: string): void {
  if (!explorer || !request.headers.accept?.includes('text/html'))
    throw new Refused(400, 'Send a query: by POST, or by GET as `query`.');
  response.writeHead(302, [...forAll(trace), 'location', explorer]).end();
}
