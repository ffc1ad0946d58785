import type { Client } from 'pg';
import { shanghaiDay } from '../common/calendar.js';
import { fixedId } from '../common/ids.js';
import { DAY, DEMO_PATIENTS, joinedAt, patientId, type SeedWorld, serial, subjectOf } from '../common/seed.js';
import { PharmacyNoticeKind } from './notice/notice.js';
import { DrugOrderStatus } from './order/order.js';
import { prescriptionNumber } from './prescription/prescription.rules.js';
import { demoOrdersOf } from './seed.js';

const BY = 'demo';
const PHARMACIST = 'demo-pharmacist';

const dayIn = (days: number, now: Date): string => shanghaiDay(new Date(now.getTime() + days * DAY));

/** What lies on the shelf of every medicine: the first is sold out or too old first. Invented. */
const LOTS = [
  { lot: 'DEMO-A', expiresInDays: 60, quantity: 80 },
  { lot: 'DEMO-B', expiresInDays: 240, quantity: 160 },
  { lot: 'DEMO-C', expiresInDays: 700, quantity: 260 },
] as const;

/** Receives three lots of every medicine that is sold online, once; they expire counted from that day. */
async function stockShelf(client: Client, { medicines }: Pick<SeedWorld, 'medicines'>, now: Date): Promise<void> {
  const lots = medicines.flatMap(({ id }) =>
    LOTS.map(({ lot, expiresInDays, quantity }) => ({
      id: fixedId('stock-lot', `${id}:${lot}`),
      medicine: id,
      lot,
      expires: dayIn(expiresInDays, now),
      quantity,
    })),
  );
  await client.query(
    `with received as (
       insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at)
       select id, medicine, lot, expires, $2 from jsonb_to_recordset($1) as lot (id uuid, medicine uuid, lot text, expires date)
       on conflict do nothing returning id)
     insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, reason, by_subject, at)
     select received.id, 'RECEIPT', lot.quantity, 0, null, $3, $2
     from received join jsonb_to_recordset($1) as lot (id uuid, quantity int) on lot.id = received.id`,
    [JSON.stringify(lots), now, BY],
  );
}

interface DemoPrescription {
  readonly id: string;
  readonly number: string;
  readonly patient: string;
  readonly subject: string | null;
  readonly medicine: string;
  readonly quantity: number;
  readonly refills: number;
  readonly issued: Date;
  readonly valid: string;
  readonly checked: Date | null;
}

/** At most; the demo people's numbers are kept free for so many each. */
export const MOST_PRESCRIPTIONS = 8;

/** Days ago, and for how many days from then. */
const USABLE = { issued: 20, valid: 300, checked: true };
const EXPIRED = { issued: 220, valid: 180, checked: true };
const TO_CHECK = { issued: 1, valid: 180, checked: false };

/** One that can be used for each medicine that they buy; the first patient has one that has expired and one to be checked too. */
function prescriptionsOf(i: number, world: SeedWorld, now: Date): DemoPrescription[] {
  const bought = [...new Set(demoOrdersOf(i, world).flatMap(({ lines }) => lines.map(({ medicine }) => medicine.id)))];
  const only = (of: typeof USABLE, place: number) => (i === 0 ? [{ medicine: bought.at(place) as string, ...of }] : []);
  const all = [...only(EXPIRED, 0), ...bought.map((medicine) => ({ medicine, ...USABLE })), ...only(TO_CHECK, -1)];
  return all.map(({ medicine, issued, valid, checked }, n) => {
    const issuedAt = new Date(now.getTime() - issued * DAY);
    return {
      // the same on every day on which it may be done again
      id: fixedId('prescription', `${i}:${n}`, joinedAt(i) + n * 1_000),
      number: prescriptionNumber(String(serial(i, n, MOST_PRESCRIPTIONS)), issuedAt),
      patient: patientId(i),
      subject: subjectOf(i),
      medicine,
      quantity: 3,
      refills: 11,
      issued: issuedAt,
      valid: dayIn(valid - issued, now),
      checked: checked ? new Date(issuedAt.getTime() + DAY / 2) : null,
    };
  });
}

