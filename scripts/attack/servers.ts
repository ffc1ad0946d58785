import type { ChildProcess } from 'node:child_process';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../subgraphs/common/settings.js';
import { startCluster } from '../../tests/cluster.js';
import type { Cleanup } from '../bench/cleanup.js';
import { end, start } from '../bench/programs.js';
import { freePorts } from '../ports.js';
import type { TargetOptions } from './target.js';

export type Way = 'one process' | 'many processes';

type Environment = Readonly<Record<string, string>>;

/** Slow senders are waited for less long, so that waiting for them does not take all the time. */
const IMPATIENT = { BODY_TIMEOUT_MS: '2000' };

/**
 * Starts the API on a throw-away database, as developers have it, and again as it runs in production, with the former's
 * issuer as its own.
 *
 * @param cleanup ends all of it
 */
export async function startTarget(way: Way, cleanup: Cleanup): Promise<TargetOptions> {
  const { keysDir, environment } = await startDatabase(cleanup);
  const impatient = { ...environment, ...IMPATIENT };
  if (way === 'one process') {
    const [port = 0, productionPort = 0] = await freePorts(2);
    const url = `http://localhost:${port}`;
    await start({ script: 'start.js', environment: { ...impatient, PORT: String(port) } }, cleanup);
    await start({ script: 'start.js', environment: { ...impatient, ...production(url, productionPort) } }, cleanup);
    return { url, keysDir, productionUrl: `http://localhost:${productionPort}` };
  }
  const { url, subgraphUrls } = await startApart(impatient, cleanup);
  const [productionPort = 0] = await freePorts(1);
  const told = { ...impatient, SUBGRAPH_URLS: JSON.stringify(subgraphUrls), ...production(url, productionPort) };
  await start({ script: 'gateway.js', environment: told }, cleanup);
  return { url, keysDir, subgraphUrls, productionUrl: `http://localhost:${productionPort}` };
}

const production = (issuedBy: string, port: number): Environment => ({
  NODE_ENV: 'production',
  ISSUER_URL: `${issuedBy}/oidc`,
  PORT: String(port),
});

/** A throw-away database with the demo in it. @returns what programs are told, to use it */
export async function startDatabase(cleanup: Cleanup): Promise<{ keysDir: string; environment: Environment }> {
  const { adminUrl, keysDir, stop } = await startCluster();
  cleanup.add(stop);
  return { keysDir, environment: { DATABASE_URL: adminUrl, KEYS_DIR: keysDir, DATA_DIR: `${keysDir}/..` } };
}

/** The API with each subgraph in a process of its own. */
export interface Apart {
  readonly url: string;
  readonly subgraphUrls: Readonly<Record<string, string>>;
  stop(subgraph: SubgraphName): Promise<void>;
  /** Starts it anew, at the same address. */
  restart(subgraph: SubgraphName): Promise<void>;
}

/** @param environment of all processes @param cleanup ends them */
export async function startApart(environment: Environment, cleanup: Cleanup): Promise<Apart> {
  const [port = 0, ...ports] = await freePorts(1 + SUBGRAPH_NAMES.length);
  const subgraphUrls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name, i) => [name, `http://127.0.0.1:${ports[i]}/graphql`]),
  );
  const told = { ...environment, SUBGRAPH_URLS: JSON.stringify(subgraphUrls) };
  const running = new Map<SubgraphName, ChildProcess>();
  const restart = async (name: SubgraphName) => {
    running.set(name, await start({ script: 'subgraph.js', args: [name], environment: told }, cleanup));
  };
  await Promise.all([
    ...SUBGRAPH_NAMES.map(restart),
    start({ script: 'gateway.js', environment: { ...told, PORT: String(port) } }, cleanup),
  ]);
  return {
    url: `http://localhost:${port}`,
    subgraphUrls,
    stop: (name) => end(running.get(name) as ChildProcess),
    restart,
  };
}
