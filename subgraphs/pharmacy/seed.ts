import {
  applicationsOf,
  below,
  DAY,
  DEMO_PATIENTS,
  diseaseOf,
  groupTime,
  HOUR,
  hash,
  joinedAt,
  later,
  MINUTE,
  moment,
  patientId,
  pick,
  rowId,
  type SeedMedicine,
  type SeedTable,
  type SeedWorld,
  serial,
  share,
  subjectOf,
  yearOf,
} from '../common/seed.js';
import { DrugOrderStatus } from './order/order.js';
import { orderNumber } from './order/order.rules.js';
import { isOutside, type Reading } from './shipment/cold-chain.rules.js';
import { ShipmentStatus } from './shipment/shipment.js';
import { DEFAULT_ALLOWANCE_MINUTES } from './stock/terms.rules.js';

const { PLACED, PAID, DISPENSED, SHIPPED, DELIVERED, CANCELLED, RETURNED } = DrugOrderStatus;

export interface SeedLine {
  readonly medicine: SeedMedicine;
  readonly quantity: number;
}

export interface SeedOrder {
  readonly id: string;
  readonly n: number;
  readonly status: DrugOrderStatus;
  readonly placedAt: number;
  readonly applicationId: string | null;
  readonly lines: readonly SeedLine[];
}

/** From four to eight, six on average; all but the last are over. */
export const MOST_ORDERS = 8;
const LEAST_ORDERS = 4;

const EARLIER = [
  [DELIVERED, 880],
  [CANCELLED, 70],
  [RETURNED, 50],
] as const;
const LAST = [
  [PLACED, 150],
  [PAID, 150],
  [DISPENSED, 150],
  [SHIPPED, 250],
  [DELIVERED, 250],
  [CANCELLED, 50],
] as const;

const LAST_PLACED = Date.UTC(2026, 9, 18, 1);

/** The last one is of the end of October 2026, the others lie at even distances before it, back to the registration. */
function placedAt(i: number, n: number): number {
  if (n === MOST_ORDERS - 1) return groupTime(LAST_PLACED, 4 * DAY, 2, 'last-order', i);
  const first = joinedAt(i) + 12 * DAY;
  const distance = Math.floor((LAST_PLACED - DAY - first) / (MOST_ORDERS - 1));
  return later(first + n * distance, 0, 'order', i * MOST_ORDERS + n);
}

/** A medicine for the patient's disease where one is sold, else any. */
function linesOf(i: number, n: number, world: SeedWorld): SeedLine[] {
  const order = i * MOST_ORDERS + n;
  const fitting = world.medicinesByDisease.get(diseaseOf(i, world).id) ?? world.medicines;
  const quantity = 1 + below(3, 'quantity', order);
  const lines = [{ medicine: pick(fitting, 'medicine', order), quantity }];
  const second = pick(world.medicines, 'second-medicine', order);
  if (hash('lines', order) % 2 === 0 && second.id !== lines[0]?.medicine.id) {
    lines.push({ medicine: second, quantity: 1 });
  }
  return lines;
}

function ordersOf(i: number, world: SeedWorld): readonly SeedOrder[] {
  if (lastOrders?.[0] === i && lastOrders[1] === world) return lastOrders[2];
  const orders = i < DEMO_PATIENTS ? demoOrdersOf(i, world) : seededOrders(i, world);
  lastOrders = [i, world, orders];
  return orders;
}

let lastOrders: readonly [number, SeedWorld, readonly SeedOrder[]] | undefined;

function seededOrders(i: number, world: SeedWorld): SeedOrder[] {
  const count = LEAST_ORDERS + below(MOST_ORDERS - LEAST_ORDERS + 1, 'orders', i);
  return Array.from({ length: count }, (_, index) => {
    const n = MOST_ORDERS - count + index;
    const at = placedAt(i, n);
    const status = share(n === MOST_ORDERS - 1 ? LAST : EARLIER, 'order-status', i * MOST_ORDERS + n);
    const applicationId = status === CANCELLED ? null : linkedTo(i, n, at);
    return { id: rowId('order', i, n, at), n, status, placedAt: at, applicationId, lines: linesOf(i, n, world) };
  });
}

