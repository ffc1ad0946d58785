import { InvalidInput } from '../../common/errors.js';
import { lengthOf, MAX_REASON, plainLine } from '../../common/plain-text.js';
import { DrugOrderStatus } from '../order/order.js';
import { DEFAULT_ALLOWANCE_MINUTES } from '../stock/terms.rules.js';
import { judgeColdChain, type Reading } from './cold-chain.rules.js';
import { QuarantineCause, ShipmentAction, ShipmentEventKind, ShipmentStatus } from './shipment.js';

/** All that is known of a parcel and decides its state. Times are milliseconds since 1970. */
export interface ParcelFacts {
  readonly coldChain: boolean;
  /** Null: not known, then the default holds. */
  readonly allowanceMinutes: number | null;
  /** When it was packed. */
  readonly createdAt: number;
  /** When the pharmacy handed it over, or before that the carrier's first event; null until the carrier has it. */
  readonly shippedAt: number | null;
  /** The first time that it was said to be delivered. */
  readonly deliveredAt: number | null;
  /** The last time that it was said to go back. */
  readonly returnedAt: number | null;
  /** What the readings say. */
  readonly outsideMinutes: number;
  readonly frozen: boolean;
  /** When a lot in it was recalled, the last time. */
  readonly recalledAt: number | null;
  readonly decision: ShipmentAction | null;
  readonly decidedAt: number | null;
  /** What the last release accepted. */
  readonly acceptedMinutes: number;
  readonly acceptedFrozen: boolean;
}

