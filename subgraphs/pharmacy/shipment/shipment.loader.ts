import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement } from '../../common/access-log.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import { type Session, type Statement, statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { DrugOrderStatus } from '../order/order.js';
import { downSampled, inOrder, judgeColdChain } from './cold-chain.rules.js';
import type { Shipment, ShipmentAction, ShipmentEvent } from './shipment.js';
import { allowanceOfParcel, permittedDecisions } from './shipment.rules.js';
import { READINGS } from './shipment.step.js';
import type { TemperatureCurve } from './temperature.js';

/** A parcel in the shape of the API, and what its other fields are found by. */
export type ShipmentRow = Shipment & { readonly orderId: string };

/** A row of `shipment s` in the shape of the API, as JSON. */
export const SHIPMENT = `json_build_object('id', s.id, 'status', s.status, 'trackingNumber', s.tracking_number,
  'coldChain', s.cold_chain, 'createdAt', s.created_at, 'shippedAt', s.shipped_at, 'deliveredAt', s.delivered_at,
  'carrier', case when s.carrier_organisation_id is not null then json_build_object('id', s.carrier_organisation_id) end,
  'quarantinedAt', s.quarantined_at, 'quarantineCause', s.quarantine_cause, 'decision', s.decision,
  'decisionReason', s.decision_reason, 'version', s.version, 'orderId', s.order_id)`;

/** Parcels with the patient whom each is for, whom a carrier does not see. */
const shipments = (name: string, source: string, order: 'id' | 'id desc', limit?: string): LoggedStatement =>
  loggedStatement(
    name,
    `select s.id, ${SHIPMENT} as shipment, (select o.patient_id from drug_order o where o.id = s.order_id) as "patientId"
     from (${source}) s order by s.${order}`,
    {
      record: 'Shipment',
      fields: ['status', 'trackingNumber', 'shippedAt', 'deliveredAt', 'quarantineCause', 'decisionReason'],
      page: limit === undefined ? undefined : { limit },
    },
  );

/** Of an order that has ended otherwise a parcel that is held back waits for nobody. */
const WAITS = `status = 'QUARANTINED' and coalesce(decision, 'RELEASE') = 'RELEASE' and exists (
  select from drug_order o where o.id = order_id and o.status in ('DISPENSED', 'SHIPPED', 'DELIVERED') offset 0)`;

const BY_ID = shipments('shipments-by-id', 'select * from shipment where id = any($1)', 'id');
const OF_CARRIER = statement(
  'shipments-of-carrier',
  `select ${SHIPMENT} as shipment from shipment s
   where carrier_organisation_id = caller_organisation() and ${idBelow('$1')} order by id desc limit $2`,
);
const COUNT_OF_CARRIER = statement(
  'count-shipments-of-carrier',
  'select count(*)::int as count from shipment where carrier_organisation_id = caller_organisation()',
);
const WAITING = shipments(
  'shipments-quarantined',
  `select * from shipment where ${WAITS} and ${idAbove('$1')} order by id limit $2`,
  'id',
  '$2',
);
const COUNT_WAITING = statement(
  'count-shipments-quarantined',
  `select count(*)::int as count from shipment where ${WAITS}`,
);
const MOST_EVENTS = 100;
const EVENTS = statement(
  'events-of-shipments',
  `select wanted.id, found.events from unnest($1::uuid[]) as wanted (id) cross join lateral (
     select coalesce(json_agg(e), '[]') as events from (
       select kind, at, place from shipment_event where shipment_id = wanted.id order by at desc, kind limit ${MOST_EVENTS}) e) found`,
);
const ORDERS = statement(
  'order-states-of-shipments',
  `select s.id, o.status, coalesce(o.patient_subject = caller_subject() or o.patient_id = any(caller_patients()), false) as own
   from shipment s join drug_order o on o.id = s.order_id where s.id = any($1)`,
);
const TEMPERATURES = statement(
  'temperatures-of-shipments',
  `select s.id, s.cold_chain as "coldChain", s.allowance_minutes as "allowanceMinutes",
     (extract(epoch from s.delivered_at) * 1000)::float8 as "deliveredAt", ${READINGS} as readings
   from shipment s where s.id = any($1)`,
);

interface StoredShipment {
  readonly id: string;
  readonly shipment: ShipmentRow;
}

interface OrderOfShipment {
  readonly status: DrugOrderStatus;
  /** Whether it is for the caller, or for somebody they care for. */
  readonly own: boolean;
}

interface StoredReadings {
  readonly id: string;
  readonly coldChain: boolean;
  readonly allowanceMinutes: number | null;
  readonly deliveredAt: number | null;
  readonly readings: readonly [at: number, centi: number][];
}