/** Two of three are linked to the application of that year for the disease they are bought for, where there is one. */
function linkedTo(i: number, n: number, at: number): string | null {
  if (hash('linked', i * MOST_ORDERS + n) % 3 === 0) return null;
  const found = applicationsOf(i).find(
    ({ aidYear, createdAt, diagnosis, status }) =>
      diagnosis === 0 && aidYear === yearOf(at) && createdAt < at && status !== 'DRAFT' && status !== 'WITHDRAWN',
  );
  return found?.id ?? null;
}

interface DemoOrder {
  readonly at: string;
  readonly status: DrugOrderStatus;
  readonly linked?: true;
  /** Which of the medicines for the disease: cold ones from the front, others from the back. */
  readonly medicines: readonly number[];
}

const DEMO_ORDERS: readonly (readonly DemoOrder[])[] = [
  [
    { at: '2025-12-01T02:10:00Z', status: DELIVERED, medicines: [0] },
    { at: '2026-03-02T06:25:00Z', status: DELIVERED, linked: true, medicines: [0] },
    { at: '2026-06-15T08:05:00Z', status: DELIVERED, linked: true, medicines: [1, -1] },
    { at: '2026-10-26T03:40:00Z', status: SHIPPED, linked: true, medicines: [0, -1] },
    { at: '2026-10-29T07:30:00Z', status: PAID, medicines: [-1] },
    { at: '2026-10-30T12:15:00Z', status: PLACED, medicines: [1] },
  ],
  [
    { at: '2025-05-12T04:00:00Z', status: DELIVERED, linked: true, medicines: [0] },
    { at: '2026-10-12T04:00:00Z', status: DELIVERED, medicines: [0] },
  ],
  [
    { at: '2026-09-21T02:30:00Z', status: DELIVERED, medicines: [-1] },
    { at: '2026-10-29T02:30:00Z', status: PLACED, medicines: [-1] },
  ],
];

/** The orders of one of the demo people. */
export function demoOrdersOf(i: number, world: SeedWorld): readonly SeedOrder[] {
  const fitting = world.medicinesByDisease.get(diseaseOf(i, world).id) ?? world.medicines;
  const sorted = [...fitting].sort((one, other) => Number(other.cold) - Number(one.cold));
  return (DEMO_ORDERS[i] ?? []).map(({ at, status, linked, medicines }, n) => {
    const placed = Date.parse(at);
    const chosen = new Set(medicines.map((place) => sorted.at(place % sorted.length) as SeedMedicine));
    return {
      id: rowId('order', i, n, placed),
      n,
      status,
      placedAt: placed,
      applicationId: linked ? (applicationsOf(i)[0]?.id ?? null) : null,
      lines: [...chosen].map((medicine, index) => ({ medicine, quantity: 2 - index })),
    };
  });
}

/** How often an order in a status has been changed, and one more. */
const VERSIONS: Readonly<Record<DrugOrderStatus, number>> = {
  PLACED: 1,
  CANCELLED: 2,
  PAID: 2,
  DISPENSED: 3,
  SHIPPED: 4,
  DELIVERED: 5,
  RETURNED: 6,
};

const PACKED: readonly DrugOrderStatus[] = [DISPENSED, SHIPPED, DELIVERED, RETURNED];

/** Of what travels cold, one in fifty is held back on its way. */
function shipmentStatus({ status }: SeedOrder, cold: boolean, order: number): ShipmentStatus {
  if (status === DISPENSED) return ShipmentStatus.PREPARING;
  if (status === DELIVERED) return ShipmentStatus.DELIVERED;
  if (status === RETURNED) return ShipmentStatus.RETURNED;
  const warm = cold && order >= DEMO_PATIENTS * MOST_ORDERS && hash('warm', order) % 50 === 0;
  return warm ? ShipmentStatus.QUARANTINED : ShipmentStatus.IN_TRANSIT;
}

