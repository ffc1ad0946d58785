import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { shanghaiDay } from '../common/calendar.js';
import { type DeskKey, type DeskPatient, deskId, deskSerial } from '../common/demo-desk.js';
import { DAY, HOUR, MINUTE, type SeedMedicine, type SeedWorld } from '../common/seed.js';
import { DrugOrderStatus } from './order/order.js';
import { orderNumber } from './order/order.rules.js';
import { prescriptionNumber } from './prescription/prescription.rules.js';
import { isOutside } from './shipment/cold-chain.rules.js';
import { ShipmentStatus } from './shipment/shipment.js';
import { DEFAULT_ALLOWANCE_MINUTES } from './stock/terms.rules.js';

const PHARMACIST = 'demo-pharmacist';
const { PAID, DISPENSED, SHIPPED, DELIVERED } = DrugOrderStatus;

interface DeskOrder {
  readonly key: string;
  readonly patient: DeskKey;
  readonly status: typeof PAID | typeof DISPENSED | typeof SHIPPED | typeof DELIVERED;
  /** What the thermometer read every half an hour since it was sent, in hundredths of a degree. */
  readonly readings?: readonly number[];
}

const QUIET = [420, 450, 480, 510, 470, 440, 430, 460];
const GOT_WARM = [...QUIET, 760, 960, 1_130, 1_210, 1_090, 880, 690];

/** To be packed, to be sent, held back since they got warm, under way, and one whose lot can be recalled. */
const ORDERS: readonly DeskOrder[] = [
  { key: 'to-dispense', patient: 'money', status: PAID },
  { key: 'to-ship', patient: 'visit', status: DISPENSED },
  {
    key: 'held-back',
    patient: 'queue',
    status: SHIPPED,
    readings: [...QUIET, 760, 960, 1_130, 1_210, 1_090, 880, 690],
  },
  { key: 'held-back-too', patient: 'recusal', status: SHIPPED, readings: GOT_WARM },
  { key: 'under-way', patient: 'parcel', status: SHIPPED, readings: QUIET },
  { key: 'to-recall', patient: 'recall', status: DELIVERED },
];

/** How often an order in a status has been changed, and one more. */
const VERSIONS = { PAID: 2, DISPENSED: 3, SHIPPED: 4, DELIVERED: 5 } as const;

const QUANTITY = 2;
const BETWEEN_READINGS = 30 * MINUTE;

/**
 * Makes what waits for pharmacists, and for the carrier: a prescription to be checked, orders at every step, a parcel that
 * got warm. They are taken from the demo's shelf as orders are. Times are counted from when it is first done.
 *
 * @param client a connection of an administrator, in a transaction, with the shelf filled
 * @param patients those who were just made: what is theirs was never here
 */
export async function importDeskOrders(
  client: Client,
  patients: readonly DeskPatient[],
  world: Pick<SeedWorld, 'medicinesByDisease' | 'carrierId'>,
  physician: { readonly id: string; readonly subject: string },
  now = new Date(),
): Promise<void> {
  const patientOf = new Map(patients.map((patient) => [patient.key, patient]));
  const toCheck = patientOf.get('papers');
  const one = toCheck && medicineOf(toCheck, world);
  if (toCheck && one) await prescribe(client, toCheck, one, physician, ORDERS.length, null, now);
  for (const [n, order] of ORDERS.entries()) {
    const patient = patientOf.get(order.patient);
    const medicine = patient && medicineOf(patient, world);
    if (!patient || !medicine) continue;
    await prescribe(client, patient, medicine, physician, n, new Date(now.getTime() - 9 * DAY), now);
    await place(client, order, n, patient, medicine, now);
    if (order.status !== PAID) await pack(client, order, medicine, world.carrierId, now);
  }
  await client.query(`select set_config('app.roles', '', true), set_config('app.subject', '', true)`);
}

/** The first one for their disease; none is sold here for some. */
const medicineOf = ({ catalogNo }: DeskPatient, { medicinesByDisease }: Pick<SeedWorld, 'medicinesByDisease'>) =>
  medicinesByDisease.get(diseaseId(catalogNo))?.[0];

const prescribe = (
  client: Client,
  { key, id, subject }: DeskPatient,
  medicine: SeedMedicine,
  physician: { readonly id: string; readonly subject: string },
  n: number,
  checked: Date | null,
  now: Date,
): Promise<unknown> => {
  const issued = new Date(now.getTime() - 10 * DAY);
  return client.query(
    `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose, note,
       quantity, refills, valid_until, status, issued_at, checked_at, checked_by, check_reason, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, 5, $10, $11, $12, $13, $14, $15, $16)`,
    [
      ...[deskId('prescription', key), prescriptionNumber(deskSerial(n), issued), id, subject],
      ...[physician.id, physician.subject, medicine.id, '按说明书使用（演示）', QUANTITY],
      ...[shanghaiDay(new Date(now.getTime() + 300 * DAY)), checked ? 'APPROVED' : 'ISSUED', issued],
      ...[checked, checked && PHARMACIST, checked && 'Demo: fits the diagnosis and the dose.', checked ? 2 : 1],
    ],
  );
};

