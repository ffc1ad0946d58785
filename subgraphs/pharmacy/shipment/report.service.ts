import { arrayValue, type Executes } from '../../common/database.js';
import { InvalidInput } from '../../common/errors.js';
import { isUuid } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import type { ShipmentReport } from './report.js';
import { type EnteredEvent, type NewReadings, siftEvents, siftLogs, type TemperatureLog } from './report.rules.js';
import { ShipmentEventKind } from './shipment.js';
import { PARCEL, type StoredParcel, settle } from './shipment.step.js';

const MAX_EVENTS = 500;
const MAX_READINGS = 10_000;

const LOCK = `select ${PARCEL} from lock_carried(?::text::uuid[]) s`;

/** An event of the same kind and time is the same event. */
const ADD_EVENTS = `
  insert into shipment_event (shipment_id, kind, at, place)
    select new."shipmentId", new.kind, 'epoch'::timestamptz + new.at * interval '1 ms', new.place
    from json_to_recordset(?::json) as new ("shipmentId" uuid, kind text, at float8, place text)
    on conflict do nothing
  returning shipment_id as "shipmentId", kind, (extract(epoch from at) * 1000)::float8 as at`;

interface AddedEvent {
  readonly shipmentId: string;
  readonly kind: ShipmentEventKind;
  readonly at: number;
}

const ADD_READINGS = `
  select record_readings(?::bigint, ?::text::uuid[], ?::text::bigint[], ?::text::bigint[], ?::text::int[], ?::text::bigint[], ?::text::smallint[]) as written`;

/**
 * What carriers report of their parcels, in bulk: whatever is good is kept, in any order and however often it is sent, and what
 * follows for the parcels happens in the same transaction. It needs no idempotency key, since nothing comes of saying a thing twice.
 */
export class ReportService {
  constructor(private readonly context: PharmacyContext) {}

  /** @throws {InvalidInput} for no event or more than 500 */
  async events(entered: readonly EnteredEvent[]): Promise<ShipmentReport> {
    checkCount(entered.length, MAX_EVENTS, 'events');
    return this.context.session.decide(async (sql) => {
      const parcels = await carried(sql, entered);
      const { kept, refused } = siftEvents(entered, parcels, Date.now());
      const added = await sql.execute<AddedEvent[]>(ADD_EVENTS, [JSON.stringify(kept)]);
      const byParcel = Map.groupBy(added, ({ shipmentId }) => shipmentId);
      await settle(sql, [...byParcel.keys()], byParcel);
      for (const { shipmentId, kind, at } of added) {
        if (kind !== ShipmentEventKind.DELIVERY_FAILED) continue;
        const orderId = parcels.get(shipmentId)?.orderId;
        const failed = { kind: PharmacyNoticeKind.DELIVERY_FAILED, aboutId: shipmentId, orderId } as const;
        await tell(sql, { ...failed, audience: 'PHARMACIST', occasion: new Date(at).toISOString() });
      }
      return { accepted: added.length, repeated: kept.length - added.length, refused };
    });
  }

  /** @throws {InvalidInput} for no reading or more than 10,000 */
  async temperatures(logs: readonly TemperatureLog[]): Promise<ShipmentReport> {
    const sent = logs.reduce((sum, { seconds, celsius }) => sum + Math.max(seconds.length, celsius.length), 0);
    checkCount(Math.max(sent, logs.length), MAX_READINGS, 'readings');
    return this.context.session.decide(async (sql) => {
      const parcels = await carried(sql, logs);
      const { kept, count, refused } = siftLogs(logs, parcels, Date.now());
      const written = await addReadings(sql, kept);
      const warm = [...kept].filter(([, { anyOutside }]) => anyOutside).map(([id]) => id);
      const newlyWarm = warm.filter((id) => !parcels.get(id)?.everOutside);
      if (newlyWarm.length > 0) {
        await sql.execute('update shipment set ever_outside = true where id = any(?::text::uuid[])', [
          arrayValue(newlyWarm),
        ]);
      }
      const judged = [...kept.keys()].filter((id) => parcels.get(id)?.everOutside || newlyWarm.includes(id));
      if (written > 0) await settle(sql, judged);
      return { accepted: written, repeated: count - written, refused };
    });
  }
}

function checkCount(count: number, most: number, what: string): void {
  if (count < 1 || count > most) throw new InvalidInput(`Send 1 to ${most} ${what} at once.`, ['input', what]);
}

/** Those of these parcels that the caller carries, locked with their orders. */
async function carried(
  sql: Executes,
  reported: readonly { readonly shipmentId: string }[],
): Promise<ReadonlyMap<string, StoredParcel>> {
  const ids = [...new Set(reported.map(({ shipmentId }) => shipmentId))].filter(isUuid);
  const parcels = await sql.execute<StoredParcel[]>(LOCK, [arrayValue(ids)]);
  return new Map(parcels.map((parcel) => [parcel.id, parcel]));
}

/** Columns go out as text: an array of numbers costs several times as much. @returns how many were new */
async function addReadings(sql: Executes, kept: ReadonlyMap<string, NewReadings>): Promise<number> {
  if (kept.size === 0) return 0;
  const all = [...kept.values()];
  // short numbers, counted from the first of all
  const base = Math.min(...all.map(({ earliest }) => earliest));
  const places: number[] = [];
  const times: number[] = [];
  const centis: number[] = [];
  for (const [index, { byTime }] of all.entries()) {
    for (const [at, centi] of byTime) {
      places.push(index + 1);
      times.push(at - base);
      centis.push(centi);
    }
  }
  const spans = [all.map(({ earliest }) => earliest - base), all.map(({ latest }) => latest - base)];
  const columns = [[...kept.keys()], ...spans, places, times, centis].map((column) => arrayValue(column));
  const [row] = await sql.execute<{ written: number }[]>(ADD_READINGS, [base, ...columns]);
  return row?.written ?? 0;
}
