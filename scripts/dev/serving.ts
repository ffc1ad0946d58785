import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { startOneProcess } from '../../gateway/one-process.js';
import type { RunningApi } from '../../gateway/serve.js';
import { readSupergraphs, type Supergraphs } from '../../gateway/supergraphs.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { log } from '../../subgraphs/common/log.js';
import { servingUrl } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { readFieldKeys } from '../../subgraphs/common/sealed.js';
import { readSettings, SUBGRAPH_NAMES, type SubgraphName, subgraphUrl } from '../../subgraphs/common/settings.js';
import type { Subgraph } from '../../subgraphs/common/subgraph.js';
import { databaseSecret, prepare } from '../prepare.js';
import { loadDemo } from '../seed.js';
import { knownRecords } from './known-records.js';
import { MockedSubgraph } from './mocked-subgraph.js';
import type { Start } from './program.js';

/**
 * Serves the API as it is compiled now, with what `--only` leaves out mocked.
 *
 * @param turn resolves when the program before may be replaced
 * @returns it, and the subgraphs whose schema is another than `npm run schema` has published
 */
export async function startServing(
  { adminUrl, only, databaseIsReady }: Start,
  turn: () => Promise<void>,
): Promise<{ api: RunningApi; unpublished: readonly string[] }> {
  const settings = readSettings();
  if (!databaseIsReady) {
    await prepare(settings, adminUrl);
    await loadDemo(adminUrl, readFieldKeys(settings.keysDir));
  }
  const secret = databaseSecret(settings);
  const mocked = only.length > 0 ? SUBGRAPH_NAMES.filter((name) => !only.includes(name)) : [];
  if (mocked.length > 0) log.warn({ mocked }, 'answers of these subgraphs are made up from their schemas');
  const known = mocked.length > 0 ? await knownRecords(adminUrl, only) : undefined;
  const played = new Map(
    mocked.map((name) => [
      name,
      new MockedSubgraph(name, published(name), known ?? { ids: new Map(), own: new Map() }),
    ]),
  );
  const unpublished: string[] = [];
  const api = await startOneProcess(settings, (name) => servingUrl(adminUrl, name, secret), {
    played,
    turn,
    join: async (subgraphs) => {
      const changed = [...subgraphs.values()].filter(({ name, sdl }) => !published(name).endsWith(`\n\n${sdl}\n`));
      unpublished.push(...changed.map(({ name }) => name));
      return changed.length > 0 ? composed(subgraphs) : readSupergraphs();
    },
  });
  return { api, unpublished };
}

const published = (name: SubgraphName): string =>
  readFileSync(join(PROJECT_ROOT, `schema/subgraphs/${name}.graphql`), 'utf8');

/** What `npm run schema` would publish. @throws {Refusal} when it does not compose */
async function composed(subgraphs: ReadonlyMap<string, Subgraph>): Promise<Supergraphs> {
  // takes some tenths of a second to load, and is seldom needed
  const { composeServices } = await import('@apollo/composition');
  const { composePartnerContract } = await import('../partner-contract.js');
  const services = SUBGRAPH_NAMES.map((name) => {
    return { name, url: subgraphUrl(name), typeDefs: parse(subgraphs.get(name)?.sdl ?? published(name)) };
  });
  const { supergraphSdl, errors = [] } = composeServices(services);
  if (!supergraphSdl)
    throw new Refusal(`The subgraphs do not compose:\n${errors.map(({ message }) => message).join('\n')}`);
  return { api: supergraphSdl, partner: composePartnerContract(services).supergraph };
}
