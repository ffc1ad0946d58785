/** `npm run keys:rotate [-- --wait SECONDS | --retire]`: a new key for what is sealed, beside running programs. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { SUBGRAPHS } from '../subgraphs/all.js';
import { keyFileIn, newKey, readKeyFile, replaceKeyFile } from '../subgraphs/common/field-keys.js';
import { owningRole, servingRole, withClient } from '../subgraphs/common/migrate.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import {
  CannotOpen,
  type FieldKeys,
  KEYS_KNOWN_AFTER_MS,
  open,
  readFieldKeys,
  type SealedColumn,
  seal,
  sealedWith,
} from '../subgraphs/common/sealed.js';
import { readSettings, SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { administratorUrl } from './administrator.js';
import { fail } from './process.js';
import { count, progressWriter, type ReportProgress } from './progress.js';

/** A table with sealed columns, which are all sealed to the same row. */
interface SealedTable {
  readonly subgraph: SubgraphName;
  readonly table: string;
  readonly row: string;
  readonly columns: readonly string[];
}

/** Rows that are read, sealed anew and written at once. A bank's file may be half a megabyte, a part of an export more. */
const BATCH = 50;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Every table with sealed columns, as the subgraphs declare them. */
export function sealedTables(): SealedTable[] {
  return SUBGRAPHS.flatMap(({ name, sealed = [] }) =>
    [...Map.groupBy(sealed, ({ table, row }: SealedColumn) => `${table} ${row}`).values()].map((columns) => ({
      subgraph: name,
      table: `${name}.${columns[0]?.table}`,
      row: columns[0]?.row as string,
      columns: columns.map(({ column }) => column),
    })),
  );
}

/** Values of a column, by the key with which they were sealed. */
export interface SealedWith {
  readonly column: string;
  readonly keyId: string;
  readonly values: number;
}

/** Where a value stands that cannot be opened. It was left as it is. */
export interface Unreadable {
  readonly column: string;
  readonly row: string;
}

export interface Rotated {
  /** The key with which everything is sealed now. */
  readonly keyId: string;
  /** Whether an earlier run was gone on with. */
  readonly resumed: boolean;
  readonly values: number;
  readonly unreadable: readonly Unreadable[];
}

export interface RotateOptions {
  /** How long after a key is in the file every process, on every machine, knows it. */
  readonly waitMs?: number;
  readonly report?: ReportProgress;
}

/** One at a time for a database. @throws {Refusal} when another run goes on */
const alone = <T>(adminUrl: string, work: (client: Client) => Promise<T>): Promise<T> =>
  withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ held: boolean }>(
      "select pg_try_advisory_lock(hashtext('care-keys')) as held",
    );
    if (!rows[0]?.held) throw new Refusal('Another rotation of the keys is under way. Wait until it has ended.');
    return work(client);
  });

/**
 * Adds a key, makes it the current one when every process can know it, and seals everything anew with it. Killed at any point,
 * it goes on from there the next time; nothing is ever under a key that is not in the file.
 *
 * @throws {Refusal} when there are no keys, or another run goes on
 */
export function rotateKeys(adminUrl: string, keysDir: string, options: RotateOptions = {}): Promise<Rotated> {
  const { waitMs = KEYS_KNOWN_AFTER_MS, report = () => undefined } = options;
  const file = keyFileIn(keysDir);
  return alone(adminUrl, async (client) => {
    const found = readKeyFile(file);
    const [id, secret] = newKey();
    const next = found.next ?? id;
    if (!found.next) replaceKeyFile(file, { ...found, next, keys: { ...found.keys, [next]: secret } });
    // seen by everybody, before anything is sealed with it
    if (found.current !== next) {
      await sleep(waitMs);
      replaceKeyFile(file, { ...readKeyFile(file), current: next });
    }
    const began = performance.now();
    const keys = readFieldKeys(keysDir);
    const unreadable = new Map<string, Unreadable>();
    let done = 0;
    let of = await numberLeft(client, next);
    const say = (table: string) =>
      report(done, of, (seconds) => {
        const speed = count.format(Math.round(done / seconds));
        return `${count.format(done)} of ${count.format(of)} values, ${table}, ${speed} values/s`;
      });
    for (;;) {
      // those who have not looked yet seal with the key before: it goes on until all of them have, and nothing is left
      const allKnow = performance.now() - began >= waitMs;
      const before = done;
      unreadable.clear();
      for (const table of sealedTables()) {
        for await (const sealed of resealed(client, keys, table, unreadable)) {
          done += sealed;
          of = Math.max(of, done);
          if (done < of) say(table.table);
        }
      }
      if (allKnow && (await numberLeft(client, next)) <= unreadable.size) break;
      if (done === before) await sleep(100);
    }
    of = done;
    say('all tables');
    const { next: _, ...finished } = readKeyFile(file);
    replaceKeyFile(file, finished);
    return { keyId: next, resumed: found.next !== undefined, values: done, unreadable: [...unreadable.values()] };
  });
}

