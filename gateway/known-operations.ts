import { createHash } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from './context.js';
import { presentableResult } from './errors.js';
import type { PlainRequest } from './http/plain-request.js';

/** An answer in the form that clients are promised, and its HTTP status. */
export interface Answer {
  readonly status: number;
  readonly result: ReturnType<typeof presentableResult>;
}

interface Known {
  readonly document: DocumentNode;
  readonly queryHash: string;
}

/** A variable did not fit its type; nothing was executed. */
const isOfVariable = ({ nodes }: GraphQLError): boolean => nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;

/** Longer texts are no page's query; they go the long way each time. */
const MAX_TEXT = 20_000;

/**
 * Runs plain requests. A text that Apollo Server has parsed, validated and answered without refusing it is remembered
 * (at most 1,000), and goes straight to the gateway's executor from then on: the access rules, which depend on the
 * caller, are applied there at every request.
 */
export class KnownOperations {
  private readonly known = new LRUCache<string, Known>({ max: 1_000 });

  constructor(
    private readonly apollo: ApolloServer<RequestContext>,
    private readonly execute: GatewayExecutor,
  ) {}

  async run(request: PlainRequest['request'], context: RequestContext): Promise<Answer> {
    const known = this.known.get(request.query);
    const operation = known && getOperationAST(known.document, request.operationName);
    // which operation is meant, and whether it is served, is for Apollo Server to say
    if (!known || !operation || operation.operation === OperationTypeNode.SUBSCRIPTION)
      return this.introduce(request, context);
    const { document, queryHash } = known;
    const { operationName = operation.name?.value ?? null } = request;
    const metrics = {};
    const result = await this.execute({
      request,
      document,
      queryHash,
      operation,
      operationName,
      context,
      metrics,
      source: request.query,
    } as unknown as GatewayGraphQLRequestContext);
    const unfit = result.data === undefined && result.errors?.every(isOfVariable);
    const errors = result.errors?.map((error) => {
      const { extensions, ...rest } = error.toJSON();
      return { ...rest, extensions: unfit ? { ...extensions, code: 'BAD_USER_INPUT' } : extensions };
    });
    const status = result.data !== undefined ? 200 : unfit ? 400 : 500;
    return { status, result: presentableResult({ ...result, errors }, context) };
  }

  /** The long way, on which a text becomes known. */
  private async introduce(request: PlainRequest['request'], context: RequestContext): Promise<Answer> {
    const { query } = request;
    const { http, body } = await this.apollo.executeOperation(request, { contextValue: context });
    if (body.kind !== 'single') throw new Error('Incremental delivery is not offered');
    const status = http.status ?? 200;
    if (status < 400 && query.length <= MAX_TEXT) {
      const queryHash = createHash('sha256').update(query).digest('hex');
      this.known.set(query, { document: parse(query), queryHash });
    }
    return { status, result: body.singleResult as Answer['result'] & { errors?: GraphQLFormattedError[] } };
  }
}
