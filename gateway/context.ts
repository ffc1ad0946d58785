import type { Caller } from '../subgraphs/common/signature.js';
import type { Subgraph, SubgraphRequest } from '../subgraphs/common/subgraph.js';

/** What travels with one request through the gateway. */
export class RequestContext {
  /** Whether a subgraph met an idempotency key again. */
  replayed = false;
  private readonly requests = new Map<string, SubgraphRequest>();

  constructor(readonly caller: Caller) {}

  /** The part of the request that a subgraph in this process answers: one for all fetches, so that they share loaders. */
  in(subgraph: Subgraph): SubgraphRequest {
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

  get traceId(): string {
    return this.caller.trace.split('-')[1] ?? '';
  }
}
