import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement, type Shows } from '../../common/access-log.js';
import { shanghaiDay } from '../../common/calendar.js';
import { idAbove, idBelow, type Page, type PagedList } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { Shipment } from '../shipment/shipment.js';
import { SHIPMENT } from '../shipment/shipment.loader.js';
import type { OrderLineToClaim } from './claim.ports.resolver.js';
import type { DrugOrder, DrugOrderLine, DrugOrderStatus, PackedLot } from './order.js';
import { lineTotal, type OrderFacts, orderTotal } from './order.rules.js';

/** A line in the shape of the API, and by which prescription it was ordered. */
export type DrugOrderLineRow = DrugOrderLine & { readonly prescriptionId: string | null };

/** An order in the shape of the API, and what decides about it. */
export type DrugOrderRow = Omit<DrugOrder, 'lines'> & {
  readonly lines: readonly DrugOrderLineRow[];
  /** It is for the caller themselves. */
  readonly own: boolean;
  /** What was tried to pay for it; null where it does not wait to be paid. */
  readonly paying: Pick<OrderFacts, 'tries' | 'pending'> | null;
};

/** What the statements give: an order with lines and shipment, in one row. */
interface StoredOrder {
  readonly id: string;
  readonly number: string;
  readonly status: DrugOrderStatus;
  readonly placedAt: string;
  readonly payBy: string | null;
  readonly cancelReason: string | null;
  readonly returnReason: string | null;
  readonly patientId: string;
  readonly applicationId: string | null;
  readonly version: number;
  readonly own: boolean;
  readonly paying: DrugOrderRow['paying'];
  readonly lines: readonly {
    id: string;
    medicineId: string;
    prescriptionId: string | null;
    quantity: number;
    unitPriceFen: string;
    lot: string | null;
  }[];
  readonly shipment: Shipment | null;
}

/**
 * Whole orders in one statement.
 *
 * @param source SQL that says which rows of `drug_order`, cut to the page
 * @param order how they are sorted
 * @param page where it is cut
 */
const wholeOrders = (name: string, source: string, order: 'id' | 'id desc', page?: Shows['page']): LoggedStatement =>
  loggedStatement(
    name,
    `select o.id, o.number, o.status, o.placed_at as "placedAt", o.pay_by as "payBy", o.cancel_reason as "cancelReason",
       o.return_reason as "returnReason", o.patient_id as "patientId", o.application_id as "applicationId", o.version,
       coalesce(o.patient_subject = caller_subject(), false) as own, sold.lines, sent.shipment,
       case when o.status = 'PLACED' then (
         select json_build_object('tries', count(*), 'pending', coalesce(bool_or(p.status = 'PENDING'), false))
         from payment p where p.order_id = o.id) end as paying
     from (${source}) o
     left join lateral (
       select coalesce(json_agg(json_build_object('id', l.id, 'medicineId', l.medicine_id,
         'prescriptionId', l.prescription_id, 'quantity', l.quantity, 'unitPriceFen', l.unit_price_fen::text, 'lot', l.lot) order by l.id), '[]') as lines
       from drug_order_line l where l.order_id = o.id) sold on true
     left join lateral (
       select ${SHIPMENT} as shipment from shipment s where s.order_id = o.id order by s.id desc limit 1) sent on true
     order by o.${order}`,
    {
      record: 'DrugOrder',
      fields: [
        'number',
        'status',
        'placedAt',
        'cancelReason',
        'returnReason',
        'total',
        'lines',
        'shipment',
        'application',
      ],
      page,
    },
  );

// as a subselect: evaluated once, so that an index can be used under row-level security
const OF_CALLER = '(patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]))';
// the first condition as the index has it
const IN_QUEUE = `status not in ('DELIVERED', 'CANCELLED', 'RETURNED')`;
const IN_STATUS = '($1::text is null or status = $1)';

