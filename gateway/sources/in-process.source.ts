import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation } from '../../subgraphs/common/executor.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { Subgraph, SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';
import { Source } from './source.js';

/** A subgraph that lives in this process: no HTTP, and each operation parsed and compiled once. */
export class InProcessSource extends Source {
  constructor(private readonly local: Subgraph) {
    super(local.name);
  }

  protected override async fetch(operation: Operation, context: RequestContext): Promise<SubgraphResult> {
    if (!this.local.isMutation(operation.query)) return context.in(this.local).execute(operation);
    context.forget();
    const result = await context.in(this.local).execute(operation);
    context.forget();
    return result;
  }

  override forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    return this.local.http(request, response, caller);
  }
}