/** An order that is paid, with what it needs promised to it. */
async function place(
  client: Client,
  { key, status }: DeskOrder,
  n: number,
  { key: patientKey, id: patient, subject }: DeskPatient,
  { id: medicine, priceFen }: SeedMedicine,
  now: Date,
): Promise<void> {
  const order = deskId('order', key);
  const placed = new Date(now.getTime() - 5 * DAY);
  await client.query(
    `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at, version) values ($1, $2, $3, $4, $5, $6, $7)`,
    [order, orderNumber(deskSerial(n), placed), patient, subject, status, placed, VERSIONS[status]],
  );
  await client.query(
    `insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen, prescription_id) values ($1, $2, $3, $4, $5, $6)`,
    [deskId('line', key), order, medicine, QUANTITY, priceFen, deskId('prescription', patientKey)],
  );
  const fen = priceFen * BigInt(QUANTITY);
  await client.query(
    `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
     values ($1, $2, 'PAID', $3, $4::timestamptz, $4::timestamptz + interval '1 minute', $3)`,
    [deskId('payment', key), order, fen, placed],
  );
  await client.query(`select set_config('app.roles', 'SYSTEM', true)`);
  await client.query('select pharmacy.reserve_stock($1)', [order]);
}

/** Packs an order, by the same function as a pharmacist does, and has the carrier take it if it was sent. */
async function pack(
  client: Client,
  { key, status, readings = [] }: DeskOrder,
  { cold }: SeedMedicine,
  carrier: string,
  now: Date,
): Promise<void> {
  const order = deskId('order', key);
  const id = deskId('shipment', key);
  const sent = status === DISPENSED ? null : new Date(now.getTime() - 2 * DAY);
  const delivered = status === DELIVERED ? new Date(now.getTime() - DAY) : null;
  const outside = readings.flatMap((centi, n) => (isOutside(centi) ? [n] : []));
  const warm = outside.length * BETWEEN_READINGS > DEFAULT_ALLOWANCE_MINUTES * MINUTE;
  const timeOf = (n: number) => new Date((sent as Date).getTime() + n * BETWEEN_READINGS);
  await client.query(
    `insert into pharmacy.shipment (id, order_id, carrier_organisation_id, status, tracking_number, cold_chain, shipped_at, delivered_at, version,
       created_at, allowance_minutes, outside_minutes, ever_outside, quarantined_at, quarantine_cause)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[id, order, sent && carrier, shipmentStatus(status, warm), sent && `DEMO-DESK-${key.toUpperCase()}`, cold],
      ...[sent, delivered, sent ? (warm || delivered ? 3 : 2) : 1, new Date(now.getTime() - 3 * DAY)],
      ...[cold ? DEFAULT_ALLOWANCE_MINUTES : null, (outside.length * BETWEEN_READINGS) / MINUTE, outside.length > 0],
      ...[warm ? timeOf(outside.at(-1) as number) : null, warm ? 'WARM' : null],
    ],
  );
  await client.query(`select set_config('app.roles', 'PHARMACIST', true), set_config('app.subject', $1, true)`, [
    PHARMACIST,
  ]);
  await client.query('select pharmacy.dispense_stock($1, $2)', [order, id]);
  await client.query(
    `update pharmacy.drug_order_line l set lot = packed.lot from pharmacy.lots_of_lines(array[$1::uuid]) packed where l.id = packed.line_id`,
    [deskId('line', key)],
  );
  if (!sent) return;
  const events = [
    { kind: 'PICKED_UP', at: sent, place: '演示药房' },
    { kind: 'AT_HUB', at: new Date(sent.getTime() + 6 * HOUR), place: '演示转运中心' },
    ...(delivered ? [{ kind: 'DELIVERED', at: delivered, place: '演示地址' }] : []),
  ];
  await client.query(
    `insert into pharmacy.shipment_event (shipment_id, kind, at, place)
     select $1, kind, at, place from jsonb_to_recordset($2) as e (kind text, at timestamptz, place text)`,
    [id, JSON.stringify(events)],
  );
  await client.query(
    `insert into pharmacy.temperature_reading (shipment_id, at, centi)
     select $1, at, centi from jsonb_to_recordset($2) as r (at timestamptz, centi int)`,
    [id, JSON.stringify(readings.map((centi, n) => ({ at: timeOf(n), centi })))],
  );
}

function shipmentStatus(status: DrugOrderStatus, warm: boolean): ShipmentStatus {
  if (status === DISPENSED) return ShipmentStatus.PREPARING;
  if (status === DELIVERED) return ShipmentStatus.DELIVERED;
  return warm ? ShipmentStatus.QUARANTINED : ShipmentStatus.IN_TRANSIT;
}
