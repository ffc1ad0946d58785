import type { Client } from 'pg';

/**
 * Every row of every table and view as text, by the name of the table.
 *
 * @param admin a connection of the administrator's, who sees all rows
 * @param schemas those alone; left out: all but PostgreSQL's own
 */
export async function wholeDatabase(admin: Client, schemas?: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await admin.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'p', 'm', 'v') and ($1::text[] is null or nspname = any($1))
       and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_toast' order by 1`,
    [schemas ?? null],
  );
  const found = new Map<string, string>();
  for (const { name } of rows) found.set(name, await contentOf(admin, name));
  return found;
}

/** A sum of all that a schema holds, except what remembers that somebody asked: it stays the same while nothing is done. */
export async function sumOf(admin: Client, schema: string): Promise<string> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
     where nspname = $1 and relkind = 'r' and relname not in ('access_log', 'idempotency_key', 'migration') order by 1`,
    [schema],
  );
  const sums = tables.map(
    ({ name }) =>
      `select '${name}' as name, md5(coalesce(string_agg(t::text, ';' order by t::text), '')) as sum from ${schema}.${name} t`,
  );
  return JSON.stringify((await admin.query(sums.join(' union all '))).rows);
}

/** Every row of one table or view as text, a line each. */
export async function contentOf(admin: Client, table: string): Promise<string> {
  const { rows } = await admin.query<{ text: string }>(
    `select coalesce(string_agg(t::text, chr(10) order by t::text), '') as text from ${table} t`,
  );
  return rows[0]?.text ?? '';
}