/** Something that a carrier says happened. */
export interface ReportedEvent {
  readonly kind: ShipmentEventKind;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Minutes that a parcel may be outside of 2 to 8 °C. */
export const allowanceOfParcel = ({ allowanceMinutes }: Pick<ParcelFacts, 'allowanceMinutes'>): number =>
  allowanceMinutes ?? DEFAULT_ALLOWANCE_MINUTES;

/**
 * Why a parcel must be held back, null when it need not be. A release covers what was known when it was decided: what comes to
 * light afterwards holds the parcel back again.
 */
export function quarantineCauseOf(parcel: ParcelFacts): QuarantineCause | null {
  const { recalledAt, decision, decidedAt, frozen, acceptedFrozen, outsideMinutes, acceptedMinutes } = parcel;
  const recallAccepted = decision === ShipmentAction.RELEASE && (decidedAt ?? 0) >= (recalledAt ?? 0);
  if (recalledAt !== null && !recallAccepted) return QuarantineCause.RECALL;
  if (!parcel.coldChain) return null;
  if (frozen && !acceptedFrozen) return QuarantineCause.FROZEN;
  return outsideMinutes > Math.max(allowanceOfParcel(parcel), acceptedMinutes) ? QuarantineCause.WARM : null;
}

/** Whether nobody may use what is in it any more, whatever else comes to be known. */
const isGivenUp = ({ decision }: Pick<ParcelFacts, 'decision'>): boolean =>
  decision === ShipmentAction.REPLACE || decision === ShipmentAction.REFUND;

/**
 * Where a parcel is, from what is known of it, in whatever order it came to be known. One that is held back stays so, whether it is
 * delivered or goes back, until a pharmacist decides; one that was replaced or refunded is never delivered as good.
 */
export function stateOf(parcel: ParcelFacts): ShipmentStatus {
  const { shippedAt, deliveredAt, returnedAt } = parcel;
  const isBack = returnedAt !== null && (deliveredAt === null || returnedAt > deliveredAt);
  if (isGivenUp(parcel)) return isBack ? ShipmentStatus.RETURNED : ShipmentStatus.QUARANTINED;
  if (quarantineCauseOf(parcel) !== null) return ShipmentStatus.QUARANTINED;
  if (isBack) return ShipmentStatus.RETURNED;
  if (deliveredAt !== null) return ShipmentStatus.DELIVERED;
  return shippedAt === null ? ShipmentStatus.PREPARING : ShipmentStatus.IN_TRANSIT;
}

const least = (one: number | null, other: number): number => Math.min(one ?? other, other);
const most = (one: number | null, other: number): number => Math.max(one ?? other, other);

/** What is known of a parcel with what its carrier says besides. Events may come in any order, and any number of times. */
export function withEvents<Known extends Pick<ParcelFacts, 'shippedAt' | 'deliveredAt' | 'returnedAt'>>(
  parcel: Known,
  events: readonly ReportedEvent[],
): Known {
  let { shippedAt, deliveredAt, returnedAt } = parcel;
  for (const { kind, at } of events) {
    shippedAt = least(shippedAt, at);
    if (kind === ShipmentEventKind.DELIVERED) deliveredAt = least(deliveredAt, at);
    if (kind === ShipmentEventKind.RETURNED_TO_SENDER) returnedAt = most(returnedAt, at);
  }
  return { ...parcel, shippedAt, deliveredAt, returnedAt };
}

/** A parcel as it is kept. */
export interface Parcel extends ParcelFacts {
  readonly status: ShipmentStatus;
  readonly quarantinedAt: number | null;
  readonly quarantineCause: QuarantineCause | null;
}

/**
 * A parcel with what follows from all that is known of it.
 *
 * @param readings all that are kept, in any order; null when none ever lay outside, and so nothing follows from them
 * @param now when it comes to be known, milliseconds since 1970
 */
export function settled<Kept extends Parcel>(
  parcel: Kept,
  events: readonly ReportedEvent[],
  readings: readonly Reading[] | null,
  now: number,
): Kept {
  const told = withEvents(parcel, events);
  const { coldChain, deliveredAt } = told;
  const allowanceMinutes = allowanceOfParcel(told);
  const { outsideMinutes, frozen } =
    readings === null ? told : judgeColdChain(readings, { coldChain, allowanceMinutes, deliveredAt });
  const judged = { ...told, outsideMinutes, frozen };
  const status = stateOf(judged);
  return { ...judged, status, ...quarantineOf(parcel, status, quarantineCauseOf(judged), now) };
}

/** Since when and why a parcel is held back. What was decided about stays; what late readings have shown to be unfounded was nothing. */
function quarantineOf(before: Parcel, status: ShipmentStatus, cause: QuarantineCause | null, now: number) {
  const { quarantinedAt, quarantineCause, decidedAt } = before;
  if (status !== ShipmentStatus.QUARANTINED) {
    const wasDecided = decidedAt !== null && quarantinedAt !== null && decidedAt >= quarantinedAt;
    return wasDecided ? { quarantinedAt, quarantineCause } : { quarantinedAt: null, quarantineCause: null };
  }
  const since = before.status === ShipmentStatus.QUARANTINED ? quarantinedAt : now;
  return { quarantinedAt: since ?? now, quarantineCause: cause ?? quarantineCause };
}

/** Orders whose parcel can still be replaced or paid back. */
const OPEN_ORDERS: readonly DrugOrderStatus[] = [
  DrugOrderStatus.DISPENSED,
  DrugOrderStatus.SHIPPED,
  DrugOrderStatus.DELIVERED,
];

/** What a pharmacist may do now with a parcel, whose order is this far. */
export function permittedDecisions(
  status: ShipmentStatus,
  decision: ShipmentAction | null,
  order: DrugOrderStatus,
): readonly ShipmentAction[] {
  const waits = status === ShipmentStatus.QUARANTINED && !isGivenUp({ decision }) && OPEN_ORDERS.includes(order);
  return waits ? [ShipmentAction.RELEASE, ShipmentAction.REPLACE, ShipmentAction.REFUND] : [];
}

/** @returns the reason as it is kept @throws {InvalidInput} when there is none, or it is too long */
export function checkDecisionReason(reason: string): string {
  const given = plainLine(reason);
  if (given === '' || lengthOf(given) > MAX_REASON) {
    throw new InvalidInput(`Give a reason, of at most ${MAX_REASON} characters: the patient reads it.`, [
      'input',
      'reason',
    ]);
  }
  return given;
}