const BY_ID = wholeOrders('orders-by-id', 'select * from drug_order where id = any($1)', 'id');
const BY_APPLICATION = wholeOrders(
  'orders-by-application',
  'select * from drug_order where application_id = any($1)',
  'id desc',
);
const BY_PATIENT = wholeOrders(
  'orders-by-patient',
  `select found.* from unnest($2::uuid[]) as wanted (patient)
   cross join lateral (
     select * from drug_order where patient_id = wanted.patient and ${IN_STATUS} and ${idBelow('$3')}
     order by id desc limit $4) found`,
  'id desc',
  { limit: '$4', each: '"patientId"' },
);
const COUNT_BY_PATIENT = statement(
  'count-orders-by-patient',
  `select patient_id as id, count(*)::int as count from drug_order where ${IN_STATUS} and patient_id = any($2) group by 1`,
);
const BY_CALLER = wholeOrders(
  'orders-of-caller',
  `select * from drug_order where ${OF_CALLER} and ${IN_STATUS} and ${idBelow('$2')} order by id desc limit $3`,
  'id desc',
  { limit: '$3' },
);
const COUNT_BY_CALLER = statement(
  'count-orders-of-caller',
  `select count(*)::int as count from drug_order where ${OF_CALLER} and ${IN_STATUS}`,
);
const QUEUE = wholeOrders(
  'orders-to-dispense',
  `select * from drug_order where ${IN_QUEUE} and ${IN_STATUS} and ${idAbove('$2')} order by id limit $3`,
  'id',
  { limit: '$3' },
);
const COUNT_QUEUE = statement(
  'count-orders-to-dispense',
  `select count(*)::int as count from drug_order where ${IN_QUEUE} and ${IN_STATUS}`,
);
/** A pharmacist or reviewer sees more orders than aid can be claimed for. */
const LINES_TO_CLAIM = loggedStatement(
  'order-lines-to-claim',
  `select l.id, order_id as "orderId", patient_id as "patientId", application_id as "applicationId", status,
     (quantity * unit_price_fen)::text as "amountFen", placed_at as "placedAt"
   from drug_order_line l join drug_order on drug_order.id = order_id where l.id = any($1) and ${OF_CALLER}`,
  { record: 'DrugOrderLine', fields: ['total', 'placedAt', 'status'] },
);
const MOST_SHIPMENTS = 20;
const SHIPMENTS = loggedStatement(
  'shipments-of-orders',
  `select o.id, o.patient_id as "patientId", (
     select coalesce(json_agg(s.shipment), '[]')
     from (select ${SHIPMENT} as shipment from shipment s where s.order_id = o.id order by s.id desc limit ${MOST_SHIPMENTS}) s) as shipments
   from drug_order o where o.id = any($1)`,
  { record: 'DrugOrder', fields: ['shipments'] },
);
const LOTS = loggedStatement(
  'lots-of-order-lines',
  `select l.id, o.patient_id as "patientId", l.lot, l.quantity, coalesce(packed.lots, '[]') as packed
   from drug_order_line l join drug_order o on o.id = l.order_id
   left join (
     select line_id, json_agg(json_build_object('lot', lot, 'expiresOn', expires_on, 'quantity', units, 'shipmentId', shipment_id)
       order by place) as lots
     from lots_of_lines($1) with ordinality as p (line_id, lot, expires_on, units, shipment_id, place) group by 1) packed
     on packed.line_id = l.id
   where l.id = any($1)`,
  { record: 'DrugOrderLine', fields: ['lots'] },
);
const APPLICATIONS = statement('applications-of-orders', 'select applications_of_orders($1, $2) as id');

/** What was packed for a line, in all parcels, the newest last. */
interface StoredLots {
  readonly id: string;
  readonly lot: string | null;
  readonly quantity: number;
  readonly packed: readonly (PackedLot & { readonly shipmentId: string })[];
}

/** What lies in the newest parcel. Of what was packed before stock was kept here only the lot is known. */
function packedNow({ lot, quantity, packed }: StoredLots): PackedLot[] {
  const newest = packed.at(-1)?.shipmentId;
  if (newest !== undefined) return packed.filter(({ shipmentId }) => shipmentId === newest);
  return lot === null ? [] : [{ lot, expiresOn: null, quantity }];
}

