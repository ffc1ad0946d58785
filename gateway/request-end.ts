import { requestSeconds } from '../subgraphs/common/metrics.js';
import type { ClientProgram } from './context.js';

/** What is told of a request when it has been answered. Nothing in it is personal. */
export interface RequestEnd {
  /** `/graphql` or `/partner/graphql`. */
  readonly endpoint: string;
  readonly status: number;
  /** From the headers read to the answer written. */
  readonly ms: number;
  /** Of that, how long at least one subgraph was waited for. */
  readonly waitedMs: number;
  /** As the client calls it; unset where it has no name or was not looked at. */
  readonly operationName?: string;
  readonly client?: ClientProgram;
  /** Points. */
  readonly cost?: number;
  readonly traceId: string;
}

/** Writes the line of the log and counts. */
export function requestEnded({ status, ms }: RequestEnd): void {
  requestSeconds.observe({ status }, ms / 1000);
}