/** Runs as the owner of a subgraph's tables: row-level security hides nothing from it. */
async function asOwner<T>(client: Client, subgraph: SubgraphName, work: () => Promise<T>): Promise<T> {
  await client.query(`set role ${owningRole(subgraph)}`);
  try {
    return await work();
  } finally {
    await client.query('reset role');
  }
}

const isOlder = (column: string) => `(${column} is not null and not starts_with(${column}, $1))`;

async function numberLeft(client: Client, keyId: string): Promise<number> {
  let left = 0;
  for (const { subgraph, table, columns } of sealedTables()) {
    const each = columns.map((column) => `count(*) filter (where ${isOlder(column)})`).join(' + ');
    const { rows } = await asOwner(client, subgraph, () =>
      client.query<{ left: string }>(`select ${each} as left from ${table}`, [sealedWith(keyId)]),
    );
    left += Number(rows[0]?.left);
  }
  return left;
}

type Row = { readonly row: string } & Readonly<Record<string, string | null>>;

/** Goes once over a table. @returns how many values it has sealed, batch by batch */
async function* resealed(
  client: Client,
  keys: FieldKeys,
  { subgraph, table, row, columns }: SealedTable,
  unreadable: Map<string, Unreadable>,
): AsyncGenerator<number> {
  const read = `select ${row}::text as row, ${columns.join(', ')} from ${table}
    where ${row} > $2 and (${columns.map(isOlder).join(' or ')}) order by ${row} limit ${BATCH}`;
  const parameters = columns.flatMap((_, index) => [`$${2 * index + 2}::text[]`, `$${2 * index + 3}::text[]`]);
  const names = columns.flatMap((_, index) => [`old_${index}`, `new_${index}`]);
  const unchanged = columns.map((column, index) => `t.${column} is not distinct from old_${index}`).join(' and ');
  // whoever writes a row at this moment is not waited for, nor made to wait: that row's turn comes again
  const write = `with free as (
      select v.* from ${table} t join unnest($1::uuid[], ${parameters.join(', ')}) v (row_id, ${names.join(', ')})
        on t.${row} = row_id and ${unchanged}
      order by row_id for no key update of t skip locked)
    update ${table} t set ${columns.map((column, index) => `${column} = coalesce(new_${index}, t.${column})`).join(', ')}
    from free where t.${row} = row_id and ${unchanged}
    returning ${columns.map((_, index) => `(new_${index} is not null)::int`).join(' + ')} as sealed`;
  for (let after = NIL; ; ) {
    const batch = await asOwner(client, subgraph, async () => {
      const { rows } = await client.query<Row>(read, [sealedWith(keys.current.id), after]);
      const made = rows.map((each) =>
        columns.map((column) => anew(keys, { table, row: each.row, column }, each[column] ?? null, unreadable)),
      );
      const values = columns.flatMap((column, index) => [
        rows.map((each) => each[column]),
        made.map((each) => each[index]),
      ]);
      const written =
        rows.length > 0
          ? await client.query<{ sealed: number }>(write, [rows.map((each) => each.row), ...values])
          : undefined;
      return { last: rows.at(-1)?.row, sealed: written?.rows.reduce((sum, { sealed }) => sum + sealed, 0) ?? 0 };
    });
    if (batch.last === undefined) return;
    after = batch.last;
    yield batch.sealed;
  }
}

/** A value under the current key; null where there is nothing to do, or nothing can be done. */
function anew(
  keys: FieldKeys,
  { table, row, column }: { table: string; row: string; column: string },
  sealed: string | null,
  unreadable: Map<string, Unreadable>,
): string | null {
  if (sealed === null || sealed.startsWith(sealedWith(keys.current.id))) return null;
  const place = { table: table.slice(table.indexOf('.') + 1), column, row };
  try {
    return seal(keys, place, open(keys, place, sealed));
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    unreadable.set(`${table}.${column}:${row}`, { column: `${table}.${column}`, row });
    return null;
  }
}

/** What is still sealed with another key than the current one, by key and column. */
async function heldBy(client: Client, current: string): Promise<SealedWith[]> {
  const held: SealedWith[] = [];
  for (const { subgraph, table, columns } of sealedTables()) {
    for (const column of columns) {
      const { rows } = await asOwner(client, subgraph, () =>
        client.query<{ keyId: string; values: string }>(
          `select split_part(${column}, '.', 2) as "keyId", count(*) as values from ${table} where ${isOlder(column)} group by 1 order by 1`,
          [sealedWith(current)],
        ),
      );
      held.push(...rows.map(({ keyId, values }) => ({ column: `${table}.${column}`, keyId, values: Number(values) })));
    }
  }
  return held;
}

const SETTLED_MS = 30_000;

