import { log } from '../subgraphs/common/log.js';
import { gatewaySeconds, requestSeconds, requestsRefused } from '../subgraphs/common/metrics.js';
import { isTrace, traceIdOf } from '../subgraphs/common/trace.js';
import { isTracing, recordSpan } from '../subgraphs/common/tracing.js';
import type { ClientProgram } from './context.js';
import { plainName } from './http/client.js';
import type { Refused } from './http/refused.js';

/** What is told of a request when it has been answered. Nothing in it is personal. */
export interface RequestEnd {
  /** `/graphql` or `/partner/graphql`. */
  readonly endpoint: string;
  /** HTTP status; 499 where whoever asked was gone before the answer was written. */
  readonly status: number;
  /** When its headers had been read, by `performance.now()`. */
  readonly began: number;
  /** Of the time since, how long at least one subgraph was waited for; unset where nothing was executed. */
  readonly waitedMs?: number;
  /** As the client calls it; unset where it has no name or was not looked at. */
  readonly operationName?: string;
  readonly client?: ClientProgram;
  /** Points. */
  readonly cost?: number;
  /** The `traceparent` of the request here. */
  readonly trace: string;
  /** As the client sent it. */
  readonly parent?: string;
  /** The codes of the errors in the answer, each once. */
  readonly codes: readonly string[];
  /** Why nothing was executed. */
  readonly refused?: Refused;
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** Counts, writes the line of the log, and hands the request in as a span. @param logged whether there is a line */
export function requestEnded(end: RequestEnd, logged: boolean): void {
  const { endpoint, status, began, waitedMs, client, cost, trace, parent, refused } = end;
  const ms = performance.now() - began;
  const codes = refused ? [refused.code] : end.codes;
  const operation = end.operationName && plainName(end.operationName);
  requestSeconds.observe({ endpoint, status }, ms / 1_000);
  if (waitedMs !== undefined) gatewaySeconds.observe({ endpoint }, (ms - waitedMs) / 1_000);
  if (refused) requestsRefused.inc({ endpoint, code: refused.code, limit: refused.more.limit ?? '' });
  // what is undefined is left out
  if (logged)
    log.info(
      {
        endpoint,
        status,
        ms: tenths(ms),
        waitedMs: waitedMs === undefined ? undefined : tenths(waitedMs),
        operation: operation || undefined,
        client: client?.name || undefined,
        version: client?.name ? client.version : undefined,
        cost,
        codes: codes.length > 0 ? codes : undefined,
        traceId: traceIdOf(trace),
      },
      'request',
    );
  if (!isTracing()) return;
  recordSpan({
    name: operation ? `${endpoint} ${operation}` : endpoint,
    trace,
    // one that is not as it should be was not taken up
    ...(isTrace(parent) && { parent }),
    kind: 'SERVER',
    attributes: { 'http.response.status_code': status, ...(client?.name && { 'client.name': client.name }) },
    began,
    failed: status >= 500,
  });
}
