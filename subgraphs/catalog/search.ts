import type { Page } from '../common/connection.js';
import type { Database, Statement } from '../common/database.js';
import { statement } from '../common/database.js';

/** What can be searched, and by which columns. The texts are ours, never a caller's. */
interface Searchable {
  readonly table: string;
  /** Columns whose whole value is an exact match: numbers, codes, names. Each an expression of type text. */
  readonly exact: readonly string[];
  /** A column of several such values, each of which is one. Of type text[]. */
  readonly exactAny?: string;
  /** Everything that a word may be found in. */
  readonly text: string;
  /** Order where nothing is searched for, and among equally good matches. */
  readonly order: string;
  /** A further condition on $4, $5, …. */
  readonly filter?: string;
}

/**
 * Exact matches first, then beginnings, then parts, then what is spelt alike (`word_similarity` of pg_trgm). The page
 * begins behind the entry $2, found again by its rank, so a cursor carries nothing but an id.
 */
function pageStatement(name: string, { table, exact, exactAny, text, order, filter = 'true' }: Searchable): Statement {
  const whole = `array[${exact.map((column) => `lower(${column})`).join(', ')}]`;
  const wholes = exactAny ? `${whole} || lower(${exactAny}::text)::text[]` : whole;
  return statement(
    `search-${name}`,
    `with ranked as (
       select id, ${order} as place, case
         when $1 = '' then 0
         when lower($1) = any(${wholes}) then 0
         when starts_with(lower(${text}), lower($1)) then 1
         when strpos(lower(${text}), lower($1)) > 0 then 2
         else 4 - extensions.word_similarity(lower($1), lower(${text})) end as rank
       from ${table} where ${filter})
     select id from ranked
     where rank < 3.6 and ($2::uuid is null or (rank, place, id) > (select rank, place, id from ranked where id = $2))
     order by rank, place, id limit $3`,
  );
}

function countStatement(name: string, searchable: Searchable): Statement {
  const page = pageStatement(name, searchable).text;
  return statement(`count-${name}`, `select count(*)::int as count from (${page}) found`);
}

/** A search over one table of the catalog. */
export class Search {
  private readonly page: Statement;
  private readonly counted: Statement;

  constructor(name: string, searchable: Searchable) {
    this.page = pageStatement(name, searchable);
    this.counted = countStatement(name, searchable);
  }

  /** Ids in order, one more than the page holds where there are more. An empty `text` finds everything. */
  async ids(database: Database, text: string, { first, after }: Page, filters: unknown[] = []): Promise<string[]> {
    const rows = await database.publicRows<{ id: string }>(this.page, [text.trim(), after, first + 1, ...filters]);
    return rows.map(({ id }) => id);
  }

  async count(database: Database, text: string, filters: unknown[] = []): Promise<number> {
    return database.publicCount(this.counted, [text.trim(), null, null, ...filters]);
  }
}