/** @returns the ids of those that were not there, and whose patient is */
async function prescribe(
  client: Client,
  prescriptions: readonly DemoPrescription[],
  physician: { readonly id: string; readonly subject: string },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose, note,
       quantity, refills, valid_until, status, issued_at, checked_at, checked_by, check_reason, version)
     select id, number, patient, subject, $2, $3, medicine, $4, $5, quantity, refills, valid,
       case when checked is null then 'ISSUED' else 'APPROVED' end, issued,
       checked, case when checked is not null then $6 end, case when checked is not null then $7 end, case when checked is null then 1 else 2 end
     from jsonb_to_recordset($1) as p (id uuid, number text, patient uuid, subject text, medicine uuid, quantity int, refills int,
       valid date, issued timestamptz, checked timestamptz)
     where exists (select from pharmacy.drug_order o where o.patient_id = p.patient and o.patient_subject is not distinct from p.subject)
       and not exists (select from pharmacy.erased_patient e where e.patient_id = p.patient)
     on conflict do nothing returning id`,
    [
      JSON.stringify(prescriptions),
      physician.id,
      physician.subject,
      '按说明书使用（演示）',
      '演示：每两周复查一次。',
      PHARMACIST,
      'Demo: fits the diagnosis and the dose.',
    ],
  );
  return rows.map(({ id }) => id);
}

/** Has the orders that are not packed yet go by these prescriptions, and promises them what they need. They wait ten years to be paid. */
async function supplyOpenOrders(
  client: Client,
  orders: readonly string[],
  prescriptions: readonly string[],
): Promise<void> {
  await client.query(
    `with supplied as (
       update pharmacy.drug_order_line l set prescription_id = p.id from pharmacy.prescription p, pharmacy.drug_order o
       where p.id = any($2) and p.medicine_id = l.medicine_id and o.id = l.order_id and o.patient_id = p.patient_id
         and o.id = any($1) and o.status in ('PLACED', 'PAID') and l.prescription_id is null
       returning p.id, l.quantity)
     update pharmacy.prescription p set used = p.used + counted.quantity
     from (select id, sum(quantity)::int as quantity from supplied group by 1) counted where p.id = counted.id`,
    [orders, prescriptions],
  );
  await client.query(
    `update pharmacy.drug_order set pay_by = placed_at + interval '10 years' where id = any($1) and status = 'PLACED'`,
    [orders],
  );
  await client.query(`select set_config('app.roles', 'SYSTEM', true)`);
  await client.query(
    `select pharmacy.reserve_stock(id) from pharmacy.drug_order where id = any($1) and status in ('PLACED', 'PAID')`,
    [orders],
  );
  await client.query(`select set_config('app.roles', '', true)`);
}

/**
 * Fills the shelf, and gives the demo people prescriptions by the demo's physician: checked ones for every medicine that they
 * buy, one to be checked, one that has expired. All of it is counted from the day on which this is first done; what is there
 * is left as it is.
 *
 * @param client a connection of an administrator, in a transaction; the demo people's orders must be there
 */
export async function importDemoPharmacy(
  client: Client,
  world: SeedWorld,
  physician: { readonly id: string; readonly subject: string },
  now = new Date(),
): Promise<void> {
  await stockShelf(client, world, now);
  const people = Array.from({ length: DEMO_PATIENTS }, (_, i) => i);
  const all = people.flatMap((i) => prescriptionsOf(i, world, now));
  const made = new Set(await prescribe(client, all, physician));
  if (made.size === 0) return;
  const today = shanghaiDay(now);
  const usable = all.filter(({ id, checked, valid }) => made.has(id) && checked !== null && valid >= today);
  const open = people.flatMap((i) =>
    demoOrdersOf(i, world).filter(({ status }) => status === DrugOrderStatus.PLACED || status === DrugOrderStatus.PAID),
  );
  await supplyOpenOrders(
    client,
    open.map(({ id }) => id),
    usable.map(({ id }) => id),
  );
  const { PRESCRIPTION_ISSUED, PRESCRIPTION_APPROVED } = PharmacyNoticeKind;
  const told = all
    .filter(({ id }) => made.has(id))
    .map(({ id, checked }) => ({ id, kind: checked === null ? PRESCRIPTION_ISSUED : PRESCRIPTION_APPROVED }));
  await client.query(
    `select pharmacy.tell(audience, kind, id, '', null, id)
     from jsonb_to_recordset($1) as p (id uuid, kind text) cross join unnest(array['PATIENT', 'PHARMACIST']) audience
     where audience = 'PATIENT' or kind = $2`,
    [JSON.stringify(told), PRESCRIPTION_ISSUED],
  );
}