interface SeedParcel {
  readonly id: string;
  readonly order: SeedOrder;
  readonly cold: boolean;
  readonly status: ShipmentStatus;
  readonly packedAt: number;
  /** Null until the carrier has it. */
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly events: readonly (readonly [string, number, string])[];
  readonly readings: readonly Reading[];
}

/** A thermometer speaks so often; each reading counts until the next. */
const BETWEEN_READINGS = 30 * MINUTE;

/** On a table in the sun for half an hour: less than any medicine of the demo bears. */
const SHORT_EXCURSION = [940] as const;
/** Half an hour more than what is borne, and then back in the cold. */
const TOO_LONG = [
  480,
  760,
  ...Array.from({ length: DEFAULT_ALLOWANCE_MINUTES / 30 + 1 }, (_, n) => 1_050 + 40 * n),
  620,
] as const;

/** From one time to another, quiet between 4 and 6 °C; from the twentieth reading on as it is said. */
function readingsOf(from: number, to: number, number: number, excursion: readonly number[]): Reading[] {
  return Array.from({ length: Math.floor((to - from) / BETWEEN_READINGS) + 1 }, (_, n) => ({
    at: from + n * BETWEEN_READINGS,
    centi: excursion[n - 20] ?? 400 + below(200, 'temperature', number * 1_000 + n),
  }));
}

/** Of the demo people's parcels every step is known, of the others only what became of them, and why one is held back. */
function told(
  i: number,
  number: number,
  { cold, status, sentAt, deliveredAt }: Omit<SeedParcel, 'events' | 'readings'>,
) {
  if (sentAt === null) return { events: [], readings: [] };
  if (status === ShipmentStatus.QUARANTINED) {
    return { events: [], readings: TOO_LONG.map((centi, n) => ({ at: sentAt + n * BETWEEN_READINGS, centi })) };
  }
  if (i >= DEMO_PATIENTS) return { events: [], readings: [] };
  const events: (readonly [string, number, string])[] = [
    ['PICKED_UP', sentAt, '演示药房'],
    ['AT_HUB', sentAt + 9 * HOUR, '演示转运中心'],
  ];
  if (deliveredAt !== null) {
    events.push(['OUT_FOR_DELIVERY', deliveredAt - 3 * HOUR, '演示配送站'], ['DELIVERED', deliveredAt, '演示地址']);
  }
  const until = deliveredAt ?? sentAt + DAY;
  const excursion = deliveredAt === null ? SHORT_EXCURSION : [];
  return { events, readings: cold ? readingsOf(sentAt, until, number, excursion) : [] };
}

function parcelsOf(i: number, world: SeedWorld): readonly SeedParcel[] {
  if (lastParcels?.[0] === i && lastParcels[1] === world) return lastParcels[2];
  const packed = ordersOf(i, world).filter(({ status }) => PACKED.includes(status));
  const parcels = packed.map((order) => {
    const number = i * MOST_ORDERS + order.n;
    const cold = order.lines.some(({ medicine }) => medicine.cold);
    const status = shipmentStatus(order, cold, number);
    const packedAt = later(order.placedAt, 1, 'packed', number);
    const parcel = {
      id: rowId('shipment', i, order.n, packedAt),
      order,
      cold,
      status,
      packedAt,
      sentAt: status === ShipmentStatus.PREPARING ? null : later(packedAt, 0.2, 'sent', number),
      deliveredAt: status === ShipmentStatus.DELIVERED ? later(packedAt, 2, 'delivered', number) : null,
    };
    return { ...parcel, ...told(i, number, parcel) };
  });
  lastParcels = [i, world, parcels];
  return parcels;
}

let lastParcels: readonly [number, SeedWorld, readonly SeedParcel[]] | undefined;

