/** One of our subgraphs as most would serve it, as a program: Apollo Server standalone, executed by graphql-js. */
import { createServer } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { SUBGRAPHS } from '../../subgraphs/all.js';
import type { SubgraphContext } from '../../subgraphs/common/context.js';
import { Database, type Session } from '../../subgraphs/common/database.js';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { registry } from '../../subgraphs/common/metrics.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import { readFieldKeys } from '../../subgraphs/common/sealed.js';
import { buildSubgraph } from '../../subgraphs/common/subgraph.js';

const name = process.argv[2];
const definition = SUBGRAPHS.find((each) => each.name === name);
if (!definition) throw new Error(`There is no subgraph ${name}`);

const database = await Database.open({
  name: definition.name,
  url: String(process.env.DATABASE_URL),
  entities: definition.entities,
  maxConnections: 10,
});
const fieldKeys = readFieldKeys(String(process.env.KEYS_DIR));
const opened = await definition.open?.(database, fieldKeys);

/** What `Subgraph.request` makes of a request, for a caller whom the gateway names in a plain header. */
function contextOf(header: string | undefined): SubgraphContext {
  const identity = header ? (JSON.parse(Buffer.from(header, 'base64url').toString()) as Identity) : ANONYMOUS;
  const session: Session = database.session(identity, async () => []);
  session.enter();
  const base: SubgraphContext = {
    identity,
    locale: Locale.EN,
    session,
    ask: () => Promise.reject(new Error('A patient’s query asks nothing of other subgraphs')),
    markReplayed: () => undefined,
  };
  return Object.assign(base, definition?.api(base, database, opened, fieldKeys));
}

/** Gives the connection back, as `Subgraph.request` does. */
const leaveAfterwards: ApolloServerPlugin<SubgraphContext> = {
  async requestDidStart() {
    return { willSendResponse: async ({ contextValue }) => contextValue.session.leave() };
  },
};

const { schema } = await buildSubgraph(definition);
const server = new ApolloServer<SubgraphContext>({ schema, plugins: [leaveAfterwards] });
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
  context: async ({ req }) => contextOf(req.headers['x-identity'] as string | undefined),
});
createServer(async (_, response) => response.end(await registry.metrics())).listen(
  Number(process.env.METRICS_PORT),
  '127.0.0.1',
);
process.on('SIGTERM', () => process.exit(0));
console.log('ready');