export interface Retired {
  /** Keys that are no longer in the file. */
  readonly retired: readonly string[];
  /** Why others still are. */
  readonly held: readonly SealedWith[];
}

export interface RetireOptions {
  /** How long after the last change of the file nobody is in the middle of something that they have sealed before. */
  readonly settledMs?: number;
  /** Told before it waits for that. */
  readonly waiting?: (ms: number) => void;
}

/**
 * Takes the keys out of the file with which nothing is sealed any more.
 *
 * @throws {Refusal} when a rotation was not finished, or another run goes on
 */
export function retireKeys(
  adminUrl: string,
  keysDir: string,
  { settledMs = SETTLED_MS, waiting = () => undefined }: RetireOptions = {},
): Promise<Retired> {
  const file = keyFileIn(keysDir);
  return alone(adminUrl, async (client) => {
    const keys = readKeyFile(file);
    if (keys.next) throw new Refusal('A rotation of the keys was not finished. Run `npm run keys:rotate` first.');
    const rotatedAt = statSync(file).mtimeMs;
    const settling = Math.min(rotatedAt + settledMs - Date.now(), settledMs);
    if (settling > 0) {
      waiting(settling);
      await sleep(settling);
    }
    await begunSince(client, rotatedAt + KEYS_KNOWN_AFTER_MS);
    const held = await heldBy(client, keys.current);
    const stays = (id: string) => id === keys.current || held.some(({ keyId }) => keyId === id);
    const retired = Object.keys(keys.keys).filter((id) => !stays(id));
    if (retired.length > 0) {
      replaceKeyFile(file, {
        ...keys,
        keys: Object.fromEntries(Object.entries(keys.keys).filter(([id]) => stays(id))),
      });
    }
    return { retired, held };
  });
}

/** Waits until every transaction of a subgraph has begun after a moment: what it writes it has sealed since. */
async function begunSince(client: Client, moment: number): Promise<void> {
  const older = () =>
    client.query(
      'select from pg_stat_activity where datname = current_database() and usename = any($1) and xact_start < $2',
      [SUBGRAPH_NAMES.map(servingRole), new Date(moment)],
    );
  while ((await older()).rowCount !== 0) await sleep(200);
}

const USAGE = 'Usage: npm run keys:rotate [-- --wait SECONDS], or npm run keys:rotate -- --retire';

function readArguments(): { retire: boolean; waitMs: number } {
  try {
    const { values } = parseArgs({
      options: { wait: { type: 'string' }, retire: { type: 'boolean', default: false } },
    });
    const waitMs = values.wait === undefined ? KEYS_KNOWN_AFTER_MS : Number(values.wait) * 1000;
    if (waitMs >= KEYS_KNOWN_AFTER_MS && waitMs <= 86_400_000) return { retire: values.retire, waitMs };
  } catch {
    // said below in the one way
  }
  throw new Refusal(
    `${USAGE}. SECONDS is how long the file takes to reach every machine: from ${KEYS_KNOWN_AFTER_MS / 1000} to 86400.`,
  );
}

async function main(): Promise<void> {
  const { retire, waitMs } = readArguments();
  const settings = readSettings();
  const { keysDir } = settings;
  // refused before a server is started for it
  readKeyFile(keyFileIn(keysDir));
  const database = await administratorUrl(settings);
  try {
    const waiting = (ms: number) =>
      console.log(`What was begun with the key before has ${Math.ceil(ms / 1000)} s to end.`);
    if (retire) sayRetired(await retireKeys(database.url, keysDir, { waiting }));
    else sayRotated(await rotateKeys(database.url, keysDir, { waitMs, report: progressWriter() }));
  } finally {
    await database.stop();
  }
}

function sayRotated({ keyId, resumed, values, unreadable }: Rotated): void {
  if (resumed) console.log('An earlier rotation was not finished: this one went on with it.');
  console.log(`Everything is sealed with key ${keyId}; ${count.format(values)} values were sealed anew.`);
  for (const { column, row } of unreadable)
    console.error(`Cannot be opened, and was left as it is: ${column} of ${row}`);
  if (unreadable.length > 0) process.exitCode = 1;
  else console.log('Back up the file of the keys. `npm run keys:rotate -- --retire` takes the older ones out of it.');
}

function sayRetired({ retired, held }: Retired): void {
  for (const { column, keyId, values } of held)
    console.error(`Not with the current key: ${count.format(values)} values of ${column}, with key ${keyId}`);
  if (held.length > 0) {
    console.error('Run `npm run keys:rotate` to seal them anew; what cannot be opened it names.');
    process.exitCode = 1;
  }
  console.log(
    retired.length === 0
      ? 'No key was taken out of the file.'
      : `Taken out of the file: ${retired.join(', ')}. A backup of the database from before needs a backup of the file from before.`,
  );
}

if (import.meta.main) await main().catch(fail);
