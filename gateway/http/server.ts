import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Drain } from '../../subgraphs/common/drain.js';
import { describeError, log } from '../../subgraphs/common/log.js';
import { registry } from '../../subgraphs/common/metrics.js';
import { preferredLocale } from '../../subgraphs/common/scalars.js';
import { LONGEST_REQUEST_MS } from '../../subgraphs/common/server.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { traceIdOf, traceOf, withinTrace } from '../../subgraphs/common/trace.js';
import type { Editions } from '../edition.js';
import { Unauthenticated } from '../identity/verify.js';
import type { Pages } from '../pages/pages.js';
import { requestEnded } from '../request-end.js';
import type { Together } from '../workers/held.js';
import type { Admission } from './admission.js';
import { MAX_BODY_BYTES } from './body.js';
import { CLIENT_HEADERS } from './client.js';
import { answerGraphQL, type Desk, type Endpoint, forAll, type Progress } from './graphql.js';
import { Health, type HealthReport } from './health.js';
import { answerForm, USUAL_FORM } from './media-type.js';
import { Refused } from './refused.js';

/** What stands behind the door. */
export interface Behind {
  readonly editions: Editions;
  readonly desk: Desk;
  readonly pages: Pages;
  /** Answers everything below `/oidc`, where the issuer is embedded. */
  readonly issuer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** What all processes at this port say, where there are several. */
  readonly together?: Pick<Together, 'health' | 'metrics'>;
}

/** What is no GraphQL and is handed on to a subgraph: files, which stream through. Its URLs are made by that subgraph. */
interface HandedOn {
  readonly path: string;
  readonly subgraph: SubgraphName;
  readonly methods: readonly string[];
}
const HANDED_ON: readonly HandedOn[] = [{ path: '/documents/', subgraph: 'patient', methods: ['GET', 'PUT'] }];
/** How often Node looks for requests that take too long. */
const CHECKING_MS = 2_000;
/** Whoever sends or takes nothing of a file for so long is gone. */
const SILENCE_MS = 30_000;
const UNANSWERED = 'This part of the API does not answer just now. Try again in a moment.';

/**
 * The public endpoint: `/graphql`, `/partner/graphql`, what is handed on besides, `/health/live`, `/health/ready`, `/metrics`, and `/oidc` where the
 * issuer is embedded; and the pages for browsers.
 */
export class Door {
  readonly http: Server;
  private behind?: Behind;
  private readonly drain: Drain;
  private readonly health = new Health(() => this.behind?.editions.sources ?? new Map());

  /** @param drainDelayMs how long new requests are still taken when it is about to close */
  constructor(
    private readonly admission: Admission,
    drainDelayMs: number,
  ) {
    this.http = createServer({ connectionsCheckingInterval: CHECKING_MS }, (request, response) => {
      const trace = traceOf(single(request.headers.traceparent));
      // before anything else is done for it: what is refused must cost next to nothing
      if (this.admission.isFull && !isAboutUs(request)) return this.shed(request, response, trace);
      withinTrace(trace, () => this.answer(request, response, trace));
    });
    this.drain = new Drain(this.http, drainDelayMs);
    this.http.requestTimeout = LONGEST_REQUEST_MS;
    this.http.headersTimeout = 10_000;
    this.http.keepAliveTimeout = 65_000;
  }

  /** Begins to answer queries. */
  open(behind: Behind): void {
    this.behind = behind;
  }

  /** Takes no new work, lets requests in flight end. */
  close(): Promise<void> {
    return this.drain.run();
  }

  private answer(request: IncomingMessage, response: ServerResponse, trace: string): void {
    const { url = '/' } = request;
    const path = url.split('?', 1)[0] ?? '/';
    const isQuery = path === '/graphql' || path === '/partner/graphql';
    const answered = isQuery
      ? this.graphql(path, request, response, trace)
      : this.route(path, request, response, trace);
    answered.catch((error: unknown) => {
      log.error(describeError(error), 'request failed');
      if (response.headersSent) return response.destroy();
      if (isQuery) setAll(response, forAll(trace));
      refuse(request, response, new Refused(500, 'Something went wrong on our side. Try again.'), trace);
    });
  }

