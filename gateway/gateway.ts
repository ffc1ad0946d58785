import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import { log } from '../subgraphs/common/log.js';
import { guardedExecutor } from './access/guarded-executor.js';
import { createPermitCache, type PermitCache } from './access/permit-cache.js';
import { type AccessRules, splitSupergraph } from './access/supergraph-rules.js';
import type { RequestContext } from './context.js';
import { Faults } from './documents/faults.js';
import { PlannedGateway } from './execution/gateway.js';
import type { DataSource } from './execution/steps.js';
import { KnownOperations } from './known-operations.js';
import { lookAtOwnScalars } from './own-scalars.js';

// the vendor's parts tell it about themselves unless told not to
process.env.APOLLO_TELEMETRY_DISABLED = '1';

export interface GatewayOptions {
  readonly supergraphSdl: string;
  readonly sourceOf: (subgraph: { name: string; url: string }) => DataSource;
  readonly production: boolean;
  /** Whether clients may ask what the schema is. Messages name nothing of it where they may not. */
  readonly introspection: boolean;
}

const silent = { debug: () => undefined, info: () => undefined };
const logger = {
  ...silent,
  warn: (message: unknown) => log.warn({ gateway: String(message).slice(0, 300) }, 'gateway'),
  error: (message: unknown) => log.error({ gateway: String(message).slice(0, 300) }, 'gateway'),
};

/** The API: what runs operations, and the schema as clients see it. */
export interface JoinedApi {
  /** Loads the gateway and ends it. It executes nothing: `operations` does. */
  readonly apollo: ApolloServer<RequestContext>;
  readonly operations: KnownOperations;
  readonly schema: GraphQLSchema;
  /** What only some may see of it. */
  readonly rules: AccessRules;
}

/**
 * Joins the subgraphs of a supergraph into one API, and lets each caller see what they may.
 *
 * @throws when the supergraph cannot be read or holds a security directive that nobody would enforce
 */
export async function createGateway(options: GatewayOptions): Promise<JoinedApi> {
  const { runtimeSdl, rules } = splitSupergraph(options.supergraphSdl);
  const gateway = new PlannedGateway({ supergraphSdl: runtimeSdl, buildService: options.sourceOf });
  let permits: PermitCache;
  let schema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    lookAtOwnScalars(apiSchema);
    permits = createPermitCache(apiSchema, rules);
    schema = apiSchema;
  });
  let guarded: GatewayExecutor | undefined;
  const server = new ApolloServer<RequestContext>({
    gateway: {
      load: async () => {
        const { executor } = await gateway.load();
        if (!executor) throw new Error('The gateway has no executor');
        guarded = guardedExecutor(
          executor,
          () => permits,
          ({ context }) => (context as RequestContext).caller.identity,
        );
        return { executor: guarded };
      },
      onSchemaLoadOrUpdate: (told) => gateway.onSchemaLoadOrUpdate(told),
      stop: () => gateway.stop(),
    },
    logger,
    // the process is stopped as a whole, see scripts/process.ts
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await server.start();
  const api = schema as unknown as GraphQLSchema;
  const faults = new Faults(api, options.introspection);
  return {
    apollo: server,
    operations: new KnownOperations(guarded as GatewayExecutor, faults, logger),
    schema: api,
    rules,
  };
}
