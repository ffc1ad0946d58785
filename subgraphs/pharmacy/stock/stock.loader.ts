import DataLoader from 'dataloader';
import { idBelow, type Page } from '../../common/connection.js';
import { type Session, type Statement, statement } from '../../common/database.js';
import type { DrugOrder, DrugOrderStatus } from '../order/order.js';
import type { OrderLoader } from '../order/order.loader.js';
import type { StockLotState } from './stock.enums.js';
import type { LotOrderCount, StockLot, StockMovement } from './stock.js';

/** For how long it must be sold still not to be among those that expire soon; its last week, in which it is not, comes on top. */
const SOON_DAYS = 90;
const STATE = `case when s.recalled_at is not null then 'RECALLED' when not sells(s) then 'EXPIRED'
  when s.expires_on <= today_in_shanghai() + 7 + ${SOON_DAYS} then 'EXPIRING_SOON' else 'SELLABLE' end`;

const LOT = `s.id, json_build_object('id', s.medicine_id) as medicine, s.lot, s.expires_on::text as "expiresOn", ${STATE} as state,
  s.on_hand as "onHand", s.reserved, case when sells(s) then s.on_hand - s.reserved else 0 end as available,
  s.created_at as "createdAt", s.recalled_at as "recalledAt", s.recall_reason as "recallReason", s.version`;

const BY_ID = statement('stock-lots-by-id', `select ${LOT} from stock_lot s where s.id = any($1)`);
const MATCHING = `($1::uuid is null or s.medicine_id = $1) and ($2::text is null or ${STATE} = $2)
  and ($3::text is null or position($3 in s.lot) > 0) and (not $4::boolean or s.on_hand > 0)`;
/** A cursor names a lot alone: where it stands is looked up. */
const PAGE = statement(
  'stock-lots',
  `select ${LOT} from stock_lot s where ${MATCHING}
     and ($5::uuid is null or (s.expires_on, s.id) > (select a.expires_on, a.id from stock_lot a where a.id = $5))
   order by s.expires_on, s.id limit $6`,
);
const COUNT = statement('count-stock-lots', `select count(*)::int as count from stock_lot s where ${MATCHING}`);

const MOVEMENTS = statement(
  'stock-movements',
  `select moved.* from unnest($1::uuid[]) as wanted (lot)
   cross join lateral (
     select m.id, m.lot_id as "lotId", m.kind, m.on_hand_change as "onHandChange", m.reserved_change as "reservedChange",
       m.reason, m.at, (select l.order_id from drug_order_line l where l.id = m.order_line_id) as "orderId"
     from stock_movement m where m.lot_id = wanted.lot and ${idBelow('$2')}
     order by m.id desc limit $3) moved`,
);
const COUNT_MOVEMENTS = statement(
  'count-stock-movements',
  'select lot_id as id, count(*)::int as count from stock_movement where lot_id = any($1) group by 1',
);

/** Orders that have something to do with a lot: some of it is promised to them, or went into a parcel of theirs. */
const concerned = (lot: string): string =>
  `select distinct held.order_id as id from (
     select l.order_id from stock_movement m join drug_order_line l on l.id = m.order_line_id where m.lot_id = ${lot}
     group by l.id having sum(m.reserved_change) > 0 or bool_or(m.kind = 'DISPENSING')) held`;
const ORDERS = statement(
  'orders-of-stock-lots',
  `select wanted.lot as "lotId", found.id from unnest($1::uuid[]) as wanted (lot)
   cross join lateral (
     select id from (${concerned('wanted.lot')}) concerned where ${idBelow('$2')} order by id desc limit $3) found`,
);
const COUNT_ORDERS = statement(
  'count-orders-of-stock-lots',
  `select wanted.lot as id, o.status, count(*)::int as count from unnest($1::uuid[]) as wanted (lot)
   cross join lateral (${concerned('wanted.lot')}) concerned join drug_order o on o.id = concerned.id group by 1, 2 order by 1, 2`,
);

/** A movement, and the order that it was for. */
export type LoadedMovement = StockMovement & { readonly orderId: string | null };

/** Which lots. */
export interface LotMatch {
  readonly medicineId: string | null;
  readonly state: StockLotState | null;
  /** A part of the lot, as `lotCode` makes it. */
  readonly lot: string | null;
  readonly onlyOnHand: boolean;
}