  private async route(path: string, request: IncomingMessage, response: ServerResponse, trace: string): Promise<void> {
    if (path === '/health/live') return json(response, 200, { status: 'live' });
    if (path === '/health/ready') return this.tellHealth(response);
    if (path === '/metrics') return this.tellMetrics(response);
    const handedOn = HANDED_ON.find((each) => path.startsWith(each.path));
    if (handedOn) return this.handOn(handedOn, request, response, trace);
    const issuer = this.behind?.issuer;
    if (issuer && (path === '/oidc' || path.startsWith('/oidc/'))) return issuer(request, response);
    if (await this.behind?.pages.answer(path, request, response)) return;
    refuse(request, response, nothingHere(), trace);
  }

  private async handOn(
    { subgraph, methods }: HandedOn,
    request: IncomingMessage,
    response: ServerResponse,
    trace: string,
  ): Promise<void> {
    setAll(response, forAll(trace));
    response.setHeader('access-control-expose-headers', 'content-disposition, traceparent');
    const allowed = [...methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return preflight(response, allowed);
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', allowed);
      return refuse(request, response, new Refused(405, 'Use the URL as it was given, for what it was given.'), trace);
    }
    // how long a body is, is signed where it is handed on
    if (request.headers['transfer-encoding'] !== undefined)
      return refuse(request, response, new Refused(411, 'Say how long the file is: send a Content-Length.'), trace);
    const source = this.behind?.editions.sources.get(subgraph);
    if (!this.behind || !source) return refuse(request, response, starting(), trace);
    response.setTimeout(SILENCE_MS, () => {
      if (response.headersSent) return response.destroy();
      // whoever still waits for the rest must learn that it does not come
      response.once('finish', () => request.destroy());
      if (request.complete) return refuse(request, response, new Refused(503, UNANSWERED), trace);
      refuse(request, response, new Refused(408, 'Nothing has come for a while. Send it again.'), trace);
    });
    response.once('finish', () => dropRest(request));
    try {
      const identity = await this.behind.desk.verifier.verify(request.headers.authorization);
      const locale = preferredLocale(request.headers['accept-language']);
      await source.forward(request, response, { identity, locale, trace });
    } catch (error) {
      // whoever asked is gone, or learns by the answer's length that it broke off
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      if (error instanceof Unauthenticated) return refuse(request, response, unauthenticated(error), trace);
      log.error({ subgraph, ...describeError(error) }, 'a request could not be handed on');
      refuse(request, response, new Refused(503, UNANSWERED), trace);
    }
  }

  /** How this process is. */
  async ownHealth(): Promise<HealthReport> {
    const parts = await this.health.check();
    const isReady = this.behind !== undefined && Object.values(parts).every(Boolean);
    return { status: this.drain.hasBegun ? 'draining' : isReady ? 'ready' : 'not ready', parts };
  }

  private async tellHealth(response: ServerResponse): Promise<void> {
    const health = await (this.behind?.together?.health() ?? this.ownHealth());
    json(response, health.status === 'ready' ? 200 : 503, health);
  }

  private async tellMetrics(response: ServerResponse): Promise<void> {
    const text = await (this.behind?.together?.metrics() ?? registry.metrics());
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  }

  private shed(request: IncomingMessage, response: ServerResponse, trace: string): void {
    this.admission.shed();
    const { status, message, code } = OVERLOADED;
    const headers = { ...SHED_HEADERS, traceparent: trace };
    response.writeHead(status, isSmall(request) ? headers : { ...headers, connection: 'close' });
    response.end(
      `{"errors":[{"message":"${message}","extensions":{"code":"${code}","traceId":"${traceIdOf(trace)}"}}]}`,
    );
  }

