import { Client } from 'pg';
import { databaseSecret } from '../scripts/prepare.js';
import { SUBGRAPHS } from '../subgraphs/all.js';
import { askInProcess } from '../subgraphs/common/asking.js';
import { Database } from '../subgraphs/common/database.js';
import { type Identity, ROLE_SCOPES, type Role } from '../subgraphs/common/identity.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { readSettings, type SubgraphName } from '../subgraphs/common/settings.js';
import { Subgraph } from '../subgraphs/common/subgraph.js';
import { copyDatabase } from './cluster.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
export type Answer = any;

/** All subgraphs without the gateway, on a database of their own with the demo in it. */
export interface SubgraphsUnderTest {
  readonly admin: Client;
  readonly get: (name: SubgraphName) => Subgraph;
  /** A connection with a subgraph's serving role and no identity; closed with the rest. */
  readonly serving: (name: SubgraphName) => Promise<Client>;
  readonly execute: (name: SubgraphName, who: Identity, query: string, variables?: object) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

export const person = (subject: string, role: Role, organisation?: string): Identity => ({
  subject,
  roles: [role],
  scopes: ROLE_SCOPES[role],
  ...(organisation && { organisation }),
});

export async function openSubgraphs(name: string): Promise<SubgraphsUnderTest> {
  const settings = readSettings({ KEYS_DIR: process.env.TEST_KEYS_DIR });
  const secret = databaseSecret(settings);
  const adminUrl = await copyDatabase(process.env.TEST_ADMIN_URL as string, `${name}_${process.pid}`);
  const admin = new Client({ connectionString: adminUrl });
  const clients = [admin];
  await admin.connect();
  const subgraphs = new Map<string, Subgraph>();
  for (const definition of SUBGRAPHS) {
    const database = await Database.open({
      name: definition.name,
      url: servingUrl(adminUrl, definition.name, secret),
      entities: definition.entities,
      maxConnections: 10,
    });
    const opened = await Subgraph.open(definition, database, askInProcess(subgraphs), readFieldKeys(settings.keysDir));
    subgraphs.set(definition.name, opened);
  }
  const get = (subgraph: SubgraphName) => subgraphs.get(subgraph) as Subgraph;
  return {
    admin,
    get,
    serving: async (subgraph) => {
      const client = new Client({ connectionString: servingUrl(adminUrl, subgraph, secret) });
      clients.push(client);
      await client.connect();
      return client;
    },
    execute: (subgraph, identity, query, variables = {}) =>
      get(subgraph)
        .request({ identity, locale: Locale.EN, trace: '' })
        .execute({ query, variables: variables as Record<string, unknown> }),
    stop: async () => {
      await Promise.all([...subgraphs.values()].map((subgraph) => subgraph.stopJobs()));
      await Promise.all([...subgraphs.values()].map((subgraph) => subgraph.close()));
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
