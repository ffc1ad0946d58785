import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withClient } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { DEMO_PATIENTS } from '../../subgraphs/common/seed.js';
import type { SubgraphName } from '../../subgraphs/common/settings.js';
import { fundSeededPatients } from '../../subgraphs/fund/demo.js';
import { withBareTables } from './bare-tables.js';
import { type BinaryRows, copyData } from './binary-rows.js';
import { PatientRowsMaker, SEED_TABLES, SEEDS } from './patient-rows.js';
import { readWorld } from './world.js';

/** Patients from one number up to, and without, another. In a subgraph they are there whole or not at all. */
interface Chunk {
  /** The number that the chunk begins with, whatever of it is there. */
  readonly first: number;
  readonly from: number;
  readonly to: number;
  /** Where they are missing. */
  readonly subgraphs: readonly SubgraphName[];
}

const CHUNK = 1_000;

/** From so many on, if they are more than are there, tables are filled bare: then nobody can use them meanwhile. */
const MANY = 20_000;

/** How far it has come, in this run. */
export interface SeedProgress {
  readonly patients: number;
  readonly of: number;
  readonly rows: number;
  /** Of what is made when all rows are there: indexes and constraints. */
  readonly made: number;
  readonly toMake: number;
}

export interface SeedOptions {
  /** Chunks that are loaded at the same time. */
  readonly connections?: number;
  readonly report?: (progress: SeedProgress) => void;
  /** Asked before each chunk: true ends it there. */
  readonly stopped?: () => boolean;
  /** Whether tables are filled bare; usually decided by how many patients are missing. */
  readonly bare?: boolean;
}

/**
 * Loads patients up to number `patients` - 1 that are not there yet, into a database that holds the demo. A few are loaded
 * beside whatever else goes on, a chunk a transaction: interrupted, it goes on from there the next time. Many are loaded a
 * subgraph a transaction, into tables that are locked: interrupted, it begins that subgraph again.
 *
 * @returns what was loaded now
 * @throws {Refusal} when another seed is running
 */
export async function loadPatients(
  adminUrl: string,
  patients: number,
  { connections = 3, report = () => undefined, stopped = () => false, bare }: SeedOptions = {},
): Promise<SeedProgress> {
  return withClient(adminUrl, async (client) => {
    await holdTheOnly(client);
    const maker = await PatientRowsMaker.open(client, await readWorld(client));
    const chunks = await missing(client, patients);
    const of = chunks.reduce((sum, { from, to }) => sum + to - from, 0);
    const loading = {
      adminUrl,
      maker,
      chunks,
      report,
      stopped,
      progress: { patients: 0, of, rows: 0, made: 0, toMake: 0 },
    };
    const isMany = bare ?? (of >= MANY && of >= patients / 2);
    const loaded = await (isMany ? loadMany(loading) : loadSome(loading, connections));
    if (loaded.patients > 0) await client.query(`analyze ${tableNames().join()}`);
    return loaded;
  });
}

/** @throws {Refusal} when another connection loads patients at this time */
async function holdTheOnly(client: Client): Promise<void> {
  const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock(hashtext('care-seed')) as held");
  if (!rows[0]?.held) throw new Refusal('Another seed is running on this database. Wait until it has ended.');
}

/** The chunks that are missing; `care_seed.loaded` knows the others. */
async function missing(client: Client, patients: number): Promise<Chunk[]> {
  const names = SEEDS.map(([name]) => name);
  await client.query(`create schema if not exists care_seed;
    create table if not exists care_seed.loaded (subgraph text, first int, next int not null, primary key (subgraph, first))`);
  // as it was kept before, of all subgraphs together
  if ((await client.query("select to_regclass('care_seed.progress') as was")).rows[0]?.was) {
    await client.query(`insert into care_seed.loaded select name, first, next from care_seed.progress, unnest('{${names}}'::text[]) as name;
      drop table care_seed.progress`);
  }
  const { rows } = await client.query<{ subgraph: string; first: number; next: number }>(
    'select * from care_seed.loaded',
  );
  const loaded = new Map(rows.map(({ subgraph, first, next }) => [`${subgraph} ${first}`, next]));
  return Array.from({ length: Math.ceil(patients / CHUNK) }, (_, index) => {
    const first = index * CHUNK;
    const to = Math.min(first + CHUNK, patients);
    const bySubgraph = names.map(
      (name) => [name, Math.max(loaded.get(`${name} ${first}`) ?? first, DEMO_PATIENTS)] as const,
    );
    return [...Map.groupBy(bySubgraph, ([, from]) => from)].map(([from, of]) => ({
      ...{ first, from, to },
      subgraphs: of.map(([name]) => name),
    }));
  })
    .flat()
    .filter(({ from, to }) => from < to);
}

