import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IssuerKeys, loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { servingUrl, withClient } from '../../subgraphs/common/migrate.js';
import { readSettings, type SubgraphName } from '../../subgraphs/common/settings.js';
import { startPostgres } from '../postgres.js';
import { databaseSecret, prepare } from '../prepare.js';
import { seedPatients } from '../seed.js';
import { type Caller, pickCallers } from './callers.js';
import type { Cleanup } from './cleanup.js';
import type { BenchOptions } from './options.js';

/** What all variants stand on: one database with its patients, the keys, who asks, and what. */
export interface Ground {
  readonly adminUrl: string;
  readonly servingUrl: (name: SubgraphName) => string;
  readonly postgresPid: number;
  /** A folder that is removed at the end. */
  readonly folder: string;
  readonly keysDir: string;
  readonly keys: IssuerKeys;
  readonly callers: readonly Caller[];
  /** Text of the main query. */
  readonly query: string;
}

/** Starts a throw-away PostgreSQL with durable settings and fills it. */
export async function prepareGround(
  { patients, callers: count }: Pick<BenchOptions, 'patients' | 'callers'>,
  cleanup: Cleanup,
): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const keysDir = join(folder, 'keys');
  const settings = readSettings({ DATA_DIR: folder, KEYS_DIR: keysDir });
  const starting = startPostgres({ folder: join(folder, 'postgres'), durable: true });
  // also when it is interrupted before it has started
  cleanup.add(() =>
    starting.then(
      (started) => started.stop(),
      () => undefined,
    ),
  );
  const postgres = await starting;
  await prepare(settings, postgres.url);
  await seedPatients(postgres.url, patients);
  const secret = databaseSecret(settings);
  const callers = await withClient(postgres.url, async (client) => {
    // what would otherwise be done while somebody is being measured
    await client.query('vacuum analyze');
    await client.query('checkpoint');
    return pickCallers(client, count);
  });
  return {
    adminUrl: postgres.url,
    servingUrl: (name) => servingUrl(postgres.url, name, secret),
    postgresPid: postgres.pid,
    folder,
    keysDir,
    keys: await loadOrCreateKeys(join(keysDir, 'issuer')),
    callers,
    query: readFileSync(join(PROJECT_ROOT, 'schema/operations/ApplicationOverview.graphql'), 'utf8'),
  };
}