const celsius = (centi: number): number => centi / 100;
const celsiusOrNull = (centi: number | null): number | null => (centi === null ? null : celsius(centi));

function curve({ readings, ...parcel }: StoredReadings, maxPoints: number): TemperatureCurve {
  const { coldChain, deliveredAt } = parcel;
  const all = readings.map(([at, centi]) => ({ at, centi }));
  const allowanceMinutes = allowanceOfParcel(parcel);
  const { coldest, warmest, count, outsideMinutes, verdict, explanation } = judgeColdChain(all, {
    ...{ coldChain, allowanceMinutes, deliveredAt },
  });
  const judged = inOrder(all).filter(({ at }) => deliveredAt === null || at <= deliveredAt);
  return {
    points: downSampled(judged, maxPoints).map(({ at, centi }) => ({ at: new Date(at), celsius: celsius(centi) })),
    count,
    coldest: celsiusOrNull(coldest),
    warmest: celsiusOrNull(warmest),
    outsideMinutes,
    allowanceMinutes: coldChain ? allowanceMinutes : null,
    verdict,
    explanation,
  };
}

/** Thousands of readings each: so many parcels at once, and then the next. */
const CURVES_AT_ONCE = 10;

/** Reads shipments as the caller may see them. */
export class ShipmentLoader {
  private readonly ids: DataLoader<string, ShipmentRow | null>;
  private readonly events: DataLoader<string, { readonly events: readonly ShipmentEvent[] } | null>;
  private readonly orders: DataLoader<string, OrderOfShipment | null>;
  private readonly readings: DataLoader<string, StoredReadings | null>;

  constructor(private readonly session: Session) {
    this.ids = new DataLoader(async (ids) => {
      const rows = await session.seen<StoredShipment>(BY_ID, [ids]);
      const found = new Map(rows.map(({ id, shipment }) => [id, shipment]));
      return ids.map((id) => found.get(id) ?? null);
    });
    const each = <Row>(read: Statement, maxBatchSize?: number) =>
      new DataLoader<string, Row | null>(
        async (ids) => {
          const rows = await session.rows<Row & { readonly id: string }>(read, [ids]);
          const found = new Map(rows.map((row) => [row.id, row]));
          return ids.map((id) => found.get(id) ?? null);
        },
        { maxBatchSize },
      );
    this.events = each(EVENTS);
    this.orders = each(ORDERS);
    this.readings = each(TEMPERATURES, CURVES_AT_ONCE);
  }

  byId(id: string): Promise<ShipmentRow | null> {
    return this.ids.load(id);
  }

  /** Reads a shipment that has just been changed, and forgets what was read before. */
  afterChange(id: string): Promise<ShipmentRow | null> {
    for (const loader of [this.ids, this.events, this.orders, this.readings]) loader.clearAll();
    return this.byId(id);
  }

  /** Those of the caller's organisation, newest first; one more than `first` where there are more. */
  async ofCarrier(after: string | null, first: number): Promise<ShipmentRow[]> {
    const rows = await this.session.rows<{ shipment: ShipmentRow }>(OF_CARRIER, [after, first + 1]);
    return rows.map(({ shipment }) => shipment);
  }

  async countOfCarrier(): Promise<number> {
    return this.session.count(COUNT_OF_CARRIER);
  }

  /** Those that wait for a pharmacist's decision, oldest first; one more than `first` where there are more. */
  async waiting({ after, first }: Page): Promise<ShipmentRow[]> {
    const rows = await this.session.seen<StoredShipment>(WAITING, [after, first + 1]);
    return rows.map(({ shipment }) => shipment);
  }

  async countWaiting(): Promise<number> {
    return this.session.count(COUNT_WAITING);
  }

  /** What the carrier said of it, newest first, 100 at most. */
  async eventsOf(id: string): Promise<readonly ShipmentEvent[]> {
    return (await this.events.load(id))?.events ?? [];
  }

  /** What the caller may decide about it now: a pharmacist for others, and nobody else. */
  async decisionsOn({ id, status, decision }: ShipmentRow, { scopes }: Identity): Promise<readonly ShipmentAction[]> {
    if (!scopes.includes('pharmacy:dispense')) return [];
    const order = await this.orders.load(id);
    return order && !order.own ? permittedDecisions(status, decision, order.status) : [];
  }

  /** How cold it was. @param maxPoints 2 to 2,000 */
  async curveOf(id: string, maxPoints: number): Promise<TemperatureCurve | null> {
    const stored = await this.readings.load(id);
    return stored && curve(stored, maxPoints);
  }
}
