import { arrayValue, type Executes } from '../../common/database.js';
import { settle } from './shipment.step.js';

/** Parcels under way with packages of a lot; one that was replaced or paid back already stays as it is. */
const UNDER_WAY_WITH_LOT = `
  select s.id from shipment s
  where s.id in (select m.shipment_id from stock_movement m where m.lot_id = ? and m.kind = 'DISPENSING')
    and s.status in ('PREPARING', 'IN_TRANSIT', 'QUARANTINED') and coalesce(s.decision, 'RELEASE') = 'RELEASE'
  order by s.id for no key update`;

/**
 * Holds back the parcels under way that packages of a recalled lot were put in, and tells the patients and the pharmacists: to be called
 * in a pharmacist's transaction that recalls the lot, with the lot locked.
 */
export async function recallShipments(sql: Executes, lotId: string): Promise<void> {
  const parcels = await sql.execute<{ id: string }[]>(UNDER_WAY_WITH_LOT, [lotId]);
  const ids = parcels.map(({ id }) => id);
  if (ids.length === 0) return;
  // after any release that it had to wait for: that did not know of it
  await sql.execute('update shipment set recalled_at = clock_timestamp() where id = any(?::text::uuid[])', [
    arrayValue(ids),
  ]);
  await settle(sql, ids);
}