/** What decides about an order that is shown, but for who asks. */
export function factsShown({
  status,
  payBy,
  paying,
  lines,
  application,
  shipment,
}: DrugOrderRow): Omit<OrderFacts, 'standing'> {
  return {
    status,
    payBy: payBy === null ? null : new Date(payBy),
    tries: paying?.tries ?? 0,
    pending: paying?.pending ?? false,
    linked: application !== null,
    prescribed: lines.every(({ prescriptionId }) => prescriptionId !== null),
    parcel: shipment?.status ?? null,
  };
}

function presented({ patientId, applicationId, lines, ...order }: StoredOrder): DrugOrderRow {
  const sold = lines.map((line) => ({ ...line, unitPriceFen: BigInt(line.unitPriceFen) }));
  return {
    ...order,
    patient: { id: patientId },
    application: applicationId === null ? null : { id: applicationId },
    total: money(orderTotal(sold)),
    lines: sold.map(({ id, medicineId, prescriptionId, quantity, unitPriceFen, lot }) => ({
      id,
      medicine: { id: medicineId },
      prescriptionId,
      quantity,
      unitPrice: money(unitPriceFen),
      total: money(lineTotal({ quantity, unitPriceFen })),
      lot,
    })),
  };
}

/** Which orders, beyond whose. */
export interface OrderFilter {
  /** Null: in any. */
  readonly status: DrugOrderStatus | null;
}

interface PatientPage extends Page, OrderFilter {
  readonly patient: string;
}

const sameExceptPatient = ({ status, after, first }: Omit<PatientPage, 'patient'>): string =>
  `${status} ${after} ${first}`;

/** Reads orders as the caller may see them, each with its lines and shipment. */
export class OrderLoader {
  private readonly ids: DataLoader<string, DrugOrderRow | null>;
  private readonly applications: DataLoader<string, DrugOrderRow[]>;
  private readonly patients: DataLoader<PatientPage, DrugOrderRow[], string>;
  private readonly patientCounts: DataLoader<Omit<PatientPage, keyof Page>, number, string>;
  private readonly shipments: DataLoader<string, readonly Shipment[]>;
  private readonly lots: DataLoader<string, readonly PackedLot[]>;