  private async graphql(
    path: Endpoint['path'],
    request: IncomingMessage,
    response: ServerResponse,
    trace: string,
  ): Promise<void> {
    const progress: Progress = { began: performance.now() };
    response.on('close', () => this.tell(path, request, response, trace, progress));
    if (request.method === 'OPTIONS') {
      setAll(response, forAll(trace));
      return preflight(response, 'GET, POST, OPTIONS');
    }
    const say = (refused: Refused) => {
      progress.refused = refused;
      setAll(response, forAll(trace));
      refuse(request, response, refused, trace);
    };
    if (request.method !== 'POST' && request.method !== 'GET') {
      response.setHeader('allow', 'GET, POST, OPTIONS');
      return say(new Refused(405, 'Send a query by POST, or by GET.'));
    }
    const { behind } = this;
    if (!behind) return say(starting());
    const used = behind.editions.use(path);
    if (!used) return say(nothingHere());
    let entered = false;
    const enter = () => {
      entered = this.admission.enter();
      if (!entered) throw OVERLOADED;
    };
    try {
      await answerGraphQL(behind.desk, used.endpoint, request, response, trace, progress, enter);
    } catch (error) {
      if (error instanceof Refused) return say(error);
      if (error instanceof Unauthenticated) return say(unauthenticated(error));
      throw error;
    } finally {
      if (entered) this.admission.leave();
      used.leave();
    }
  }

  /** Tells of a query that has been answered, or whose client is gone. */
  private tell(
    endpoint: string,
    request: IncomingMessage,
    response: ServerResponse,
    trace: string,
    { began, context, refused, operationName, client }: Progress,
  ): void {
    requestEnded(
      {
        endpoint,
        status: response.writableFinished ? response.statusCode : 499,
        began,
        waitedMs: refused ? undefined : context?.waitedMs,
        operationName,
        client,
        cost: context?.cost?.requested,
        trace,
        parent: single(request.headers.traceparent),
        codes: context?.errorCodes ?? [],
        refused,
      },
      this.behind?.desk.requestLog ?? false,
    );
  }
}

/** @param headers names and values in turn */
function setAll(response: ServerResponse, headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
}

/** What was answered before all of it had come: the rest is read, so that the answer arrives, but not for long. */
function dropRest(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), SILENCE_MS);
  request.once('close', () => clearTimeout(timer)).resume();
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function json(response: ServerResponse, status: number, body: unknown, type = USUAL_FORM.contentType): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function preflight(response: ServerResponse, methods: string): void {
  response.writeHead(204, {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': `authorization, content-type, accept-language, traceparent, apollo-require-preflight, ${CLIENT_HEADERS.join(', ')}`,
    'access-control-expose-headers': 'traceparent, retry-after',
    'access-control-max-age': '600',
  });
  response.end();
}

const starting = () => new Refused(503, 'The server is starting. Try again in a moment.');
const OVERLOADED = new Refused(503, 'Too much is asked of this API just now. Try again in a moment.');
const nothingHere = () => new Refused(404, 'There is nothing here. The API is at /graphql.');

/** Where the keys are missing it is not the token's fault, so the client should keep it. */
const unauthenticated = (error: Unauthenticated): Refused =>
  new Refused(error.reason === 'KEYS_UNAVAILABLE' ? 503 : 401, error.message);

/** Of a refusal of which there may be thousands a second. */
const SHED_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'retry-after': '1',
};

/** Whether a body of the usual size comes, of a known length: it is dropped, and the connection stays good for the next request. */
const isSmall = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= MAX_BODY_BYTES;

/** Whether it is asked how we are: that is answered always. */
const isAboutUs = ({ url = '' }: IncomingMessage): boolean => url.startsWith('/health/') || url === '/metrics';

/** An answer without an execution, in the form that GraphQL clients read. The connection closes when the body was not read. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, more }: Refused,
  trace: string,
): void {
  const { retryAfter = 1, locations, extensions } = more;
  if (!request.complete) response.setHeader('connection', 'close');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 503 || status === 429) response.setHeader('retry-after', String(retryAfter));
  const error = { message, ...(locations && { locations }), extensions: { code, traceId: traceIdOf(trace) } };
  const { contentType, isPlainJson } = answerForm(request.headers.accept) ?? USUAL_FORM;
  const told = more.isSyntaxError && isPlainJson ? 200 : status;
  json(response, told, { errors: [error], ...(extensions && { extensions }) }, contentType);
}
