import { parseArgs } from 'node:util';
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
import { Subgraph, type SubgraphDefinition } from '../subgraphs/common/subgraph.js';
import { startTracing } from '../subgraphs/common/tracing.js';
import { type Administrator, administratorUrl } from './administrator.js';
import { databaseSecret } from './prepare.js';
import { runUntilStopped } from './process.js';

/**
 * `npm run start:subgraph -- NAME [--port N]`: one subgraph in a process of its own. Another process of the same subgraph, on
 * the same machine, takes another port; SUBGRAPH_URLS then names both.
 */
await runUntilStopped(async () => {
  const { definition, port } = options();
  const { name } = definition;
  const settings = readSettings();
  const { keysDir, databasePool: maxConnections, subgraphTimeoutMs, host, sqlComments } = settings;
  const stopTracing = await startTracing(settings, name);
  makeInternalKeys(keysDir);
  const fieldKeys = readFieldKeys(keysDir);
  const { url, stop } = await servingDatabase(settings, name);
  await requireMigrated(definition, url);
  const database = await Database.open({ name, url, entities: definition.entities, maxConnections, sqlComments });
  const urlsOf = (other: string) => settings.subgraphUrls[other] ?? [subgraphUrl(other as SubgraphName)];
  const asking = askOverHttp(urlsOf, new Signer(name, keysDir), subgraphTimeoutMs);
  const subgraph = await Subgraph.open(definition, database, asking.ask, fieldKeys);
  await subgraph.startJobs();
  const server = await serveSubgraph(
    subgraph,
    new SignatureVerifier(name, keysDir),
    port ?? Number(new URL(urlsOf(name)[0] as string).port),
    host,
    settings.drainDelayMs,
  );
  console.log(`The ${name} subgraph is ready at ${server.url}`);
  return async () => {
    await server.close();
    await asking.close();
    await stop();
    await stopTracing();
  };
});

/** @throws {Refusal} saying what to write */
function options(): { definition: SubgraphDefinition; port?: number } {
  const { values, positionals } = parsed();
  const definition = SUBGRAPHS.find(({ name }) => name === positionals[0]);
  if (!definition || positionals.length > 1) throw usage();
  if (values.port === undefined) return { definition };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw usage();
  return { definition, port };
}

function parsed() {
  try {
    return parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true });
  } catch {
    throw usage();
  }
}

function usage(): Refusal {
  return new Refusal(
    `Usage: npm run start:subgraph -- NAME [--port N], where NAME is one of ${SUBGRAPH_NAMES.join(', ')}.`,
  );
}

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
