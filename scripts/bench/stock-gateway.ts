/** The stock gateway in front of the stock subgraphs, as a program. It checks tokens as ours does, and no access rules. */
import { join } from 'node:path';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { splitSupergraph } from '../../gateway/access/supergraph-rules.js';
import { loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { API_AUDIENCE, createVerifier } from '../../gateway/identity/verify.js';
import { readSupergraphs } from '../../gateway/supergraphs.js';
import type { Identity } from '../../subgraphs/common/identity.js';

interface GatewayContext {
  readonly identity: Identity;
}

const port = Number(process.env.PORT);
const urls = JSON.parse(String(process.env.SUBGRAPH_URLS)) as Record<string, string>;
const { signingKeys } = await loadOrCreateKeys(join(String(process.env.KEYS_DIR), 'issuer'));
const verifier = createVerifier({
  issuer: `http://localhost:${port}/oidc`,
  audience: API_AUDIENCE,
  jwks: { keys: signingKeys.map(({ d: _, ...key }) => key) },
  clockToleranceSeconds: 30,
});

const gateway = new ApolloGateway({
  // the stock gateway does not start on a supergraph with access rules
  supergraphSdl: splitSupergraph(readSupergraphs().api).runtimeSdl,
  buildService: ({ name }) =>
    new RemoteGraphQLDataSource<GatewayContext>({
      url: urls[name],
      willSendRequest({ request, context }) {
        // empty while the gateway starts
        if (!context.identity) return;
        const identity = Buffer.from(JSON.stringify(context.identity)).toString('base64url');
        request.http?.headers.set('x-identity', identity);
      },
    }),
});

const server = new ApolloServer<GatewayContext>({ gateway });
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port },
  context: async ({ req }) => ({ identity: await verifier.verify(req.headers.authorization) }),
});
process.on('SIGTERM', () => process.exit(0));
console.log('ready');
