import { SUBGRAPHS } from '../subgraphs/all.js';
import { askOverHttp } from '../subgraphs/common/asking.js';
import { Database } from '../subgraphs/common/database.js';
import { requireMigrated, servingUrl } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
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
import { administratorUrl } from './administrator.js';
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
  makeInternalKeys(keysDir);
  const url = settings.servingUrls[name] ?? (await derivedUrl(settings, name));
  await requireMigrated(definition, url);
  const database = await Database.open({ name, url, entities: definition.entities, maxConnections });
  const urlOf = (other: string) => settings.subgraphUrls[other] ?? subgraphUrl(other as SubgraphName);
  const ask = askOverHttp(urlOf, new Signer(name, keysDir), subgraphTimeoutMs);
  const subgraph = await Subgraph.open(definition, database, ask);
  const server = await serveSubgraph(
    subgraph,
    new SignatureVerifier(name, keysDir),
    Number(new URL(urlOf(name)).port),
    host,
  );
  console.log(`The ${name} subgraph is ready at ${server.url}`);
  return () => server.close();
});

/** The serving role's URL, made from the administrator's: for one machine and for development. */
async function derivedUrl(settings: Settings, name: SubgraphName): Promise<string> {
  return servingUrl(await administratorUrl(settings), name, databaseSecret(settings));
}
