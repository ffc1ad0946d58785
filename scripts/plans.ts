import type { Client } from 'pg';
import type { Statement } from '../subgraphs/common/database.js';
import { servingRole } from '../subgraphs/common/migrate.js';
import { SUBGRAPH_NAMES } from '../subgraphs/common/settings.js';

/** What a statement does that takes longer the more patients there are. */
export interface PlanFault {
  readonly statement: string;
  readonly what: string;
}

/** What stays small however many patients there are: what the foundation, pharmacy and hospitals decide, have on the shelf or are. */
const SMALL = [
  'catalog.disease',
  'catalog.hospital',
  'catalog.medicine',
  'catalog.medicine_disease',
  'catalog.organisation',
  'fund.aid_policy',
  'fund.aid_tier',
  'fund.fund',
  'fund.fund_balance',
  'fund.fund_disease',
  'patient.consent_text',
  'patient.physician',
  'patient.physician_hours',
  'pharmacy.medicine_terms',
  'pharmacy.stock_lot',
  'community.article',
  'community.article_revision',
];

/** Those that count all that staff have before them, for who asks how many there are: they look at each. */
const COUNT_ALL = new Set([
  'count-claims-all',
  'count-claw-backs',
  'count-contributions',
  'count-fund-transfers',
  'count-notices-of-pharmacists',
  'count-orders-to-dispense',
  'count-payout-batches',
  'count-prescriptions-to-check',
]);

/** A node of a plan, as `explain (format json)` gives it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly PlanNode[];
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

/** More are neither sorted for a page, nor looked through in an index for those that are meant. */
const MANY = 10_000;

/** What is read of small tables alone is guessed to be more than it can be. */
const isSmall = (plan: PlanNode): boolean =>
  [...nodesOf(plan)].every(
    (node) => !node['Relation Name'] || SMALL.includes(`${node.Schema}.${node['Relation Name']}`),
  );

/** @param entries how many each index has */
function* faultsOf(plan: PlanNode, entries: ReadonlyMap<string, number>): Generator<string> {
  for (const node of nodesOf(plan)) {
    const table = `${node.Schema}.${node['Relation Name']}`;
    const index = node['Index Name'];
    if (SMALL.includes(table)) continue;
    const sorted = node['Node Type'] === 'Sort' ? node.Plans?.[0] : undefined;
    if (sorted && sorted['Plan Rows'] > MANY && !isSmall(sorted)) yield `sorts ${sorted['Plan Rows']} rows`;
    if (node['Node Type'] === 'Seq Scan') yield `reads all of ${table}`;
    if (index && !node['Index Cond'] && (entries.get(`${node.Schema}.${index}`) ?? 0) > MANY)
      yield `reads all of ${table} by ${index}`;
  }
}

/** PostgreSQL's codes for a statement that is not this subgraph's: no such table, column, function or right. */
const OF_ANOTHER = new Set(['42P01', '42703', '42883', '42501', '42804']);

/**
 * Looks at the plans of statements as they would be with a million patients: every table that grows is said to hold that many
 * times more rows than it does, in a transaction that is rolled back. A statement is looked at in each subgraph in which it can be
 * run, and counts as what it is in the best of them: its own.
 *
 * @param client an administrator, who may say so
 * @param patients how many there are
 * @returns in the order of statements
 */
export async function planFaults(
  client: Client,
  statements: readonly Statement[],
  patients: number,
): Promise<PlanFault[]> {
  await client.query('begin');
  try {
    await saySize(client, Math.max(1, 1_000_000 / patients));
    const entries = await readEntries(client);
    const found = new Map<Statement, readonly string[]>();
    for (const subgraph of SUBGRAPH_NAMES) {
      await client.query(`set local role ${servingRole(subgraph)}`);
      await client.query(`set local search_path = ${subgraph}, extensions`);
      // where an index can be used at all, it is
      await client.query('set local enable_seqscan = off');
      // as those have it that serve
      await client.query('set local max_parallel_workers_per_gather = 0');
      for (const statement of statements) {
        const plan = await planOf(client, statement);
        if (!plan) continue;
        const faults = COUNT_ALL.has(statement.name) ? [] : [...faultsOf(plan, entries)];
        const before = found.get(statement);
        if (!before || faults.length < before.length) found.set(statement, faults);
      }
      await client.query('reset role');
    }
    return statements.flatMap((statement) => {
      const faults = found.get(statement) ?? ['it can be run in no subgraph'];
      return faults.map((what) => ({ statement: statement.name, what }));
    });
  } finally {
    await client.query('rollback');
  }
}

/** Of tables that hold nothing the planner takes it that they may hold something, as of any that it has not looked at. */
async function saySize(client: Client, factor: number): Promise<void> {
  await client.query(
    `update pg_class c set relpages = greatest(1, pg_relation_size(c.oid) / 8192),
       reltuples = case when pg_relation_size(t.oid) = 0 then -1 else greatest(c.reltuples, 1) * $2 * greatest(1, 1e5 / (greatest(t.reltuples, 1) * $2)) end
     from pg_class t left join pg_index i on i.indrelid = t.oid
     where c.oid in (t.oid, i.indexrelid) and t.relkind = 'r' and t.relnamespace::regnamespace::text = any($1)
       and format('%s.%s', t.relnamespace::regnamespace, t.relname) <> all($3)`,
    [SUBGRAPH_NAMES, factor, SMALL],
  );
}

async function readEntries(client: Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; entries: number }>(
    `select format('%s.%s', relnamespace::regnamespace, relname) as name, reltuples as entries
     from pg_class where relkind = 'i' and relnamespace::regnamespace::text = any($1)`,
    [SUBGRAPH_NAMES],
  );
  return new Map(rows.map(({ name, entries }) => [name, entries]));
}

/** @returns undefined: it is another subgraph's */
async function planOf(client: Client, { text }: Statement): Promise<PlanNode | undefined> {
  await client.query('savepoint plan');
  try {
    const { rows } = await client.query(`explain (generic_plan, verbose, format json) ${text}`);
    return rows[0]['QUERY PLAN'][0].Plan;
  } catch (error) {
    if (!OF_ANOTHER.has((error as { code?: string }).code ?? '')) throw error;
    await client.query('rollback to savepoint plan');
    return undefined;
  } finally {
    await client.query('release savepoint plan');
  }
}
