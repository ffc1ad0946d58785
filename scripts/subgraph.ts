import { SUBGRAPHS } from '../subgraphs/all.js';
import { askOverHttp } from '../subgraphs/common/asking.js';
import { Database } from '../subgraphs/common/database.js';
import { requireMigrated, servingUrl } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { serveSubgraph } from '../subgraphs/common/server.js';
import {
  readSettings,
  type Settings,
  SUBGRAPH_NAMES,
  type SubgraphName,
  subgraphUrl,
} from '../subgraphs/common/settings.js';
import { makeInternalKeys, SignatureVerifier, Signer } from '../subgraphs/common/signature.js';
import { Subgraph } from '../subgraphs/common/subgraph.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { type Administrator, administratorUrl } from './administrator.js';
import { databaseSecret } from './prepare.js';
import { runUntilStopped } from './process.js';

/** `npm run start:subgraph -- NAME`: one subgraph in a process of its own. */
await runUntilStopped(async () => {
  const name = process.argv[2] as SubgraphName;
  const definition = SUBGRAPHS.find((each) => each.name === name);
  if (!definition)
    throw new Refusal(`Usage: npm run start:subgraph -- NAME, where NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`);
  const settings = readSettings();
  const { keysDir, databasePool: maxConnections, subgraphTimeoutMs, host } = settings;
  const stopTracing = await startTracing(settings, name);
  makeInternalKeys(keysDir);
  const fieldKeys = readFieldKeys(keysDir);
  const { url, stop } = await servingDatabase(settings, name);
  await requireMigrated(definition, url);
  const database = await Database.open({ name, url, entities: definition.entities, maxConnections });
  const urlOf = (other: string) => settings.subgraphUrls[other]?.[0] ?? subgraphUrl(other as SubgraphName);
  const ask = askOverHttp(urlOf, new Signer(name, keysDir), subgraphTimeoutMs);
  const subgraph = await Subgraph.open(definition, database, ask, fieldKeys);
  await subgraph.startJobs();
  const server = await serveSubgraph(
    subgraph,
    new SignatureVerifier(name, keysDir),
    Number(new URL(urlOf(name)).port),
    host,
  );
  console.log(`The ${name} subgraph is ready at ${server.url}`);
  return async () => {
    await server.close();
    await stop();
    await stopTracing();
  };
});

/**
 * The database with this subgraph's serving role: as `FUND_DATABASE_URL` and the like say, or made from the
 * administrator's, which is for one machine and for development.
 */
async function servingDatabase(settings: Settings, name: SubgraphName): Promise<Administrator> {
  const given = settings.servingUrls[name];
  if (given) return { url: given, stop: async () => undefined };
  const { url, stop } = await administratorUrl(settings);
  return { url: servingUrl(url, name, databaseSecret(settings)), stop };
}