interface Loading extends Required<Pick<SeedOptions, 'report' | 'stopped'>> {
  readonly adminUrl: string;
  readonly maker: PatientRowsMaker;
  readonly chunks: readonly Chunk[];
  readonly progress: { -readonly [name in keyof SeedProgress]: SeedProgress[name] };
}

/** Beside what others do: with all indexes in place, several chunks at a time. */
async function loadSome(
  { adminUrl, maker, chunks, report, stopped, progress }: Loading,
  connections: number,
): Promise<SeedProgress> {
  const queue = chunks.values();
  const load = () =>
    withClient(adminUrl, async (loader) => {
      await prepareLoader(loader);
      for (const chunk of queue) {
        if (stopped()) return;
        await loader.query('begin');
        let rows = 0;
        for (const subgraph of chunk.subgraphs) rows += await loadPart(loader, maker, chunk, subgraph);
        await loader.query('commit');
        progress.rows += rows;
        progress.patients += chunk.to - chunk.from;
        report(progress);
      }
    });
  await Promise.all(Array.from({ length: Math.min(connections, chunks.length) }, load));
  return progress;
}

/** All subgraphs at the same time, each with its tables bare. */
async function loadMany({ adminUrl, maker, chunks, report, stopped, progress }: Loading): Promise<SeedProgress> {
  let wasStopped = false;
  let copied = 0;
  const parts = chunks.reduce((sum, { subgraphs }) => sum + subgraphs.length, 0) / chunks.length;
  const load = (subgraph: SubgraphName) =>
    withClient(adminUrl, async (loader) => {
      await prepareLoader(loader);
      const fill = async () => {
        for (const chunk of chunks) {
          if (!chunk.subgraphs.includes(subgraph)) continue;
          wasStopped ||= stopped();
          if (wasStopped) return false;
          const rows = await loadPart(loader, maker, chunk, subgraph);
          progress.rows += rows;
          copied += chunk.to - chunk.from;
          progress.patients = Math.floor(copied / parts);
          report(progress);
        }
        return true;
      };
      await withBareTables(loader, tableNames(subgraph), fill, (number, of) => {
        if (number === 0) progress.toMake += of;
        else progress.made++;
        report(progress);
      });
    });
  await Promise.all(SEEDS.map(([name]) => load(name)));
  return wasStopped ? { ...progress, patients: 0, rows: 0 } : progress;
}

const tableNames = (subgraph?: SubgraphName): string[] => [
  ...new Set(SEED_TABLES.map(({ table }) => table).filter((table) => !subgraph || table.startsWith(`${subgraph}.`))),
];

/**
 * Where the server lets us, rows are loaded as a replica takes them, without a look-up for each foreign key: that saves a
 * third of the time. What rows point to is made by the same functions and loaded in the same transaction, rows are
 * counted, and a test looks for any that point to nothing. All other constraints hold.
 */
async function prepareLoader(loader: Client): Promise<void> {
  await loader.query('set synchronous_commit = off');
  await loader.query('set session_replication_role = replica').catch(() => undefined);
}

/** @returns how many rows */
async function loadPart(
  loader: Client,
  maker: PatientRowsMaker,
  { first, from, to }: Chunk,
  subgraph: SubgraphName,
): Promise<number> {
  const { tables, transfers } = maker.of(subgraph, from, to);
  if (subgraph === 'fund') await fundSeededPatients(loader, [from, to], transfers);
  for (const [{ table, columns }, rows] of tables)
    await copy(loader, `copy ${table} (${columns}) from stdin (format binary)`, rows);
  await loader.query(
    'insert into care_seed.loaded values ($1, $2, $3) on conflict (subgraph, first) do update set next = excluded.next',
    [subgraph, first, to],
  );
  return tables.reduce((sum, [, { count }]) => sum + count, 0);
}

async function copy(loader: Client, statement: string, rows: BinaryRows): Promise<void> {
  const stream = loader.query(copyFrom(statement));
  for (const piece of copyData(rows)) stream.write(piece);
  stream.end();
  await finished(stream);
  if (stream.rowCount !== rows.count) throw new Error(`${statement}: ${stream.rowCount} of ${rows.count} rows arrived`);
}
