import { Pool, TypeOverrides, types } from 'pg';
import { Database } from '../../subgraphs/common/database.js';
import { systemIdentity } from '../../subgraphs/common/identity.js';
import { patient } from '../../subgraphs/patient/index.js';
import { PATIENTS_BY_ID, PatientLoader } from '../../subgraphs/patient/profile/patient.loader.js';
import type { Figure } from './figure.js';
import type { Ground } from './ground.js';
import { median } from './ratio.js';

const ROWS = 50;
/** Reads one after the other before the clock is looked at: some ten milliseconds. */
const READS = 50;
/** Until the code is compiled; they do not count. */
const WARM_UP_ROUNDS = 20;

/** What reading 50 rows costs this process, without what PostgreSQL does. */
export interface LoaderFinding {
  /** µs of processor time a read: a request of its own with session, connection, identity, one key a row, and rows in the shape of the API. */
  readonly loaderUs: number;
  /** The same statement by `pg` alone: a connection from its pool, the identity set, both prepared; rows as `pg` gives them. */
  readonly preparedUs: number;
  /** That without an identity being set, as if there were only one caller. */
  readonly bareUs: number;
  /** Loader to prepared, the median of the rounds' ratios: what else the machine does then hits both. */
  readonly ratio: number;
}

/** Compares a loader with the library below it, in turns in this process. */
export async function benchLoader({ servingUrl }: Pick<Ground, 'servingUrl'>, rounds: number): Promise<LoaderFinding> {
  const { name, entities } = patient;
  const database = await Database.open({ name, url: servingUrl(name), entities, maxConnections: 1 });
  // a day stays text, as in our rows
  const asText = new TypeOverrides();
  asText.setTypeParser(types.builtins.DATE, String);
  const pool = new Pool({ connectionString: servingUrl(name), max: 1, types: asText });
  // as itself the subgraph sees every patient
  const identity = systemIdentity(name);
  const setIdentity = {
    name: 'identity',
    text: `select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`,
  };
  const values = [identity.subject, 'SYSTEM'];
  try {
    await pool.query({ ...setIdentity, values });
    const { rows } = await pool.query<{ id: string }>(`select id from patient order by id limit ${ROWS}`);
    const ids = rows.map(({ id }) => id);
    const byLoader = async () => {
      const session = database.session(identity, async () => []);
      session.enter();
      const loader = new PatientLoader(session, async () => undefined);
      const found = await Promise.all(ids.map((id) => loader.byId(id)));
      session.leave();
      return found.filter((each) => each !== null).length;
    };
    const byPg = async () => {
      const client = await pool.connect();
      await client.query({ ...setIdentity, values });
      const found = await client.query({ ...PATIENTS_BY_ID.plain, values: [ids] });
      client.release();
      return found.rows.length;
    };
    const byPgAlone = async () => (await pool.query({ ...PATIENTS_BY_ID.plain, values: [ids] })).rows.length;
    const loaderUs: number[] = [];
    const preparedUs: number[] = [];
    const bareUs: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const found = [await processorUs(byLoader), await processorUs(byPg), await processorUs(byPgAlone)];
      if (round < 0) continue;
      for (const [index, us] of found.entries()) [loaderUs, preparedUs, bareUs][index]?.push(us);
    }
    const ratios = loaderUs.map((us, round) => us / (preparedUs[round] as number));
    return {
      loaderUs: median(loaderUs),
      preparedUs: median(preparedUs),
      bareUs: median(bareUs),
      ratio: median(ratios),
    };
  } finally {
    await Promise.all([database.close(), pool.end()]);
  }
}

/** @param read gives the number of rows that it found */
async function processorUs(read: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < READS; count++) {
    if ((await read()) !== ROWS) throw new Error(`A read has not found ${ROWS} rows.`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / READS;
}

/** Rounds of a few milliseconds each, so many for one of the others. */
const ROUNDS_IN_ONE = 20;

/** How the loader compares, as a figure. */
export async function loaderFigure(ground: Pick<Ground, 'servingUrl'>, rounds: number): Promise<Figure> {
  const { ratio, loaderUs, preparedUs, bareUs } = await benchLoader(ground, rounds * ROUNDS_IN_ONE);
  return {
    key: 'loader',
    name: 'Loader of 50 rows / prepared statement by pg',
    goal: { most: 1.2 },
    ratios: [ratio],
    measured: `${loaderUs.toFixed(0)} and ${preparedUs.toFixed(0)} µs of processor time, who asks set in both; ${bareUs.toFixed(0)} µs without`,
  };
}
