import type { ChildProcess } from 'node:child_process';
import { SUBGRAPH_NAMES } from '../../subgraphs/common/settings.js';
import { freePorts } from '../ports.js';
import { tokensFor } from './callers.js';
import type { Cleanup } from './cleanup.js';
import type { Ground } from './ground.js';
import type { Call } from './load.js';
import { type Program, start, UNLIMITED } from './programs.js';

/** One way to answer the main query, running. */
export interface Variant {
  readonly letter: 'a' | 'b' | 'c' | 'd';
  readonly name: string;
  readonly origin: string;
  readonly path: string;
  /** The same callers in the same order in all variants. */
  readonly calls: readonly Call[];
  readonly processes: readonly ChildProcess[];
  /** Where its processes say how many SQL statements they have sent. */
  readonly metrics: readonly string[];
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
const at = (port: number | undefined): string => `http://127.0.0.1:${port}`;

/** The main query, from each caller with a token of the issuer at this port. */
async function graphqlCalls({ callers, keys, query }: Ground, port: number): Promise<Call[]> {
  const tokens = await tokensFor(callers, `http://localhost:${port}/oidc`, keys);
  return callers.map(({ applicationId }, index) => ({
    headers: { ...JSON_HEADERS, authorization: `Bearer ${tokens[index]}` },
    body: JSON.stringify({ query, variables: { id: applicationId } }),
  }));
}

/** (a) One hand-written statement. */
export async function startFloor(ground: Ground, cleanup: Cleanup): Promise<Variant> {
  const [port] = await freePorts(1);
  const environment = { DATABASE_URL: ground.adminUrl, PORT: String(port) };
  return {
    letter: 'a',
    name: 'one SQL statement, no GraphQL',
    origin: at(port),
    path: '/',
    calls: ground.callers.map(({ applicationId, subject }) => ({
      headers: JSON_HEADERS,
      body: JSON.stringify({ id: applicationId, subject, year: null }),
    })),
    processes: [await start({ script: 'bench/floor.js', environment }, cleanup)],
    metrics: [`${at(port)}/metrics`],
  };
}

/** (b) All in one process, as `npm start` runs it. */
export async function startOne(ground: Ground, cleanup: Cleanup, node: readonly string[] = []): Promise<Variant> {
  const [port = 0] = await freePorts(1);
  const { adminUrl, keysDir, folder } = ground;
  const paths = { DATABASE_URL: adminUrl, KEYS_DIR: keysDir, DATA_DIR: folder };
  const environment = { ...paths, ...UNLIMITED, PORT: String(port) };
  return {
    letter: 'b',
    name: 'one process',
    origin: at(port),
    path: '/graphql',
    calls: await graphqlCalls(ground, port),
    processes: [await start({ script: 'start.js', environment, node }, cleanup)],
    metrics: [`${at(port)}/metrics`],
  };
}

/** (c) Five subgraphs and the gateway, each in a process of its own. */
export async function startMany(ground: Ground, cleanup: Cleanup): Promise<Variant> {
  const [port = 0, ...ports] = await freePorts(SUBGRAPH_NAMES.length + 1);
  const { adminUrl, keysDir, folder } = ground;
  const environment = {
    ...{ DATABASE_URL: adminUrl, KEYS_DIR: keysDir, DATA_DIR: folder, PORT: String(port) },
    ...UNLIMITED,
    SUBGRAPH_URLS: urlsOf(ports),
  };
  const programs: Program[] = [
    ...SUBGRAPH_NAMES.map((name) => ({ script: 'subgraph.js', args: [name], environment })),
    { script: 'gateway.js', environment },
  ];
  return {
    letter: 'c',
    name: 'many processes',
    origin: at(port),
    path: '/graphql',
    calls: await graphqlCalls(ground, port),
    processes: await startAll(programs, cleanup),
    metrics: ports.map((each) => `${at(each)}/metrics`),
  };
}

/** (d) The same schemas, resolvers and database sessions with what Apollo ships and nothing of ours around it. */
export async function startStock(ground: Ground, cleanup: Cleanup): Promise<Variant> {
  const [port = 0, ...rest] = await freePorts(2 * SUBGRAPH_NAMES.length + 1);
  const ports = rest.slice(0, SUBGRAPH_NAMES.length);
  const metricsPorts = rest.slice(SUBGRAPH_NAMES.length);
  const subgraphs = SUBGRAPH_NAMES.map((name, index) => ({
    script: 'bench/stock-subgraph.js',
    args: [name],
    environment: {
      DATABASE_URL: ground.servingUrl(name),
      KEYS_DIR: ground.keysDir,
      PORT: String(ports[index]),
      METRICS_PORT: String(metricsPorts[index]),
    },
  }));
  const environment = { KEYS_DIR: ground.keysDir, PORT: String(port), SUBGRAPH_URLS: urlsOf(ports) };
  return {
    letter: 'd',
    name: 'stock Apollo',
    origin: at(port),
    path: '/',
    calls: await graphqlCalls(ground, port),
    processes: await startAll([...subgraphs, { script: 'bench/stock-gateway.js', environment }], cleanup),
    metrics: metricsPorts.map((each) => `${at(each)}/metrics`),
  };
}

const urlsOf = (ports: readonly number[]): string =>
  JSON.stringify(Object.fromEntries(SUBGRAPH_NAMES.map((name, index) => [name, `${at(ports[index])}/graphql`])));

/** One after the other, with two processors; the gateway last. */
async function startAll(programs: readonly Program[], cleanup: Cleanup): Promise<ChildProcess[]> {
  const started: ChildProcess[] = [];
  for (const program of programs) started.push(await start(program, cleanup));
  return started;
}
