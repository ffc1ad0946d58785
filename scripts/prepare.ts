import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPHS } from '../subgraphs/all.js';
import { importCatalog } from '../subgraphs/catalog/import.js';
import { makeFieldKeys } from '../subgraphs/common/field-keys.js';
import { writeOnce } from '../subgraphs/common/files.js';
import { migrate, prepareServer, withClient } from '../subgraphs/common/migrate.js';
import type { Settings } from '../subgraphs/common/settings.js';
import { makeInternalKeys } from '../subgraphs/common/signature.js';

/** The secret from which the passwords of the database's roles are made; made at the first start. */
export function databaseSecret(settings: Settings): string {
  const file = join(settings.keysDir, 'database.secret');
  if (!existsSync(file)) {
    mkdirSync(settings.keysDir, { recursive: true, mode: 0o700 });
    writeOnce(file, randomBytes(32).toString('base64url'), 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Brings keys, roles, schemas and the catalog to what this version needs. Safe to run again.
 *
 * @throws {DatabaseUnusable} when the data was written by a newer version
 */
export async function prepare(settings: Settings, adminUrl: string): Promise<void> {
  makeInternalKeys(settings.keysDir);
  makeFieldKeys(settings.keysDir);
  const secret = databaseSecret(settings);
  await prepareServer(adminUrl, secret);
  for (const definition of SUBGRAPHS) await migrate(definition, adminUrl, secret);
  await withClient(adminUrl, (client) => importCatalog(client));
}
