import type { Client } from 'pg';
import { withClient } from '../../subgraphs/common/migrate.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import type { KnownRecords } from './mocked-subgraph.js';

/** Of each type, those first in order: that are the demo's. */
const MOST_OF_A_TYPE = 20;

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** Beside it, whose record that is. */
  readonly subject: boolean;
}

/**
 * What stands in the tables of these subgraphs about records of any type, so that mocks speak of the same: a column
 * `drug_order_id` says ids of `DrugOrder`, and a column `patient_subject` beside `patient_id` says whose they are.
 */
export async function knownRecords(adminUrl: string, subgraphs: readonly SubgraphName[]): Promise<KnownRecords> {
  const ids = new Map<string, readonly string[]>();
  const own = new Map<string, Map<string, string>>();
  await withClient(adminUrl, async (client) => {
    for (const column of await idColumns(client, subgraphs)) {
      const type = typeOf(column.column);
      const { rows } = await client.query<{ id: string; subject: string | null }>(
        `select ${column.column} as id, ${column.subject ? `min(${subjectOf(column.column)})` : 'null'} as subject
         from ${column.schema}.${column.table} where ${column.column} is not null group by 1 order by 1 limit ${MOST_OF_A_TYPE}`,
      );
      const all = [...new Set([...(ids.get(type) ?? []), ...rows.map(({ id }) => id)])].sort();
      if (all.length > 0) ids.set(type, all.slice(0, MOST_OF_A_TYPE));
      const subjects = own.get(type) ?? new Map<string, string>();
      for (const { id, subject } of rows) if (subject !== null) subjects.set(subject, id);
      own.set(type, subjects);
    }
  });
  return { ids, own };
}

async function idColumns(client: Client, schemas: readonly string[]): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select quote_ident(table_schema) as schema, quote_ident(table_name) as table, column_name as column,
       exists (select from information_schema.columns other where other.table_schema = each.table_schema
         and other.table_name = each.table_name and other.column_name = regexp_replace(each.column_name, '_id$', '_subject')) as subject
     from information_schema.columns each
     where table_schema = any($1) and column_name ~ '^[a-z_]+_id$' and data_type = 'uuid' order by 1, 2, 3`,
    [schemas],
  );
  return rows;
}

const subjectOf = (column: string): string => column.replace(/_id$/, '_subject');

/** `drug_order_id` as `DrugOrder` */
const typeOf = (column: string): string =>
  column.replace(/_id$/, '').replace(/(^|_)([a-z])/g, (_, _before, letter: string) => letter.toUpperCase());
