import { createHash } from 'node:crypto';
import { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type ExecutionResult, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { PlannedGateway } from '../../gateway/execution/gateway.js';
import type { DataSource } from '../../gateway/execution/steps.js';
import type { Question } from '../merged/query-generator.js';

// the vendor's parts tell it about themselves unless told not to
process.env.APOLLO_TELEMETRY_DISABLED = '1';

/** A question that may hold several operations. */
export interface Asked extends Question {
  readonly operationName?: string;
}

/** An answer as it would travel. */
export interface Outcome {
  /** In the order in which it stands. */
  readonly text: string;
  readonly data: unknown;
  readonly errors: readonly Told[];
}

export interface Told {
  readonly message: string;
  readonly code: string;
  /** Unset where the error does not say it. */
  readonly path?: readonly (string | number)[];
}

/** The code of what neither executor could plan. */
export const UNPLANNABLE = 'UNPLANNABLE';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One supergraph, executed by our own code and by the stock gateway, both asking the same plain sources. */
export class TwoExecutors {
  private constructor(
    readonly schema: GraphQLSchema,
    private readonly planned: GatewayExecutor,
    private readonly stock: GatewayExecutor,
    private readonly stop: () => Promise<void>,
  ) {}

  /** @param supergraphSdl without access rules, which the stock gateway refuses */
  static async open(supergraphSdl: string, sourceOf: (subgraph: string) => DataSource): Promise<TwoExecutors> {
    const buildService = ({ name }: { name: string }) => sourceOf(name);
    const planned = new PlannedGateway({ supergraphSdl, buildService });
    const stock = new ApolloGateway({ supergraphSdl, buildService: buildService as never, logger: silent });
    let schema: GraphQLSchema | undefined;
    planned.onSchemaLoadOrUpdate(({ apiSchema }) => {
      schema = apiSchema;
    });
    const ours = await planned.load();
    const theirs = await stock.load({ apollo: {} as never });
    return new TwoExecutors(
      schema as unknown as GraphQLSchema,
      ours.executor as GatewayExecutor,
      theirs.executor as GatewayExecutor,
      async () => {
        await planned.stop();
        await stock.stop();
      },
    );
  }

  plannedAnswer(asked: Asked, context: unknown): Promise<Outcome> {
    return this.answer(this.planned, asked, context);
  }

  stockAnswer(asked: Asked, context: unknown): Promise<Outcome> {
    return this.answer(this.stock, asked, context);
  }

  async close(): Promise<void> {
    await this.stop();
  }

  private async answer(executor: GatewayExecutor, { query, ...request }: Asked, context: unknown): Promise<Outcome> {
    const document = parse(query);
    const operation = getOperationAST(document, request.operationName);
    const asking = {
      request: { query, ...request },
      document,
      queryHash: createHash('sha256').update(query).digest('hex'),
      operation,
      operationName: request.operationName ?? operation?.name?.value ?? null,
      context,
      metrics: {},
      logger: silent,
      source: query,
    };
    try {
      return outcomeOf(await executor(asking as unknown as GatewayGraphQLRequestContext));
    } catch (error) {
      // the planner does not know every way
      return { text: 'null', data: null, errors: [{ message: (error as Error).message, code: UNPLANNABLE }] };
    }
  }
}

export function outcomeOf({ data, errors = [] }: ExecutionResult): Outcome {
  const text = JSON.stringify(data ?? null);
  return {
    text,
    data: JSON.parse(text),
    errors: errors.map(({ message, path, extensions }) => ({
      message,
      code: String(extensions?.code ?? ''),
      ...(path && { path }),
    })),
  };
}
