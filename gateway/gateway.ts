import { ApolloGateway, type GraphQLDataSource, type ServiceEndpointDefinition } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { log } from '../subgraphs/common/log.js';
import { guardedExecutor } from './access/guarded-executor.js';
import { createPermitCache, type PermitCache } from './access/permit-cache.js';
import { splitSupergraph } from './access/supergraph-rules.js';
import type { RequestContext } from './context.js';
import { presentable } from './errors.js';
import { rememberOperations } from './remembered-operations.js';

// the gateway tells its vendor about itself unless told not to
process.env.APOLLO_TELEMETRY_DISABLED = '1';
rememberOperations();

export interface GatewayOptions {
  readonly supergraphSdl: string;
  readonly sourceOf: (subgraph: { name: string; url: string }) => GraphQLDataSource<RequestContext>;
  readonly production: boolean;
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
        const result = response.body.singleResult;
        if (result.errors) result.errors = result.errors.map((error) => presentable(error, contextValue.traceId));
        // what the gateway says of its own dealings names our types
        const { valueCompletion: _, ...extensions } = result.extensions ?? {};
        if (contextValue.replayed) extensions.idempotentReplay = true;
        if (Object.keys(extensions).length > 0) result.extensions = extensions;
        else delete result.extensions;
      },
    };
  },
};

/**
 * Joins the subgraphs of a supergraph into one API, and lets each caller see what they may.
 *
 * @throws when the supergraph cannot be read or holds a security directive that nobody would enforce
 */
export async function createGateway(
  options: GatewayOptions,
  plugins: ApolloServerPlugin<RequestContext>[],
): Promise<ApolloServer<RequestContext>> {
  const { runtimeSdl, rules } = splitSupergraph(options.supergraphSdl);
  const gateway = new ApolloGateway({
    supergraphSdl: runtimeSdl,
    buildService: ({ name, url }: ServiceEndpointDefinition) =>
      options.sourceOf({ name, url: url ?? '' }) as unknown as GraphQLDataSource,
    logger,
  });
  let permits: PermitCache;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    permits = createPermitCache(apiSchema, rules);
  });
  const server = new ApolloServer<RequestContext>({
    gateway: {
      load: async (loading) => {
        const { executor } = await gateway.load(loading);
        if (!executor) throw new Error('The gateway has no executor');
        return {
          executor: guardedExecutor(
            executor,
            () => permits,
            ({ context }) => (context as RequestContext).caller.identity,
          ),
        };
      },
      onSchemaLoadOrUpdate: (told) => gateway.onSchemaLoadOrUpdate(told),
      stop: () => gateway.stop(),
    },
    logger,
    introspection: !options.production,
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: 10_000 },
    plugins: [
      answers,
      ...plugins,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      options.production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({ embed: true, includeCookies: false, footer: false }),
    ],
  });
  await server.start();
  return server;
}
