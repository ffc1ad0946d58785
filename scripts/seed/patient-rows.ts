import type { Client } from 'pg';
import { BLOCK, type SeedTable, type SeedValue, type SeedWorld, seedNumber } from '../../subgraphs/common/seed.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { communitySeed } from '../../subgraphs/community/seed.js';
import { fundSeed, type SeedTransfer, seedLedger } from '../../subgraphs/fund/seed.js';
import { patientSeed } from '../../subgraphs/patient/seed.js';
import { pharmacySeed } from '../../subgraphs/pharmacy/seed.js';
import { type BinaryRows, binaryRows } from './binary-rows.js';
import { PATTERN_BLOCKS, type Pattern, patternOf, stamped } from './pattern.js';

/** Which tables patients have rows in, with their schema, by subgraph. */
export const SEEDS: readonly (readonly [SubgraphName, readonly SeedTable[]])[] = (
  [
    ['patient', patientSeed],
    ['fund', fundSeed],
    ['pharmacy', pharmacySeed],
    ['community', communitySeed],
  ] as const
).map(([subgraph, tables]) => [
  subgraph,
  tables.map(({ table, columns, rows }) => ({ table: `${subgraph}.${table}`, columns, rows })),
]);

export const SEED_TABLES: readonly SeedTable[] = SEEDS.flatMap(([, tables]) => tables);

/** What some patients have in a subgraph. */
export interface PatientRows {
  readonly tables: readonly (readonly [SeedTable, BinaryRows])[];
  /** What the fund's ledger holds of it. */
  readonly transfers: readonly SeedTransfer[];
}

interface PatientPatterns {
  readonly tables: readonly (readonly [SeedTable, Pattern])[];
  readonly transfers: readonly SeedTransfer[];
}

/** Makes patients' rows: one by one in the first block, and by patterns in all others. */
export class PatientRowsMaker {
  private readonly patterns = new Map<string, PatientPatterns>();

  private constructor(
    private readonly world: SeedWorld,
    private readonly types: ReadonlyMap<SeedTable, readonly string[]>,
  ) {}

  static async open(client: Client, world: SeedWorld): Promise<PatientRowsMaker> {
    const types = new Map<SeedTable, readonly string[]>();
    for (const seed of SEED_TABLES) {
      const { rows } = await client.query<{ type: string }>(
        `select atttypid::regtype::text as type from unnest($2::text[]) with ordinality as of (name, nth)
         join pg_attribute on attrelid = $1::regclass and attname = name order by nth`,
        [seed.table, seed.columns],
      );
      types.set(
        seed,
        rows.map(({ type }) => type),
      );
    }
    return new PatientRowsMaker(world, types);
  }

  /** Of patients from one up to, and without, another, all of one block. */
  of(subgraph: SubgraphName, from: number, to: number): PatientRows {
    const block = Math.floor(from / BLOCK);
    if (block === 0) return this.oneByOne(subgraph, from, to);
    const { tables, transfers } = this.patternsOf(subgraph, from % BLOCK, to - block * BLOCK);
    return { tables: tables.map(([seed, pattern]) => [seed, stamped(pattern, block)]), transfers };
  }

  private patternsOf(subgraph: SubgraphName, from: number, to: number): PatientPatterns {
    const key = `${subgraph} ${from} ${to}`;
    const known = this.patterns.get(key);
    if (known) return known;
    const [one, other] = PATTERN_BLOCKS.map((block) =>
      this.oneByOne(subgraph, block * BLOCK + from, block * BLOCK + to),
    ) as [PatientRows, PatientRows];
    const made = {
      tables: one.tables.map(
        ([seed, rows], index) => [seed, patternOf(rows, other.tables[index]?.[1] as BinaryRows)] as const,
      ),
      transfers: one.transfers,
    };
    this.patterns.set(key, made);
    return made;
  }

  /** Patient by patient, as the tables' rows share what is worked out for one. */
  oneByOne(subgraph: SubgraphName, from: number, to: number): PatientRows {
    const seeds = SEEDS.find(([name]) => name === subgraph)?.[1] ?? [];
    const rows = seeds.map((): (readonly SeedValue[])[] => []);
    const transfers: SeedTransfer[] = [];
    for (let patient = from; patient < to; patient++) {
      const i = seedNumber(patient);
      for (const [index, seed] of seeds.entries()) rows[index]?.push(...seed.rows(i, this.world));
      if (subgraph === 'fund') transfers.push(...seedLedger(i, this.world));
    }
    const tables = seeds.map(
      (seed, index) => [seed, binaryRows(this.types.get(seed) ?? [], rows[index] ?? [])] as const,
    );
    return { tables, transfers };
  }
}
