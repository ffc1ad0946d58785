import type { ChildProcess } from 'node:child_process';
import { SUBGRAPH_NAMES } from '../../subgraphs/common/settings.js';
import { startCluster } from '../../tests/cluster.js';
import { Cleanup } from '../bench/cleanup.js';
import { start } from '../bench/programs.js';
import { freePorts } from '../ports.js';
import type { TargetOptions } from './target.js';

export type Way = 'one process' | 'many processes';

/** Slow senders are waited for less long, so that waiting for them does not take all the time. */
const IMPATIENT = { BODY_TIMEOUT_MS: '2000' };

/**
 * Starts the API on a throw-away database, as developers have it, and again as it runs in production, with the former's
 * issuer as its own.
 *
 * @param cleanup ends all of it
 */
export async function startTarget(way: Way, cleanup: Cleanup): Promise<TargetOptions> {
  const cluster = await startCluster();
  cleanup.add(() => cluster.stop());
  const [port = 0, productionPort = 0, ...ports] = await freePorts(2 + SUBGRAPH_NAMES.length);
  const url = `http://localhost:${port}`;
  const subgraphUrls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name, i) => [name, `http://127.0.0.1:${ports[i]}/graphql`]),
  );
  const environment = {
    DATABASE_URL: cluster.adminUrl,
    KEYS_DIR: cluster.keysDir,
    DATA_DIR: `${cluster.keysDir}/..`,
    ...IMPATIENT,
  };
  const production = { NODE_ENV: 'production', ISSUER_URL: `${url}/oidc`, PORT: String(productionPort) };
  const productionUrl = `http://localhost:${productionPort}`;
  if (way === 'one process') {
    await start({ script: 'start.js', environment: { ...environment, PORT: String(port) } }, cleanup);
    await start({ script: 'start.js', environment: { ...environment, ...production } }, cleanup);
    return { url, keysDir: cluster.keysDir, productionUrl };
  }
  const apart = { ...environment, SUBGRAPH_URLS: JSON.stringify(subgraphUrls) };
  const starting: Promise<ChildProcess>[] = SUBGRAPH_NAMES.map((name) =>
    start({ script: 'subgraph.js', args: [name], environment: apart }, cleanup),
  );
  starting.push(start({ script: 'gateway.js', environment: { ...apart, PORT: String(port) } }, cleanup));
  await Promise.all(starting);
  await start({ script: 'gateway.js', environment: { ...apart, ...production } }, cleanup);
  return { url, keysDir: cluster.keysDir, subgraphUrls, productionUrl };
}