interface LotPage extends Page {
  readonly lot: string;
}

type OfLot = { readonly lotId: string };

/** Reads the same page of several lots at once. */
const pagesOfLots = <Row extends OfLot>(session: Session, query: Statement): DataLoader<LotPage, Row[], string> =>
  new DataLoader(
    async (pages) => {
      const read = [...Map.groupBy(pages, ({ after, first }) => `${after} ${first}`)].map(async ([cut, alike]) => {
        const { after, first } = alike[0] as LotPage;
        const rows = await session.rows<Row>(query, [alike.map(({ lot }) => lot), after, first + 1]);
        return [cut, Map.groupBy(rows, ({ lotId }) => lotId)] as const;
      });
      const found = new Map(await Promise.all(read));
      return pages.map(({ lot, after, first }) => found.get(`${after} ${first}`)?.get(lot) ?? []);
    },
    { cacheKeyFn: ({ lot, after, first }) => `${lot} ${after} ${first}` },
  );

/** Reads what is on the shelf as a pharmacist may see it. */
export class StockLoader {
  private readonly lots: DataLoader<string, StockLot | null>;
  private readonly movementPages: DataLoader<LotPage, (LoadedMovement & OfLot)[], string>;
  private readonly movementCounts: DataLoader<string, number>;
  private readonly orderPages: DataLoader<LotPage, ({ id: string } & OfLot)[], string>;
  private readonly orderCounts: DataLoader<string, LotOrderCount[]>;

  constructor(
    private readonly session: Session,
    private readonly orders: OrderLoader,
  ) {
    this.lots = new DataLoader(async (ids) => {
      const found = new Map((await session.rows<StockLot>(BY_ID, [ids])).map((lot) => [lot.id, lot]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.movementPages = pagesOfLots(session, MOVEMENTS);
    this.movementCounts = new DataLoader(async (ids) => {
      const rows = await session.rows<{ id: string; count: number }>(COUNT_MOVEMENTS, [ids]);
      const found = new Map(rows.map(({ id, count }) => [id, count]));
      return ids.map((id) => found.get(id) ?? 0);
    });
    this.orderPages = pagesOfLots(session, ORDERS);
    this.orderCounts = new DataLoader(async (ids) => {
      const rows = await session.rows<{ id: string; status: DrugOrderStatus; count: number }>(COUNT_ORDERS, [ids]);
      const found = Map.groupBy(rows, ({ id }) => id);
      return ids.map((id) => found.get(id) ?? []);
    });
  }

  byId(id: string): Promise<StockLot | null> {
    return this.lots.load(id);
  }

  /** Reads a lot that has just been changed, and forgets what was read before. */
  afterChange(id: string): Promise<StockLot | null> {
    for (const loader of [this.lots, this.movementPages, this.movementCounts, this.orderPages, this.orderCounts]) {
      loader.clearAll();
    }
    return this.byId(id);
  }

  /** First to expire first; one more than the page holds where there are more. */
  page({ medicineId, state, lot, onlyOnHand }: LotMatch, { after, first }: Page): Promise<StockLot[]> {
    return this.session.rows<StockLot>(PAGE, [medicineId, state, lot, onlyOnHand, after, first + 1]);
  }

  async count({ medicineId, state, lot, onlyOnHand }: LotMatch): Promise<number> {
    return this.session.count(COUNT, [medicineId, state, lot, onlyOnHand]);
  }

  /** Newest first; one more than the page holds where there are more. */
  movements(lot: string, page: Page): Promise<LoadedMovement[]> {
    return this.movementPages.load({ lot, ...page });
  }

  countMovements(lot: string): Promise<number> {
    return this.movementCounts.load(lot);
  }

  /** To which some of the lot is promised, or that got some; newest first, one more than the page holds where there are more. */
  async ordersOf(lot: string, page: Page): Promise<DrugOrder[]> {
    const concerned = await this.orderPages.load({ lot, ...page });
    const orders = await Promise.all(concerned.map(({ id }) => this.orders.byId(id)));
    return orders.filter((order) => order !== null);
  }

  /** How many of them stand where. */
  ordersByStatus(lot: string): Promise<LotOrderCount[]> {
    return this.orderCounts.load(lot);
  }
}
