import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { freePorts } from '../scripts/ports.js';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { Person } from './client.js';
import { Program } from './program.js';
import { until } from './until.js';

const ORDERS = 500;
const UNITS = [30, 20, 50] as const;
const SOLD = 100;
/** Whom the caregiver orders for: with one alone all orders would wait for one prescription. */
const PATIENTS = 25;
const ORDER = '... on DrugOrder { id status } ... on OutOfStock { medicineIds }';

/** What the last word on an order was. */
interface Answered {
  readonly prescriptionId: string;
  readonly id: string | null;
}

describe('five hundred orders at once for a hundred packages in three lots', () => {
  let folder: string;
  let url: string;
  let environment: NodeJS.ProcessEnv;
  let server: Program;
  /** When it answers again, where it does not now. */
  let running: Promise<void>;
  let caregiver: Person;
  const patients = Array.from({ length: PATIENTS }, newId);

  const startServer = () => {
    server = new Program('start.js', [], environment);
    running = server.says(/ready in/);
    return running;
  };
  /** On the PostgreSQL of the program, which has another port after each start. */
  const withAdmin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const password = (await readFile(join(folder, 'postgres/password'), 'utf8')).trim();
    const [, , , port] = (await readFile(join(folder, 'postgres/pg/postmaster.pid'), 'utf8')).split('\n');
    return withClient(`postgres://postgres:${password}@127.0.0.1:${port?.trim()}/care`, work);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'care-orders-'));
    const [port] = await freePorts(1);
    url = `http://localhost:${port}`;
    environment = { NODE_ENV: 'development', DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'silent' };
    await startServer();
    caregiver = await Person.named('caregiver', url);
    await withAdmin((admin) =>
      admin.query(
        `with made as (
           insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
           select id, null, 'Ordering', '2015-01-01', 'OTHER', 'Nowhere', now() from unnest($1::uuid[]) as p (id) returning id),
         cared as (
           insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
           select gen_random_uuid(), id, null, 'demo-caregiver', '{VIEW,ORDER}', now() from made)
         insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
         select gen_random_uuid(), id, 'SHARE_WITH_PHARMACY', 1, now(), 'demo-caregiver' from made`,
        [patients],
      ),
    );
  });
  afterAll(async () => {
    await server?.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  /**
   * Puts three lots of a medicine on the shelf, in another order than they expire in, and prescribes enough of it.
   *
   * @returns the medicine, the lots, first to expire first, and who may order by what
   */
  const stock = (place: number) =>
    withAdmin(async (admin) => {
      const { rows: medicines } = await admin.query<{ id: string }>(
        `select id from catalog.medicine where sold_online and price_fen is not null order by id offset $1 limit 1`,
        [place],
      );
      const medicineId = medicines[0]?.id as string;
      // what the demo has of it is not for sale here
      await admin.query(
        `update pharmacy.stock_lot set recalled_at = now(), recalled_by = 'test', recall_reason = 'Not of this test.' where medicine_id = $1`,
        [medicineId],
      );
      const lots = UNITS.map((units, index) => ({ id: newId(), units, days: 100 + index }));
      for (const { id, units, days } of lots.toReversed()) {
        await admin.query(
          `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at) values ($1::uuid, $2, upper($1::text), current_date + $3::int, now())`,
          [id, medicineId, days],
        );
        await admin.query(
          `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject) values ($1, 'RECEIPT', $2, 0, 'test')`,
          [id, units],
        );
      }
      const prescriptions = new Map(patients.map((patientId) => [newId(), patientId]));
      await admin.query(
        `insert into pharmacy.prescription (id, number, patient_id, physician_id, physician_subject, medicine_id, dose, quantity, refills,
           valid_until, status, issued_at, checked_at, checked_by, check_reason)
         select p.id, 'RP-2026-9' || $5 || lpad(n::text, 5, '0'), p.patient_id, gen_random_uuid(), 'test-physician', $3, 'One a day', 100, 0,
           $4, 'APPROVED', now(), now(), 'test-pharmacist', 'In order.'
         from unnest($1::uuid[], $2::uuid[]) with ordinality as p (id, patient_id, n)`,
        [
          [...prescriptions.keys()],
          [...prescriptions.values()],
          medicineId,
          shanghaiDay(new Date(Date.now() + 9e9)),
          place,
        ],
      );
      return { medicineId, lots, prescriptions };
    });

  /** Orders one package under one key until it is answered, whatever happens to the server meanwhile. */
  async function insists(medicineId: string, prescriptionId: string, patientId: string): Promise<Answered> {
    const input = { patientId, lines: [{ medicineId, quantity: 1, prescriptionId }], idempotencyKey: newId() };
    for (;;) {
      try {
        const { data, errors } = await caregiver.mutate('placeDrugOrder', input, ORDER);
        const placed = errors.length === 0 && data?.placeDrugOrder;
        if (placed) {
          if (placed.__typename !== 'OutOfStock' && placed.__typename !== 'DrugOrder') throw new Error(placed.message);
          return { prescriptionId, id: placed.id ?? null };
        }
      } catch (error) {
        // nobody there just now; whatever else goes wrong is not waited for
        if (!/fetch failed|terminated|JSON/.test(String(error))) throw error;
      }
      await running;
      await sleep(50);
    }
  }

  const allAtOnce = ({ medicineId, prescriptions }: Awaited<ReturnType<typeof stock>>): Promise<Answered[]> => {
    const entries = [...prescriptions];
    return Promise.all(
      Array.from({ length: ORDERS }, (_, index) => {
        const [prescriptionId, patientId] = entries[index % entries.length] as [string, string];
        return insists(medicineId, prescriptionId, patientId);
      }),
    );
  };

  /** What must be so when all have been answered, whatever happened on the way. */
  async function expectSoldOut({ medicineId, lots }: Awaited<ReturnType<typeof stock>>, answers: readonly Answered[]) {
    const told = answers.flatMap(({ id }) => id ?? []);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(SOLD);
    await withAdmin(async (admin) => {
      const rows = async <T extends object>(sql: string, values: unknown[] = [medicineId]) =>
        (await admin.query<T>(sql, values)).rows;
      // nobody was answered what is not so, and nothing was ordered that nobody was told of
      const orders = await rows<{ id: string }>(
        `select o.id from pharmacy.drug_order o join pharmacy.drug_order_line l on l.order_id = o.id where l.medicine_id = $1 and status = 'PLACED'`,
      );
      expect(orders.map(({ id }) => id).sort()).toEqual(told.toSorted());
      // each holds just what it has ordered, by a prescription that counts it
      expect(
        await rows(
          `select l.id from pharmacy.drug_order_line l left join pharmacy.stock_movement m on m.order_line_id = l.id
           where l.medicine_id = $1 group by l.id having sum(m.reserved_change) is distinct from l.quantity or count(l.prescription_id) <> 1`,
        ),
      ).toEqual([]);
      expect(
        await rows(
          `select p.id from pharmacy.prescription p where medicine_id = $1
           and used <> (select coalesce(sum(quantity), 0) from pharmacy.drug_order_line where prescription_id = p.id)`,
        ),
      ).toEqual([]);
      expect(
        await rows(
          `select from pharmacy.drug_order o where not exists (select from pharmacy.drug_order_line l where l.order_id = o.id)`,
          [],
        ),
      ).toEqual([]);
      // all is promised, nothing is left, and what the lots say is what was moved
      expect(
        await rows(
          `select s.id, on_hand - reserved as available, reserved, (select sum(reserved_change)::int from pharmacy.stock_movement where lot_id = s.id) as moved
           from pharmacy.stock_lot s where medicine_id = $1 and recalled_at is null order by expires_on`,
        ),
      ).toEqual(lots.map(({ id, units }) => ({ id, available: 0, reserved: units, moved: units })));
      // the lots went one after the other, first to expire first; the ids of movements are in the order of time
      const moved = await rows<{ place: number }>(
        `select dense_rank() over (order by s.expires_on)::int as place from pharmacy.stock_movement m join pharmacy.stock_lot s on s.id = m.lot_id
         where s.medicine_id = $1 and s.recalled_at is null and m.kind = 'RESERVATION' order by m.id`,
      );
      const places = moved.map(({ place }) => place);
      expect(places).toEqual(places.toSorted());
    });
  }

  test('sell exactly the hundred, the right lots first, and no order is half made', async () => {
    const sale = await stock(0);
    await expectSoldOut(sale, await allAtOnce(sale));
  });

  test('do so too when the server is killed in the middle and starts again', async () => {
    const sale = await stock(1);
    // what is sold after the first twenty takes so long that the server is killed before the last, on any machine
    await withAdmin((admin) =>
      admin.query(
        `create function pharmacy.dawdle() returns trigger language plpgsql security definer as $$
         begin
           if (select count(*) from pharmacy.drug_order_line where medicine_id = new.medicine_id) > 20 then perform pg_sleep(0.2); end if;
           return new;
         end $$;
         create trigger dawdle after insert on pharmacy.drug_order_line for each row execute function pharmacy.dawdle()`,
      ),
    );
    const answers = allAtOnce(sale);
    // rejected while the server is away it would be a fault of the test's
    answers.catch(() => undefined);
    const sold = () =>
      withAdmin(async (admin) => {
        const { rows } = await admin.query<{ sold: number }>(
          'select count(*)::int as sold from pharmacy.drug_order_line where medicine_id = $1',
          [sale.medicineId],
        );
        return rows[0]?.sold ?? 0;
      });
    const soFar = await until(sold, (count) => count > 20, { everyMs: 5 });
    const killed = server.end('SIGKILL');
    running = killed.then(startServer);
    await running;
    expect(soFar).toBeLessThan(SOLD);
    await withAdmin((admin) => admin.query('drop function pharmacy.dawdle() cascade'));
    await expectSoldOut(sale, await answers);
  });
});
