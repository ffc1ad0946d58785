import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, QueryPlanner } from '@apollo/query-planner';
import type {
  GatewayExecutor,
  GatewayInterface,
  GatewayLoadResult,
  GatewaySchemaLoadOrUpdateCallback,
  GatewayUnsubscriber,
} from '@apollo/server-gateway-interface';
import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from 'graphql';
import { keepConditionalObjects } from './conditional-objects.js';
import { PlannedOperation } from './operation.js';
import { PlanCache } from './plan-cache.js';
import type { DataSource } from './steps.js';

export interface PlannedGatewayOptions {
  /** Without access rules: they are enforced around it. */
  readonly supergraphSdl: string;
  readonly buildService: (subgraph: { name: string; url: string }) => DataSource;
}

/** What the supergraph makes. */
interface Loaded {
  readonly supergraphSdl: string;
  readonly planner: QueryPlanner;
  readonly api: GraphQLSchema;
  /** The same in the planner's form. */
  readonly plannersApi: Schema;
  readonly supergraph: GraphQLSchema;
  readonly sources: ReadonlyMap<string, DataSource>;
}

/**
 * Joins subgraphs as `ApolloGateway` does and with the same planner, and executes the plans by itself: each is made ready once,
 * each entity asked for once, and the answer made by a function written for the operation.
 */
export class PlannedGateway implements GatewayInterface {
  private readonly plans = new PlanCache();
  private readonly told = new Set<GatewaySchemaLoadOrUpdateCallback>();
  private loaded?: Loaded;

  constructor(private readonly options: PlannedGatewayOptions) {}

  /** @throws when the supergraph cannot be read */
  async load(): Promise<GatewayLoadResult> {
    const { supergraphSdl, buildService } = this.options;
    const supergraph = Supergraph.build(supergraphSdl);
    const plannersApi = supergraph.apiSchema();
    this.loaded = {
      supergraphSdl,
      plannersApi,
      planner: new QueryPlanner(supergraph),
      api: plannersApi.toGraphQLJSSchema(),
      supergraph: supergraph.schema.toGraphQLJSSchema(),
      sources: new Map([...supergraph.subgraphsMetadata()].map((each) => [each.name, buildService(each)])),
    };
    for (const tell of this.told) tell({ apiSchema: this.loaded.api, coreSupergraphSdl: supergraphSdl });
    return { executor: this.executor };
  }

  onSchemaLoadOrUpdate(tell: GatewaySchemaLoadOrUpdateCallback): GatewayUnsubscriber {
    this.told.add(tell);
    return () => this.told.delete(tell);
  }

  async stop(): Promise<void> {
    this.plans.end();
  }

  /**
   * The operation, planned and made ready; kept for whoever asks for it again.
   *
   * @param key of the document and what is left out of it
   * @param document valid
   * @throws {GraphQLError} when it cannot be planned
   */
  prepare(key: string, document: DocumentNode, operationName: string | null | undefined): PlannedOperation {
    const kept = `${key} ${operationName ?? ''}`;
    let operation = this.plans.get(kept);
    if (!operation) {
      const plan = this.plan(document, operationName);
      operation = plan.operation;
      this.plans.set(kept, operation, plan.size);
    }
    return operation;
  }

  private readonly executor: GatewayExecutor = async ({ queryHash, document, request, context }) => {
    const operation = this.prepare(queryHash, document, request.operationName);
    return operation.run(request.variables ?? {}, context);
  };

  private plan(document: DocumentNode, name: string | null | undefined) {
    const { loaded } = this;
    if (!loaded) throw new Error('The gateway has not been loaded');
    const operation = getOperationAST(document, name) as OperationDefinitionNode;
    const asked = operationFromDocument(loaded.plannersApi, keepConditionalObjects(document), {
      operationName: name ?? undefined,
    });
    const { node } = loaded.planner.buildQueryPlan(asked);
    const sourceOf = (subgraph: string) => {
      const source = loaded.sources.get(subgraph);
      if (!source) throw new Error(`The plan asks a subgraph ${subgraph}, which there is not`);
      return source;
    };
    return {
      operation: new PlannedOperation({ ...loaded, sourceOf }, document, operation, node as PlanNode | undefined),
      size: JSON.stringify(node ?? null).length,
    };
  }
}
