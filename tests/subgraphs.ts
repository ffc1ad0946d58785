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

/**
 * How many rows a statement finds or changes in somebody's name, by the database alone; null when it refuses. Nothing stays.
 *
 * @param client with a subgraph's serving role
 * @param known what other subgraphs would say of them, by the name of the setting
 */
export async function rowsInName(
  client: Client,
  { subject, roles, organisation = '' }: Identity,
  text: string,
  values: readonly unknown[],
  known: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const settings = { subject, roles: roles.join(','), organisation, via: '', ...known };
  await client.query('begin');
  try {
    for (const [name, value] of Object.entries(settings))
      await client.query('select set_config($1, $2, true)', [`app.${name}`, value]);
    return (await client.query(text, values as unknown[])).rowCount;
  } catch (error) {
    // a right that is missing, or a CHECK that is not met
    if (!['42501', '23514'].includes((error as { code: string }).code)) throw error;
    return null;
  } finally {
    await client.query('rollback');
  }
}
