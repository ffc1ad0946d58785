import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Settings } from '../subgraphs/common/settings.js';
import { startPostgres } from './postgres.js';

/** A PostgreSQL that can be used as its administrator. */
export interface Administrator {
  readonly url: string;
  /** Stops the server if it was started for this; to be called in any case. */
  stop(): Promise<void>;
}

const leftAlone = (url: string): Administrator => ({ url, stop: async () => undefined });

/**
 * The database with an administrator's rights: the one that `DATABASE_URL` names, else the embedded one, which is used
 * where it runs (beside `npm start`) and started where it does not.
 *
 * @throws {PostgresFailure} when the embedded one cannot be started
 */
export async function administratorUrl(settings: Pick<Settings, 'databaseUrl' | 'dataDir'>): Promise<Administrator> {
  if (settings.databaseUrl) return leftAlone(settings.databaseUrl);
  const folder = join(settings.dataDir, 'postgres');
  const running = urlOfRunning(folder);
  if (running && (await answers(running))) return leftAlone(running);
  const { url, stop } = await startPostgres({ folder });
  return { url, stop };
}

/** Where the embedded PostgreSQL says that it answers; it may be gone. */
function urlOfRunning(folder: string): string | undefined {
  const [pidFile, passwordFile] = [join(folder, 'pg/postmaster.pid'), join(folder, 'password')];
  if (!existsSync(pidFile) || !existsSync(passwordFile)) return undefined;
  // process, data folder, start, port, …: https://www.postgresql.org/docs/18/storage-file-layout.html
  const port = readFileSync(pidFile, 'utf8').split('\n')[3]?.trim();
  return port && `postgres://postgres:${readFileSync(passwordFile, 'utf8').trim()}@127.0.0.1:${port}/care`;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
