/**
 * What `npm run dev` runs of the API at a time, in a process of its own. It is begun before it is needed: packages are loaded
 * ahead, what is ours only when it is told to start, as it is compiled then.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SubgraphName } from '../../subgraphs/common/settings.js';

/** What it is told to start with. */
export interface Start {
  readonly adminUrl: string;
  /** Subgraphs that are real; none for all. */
  readonly only: readonly SubgraphName[];
  /** This version's migrations and the demo are there. */
  readonly databaseIsReady: boolean;
  /** The embedded PostgreSQL, which ends with who started it. */
  readonly postgres?: number;
}

/** What it is told. */
export type Told = { readonly start: Start } | 'take over' | 'stop';

/** What it says. */
export type Said =
  | 'prepared'
  | { readonly ready: { readonly url: string; readonly unpublished: readonly string[] } }
  | { readonly failed: string };

const say = (said: Said): void => void process.send?.(said);

let mayTakeOver: () => void = () => undefined;
const turn = new Promise<void>((resolve) => {
  mayTakeOver = resolve;
});
let stop: (() => Promise<void>) | undefined;

async function start(given: Start): Promise<void> {
  const { postgres } = given;
  // first of all, for the cluster module ends this process then
  if (postgres !== undefined) process.prependListener('disconnect', () => endPostgres(postgres));
  try {
    const { startServing } = await import('./serving.js');
    const { api, unpublished } = await startServing(given, () => {
      say('prepared');
      return turn;
    });
    stop = () => api.close();
    say({ ready: { url: api.url, unpublished } });
  } catch (error) {
    const { explain } = await import('../process.js');
    say({ failed: explain(error) });
  }
}

/** Whoever started it is gone, and with that what keeps it. */
function endPostgres(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // it has ended before
  }
}

process.on('message', (told: Told) => {
  if (told === 'take over') mayTakeOver();
  else if (told === 'stop') void (stop?.() ?? Promise.resolve()).finally(() => process.exit(0));
  else void start(told.start);
});
// Ctrl-C goes to all processes of the terminal; who started this one says when it ends
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const PACKAGES = [
  '@apollo/composition',
  '@apollo/gateway',
  '@apollo/server',
  '@apollo/subgraph',
  '@graphql-tools/utils',
  '@mikro-orm/migrations',
  '@mikro-orm/postgresql',
  'graphile-worker',
  'graphql-jit',
  'graphql-scalars',
  'oidc-provider',
  'prom-client',
  'reflect-metadata',
  'sanitize-html',
  'temporal-polyfill',
  'type-graphql',
  'undici',
  'zod',
];
await Promise.all(PACKAGES.map((name) => import(name)));
await warmUp();

/** What has read a supergraph once is quicker the second time; most of the time until it serves goes into that. */
async function warmUp(): Promise<void> {
  const { ApolloGateway } = await import('@apollo/gateway');
  const quiet = () => undefined;
  const gateway = new ApolloGateway({
    supergraphSdl: readFileSync(join(import.meta.dirname, '../../../schema/partner-supergraph.graphql'), 'utf8'),
    buildService: () => ({ process: async () => ({ data: {} }) }),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  await gateway.load().catch(quiet);
  await gateway.stop().catch(quiet);
}
