import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput } from '../../common/errors.js';
import { lengthOf, MAX_REASON, plainLine, plainText } from '../../common/plain-text.js';
import { type PayableFacts, whyNotPayable } from '../payment/payment.rules.js';
import { ShipmentStatus } from '../shipment/shipment.js';
import { NotSoldOnline } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';

const NEXT: Readonly<Record<DrugOrderStatus, readonly DrugOrderStatus[]>> = {
  PLACED: [DrugOrderStatus.PAID, DrugOrderStatus.CANCELLED],
  PAID: [DrugOrderStatus.DISPENSED, DrugOrderStatus.CANCELLED],
  // a parcel that was held back is packed anew, or ends its order
  DISPENSED: [DrugOrderStatus.SHIPPED, DrugOrderStatus.PAID, DrugOrderStatus.RETURNED],
  SHIPPED: [DrugOrderStatus.DELIVERED, DrugOrderStatus.PAID, DrugOrderStatus.RETURNED],
  DELIVERED: [DrugOrderStatus.PAID, DrugOrderStatus.RETURNED],
  CANCELLED: [],
  RETURNED: [],
};

/** Where an order can go from here; nowhere when it is over. */
export const nextStates = (status: DrugOrderStatus): readonly DrugOrderStatus[] => NEXT[status];

/** Whether somebody has to know where it goes: from the payment to the door. */
export const isToBeDelivered = (status: DrugOrderStatus): boolean =>
  status === DrugOrderStatus.PAID || status === DrugOrderStatus.DISPENSED || status === DrugOrderStatus.SHIPPED;

/** What the caller may do for the patient of an order. */
export interface Standing {
  /** Order medicine for the patient, pay it, and call it off. */
  readonly mayOrder: boolean;
  /** Apply for aid for the patient. */
  readonly mayApply: boolean;
  /** Pack, send and take back, as a pharmacist: never for themselves or somebody they care for. */
  readonly mayDispense: boolean;
}

/** What decides about an order. */
export interface OrderFacts extends PayableFacts {
  /** Whether it is linked to an application. */
  readonly linked: boolean;
  /** Whether every line is by a prescription, as all are that were placed since there are prescriptions here. */
  readonly prescribed: boolean;
  /** Where the newest parcel is; null: nothing was packed. */
  readonly parcel: ShipmentStatus | null;
  readonly standing: Standing;
}

/** Whether it is for pharmacists alone. */
export const isByPharmacist = (action: DrugOrderAction): boolean =>
  action === DrugOrderAction.DISPENSE || action === DrugOrderAction.SHIP || action === DrugOrderAction.RETURN;

/** Whether the caller may do it at all, whatever the order's state. */
export function isEntitled(action: DrugOrderAction, { mayOrder, mayApply, mayDispense }: Standing): boolean {
  switch (action) {
    case DrugOrderAction.PAY:
      return mayOrder;
    case DrugOrderAction.LINK_TO_APPLICATION:
      return mayApply;
    case DrugOrderAction.CANCEL:
      return mayOrder || mayDispense;
    case DrugOrderAction.DISPENSE:
    case DrugOrderAction.SHIP:
    case DrugOrderAction.RETURN:
      return mayDispense;
  }
}

/** Why this cannot be done with the order now, and what to do instead; null when it can. */
export function whyNot(action: DrugOrderAction, facts: OrderFacts, now: Date): string | null {
  const { status, linked, prescribed, parcel } = facts;
  const { PLACED, PAID, DISPENSED, SHIPPED, DELIVERED } = DrugOrderStatus;
  switch (action) {
    case DrugOrderAction.PAY:
      return whyNotPayable(facts, now);
    case DrugOrderAction.LINK_TO_APPLICATION:
      // a link stays: a claim may rest on it
      return !linked && nextStates(status).length > 0
        ? null
        : 'An order that is linked already, cancelled or returned cannot be linked to an application.';
    case DrugOrderAction.CANCEL:
      return status === PLACED || status === PAID ? null : 'Only an order that is not packed yet can be cancelled.';
    case DrugOrderAction.DISPENSE:
      if (status !== PAID) return 'Only an order that is paid and not packed yet can be dispensed.';
      return prescribed
        ? null
        : 'This order was placed before prescriptions were kept here, so nothing can be dispensed by it. Cancel it, which gives the money back, and have it placed again by a prescription.';
    case DrugOrderAction.SHIP:
      return status === DISPENSED && parcel === ShipmentStatus.PREPARING
        ? null
        : 'Only an order with a packed parcel that is not held back can be given to a carrier.';
    case DrugOrderAction.RETURN:
      if (parcel === ShipmentStatus.QUARANTINED) return 'Its parcel is held back: decide that by `decideQuarantine`.';
      return status === SHIPPED || status === DELIVERED ? null : 'Only an order that was sent can come back.';
  }
}

/** What the caller may do with an order now. */
export const allowedActions = (facts: OrderFacts, now: Date): DrugOrderAction[] =>
  Object.values(DrugOrderAction).filter(
    (action) => isEntitled(action, facts.standing) && whyNot(action, facts, now) === null,
  );

/** A line as a client enters it. */
export interface EnteredLine {
  readonly medicineId: string;
  readonly quantity: number;
  /** Null or left out: none is named, and so it cannot be ordered. */
  readonly prescriptionId?: string | null;
}

/** A line with the price at which it is sold. */
export interface PricedLine extends EnteredLine {
  readonly prescriptionId: string | null;
  readonly unitPriceFen: bigint;
}

