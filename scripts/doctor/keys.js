import * as fs from 'node:fs';
import { join } from 'node:path';
import { attempt, fine, unknown, wrong } from './finding.js';

const KEY_BYTES = 32;
const BACKUP = 'Bring it back from the backup of the keys; do not start without it.';

/** The folder of keys: who may read it, and whether the keys of fields can be. @param {{ keysDir: string }} place */
export function checkKeys({ keysDir }) {
  if (!fs.existsSync(keysDir)) return [unknown(`There are no keys in ${keysDir} yet: the first start makes them`)];
  const names = attempt(() => fs.readdirSync(keysDir));
  if (!names) return [wrong(`${keysDir} cannot be read.`, 'Run this as the user who starts the program.')];
  const secret = [keysDir, ...names.filter((name) => !name.endsWith('.public.pem')).map((name) => join(keysDir, name))];
  const open = secret.filter((path) => process.platform !== 'win32' && (fs.statSync(path).mode & 0o077) !== 0);
  const file = join(keysDir, 'fields.keys');
  return [
    open.length > 0
      ? wrong(`Others may read ${open.join(', ')}.`, `chmod go-rwx ${open.join(' ')}`)
      : fine(`Nobody else reads ${keysDir}`),
    !fs.existsSync(file)
      ? unknown('There are no keys of fields yet: the first start makes them')
      : keyIdsIn(file)
        ? fine('The keys of fields can be read')
        : wrong(`${file} cannot be read, or does not hold keys.`, BACKUP),
  ];
}

/** The ids of the keys in the file, if it is one of keys. @param {string} file @returns {string[] | undefined} */
function keyIdsIn(file) {
  const found = attempt(() => JSON.parse(fs.readFileSync(file, 'utf8')));
  const isKey = (/** @type {unknown} */ text) =>
    typeof text === 'string' && Buffer.from(text, 'base64').length === KEY_BYTES;
  if (!found?.keys || !Object.hasOwn(found.keys, found.current)) return undefined;
  return Object.values(found.keys).every(isKey) && isKey(found.index) ? Object.keys(found.keys) : undefined;
}

/**
 * Whether everything that is sealed in the database can be opened with the keys that are here.
 * @param {import('pg').Client} client
 * @param {{ keysDir: string }} place
 */
export async function checkSealed(client, { keysDir }) {
  const { rows: columns } = await client.query(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as "table", quote_ident(column_name) as "column"
     from information_schema.columns where column_name like '%\\_sealed' and table_schema = any('{catalog,patient,fund,pharmacy,community}')`,
  );
  if (columns.length === 0) return unknown('The database holds nothing of this program yet');
  // values begin with v1.<key id>.
  const each = columns.map(
    ({ table, column }) => `select split_part(${column}, '.', 2) as id from ${table} where ${column} is not null`,
  );
  const { rows: used } = await client.query(each.join(' union '));
  const here = keyIdsIn(join(keysDir, 'fields.keys')) ?? [];
  const missing = used.filter(({ id }) => !here.includes(id)).map(({ id }) => id);
  return missing.length > 0
    ? wrong(
        `The database is sealed with keys that ${keysDir} does not have (${missing.join(', ')}).`,
        'Bring back the fields.keys that belongs to this database, or set KEYS_DIR to its folder.',
      )
    : fine('The keys open what is sealed in the database');
}
