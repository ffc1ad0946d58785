import type { Caller } from '../subgraphs/common/signature.js';
import type { LocalSubgraph, SubgraphRequest } from '../subgraphs/common/subgraph.js';
import { traceIdOf } from '../subgraphs/common/trace.js';
import type { Allowance } from './limits/bucket.js';

/** The client program, as it names itself. Empty where it does not. */
export interface ClientProgram {
  readonly name: string;
  readonly version: string;
}

/** What travels with one request through the gateway. */
export class RequestContext {
  /** Whether a subgraph met an idempotency key again. */
  replayed = false;
  /** Subgraphs of whose answers nothing is real; in development alone. */
  readonly mocked = new Set<string>();
  /** What the operation costs, and what is left to this client; unset until it is known. */
  cost?: Allowance;
  /** What is left of a partner's day. */
  quota?: Allowance;
  /** Milliseconds in which at least one subgraph was waited for. */
  waitedMs = 0;
  /** The codes of the errors in the answer, each once, for the log. */
  errorCodes: readonly string[] = [];
  private waitingFor = 0;
  private waitingSince = 0;
  private readonly requests = new Map<string, SubgraphRequest>();

  constructor(readonly caller: Caller) {}

  /** The part of the request that a subgraph in this process answers: one for all fetches, so that they share loaders. */
  in(subgraph: LocalSubgraph): SubgraphRequest {
    let request = this.requests.get(subgraph.name);
    if (!request) {
      request = subgraph.request(this.caller);
      this.requests.set(subgraph.name, request);
    }
    return request;
  }

  /** After a write, nothing read before it may answer. */
  forget(): void {
    this.requests.clear();
  }

  /** A fetch begins; what is returned says that it has ended. */
  waits(): () => void {
    if (this.waitingFor++ === 0) this.waitingSince = performance.now();
    return () => {
      if (--this.waitingFor === 0) this.waitedMs += performance.now() - this.waitingSince;
    };
  }

  get traceId(): string {
    return traceIdOf(this.caller.trace);
  }
}