/** What the catalog says of a medicine that somebody wants to order. */
export interface MedicineOnSale {
  readonly soldOnline: boolean;
  /** Fen for a package; null: no price is known. */
  readonly priceFen: bigint | null;
  /** Whether it must be kept at 2 to 8 °C. */
  readonly cold: boolean;
}

const MAX_LINES = 20;
const MAX_QUANTITY = 100;

/** @throws {InvalidInput} for no line or more than 20, a quantity outside 1–100, or a medicine that stands there twice */
export function checkLines(lines: readonly EnteredLine[]): void {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    throw new InvalidInput(`An order has 1 to ${MAX_LINES} lines.`, ['input', 'lines']);
  }
  const seen = new Set<string>();
  for (const [index, { medicineId, quantity }] of lines.entries()) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
      throw new InvalidInput(`A line has 1 to ${MAX_QUANTITY} packages.`, ['input', 'lines', `${index}`, 'quantity']);
    }
    if (seen.has(medicineId)) {
      const path = ['input', 'lines', `${index}`, 'medicineId'];
      throw new InvalidInput('This medicine stands in two lines. Make it one with the sum of both quantities.', path);
    }
    seen.add(medicineId);
  }
}

/**
 * The lines with their prices of today.
 *
 * @param medicines what is known, by medicine id; an unknown one is missing
 * @throws {InvalidInput} {@link NotSoldOnline}
 */
export function priceLines(
  lines: readonly EnteredLine[],
  medicines: ReadonlyMap<string, MedicineOnSale>,
): readonly PricedLine[] {
  const priced = lines.map((line, index) => {
    const path = ['input', 'lines', `${index}`, 'medicineId'];
    const medicine = medicines.get(line.medicineId);
    if (!medicine) throw new InvalidInput('There is no medicine with this id.', path);
    return { ...line, soldOnline: medicine.soldOnline, unitPriceFen: medicine.priceFen, path };
  });
  const offline = priced.filter(({ soldOnline }) => !soldOnline);
  if (offline.length > 0) throw new NotSoldOnline(offline.map(({ medicineId }) => medicineId));
  return priced.map(({ medicineId, quantity, prescriptionId = null, unitPriceFen, path }) => {
    if (unitPriceFen === null)
      throw new InvalidInput('No price is known for this medicine, so it cannot be ordered yet.', path);
    return { medicineId, quantity, prescriptionId, unitPriceFen };
  });
}

/** How long an order's medicine is kept for whoever has not paid. */
const PAY_WITHIN_MS = 24 * 3_600_000;

/** Until when an order must be paid that is placed now. */
export const payableUntil = (placedAt: Date): Date => new Date(placedAt.getTime() + PAY_WITHIN_MS);

/** How much longer it is kept where a payment still waits for its answer. */
const WAIT_FOR_ANSWER_MS = 3_600_000;

/** From when an order that is not paid is cancelled; null: never. */
export function lapsesAt({ status, payBy, pending }: PayableFacts): Date | null {
  if (status !== DrugOrderStatus.PLACED || payBy === null) return null;
  return new Date(payBy.getTime() + (pending ? WAIT_FOR_ANSWER_MS : 0));
}

/** A medicine of a parcel. */
export interface PackedMedicine {
  /** Whether it must be kept at 2 to 8 °C. */
  readonly cold: boolean;
  /** Minutes outside of that which it bears. */
  readonly allowanceMinutes: number;
}

/** How a parcel must travel: cold if anything in it must, and then as the most delicate of that. Minutes; null: not cold. */
export function coldChainOf(medicines: readonly PackedMedicine[]): number | null {
  const cold = medicines.filter((medicine) => medicine.cold);
  return cold.length === 0 ? null : Math.min(...cold.map(({ allowanceMinutes }) => allowanceMinutes));
}

type Sold = Pick<PricedLine, 'quantity' | 'unitPriceFen'>;

/** Fen. */
export const lineTotal = ({ quantity, unitPriceFen }: Sold): bigint => unitPriceFen * BigInt(quantity);

/** Fen. */
export const orderTotal = (lines: readonly Sold[]): bigint => lines.reduce((sum, line) => sum + lineTotal(line), 0n);

/** `RX-2026-000123`: the year of placing in Shanghai, and a number that is never given twice. */
export const orderNumber = (serial: string, placedAt: Date): string =>
  `RX-${shanghaiDay(placedAt).slice(0, 4)}-${serial.padStart(6, '0')}`;

const MAX_TRACKING_NUMBER = 50;

/** @returns the reason as it is kept; null when there is none and none is needed @throws {InvalidInput} */
export function checkReason(entered: string | null | undefined, required: boolean): string | null {
  const reason = plainText(entered ?? '');
  if (lengthOf(reason) > MAX_REASON) {
    throw new InvalidInput(`A reason has at most ${MAX_REASON} characters.`, ['input', 'reason']);
  }
  if (required && reason === '') {
    throw new InvalidInput(`Say why, in 1 to ${MAX_REASON} characters: the patient reads it.`, ['input', 'reason']);
  }
  return reason || null;
}

/** @returns the number as it is kept @throws {InvalidInput} */
export function checkTrackingNumber(entered: string): string {
  const number = plainLine(entered);
  if (lengthOf(number) < 1 || lengthOf(number) > MAX_TRACKING_NUMBER) {
    const path = ['input', 'trackingNumber'];
    throw new InvalidInput(`A tracking number has 1 to ${MAX_TRACKING_NUMBER} characters.`, path);
  }
  return number;
}
