import { startOneProcess } from '../gateway/one-process.js';
import { freePorts } from '../scripts/ports.js';
import { databaseSecret } from '../scripts/prepare.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { readSettings, SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { Person } from './client.js';
import { copyDatabase } from './cluster.js';
import './own-realm.js';
import { Program } from './program.js';

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
  /** Lets a subgraph's process hang until what is returned is called; only with many processes. */
  pause(subgraph: SubgraphName): () => void;
  /** Starts a subgraph's process anew, at the same address; only with many processes. */
  restart(subgraph: SubgraphName): Promise<void>;
  stop(): Promise<void>;
}

export type Way = 'one process' | 'many processes';
export const WAYS: readonly Way[] = ['one process', 'many processes'];

/** How long the gateway waits for a subgraph, where each is a process. */
export const SUBGRAPH_TIMEOUT_MS = 2_000;

const READY = /is ready at /;

/** What a test asks for in a second no client does; the limits have tests of their own. Nor is a cold machine a fault. */
const UNHURRIED = {
  NODE_ENV: 'test',
  RATE_LIMIT_BURST: '1000000000',
  PARTNER_QUOTA_PER_DAY: '1000000000',
  MAX_IN_FLIGHT: '1000',
  MAX_IN_FLIGHT_PER_CLIENT: '1000',
  SUBGRAPH_CONCURRENCY: '1000',
  SUBGRAPH_TIMEOUT_MS: '60000',
  SUBGRAPH_READ_TIMEOUT_MS: '60000',
  REQUEST_LOG: 'off',
};

export const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with \`npm test\``);
  return value;
};

/**
 * @param name of the database: letters, digits and underscores, unique over the run
 * @param more what the gateway is told beside the usual, as environment variables
 */
export async function startApi(way: Way, name: string, more: NodeJS.ProcessEnv = {}): Promise<ApiUnderTest> {
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `${name}_${process.pid}_${way.replace(' ', '_')}`);
  const keysDir = env('TEST_KEYS_DIR');
  return way === 'one process' ? one(adminUrl, keysDir, more) : many(adminUrl, keysDir, more);
}

async function one(adminUrl: string, keysDir: string, more: NodeJS.ProcessEnv): Promise<ApiUnderTest> {
  const settings = readSettings({ ...UNHURRIED, PORT: '0', KEYS_DIR: keysDir, ...more });
  const secret = databaseSecret(settings);
  const api = await startOneProcess(settings, (name) => servingUrl(adminUrl, name, secret));
  return {
    ...underTest(api.url, adminUrl, keysDir),
    kill: notAlone,
    pause: notAlone,
    restart: notAlone,
    stop: () => api.close(),
  };
}

const notAlone = (): never => {
  throw new Error('The subgraphs are in one process');
};

const underTest = (url: string, adminUrl: string, keysDir: string) => ({
  url,
  adminUrl,
  keysDir,
  subgraphUrls: {},
  person: (name: string) => Person.named(name, url, keysDir),
  anyone: new Person(url),
});

async function many(adminUrl: string, keysDir: string, more: NodeJS.ProcessEnv): Promise<ApiUnderTest> {
  const ports = await freePorts(SUBGRAPH_NAMES.length + 1);
  const subgraphUrls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name, index) => [name, `http://127.0.0.1:${ports[index]}/graphql`]),
  );
  const environment = {
    ...UNHURRIED,
    DATABASE_URL: adminUrl,
    KEYS_DIR: keysDir,
    DOCUMENTS_DIR: env('DOCUMENTS_DIR'),
    SUBGRAPH_URLS: JSON.stringify(subgraphUrls),
    SUBGRAPH_TIMEOUT_MS: String(SUBGRAPH_TIMEOUT_MS),
    LOG_LEVEL: 'silent',
    PORT: String(ports.at(-1)),
  };
  const subgraphs = new Map<string, Program>();
  const subgraph = (name: string) => subgraphs.get(name) as Program;
  const start = async (name: string) => {
    subgraphs.set(name, new Program('subgraph.js', [name], environment));
    await subgraph(name).says(READY);
  };
  const gateway = new Program('gateway.js', [], { ...environment, ...more });
  const stop = async () => {
    await Promise.all([gateway, ...subgraphs.values()].map((each) => each.end('SIGTERM')));
  };
  await Promise.all([gateway.says(READY), ...SUBGRAPH_NAMES.map(start)]).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    ...underTest(`http://localhost:${ports.at(-1)}`, adminUrl, keysDir),
    subgraphUrls,
    kill: async (name) => {
      await subgraph(name).end('SIGKILL');
    },
    pause: (name) => {
      subgraph(name).signal('SIGSTOP');
      return () => subgraph(name).signal('SIGCONT');
    },
    restart: async (name) => {
      await subgraph(name).end('SIGKILL');
      await start(name);
    },
    stop,
  };
}
