import { createHash } from 'node:crypto';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from './context.js';
import type { Faults } from './documents/faults.js';
import { presentableResult } from './errors.js';

/** One operation to be executed. */
export interface OperationRequest {
  readonly query: string;
  /** The query, parsed. There is such an operation in it. */
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** An answer in the form that clients are promised, and its HTTP status: 400 when the document or the variables do not fit. */
export interface Answer {
  readonly status: number;
  readonly result: ReturnType<typeof presentableResult>;
}

/** A document that fits the schema. */
interface Known {
  readonly document: DocumentNode;
  readonly queryHash: string;
}

/** A variable did not fit its type; nothing was executed. */
const isOfVariable = ({ nodes }: GraphQLError): boolean => nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;

/** Longer texts are no page's query: they are looked at each time. */
const MAX_TEXT = 20_000;

/**
 * Runs operations. What has been found to fit the schema is remembered (at most 1,000 texts), and goes straight to the
 * gateway's executor from then on: the access rules, which depend on the caller, are applied there at every request. What
 * does not fit is not remembered, so that nobody can drive out what others use by it.
 */
export class KnownOperations {
  private readonly known = new LRUCache<string, Known>({ max: 1_000 });

  constructor(
    private readonly execute: GatewayExecutor,
    private readonly faults: Faults,
    private readonly logger: GatewayGraphQLRequestContext['logger'],
  ) {}

  /** The texts that are known, the one asked last first. */
  texts(): Iterable<string> {
    return this.known.keys();
  }

  async run({ document, ...request }: OperationRequest, context: RequestContext): Promise<Answer> {
    let known = this.known.get(request.query);
    if (!known) {
      const errors = this.faults.ofDocument(document);
      if (errors.length > 0) return unfit(errors, context);
      known = { document, queryHash: createHash('sha256').update(request.query).digest('hex') };
      if (request.query.length <= MAX_TEXT) this.known.set(request.query, known);
    }
    const operation = getOperationAST(known.document, request.operationName) as OperationDefinitionNode;
    const { operationName = operation.name?.value ?? null } = request;
    const result = await this.execute({
      request,
      document: known.document,
      queryHash: known.queryHash,
      operation,
      operationName,
      context,
      metrics: {},
      logger: this.logger,
      source: request.query,
    } as unknown as GatewayGraphQLRequestContext);
    if (result.data === undefined && result.errors?.every(isOfVariable))
      return unfit(this.faults.ofVariables(operation, request.variables ?? {}), context);
    const errors = result.errors?.map((error) => error.toJSON());
    return { status: result.data === undefined ? 500 : 200, result: presentableResult({ ...result, errors }, context) };
  }
}

const unfit = (errors: readonly GraphQLFormattedError[], context: RequestContext): Answer => ({
  status: 400,
  result: presentableResult({ errors }, context),
});
