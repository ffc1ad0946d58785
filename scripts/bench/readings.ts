import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Pool } from 'undici';
import { loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { newId } from '../../subgraphs/common/ids.js';
import { withClient } from '../../subgraphs/common/migrate.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { freePorts } from '../ports.js';
import { startPostgres } from '../postgres.js';
import { prepare } from '../prepare.js';
import { loadDemo } from '../seed.js';
import { tokenFor } from './callers.js';
import type { Cleanup } from './cleanup.js';
import { start, UNLIMITED } from './programs.js';
import { ratioLines } from './ratio.js';

/**
 * `npm run bench -- readings`: how fast a carrier hands in temperatures, in batches through the whole API, beside plain COPY of the
 * same rows into a table like that of the readings, on the same server in the same run.
 */

const USAGE = 'Usage: npm run bench -- readings [--readings N] [--batch N] [--rounds R] [--short]';

export interface ReadingsBenchOptions {
  readonly readings: number;
  /** Readings a mutation. */
  readonly batch: number;
  readonly rounds: number;
}

/** @throws {Refusal} for what is no option, or no number that makes sense */
export function readReadingsOptions(args: readonly string[]): ReadingsBenchOptions {
  const text = { type: 'string' } as const;
  const rounds = args.includes('--short') ? 1 : 5;
  try {
    const options = { readings: text, batch: text, rounds: text, short: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const number = (given: string | undefined, usually: number, most: number) => {
      const value = given === undefined ? usually : Number(given);
      if (!Number.isInteger(value) || value < 1 || value > most) throw new Error('not a number');
      return value;
    };
    return {
      readings: number(values.readings, 100_000, 1_000_000),
      batch: number(values.batch, 10_000, 10_000),
      rounds: number(values.rounds, rounds, 100),
    };
  } catch {
    throw new Refusal(USAGE);
  }
}

const PARCELS = 100;
const CARRIER = { subject: 'bench-carrier', role: 'CARRIER', organisation: newId() } as const;
const LIKE = 'pharmacy.temperature_reading_like';

/** Parcels that are on their way for half a year, so that each can have many readings, and a table for COPY. */
async function prepareParcels(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `with ordered as (
       insert into pharmacy.drug_order (id, number, patient_id, status, placed_at)
       select uuidv7(), 'RX-2000-' || lpad(nextval('pharmacy.drug_order_number')::text, 6, '0'), gen_random_uuid(), 'SHIPPED', now() - interval '180 days'
       from generate_series(1, $1) returning id, placed_at)
     insert into pharmacy.shipment (id, order_id, carrier_organisation_id, status, cold_chain, allowance_minutes, shipped_at, created_at)
     select uuidv7(), id, $2, 'IN_TRANSIT', true, 60, placed_at, placed_at from ordered returning id`,
    [PARCELS, CARRIER.organisation],
  );
  return rows.map(({ id }) => id);
}

interface Api {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Log {
  readonly shipmentId: string;
  readonly startedAt: string;
  readonly seconds: readonly number[];
  readonly celsius: readonly number[];
}

/** What one connection of the carrier sends, one after the other: a reading a minute of each of these parcels; one in fifty gets warm. */
function batches(parcels: readonly string[], readings: number, batch: number): Log[][] {
  const from = Date.now() - 170 * 86_400_000;
  const each = Math.max(1, Math.floor(batch / parcels.length));
  return Array.from({ length: Math.ceil(readings / (each * parcels.length)) }, (_, n) =>
    parcels.map((shipmentId, parcel) => ({
      shipmentId,
      startedAt: new Date(from + n * each * 60_000).toISOString(),
      seconds: Array.from({ length: each }, (_, minute) => minute * 60),
      celsius: Array.from({ length: each }, (_, minute) => {
        const warm = parcel % 50 === 0 && n === 1 && minute < 20;
        return warm ? 9.5 : (300 + ((parcel * 7 + minute * 13) % 400)) / 100;
      }),
    })),
  );
}

const copyText = (logs: readonly Log[]): string =>
  logs
    .flatMap(({ shipmentId, startedAt, seconds, celsius }) =>
      seconds.map((second, place) => {
        const at = new Date(Date.parse(startedAt) + second * 1_000).toISOString();
        return `${shipmentId}\t${at}\t${Math.round((celsius[place] as number) * 100)}\n`;
      }),
    )
    .join('');

/** @returns readings a second, with all of them in one COPY */
async function copy(client: Client, text: string, count: number): Promise<number> {
  await client.query(`drop table if exists ${LIKE}`);
  await client.query(`create table ${LIKE} (like pharmacy.temperature_reading including all)`);
  const from = performance.now();
  const into = client.query(copyFrom(`copy ${LIKE} from stdin`));
  await pipeline(Readable.from([Buffer.from(text)]), into);
  return (count * 1_000) / (performance.now() - from);
}

const MUTATION = `mutation Report($input: ReportTemperaturesInput!) {
  reportTemperatures(input: $input) { __typename ... on ShipmentReport { accepted repeated refused { problem } } ... on UserError { code message } } }`;

/** @param lanes what each of as many connections sends, one after the other @returns readings a second */
async function report(
  { origin, headers }: Api,
  lanes: readonly (readonly Log[][])[],
  expected: string,
): Promise<number> {
  const bodies = lanes.map((lane) =>
    lane.map((logs) => JSON.stringify({ query: MUTATION, variables: { input: { logs } } })),
  );
  const pool = new Pool(origin, { connections: lanes.length, pipelining: 1 });
  const from = performance.now();
  await Promise.all(
    bodies.map(async (lane) => {
      for (const body of lane) {
        const response = await pool.request({ method: 'POST', path: '/partner/graphql', headers, body });
        const answer = await response.body.text();
        if (!answer.includes(expected)) throw new Error(`HTTP ${response.statusCode}: ${answer.slice(0, 500)}`);
      }
    }),
  );
  const perSecond = (countOf(lanes) * 1_000) / (performance.now() - from);
  await pool.close();
  return perSecond;
}

const countOf = (lanes: readonly (readonly Log[][])[]): number =>
  lanes.flat(2).reduce((sum, { seconds }) => sum + seconds.length, 0);

/** @returns a table of what was found */
export async function benchReadings(
  options: ReadingsBenchOptions,
  cleanup: Cleanup,
  say: (what: string) => void,
): Promise<string> {
  say('Making a database');
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const keysDir = join(folder, 'keys');
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), durable: true });
  cleanup.add(() => postgres.stop());
  await prepare(readSettings({ DATA_DIR: folder, KEYS_DIR: keysDir }), postgres.url);
  await loadDemo(postgres.url);
  const keys = await loadOrCreateKeys(join(keysDir, 'issuer'));
  const [port = 0] = await freePorts(1);
  const paths = { DATABASE_URL: postgres.url, KEYS_DIR: keysDir, DATA_DIR: folder };
  const environment = { ...paths, ...UNLIMITED, PORT: String(port) };
  await start({ script: 'start.js', environment }, cleanup);
  const origin = `http://127.0.0.1:${port}`;
  const token = await tokenFor(CARRIER, `http://localhost:${port}/oidc`, keys);
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` };
  const api = { origin, headers };
  const found = { one: [] as number[], two: [] as number[], again: [] as number[], copied: [] as number[] };
  const { readings, batch } = options;
  // the first round warms up
  for (let round = 0; round <= options.rounds; round++) {
    await withClient(postgres.url, async (client) => {
      const one = [batches(await prepareParcels(client), readings, batch)];
      const parcels = await prepareParcels(client);
      const half = parcels.length / 2;
      const two = [parcels.slice(0, half), parcels.slice(half)].map((of) => batches(of, readings / 2, batch));
      const rows = copyText(one.flat(2));
      await client.query('checkpoint');
      const rates = {
        one: await report(api, one, NEW),
        copied: await copy(client, rows, countOf(one)),
        two: await report(api, two, NEW),
        again: await report(api, one, KNOWN),
      };
      await requireStored(client, [...one, ...two]);
      if (round === 0) return;
      const said = Object.entries(rates).map(([name, rate]) => `${name} ${rate.toFixed(0)}/s`);
      say(`Round ${round}: ${said.join(', ')}`);
      for (const [name, rate] of Object.entries(rates)) found[name as keyof typeof found].push(rate);
    });
  }
  return table(found, options);
}

/** What stands in the answer when all was new, or nothing. */
const NEW = '"repeated":0,"refused":[]';
const KNOWN = '"accepted":0';

/** @throws unless each reading is there once */
async function requireStored(client: Client, lanes: readonly (readonly Log[][])[]): Promise<void> {
  const ids = [...new Set(lanes.flat(2).map(({ shipmentId }) => shipmentId))];
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from pharmacy.temperature_reading where shipment_id = any($1)',
    [ids],
  );
  if (rows[0]?.count !== countOf(lanes))
    throw new Error(`${rows[0]?.count} readings were stored, of ${countOf(lanes)}`);
}

function table(
  found: Record<'one' | 'two' | 'again' | 'copied', number[]>,
  { readings, batch, rounds }: ReadingsBenchOptions,
): string {
  return [
    `${readings} temperatures of ${PARCELS} parcels, ${batch} a mutation, the median of ${rounds}; every commit on disk.`,
    ...ratioLines(
      [
        ['reportTemperatures through the whole API, one after the other', found.one],
        ['reportTemperatures through the whole API, two at a time', found.two],
        ['one after the other, when everything is known already', found.again],
        ['COPY of all of them at once, into a table like that of readings', found.copied],
      ],
      { name: 'COPY', rates: found.copied },
    ),
  ].join('\n');
}
