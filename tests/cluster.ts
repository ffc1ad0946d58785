import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '../scripts/postgres.js';
import { prepare } from '../scripts/prepare.js';
import { loadDemo } from '../scripts/seed.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { readSettings } from '../subgraphs/common/settings.js';

/** One throw-away PostgreSQL for a whole test run, with a database that is ready to be copied. */
export interface Cluster {
  readonly adminUrl: string;
  readonly keysDir: string;
  stop(): Promise<void>;
}

/** Prepared once; a test file copies it in a fraction of the time. */
export const TEMPLATE = 'care';

export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'care-test-'));
  let postgres: RunningPostgres | undefined;
  try {
    postgres = await startPostgres({ folder: join(folder, 'postgres'), durable: false });
    const settings = readSettings({ NODE_ENV: 'test', DATA_DIR: folder });
    await prepare(settings, postgres.url);
    await loadDemo(postgres.url, readFieldKeys(settings.keysDir));
    const { url } = postgres;
    return {
      adminUrl: url,
      keysDir: settings.keysDir,
      stop: async () => {
        await postgres?.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A database of its own with the demo in it. @returns the administrator's URL of it */
export async function copyDatabase(adminUrl: string, name: string): Promise<string> {
  const url = new URL(adminUrl);
  url.pathname = '/postgres';
  await withClient(url.href, (client) => client.query(`create database ${name} template ${TEMPLATE}`));
  url.pathname = `/${name}`;
  return url.href;
}
