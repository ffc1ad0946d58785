import type { Client } from 'pg';

interface Part {
  readonly drop: string;
  readonly make: string;
}

/** What must be there before others: keys before the foreign keys that point to them. */
interface Parts {
  readonly indexes: readonly Part[];
  readonly foreignKeys: readonly Part[];
}

async function partsOf(client: Client, tables: readonly string[]): Promise<Parts> {
  const read = async (sql: string) => (await client.query<Part>(sql, [tables])).rows;
  return {
    indexes: await read(
      `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
         format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
       from pg_constraint where contype in ('p', 'u') and conrelid = any($1::regclass[])
       union all
       select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
       from pg_index where indrelid = any($1::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))`,
    ),
    foreignKeys: await read(
      `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
         format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
       from pg_constraint where contype = 'f' and (conrelid = any($1::regclass[]) or confrelid = any($1::regclass[]))`,
    ),
  };
}

/**
 * Fills tables without their indexes and foreign keys, and makes these anew at the end: sorting once costs a tenth of finding
 * the place of each row. All of it is one transaction, in which the tables are locked: whoever is interrupted leaves them as
 * they were, and nobody sees them without a constraint. Every constraint is checked against every row, whoever loads.
 *
 * @param fill false: it was stopped, and nothing is kept
 * @param made how many parts have been made again, told at the beginning and after each
 */
export async function withBareTables(
  client: Client,
  tables: readonly string[],
  fill: () => Promise<boolean>,
  made: (number: number, of: number) => void,
): Promise<void> {
  await client.query(`set maintenance_work_mem = '512MB'`);
  // the processors are busy with other tables
  await client.query('set max_parallel_maintenance_workers = 0');
  await client.query('begin');
  const { indexes, foreignKeys } = await partsOf(client, tables);
  const parts = [...indexes, ...foreignKeys];
  made(0, parts.length);
  for (const { drop } of parts.toReversed()) await client.query(drop);
  if (!(await fill())) {
    await client.query('rollback');
    return;
  }
  for (const [index, { make }] of parts.entries()) {
    await client.query(make);
    made(index + 1, parts.length);
  }
  await client.query('commit');
}