/** Orders of medicine with lines, the money for them, and what is known of their parcels. */
export const pharmacySeed: readonly SeedTable[] = [
  {
    table: 'drug_order',
    columns: [
      'id',
      'number',
      'patient_id',
      'patient_subject',
      'application_id',
      'status',
      'placed_at',
      'cancelled_at',
      'cancel_reason',
      'version',
    ],
    *rows(i, world) {
      for (const { id, n, status, placedAt: at, applicationId } of ordersOf(i, world)) {
        const cancelled = status === CANCELLED;
        yield [
          id,
          orderNumber(String(serial(i, n, MOST_ORDERS)), new Date(at)),
          patientId(i),
          subjectOf(i),
          applicationId,
          status,
          moment(at),
          cancelled ? moment(at + 5 * HOUR) : null,
          cancelled ? 'Demo: ordered twice by mistake.' : null,
          VERSIONS[status],
        ];
      }
    },
  },
  {
    table: 'drug_order_line',
    columns: ['id', 'order_id', 'medicine_id', 'quantity', 'unit_price_fen', 'lot'],
    *rows(i, world) {
      for (const { id, n, status, placedAt: at, lines } of ordersOf(i, world)) {
        const lot = PACKED.includes(status) ? `DEMO-${100 + below(900, 'lot', i * MOST_ORDERS + n)}` : null;
        for (const [index, { medicine, quantity }] of lines.entries()) {
          // a millisecond apart, so that their ids stand in the order in which they were entered
          const line = rowId('line', i, n * 2 + index, at + index);
          yield [line, id, medicine.id, quantity, medicine.priceFen, lot];
        }
      }
    },
  },
  {
    table: 'payment',
    columns: ['id', 'order_id', 'status', 'amount_fen', 'requested_at', 'answered_at', 'charged_fen'],
    *rows(i, world) {
      for (const { id, n, status, placedAt: at, lines } of ordersOf(i, world)) {
        if (status === PLACED || status === CANCELLED) continue;
        const asked = later(at, 0.02, 'paid', i * MOST_ORDERS + n);
        const fen = lines.reduce((sum, { medicine, quantity }) => sum + medicine.priceFen * BigInt(quantity), 0n);
        yield [rowId('payment', i, n, asked), id, 'PAID', fen, moment(asked), moment(asked + MINUTE), fen];
      }
    },
  },
  {
    table: 'shipment',
    columns: [
      'id',
      'order_id',
      'carrier_organisation_id',
      'status',
      'tracking_number',
      'cold_chain',
      'shipped_at',
      'delivered_at',
      'version',
      'created_at',
      'allowance_minutes',
      'outside_minutes',
      'ever_outside',
      'returned_at',
      'quarantined_at',
      'quarantine_cause',
    ],
    *rows(i, world) {
      for (const { id, order, cold, status, packedAt, sentAt, deliveredAt, readings } of parcelsOf(i, world)) {
        const sent = sentAt !== null;
        const outside = readings.filter(({ centi }) => isOutside(centi));
        const heldBack = status === ShipmentStatus.QUARANTINED ? outside.at(-1) : undefined;
        yield [
          id,
          order.id,
          sent ? world.carrierId : null,
          status,
          sent ? `DEMO-TRACK-${serial(i, order.n, MOST_ORDERS)}` : null,
          cold,
          sent ? moment(sentAt) : null,
          deliveredAt === null ? null : moment(deliveredAt),
          sent ? (status === ShipmentStatus.IN_TRANSIT ? 2 : 3) : 1,
          moment(packedAt),
          cold ? DEFAULT_ALLOWANCE_MINUTES : null,
          (outside.length * BETWEEN_READINGS) / MINUTE,
          outside.length > 0,
          status === ShipmentStatus.RETURNED ? moment((sentAt ?? packedAt) + 2 * DAY) : null,
          heldBack ? moment(heldBack.at + BETWEEN_READINGS) : null,
          heldBack ? 'WARM' : null,
        ];
      }
    },
  },
  {
    table: 'shipment_event',
    columns: ['shipment_id', 'kind', 'at', 'place'],
    *rows(i, world) {
      for (const { id, events } of parcelsOf(i, world)) {
        for (const [kind, at, place] of events) yield [id, kind, moment(at), place];
      }
    },
  },
  {
    table: 'temperature_reading',
    columns: ['shipment_id', 'at', 'centi'],
    *rows(i, world) {
      for (const { id, readings } of parcelsOf(i, world)) {
        for (const { at, centi } of readings) yield [id, moment(at), centi];
      }
    },
  },
];
