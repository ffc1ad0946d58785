import * as fs from 'node:fs';
import { join } from 'node:path';
import { attempt, fine, unknown, wrong } from './finding.js';

/** Its functions are used: `uuidv7()` came with it. */
const OLDEST = 18;
const MODULES = ['pg_trgm', 'btree_gist', 'btree_gin'];
const PATIENCE_MS = 5000;
const MOST_APART_SECONDS = 5;

/** @typedef {import('pg').Client} Client */

/**
 * The folder of the embedded PostgreSQL, and where it answers when it runs.
 * @param {string} folder
 * @returns {{ finding: import('./finding.js').Finding, url?: string }}
 */
export function lookAtEmbedded(folder) {
  const data = join(folder, 'pg');
  const moved = attempt(() => fs.readlinkSync(data));
  if (moved && !fs.existsSync(moved))
    return {
      finding: wrong(
        `${data} points to ${moved}, which is missing.`,
        'Bring that folder back, or start with another DATA_DIR.',
      ),
    };
  if (!fs.existsSync(data))
    return { finding: unknown('The embedded PostgreSQL has not been made yet: the first start makes it') };
  const version = attempt(() => fs.readFileSync(join(data, 'PG_VERSION'), 'utf8').trim());
  if (version !== String(OLDEST))
    return {
      finding: wrong(
        `${data} ${version ? `was made by PostgreSQL ${version}, the embedded one is ${OLDEST}` : 'cannot be read or is no database'}.`,
        'Run this as the user who made it, or start with another DATA_DIR.',
      ),
    };
  const password = attempt(() => fs.readFileSync(join(folder, 'password'), 'utf8').trim());
  if (!password)
    return {
      finding: wrong(`${folder}/password cannot be read.`, 'Bring it back from a backup: nobody gets in without it.'),
    };
  const [pid, , , port] = (attempt(() => fs.readFileSync(join(data, 'postmaster.pid'), 'utf8')) ?? '').split('\n');
  const [owner = ''] = (attempt(() => fs.readFileSync(join(folder, 'owner.pid'), 'utf8')) ?? '').split(' ');
  if (pid && isAlive(pid) && port)
    return {
      finding: fine(
        `The embedded PostgreSQL runs (process ${pid}, port ${port}${owner && isAlive(owner) ? `, of process ${owner}` : ''})`,
      ),
      url: `postgres://postgres:${password}@127.0.0.1:${port.trim()}/care`,
    };
  const left =
    pid || (owner && !isAlive(owner)) ? '; a lock of one that was killed is left, the next start removes it' : '';
  return { finding: fine(`The embedded PostgreSQL is there and does not run${left}`) };
}

/** @param {string} pid */
const isAlive = (pid) =>
  attempt(() => process.kill(Number(pid), 0)) === true ||
  (attempt(() => fs.existsSync(`/proc/${Number(pid)}/stat`)) ?? false);

/**
 * Connects, and has it looked at.
 * @param {string} url
 * @param {(client: Client) => Promise<import('./finding.js').Finding[]>} look
 */
export async function withDatabase(url, look) {
  const pg = await import('pg').catch(() => undefined);
  if (!pg) return [unknown('The database is not asked: its package is not installed')];
  const client = new pg.default.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await look(client);
  } catch (error) {
    return [notReached(/** @type {{ code?: string, message?: string }} */ (error))];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @param {{ code?: string, message?: string }} error */
function notReached({ code, message }) {
  if (code === '28P01' || code === '28000')
    return wrong('The database refuses this user or password.', 'Put the right ones into DATABASE_URL.');
  if (code === '3D000')
    return wrong('There is no database of this name.', 'Make it with `createdb`, or name another in DATABASE_URL.');
  return wrong(
    `The database cannot be reached (${code ?? message}).`,
    'Start it, and check host and port in DATABASE_URL and what lies between.',
  );
}

/** Version, modules, rights and clock. @param {Client} client */
export async function checkServer(client) {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int / 10000 as version, current_user as "user",
       extract(epoch from clock_timestamp())::float8 * 1000 as now,
       array(select name::text from pg_available_extensions where name = any($1)) as modules,
       (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)
         and has_database_privilege(current_database(), 'CREATE') as may`,
    [MODULES],
  );
  const [found] = rows;
  const missing = MODULES.filter((name) => !found.modules.includes(name));
  const apart = Math.abs(Date.now() - found.now) / 1000;
  return [
    found.version < OLDEST
      ? wrong(`It is PostgreSQL ${found.version}.`, `Use PostgreSQL ${OLDEST} or newer.`)
      : fine(`It answers: PostgreSQL ${found.version}`),
    missing.length > 0
      ? wrong(`It lacks ${missing.join(', ')}.`, 'Install the modules that come with it (Debian: postgresql-contrib).')
      : fine(`It has ${MODULES.join(', ')}`),
    found.may
      ? fine(`${found.user} may make roles and schemas`)
      : wrong(
          `${found.user} may not make roles and schemas.`,
          `Let an administrator say: alter role ${found.user} createrole; grant create on database … to ${found.user}.`,
        ),
    apart > MOST_APART_SECONDS
      ? wrong(`Its clock and this one are ${apart.toFixed(0)} s apart.`, 'Have both set by NTP.')
      : fine('Its clock agrees with this one'),
  ];
}
