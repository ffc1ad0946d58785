import { ApolloGateway, type GraphQLDataSource, type ServiceEndpointDefinition } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import { log } from '../subgraphs/common/log.js';
import { guardedExecutor } from './access/guarded-executor.js';
import { createPermitCache, type PermitCache } from './access/permit-cache.js';
import { splitSupergraph } from './access/supergraph-rules.js';
import type { RequestContext } from './context.js';
import { presentableResult } from './errors.js';
import { KnownOperations } from './known-operations.js';
import { rememberOperations } from './remembered-operations.js';

// the gateway tells its vendor about itself unless told not to
process.env.APOLLO_TELEMETRY_DISABLED = '1';
rememberOperations();

export interface GatewayOptions {
  readonly supergraphSdl: string;
  readonly sourceOf: (subgraph: { name: string; url: string }) => GraphQLDataSource<RequestContext>;
  readonly production: boolean;
  /** Whether clients may ask what the schema is. */
  readonly introspection: boolean;
  readonly automaticPersistedQueries: boolean;
}

const silent = { debug: () => undefined, info: () => undefined };
const logger = {
  ...silent,
  warn: (message: unknown) => log.warn({ gateway: String(message).slice(0, 300) }, 'gateway'),
  error: (message: unknown) => log.error({ gateway: String(message).slice(0, 300) }, 'gateway'),
};

/** Gives every error its promised form, and says when an idempotency key was met again. */
const answers: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single') return;
        response.body.singleResult = presentableResult(response.body.singleResult, contextValue);
      },
    };
  },
};

/** The API: Apollo Server, the short way for plain requests, and the schema as clients see it. */
export interface JoinedApi {
  readonly apollo: ApolloServer<RequestContext>;
  readonly operations: KnownOperations;
  readonly schema: GraphQLSchema;
}

/**
 * Joins the subgraphs of a supergraph into one API, and lets each caller see what they may.
 *
 * @throws when the supergraph cannot be read or holds a security directive that nobody would enforce
 */
export async function createGateway(options: GatewayOptions): Promise<JoinedApi> {
  const { runtimeSdl, rules } = splitSupergraph(options.supergraphSdl);
  const gateway = new ApolloGateway({
    supergraphSdl: runtimeSdl,
    buildService: ({ name, url }: ServiceEndpointDefinition) =>
      options.sourceOf({ name, url: url ?? '' }) as unknown as GraphQLDataSource,
    logger,
  });
  let permits: PermitCache;
  let schema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    permits = createPermitCache(apiSchema, rules);
    schema = apiSchema;
  });
  let guarded: GatewayExecutor | undefined;
  const server = new ApolloServer<RequestContext>({
    gateway: {
      load: async (loading) => {
        const { executor } = await gateway.load(loading);
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
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: options.automaticPersistedQueries ? {} : false,
    parseOptions: { maxTokens: 10_000 },
    plugins: [
      answers,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      options.production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({ embed: true, includeCookies: false, footer: false }),
    ],
  });
  await server.start();
  const operations = new KnownOperations(server, guarded as GatewayExecutor);
  return { apollo: server, operations, schema: schema as unknown as GraphQLSchema };
}