  /** @param reveal for a caller who works on applications: asks which of these, before orders of theirs are read */
  constructor(
    private readonly session: Session,
    reveal?: (applications: readonly string[]) => Promise<void>,
  ) {
    const revealLinked = async (orders: readonly string[], patients: readonly string[]) => {
      if (!reveal) return;
      const linked = await session.rows<{ id: string }>(APPLICATIONS, [orders, patients]);
      if (linked.length > 0) await reveal(linked.map(({ id }) => id));
    };
    this.ids = new DataLoader(async (ids) => {
      await revealLinked(ids, []);
      const found = new Map((await this.read(BY_ID, [ids])).map((order) => [order.id, order]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.applications = new DataLoader(async (ids) => {
      await reveal?.(ids);
      const found = Map.groupBy(await this.read(BY_APPLICATION, [ids]), ({ application }) => application?.id);
      return ids.map((id) => found.get(id) ?? []);
    });
    this.patients = new DataLoader(
      async (pages) => {
        await revealLinked(
          [],
          pages.map(({ patient }) => patient),
        );
        const alike = [...Map.groupBy(pages, sameExceptPatient).entries()];
        const read = alike.map(async ([key, group]) => [key, await this.ofPatients(group)] as const);
        const found = new Map(await Promise.all(read));
        return pages.map((page) => found.get(sameExceptPatient(page))?.get(page.patient) ?? []);
      },
      { cacheKeyFn: (page) => `${page.patient} ${sameExceptPatient(page)}` },
    );
    this.patientCounts = new DataLoader(
      async (wanted) => {
        const alike = [...Map.groupBy(wanted, ({ status }) => status).entries()];
        const read = alike.map(async ([status, group]) => {
          const ids = group.map(({ patient }) => patient);
          const rows = await session.rows<{ id: string; count: number }>(COUNT_BY_PATIENT, [status, ids]);
          return [status, new Map(rows.map(({ id, count }) => [id, count]))] as const;
        });
        const found = new Map(await Promise.all(read));
        return wanted.map(({ status, patient }) => found.get(status)?.get(patient) ?? 0);
      },
      { cacheKeyFn: ({ patient, status }) => `${patient} ${status}` },
    );
    this.shipments = new DataLoader(async (ids) => {
      const rows = await session.seen<{ id: string; shipments: Shipment[] }>(SHIPMENTS, [ids]);
      const found = new Map(rows.map(({ id, shipments }) => [id, shipments]));
      return ids.map((id) => found.get(id) ?? []);
    });
    this.lots = new DataLoader(async (ids) => {
      const rows = await session.seen<StoredLots>(LOTS, [ids]);
      const found = new Map(rows.map((row) => [row.id, packedNow(row)]));
      return ids.map((id) => found.get(id) ?? []);
    });
  }

  byId(id: string): Promise<DrugOrderRow | null> {
    return this.ids.load(id);
  }

  /** Reads an order that has just been changed, and forgets what was read before. */
  afterChange(id: string): Promise<DrugOrderRow | null> {
    const { ids, applications, patients, patientCounts, shipments, lots } = this;
    for (const loader of [ids, applications, patients, patientCounts, shipments, lots]) loader.clearAll();
    return this.byId(id);
  }

  /** Those linked to an application, newest first. */
  ofApplication(id: string): Promise<DrugOrderRow[]> {
    return this.applications.load(id);
  }

  /** Those for a patient, newest first. */
  ofPatient(patient: string, filter: OrderFilter, page: Page): PagedList<DrugOrderRow> {
    return {
      rows: () => this.patients.load({ patient, ...filter, ...page }),
      count: () => this.patientCounts.load({ patient, ...filter }),
    };
  }

  /** Those for the caller and whom they care for, newest first. */
  ofCaller({ status }: OrderFilter, { after, first }: Page): PagedList<DrugOrderRow> {
    return {
      rows: () => this.read(BY_CALLER, [status, after, first + 1]),
      count: () => this.session.count(COUNT_BY_CALLER, [status]),
    };
  }

  /** Those that a pharmacist still has something to do with, oldest first. */
  queue({ status }: OrderFilter, { after, first }: Page): PagedList<DrugOrderRow> {
    return {
      rows: () => this.read(QUEUE, [status, after, first + 1]),
      count: () => this.session.count(COUNT_QUEUE, [status]),
    };
  }

  /** The parcels of an order that the caller sees, newest first: the newest 20. */
  shipmentsOf(id: string): Promise<readonly Shipment[]> {
    return this.shipments.load(id);
  }

  /** What lies in the newest parcel of a line's order, of an order that the caller sees. */
  lotsOf(lineId: string): Promise<readonly PackedLot[]> {
    return this.lots.load(lineId);
  }

  /** Those of these lines whose orders are for the caller and whom they care for. */
  async linesToClaim(ids: readonly string[]): Promise<OrderLineToClaim[]> {
    type Row = Omit<OrderLineToClaim, 'incurredOn'> & { placedAt: string };
    const rows = await this.session.seen<Row>(LINES_TO_CLAIM, [ids]);
    return rows.map(({ placedAt, ...line }) => ({ ...line, incurredOn: shanghaiDay(new Date(placedAt)) }));
  }

  private async ofPatients(pages: readonly PatientPage[]): Promise<Map<string, DrugOrderRow[]>> {
    const { status, after, first } = pages[0] as PatientPage;
    const orders = await this.read(BY_PATIENT, [status, pages.map(({ patient }) => patient), after, first + 1]);
    return Map.groupBy(orders, ({ patient }) => patient.id);
  }

  private async read(query: LoggedStatement, values: unknown[]): Promise<DrugOrderRow[]> {
    return (await this.session.seen<StoredOrder>(query, values)).map(presented);
  }
}
