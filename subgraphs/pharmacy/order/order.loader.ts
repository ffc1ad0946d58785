import DataLoader from 'dataloader';
import { type LoggedStatement, loggedStatement, type Shows } from '../../common/access-log.js';
import { shanghaiDay } from '../../common/calendar.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import type { Session, Statement } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { Shipment } from '../shipment/shipment.js';
import { SHIPMENT } from '../shipment/shipment.loader.js';
import type { OrderLineToClaim } from './claim.ports.resolver.js';
import type { DrugOrder, DrugOrderStatus } from './order.js';
import { lineTotal, orderTotal } from './order.rules.js';

/** An order in the shape of the API, and whether it is for the caller themselves. */
export type DrugOrderRow = DrugOrder & { readonly own: boolean };

/** What the statements give: an order with lines and shipment, in one row. */
interface StoredOrder {
  readonly id: string;
  readonly number: string;
  readonly status: DrugOrderStatus;
  readonly placedAt: string;
  readonly patientId: string;
  readonly applicationId: string | null;
  readonly version: number;
  readonly own: boolean;
  readonly lines: readonly {
    id: string;
    medicineId: string;
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
    `select o.id, o.number, o.status, o.placed_at as "placedAt", o.patient_id as "patientId",
       o.application_id as "applicationId", o.version, coalesce(o.patient_subject = caller_subject(), false) as own,
       sold.lines, sent.shipment
     from (${source}) o
     left join lateral (
       select coalesce(json_agg(json_build_object('id', l.id, 'medicineId', l.medicine_id, 'quantity', l.quantity,
         'unitPriceFen', l.unit_price_fen::text, 'lot', l.lot) order by l.id), '[]') as lines
       from drug_order_line l where l.order_id = o.id) sold on true
     left join lateral (
       select ${SHIPMENT} as shipment from shipment s where s.order_id = o.id order by s.id desc limit 1) sent on true
     order by o.${order}`,
    {
      record: 'DrugOrder',
      fields: ['number', 'status', 'placedAt', 'total', 'lines', 'shipment', 'application'],
      page,
    },
  );

// as a subselect: evaluated once, so that an index can be used under row-level security
const OF_CALLER = '(patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]))';
const IN_QUEUE = `status not in ('DELIVERED', 'CANCELLED')`;
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
const APPLICATIONS = statement('applications-of-orders', 'select applications_of_orders($1, $2) as id');

function presented({ patientId, applicationId, lines, ...order }: StoredOrder): DrugOrderRow {
  const sold = lines.map((line) => ({ ...line, unitPriceFen: BigInt(line.unitPriceFen) }));
  return {
    ...order,
    patient: { id: patientId },
    application: applicationId === null ? null : { id: applicationId },
    total: money(orderTotal(sold)),
    lines: sold.map(({ id, medicineId, quantity, unitPriceFen, lot }) => ({
      id,
      medicine: { id: medicineId },
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

/** A list that can be read by the page and counted. */
export interface OrderList {
  /** One more than the page holds, where there are more. */
  readonly rows: () => Promise<DrugOrderRow[]>;
  readonly count: () => Promise<number>;
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
  }

  byId(id: string): Promise<DrugOrderRow | null> {
    return this.ids.load(id);
  }

  /** Reads an order that has just been changed, and forgets what was read before. */
  afterChange(id: string): Promise<DrugOrderRow | null> {
    for (const loader of [this.ids, this.applications, this.patients, this.patientCounts]) loader.clearAll();
    return this.byId(id);
  }

  /** Those linked to an application, newest first. */
  ofApplication(id: string): Promise<DrugOrderRow[]> {
    return this.applications.load(id);
  }

  /** Those for a patient, newest first. */
  ofPatient(patient: string, filter: OrderFilter, page: Page): OrderList {
    return {
      rows: () => this.patients.load({ patient, ...filter, ...page }),
      count: () => this.patientCounts.load({ patient, ...filter }),
    };
  }

  /** Those for the caller and whom they care for, newest first. */
  ofCaller({ status }: OrderFilter, { after, first }: Page): OrderList {
    return {
      rows: () => this.read(BY_CALLER, [status, after, first + 1]),
      count: () => this.count(COUNT_BY_CALLER, [status]),
    };
  }

  /** Those that a pharmacist still has something to do with, oldest first. */
  queue({ status }: OrderFilter, { after, first }: Page): OrderList {
    return {
      rows: () => this.read(QUEUE, [status, after, first + 1]),
      count: () => this.count(COUNT_QUEUE, [status]),
    };
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

  private async count(query: Statement, values: unknown[]): Promise<number> {
    const [row] = await this.session.rows<{ count: number }>(query, values);
    return row?.count ?? 0;
  }
}
