import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startOneProcess } from '../gateway/one-process.js';
import { databaseSecret } from '../scripts/prepare.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { readSettings, SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { Person } from './client.js';
import { copyDatabase } from './cluster.js';

/** The API under test, on a database of its own. */
export interface ApiUnderTest {
  readonly url: string;
  readonly adminUrl: string;
  readonly keysDir: string;
  /** Where each subgraph answers; only with many processes. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** A demo person or partner, signed in. */
  person(name: string): Promise<Person>;
  readonly anyone: Person;
  /** Ends a subgraph's process as a crash would; only with many processes. */
  kill(subgraph: SubgraphName): Promise<void>;
  stop(): Promise<void>;
}

export type Way = 'one process' | 'many processes';
export const WAYS: readonly Way[] = ['one process', 'many processes'];

const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with \`npm test\``);
  return value;
};

/** @param name of the database: letters, digits and underscores, unique over the run */
export async function startApi(way: Way, name: string): Promise<ApiUnderTest> {
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `${name}_${process.pid}_${way.replace(' ', '_')}`);
  const keysDir = env('TEST_KEYS_DIR');
  return way === 'one process' ? one(adminUrl, keysDir) : many(adminUrl, keysDir);
}

async function one(adminUrl: string, keysDir: string): Promise<ApiUnderTest> {
  const settings = readSettings({ NODE_ENV: 'test', PORT: '0', KEYS_DIR: keysDir });
  const secret = databaseSecret(settings);
  const api = await startOneProcess(settings, (name) => servingUrl(adminUrl, name, secret));
  return {
    ...underTest(api.url, adminUrl, keysDir),
    kill: () => Promise.reject(new Error('The subgraphs are in one process')),
    stop: () => api.close(),
  };
}

const underTest = (url: string, adminUrl: string, keysDir: string) => ({
  url,
  adminUrl,
  keysDir,
  subgraphUrls: {},
  person: (name: string) => Person.named(name, url),
  anyone: new Person(url),
});

async function many(adminUrl: string, keysDir: string): Promise<ApiUnderTest> {
  const ports = await freePorts(SUBGRAPH_NAMES.length + 1);
  const subgraphUrls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name, index) => [name, `http://127.0.0.1:${ports[index]}/graphql`]),
  );
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    DATABASE_URL: adminUrl,
    KEYS_DIR: keysDir,
    SUBGRAPH_URLS: JSON.stringify(subgraphUrls),
    SUBGRAPH_TIMEOUT_MS: '2000',
    LOG_LEVEL: 'silent',
    PORT: String(ports.at(-1)),
  };
  const subgraphs = new Map<string, ChildProcess>();
  const started = SUBGRAPH_NAMES.map(async (name) =>
    subgraphs.set(name, await run('subgraph.js', [name], environment)),
  );
  const gateway = run('gateway.js', [], environment);
  await Promise.all([...started, gateway]);
  return {
    ...underTest(`http://localhost:${ports.at(-1)}`, adminUrl, keysDir),
    subgraphUrls,
    kill: (name) => end(subgraphs.get(name) as ChildProcess, 'SIGKILL'),
    stop: async () => {
      await Promise.all([await gateway, ...subgraphs.values()].map((child) => end(child, 'SIGTERM')));
    },
  };
}

/** Starts one of our programs, built, and waits until it says that it is ready. */
export async function run(script: string, args: string[], environment: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/scripts', script), ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (/ready/i.test(said)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`${script} ${args.join(' ')} ended with ${code}: ${said}`)));
  });
  return child;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
