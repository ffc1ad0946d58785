import DataLoader from 'dataloader';
import { idBelow } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Shipment } from './shipment.js';

/** A row of `shipment s` in the shape of the API, as JSON. */
export const SHIPMENT = `json_build_object('id', s.id, 'status', s.status, 'trackingNumber', s.tracking_number,
  'coldChain', s.cold_chain, 'shippedAt', s.shipped_at, 'deliveredAt', s.delivered_at,
  'carrier', case when s.carrier_organisation_id is not null then json_build_object('id', s.carrier_organisation_id) end)`;

const BY_ID = statement('shipments-by-id', `select ${SHIPMENT} as shipment from shipment s where id = any($1)`);
const OF_CARRIER = statement(
  'shipments-of-carrier',
  `select ${SHIPMENT} as shipment from shipment s
   where carrier_organisation_id = caller_organisation() and ${idBelow('$1')} order by id desc limit $2`,
);
const COUNT_OF_CARRIER = statement(
  'count-shipments-of-carrier',
  'select count(*)::int as count from shipment where carrier_organisation_id = caller_organisation()',
);

/** Reads shipments as the caller may see them. */
export class ShipmentLoader {
  private readonly loader: DataLoader<string, Shipment | null>;

  constructor(private readonly session: Session) {
    this.loader = new DataLoader(async (ids) => {
      const rows = await session.rows<{ shipment: Shipment }>(BY_ID, [ids]);
      const found = new Map(rows.map(({ shipment }) => [shipment.id, shipment]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<Shipment | null> {
    return this.loader.load(id);
  }

  /** Those of the caller's organisation, newest first; one more than `first` where there are more. */
  async ofCarrier(after: string | null, first: number): Promise<Shipment[]> {
    const rows = await this.session.rows<{ shipment: Shipment }>(OF_CARRIER, [after, first + 1]);
    return rows.map(({ shipment }) => shipment);
  }

  async countOfCarrier(): Promise<number> {
    const [row] = await this.session.rows<{ count: number }>(COUNT_OF_CARRIER);
    return row?.count ?? 0;
  }
}
