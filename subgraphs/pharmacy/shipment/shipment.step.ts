import { arrayValue, type Executes } from '../../common/database.js';
import { PharmacyNoticeKind } from '../notice/notice.js';
import { type Told, tell } from '../notice/notice.service.js';
import type { Reading } from './cold-chain.rules.js';
import { ShipmentStatus } from './shipment.js';
import { type Parcel, type ReportedEvent, settled } from './shipment.rules.js';

/** A parcel's row. */
export interface StoredParcel extends Parcel {
  readonly id: string;
  readonly orderId: string;
  readonly version: number;
  /** Whether any reading lay outside: only then the readings are looked at. */
  readonly everOutside: boolean;
}

const time = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** Columns of `shipment s` as a {@link StoredParcel}. */
export const PARCEL = `s.id, s.order_id as "orderId", s.status, s.version, s.cold_chain as "coldChain", s.allowance_minutes as "allowanceMinutes",
  ${time('s.created_at')} as "createdAt", ${time('s.shipped_at')} as "shippedAt", ${time('s.delivered_at')} as "deliveredAt",
  ${time('s.returned_at')} as "returnedAt", s.ever_outside as "everOutside", s.outside_minutes as "outsideMinutes", s.frozen,
  ${time('s.recalled_at')} as "recalledAt", s.decision, ${time('s.decided_at')} as "decidedAt", s.accepted_minutes as "acceptedMinutes",
  s.accepted_frozen as "acceptedFrozen", ${time('s.quarantined_at')} as "quarantinedAt", s.quarantine_cause as "quarantineCause"`;

/** Readings of a parcel as pairs of time and hundredths of a degree. */
export const READINGS = `(select coalesce(json_agg(json_build_array(${time('r.at')}, r.centi)), '[]') from temperature_reading r where r.shipment_id = s.id)`;

const KNOWN = `
  select ${PARCEL}, ${time('now()')} as now, case when s.ever_outside then ${READINGS} end as readings
  from shipment s where s.id = any(?::text::uuid[]) order by s.id`;

const at = (column: string): string => `'epoch'::timestamptz + new.${column} * interval '1 ms'`;
const WRITE = `
  update shipment s set status = new.status, shipped_at = ${at('"shippedAt"')}, delivered_at = ${at('"deliveredAt"')},
    returned_at = ${at('"returnedAt"')}, outside_minutes = new."outsideMinutes", frozen = new.frozen,
    quarantined_at = ${at('"quarantinedAt"')}, quarantine_cause = new."quarantineCause",
    version = s.version + case when s.status <> new.status or s.quarantine_cause is distinct from new."quarantineCause" then 1 else 0 end
  from json_to_recordset(?::json) as new (id uuid, status text, "shippedAt" float8, "deliveredAt" float8, "returnedAt" float8,
    "outsideMinutes" int, frozen boolean, "quarantinedAt" float8, "quarantineCause" text)
  where s.id = new.id`;

/** What may follow from what is known. */
const FOLLOWS = [
  ...['status', 'shippedAt', 'deliveredAt', 'returnedAt', 'outsideMinutes', 'frozen', 'quarantinedAt'],
  'quarantineCause',
] as const satisfies readonly (keyof StoredParcel)[];

/**
 * Works out anew where parcels are, from all that is known of them, writes it down and tells whom it concerns: in the transaction in
 * which something came to be known, with the parcels locked. Their orders go along, by a trigger. Doing it again changes nothing.
 *
 * @param events what came to be known by now, by parcel
 */
export async function settle(
  sql: Executes,
  ids: readonly string[],
  events: ReadonlyMap<string, readonly ReportedEvent[]> = new Map(),
): Promise<void> {
  if (ids.length === 0) return;
  // by the clock of the database, which decisions are dated by, too
  type Known = StoredParcel & { readonly now: number; readonly readings: [number, number][] | null };
  const parcels = await sql.execute<Known[]>(KNOWN, [arrayValue(ids)]);
  const changes = parcels
    .map(({ readings, now, ...before }) => {
      const kept = readings?.map(([at, centi]): Reading => ({ at, centi })) ?? null;
      return { before, after: settled<StoredParcel>(before, events.get(before.id) ?? [], kept, now) };
    })
    .filter(({ before, after }) => FOLLOWS.some((fact) => before[fact] !== after[fact]));
  if (changes.length === 0) return;
  await sql.execute(WRITE, [JSON.stringify(changes.map(({ after }) => after))]);
  for (const { before, after } of changes) for (const told of news(before, after)) await tell(sql, told);
}

/** What has to be told when a parcel has come from one state to another. */
function news(before: StoredParcel, after: StoredParcel): Told[] {
  const about = { aboutId: after.id, orderId: after.orderId };
  const { QUARANTINED, RETURNED, DELIVERED } = ShipmentStatus;
  const held = (parcel: StoredParcel) => parcel.status === QUARANTINED;
  // it may be held back again: which time it is, the moment says
  const occasion = new Date((held(after) ? after : before).quarantinedAt ?? 0).toISOString();
  const both = (kind: PharmacyNoticeKind): Told[] => [
    { ...about, audience: 'PATIENT', kind, occasion },
    { ...about, audience: 'PHARMACIST', kind, occasion },
  ];
  const told: Told[] = [];
  if (held(after) && !held(before)) told.push(...both(PharmacyNoticeKind.PARCEL_QUARANTINED));
  if (held(before) && !held(after) && after.status !== RETURNED) told.push(...both(PharmacyNoticeKind.PARCEL_RELEASED));
  if (held(after) && after.deliveredAt !== null && !(held(before) && before.deliveredAt !== null)) {
    told.push({ ...about, audience: 'PATIENT', kind: PharmacyNoticeKind.DO_NOT_USE, occasion });
  }
  if (after.status === DELIVERED && before.status !== DELIVERED && before.deliveredAt === null) {
    told.push({ ...about, audience: 'PATIENT', kind: PharmacyNoticeKind.ORDER_DELIVERED });
  }
  return told;
}
