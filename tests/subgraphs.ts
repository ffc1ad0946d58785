import { Client } from 'pg';
import { databaseSecret } from '../scripts/prepare.js';
import { closeSubgraphs, openSubgraphs as openAll } from '../subgraphs/all.js';
import { type Identity, ROLE_SCOPES, type Role } from '../subgraphs/common/identity.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { readSettings, type SubgraphName } from '../subgraphs/common/settings.js';
import type { Subgraph } from '../subgraphs/common/subgraph.js';
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
  const urlOf = (subgraph: SubgraphName) => servingUrl(adminUrl, subgraph, secret);
  const subgraphs = await openAll(urlOf, 10, readFieldKeys(settings.keysDir));
  const get = (subgraph: SubgraphName) => subgraphs.get(subgraph) as Subgraph;
  return {
    admin,
    get,
    serving: async (subgraph) => {
      const client = new Client({ connectionString: urlOf(subgraph) });
      clients.push(client);
      await client.connect();
      return client;
    },
    execute: (subgraph, identity, query, variables = {}) =>
      get(subgraph)
        .request({ identity, locale: Locale.EN, trace: '' })
        .execute({ query, variables: variables as Record<string, unknown> }),
    stop: async () => {
      await closeSubgraphs(subgraphs);
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
