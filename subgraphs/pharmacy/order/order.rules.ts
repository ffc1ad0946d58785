import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput } from '../../common/errors.js';
import { NotSoldOnline } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';

const NEXT: Readonly<Record<DrugOrderStatus, readonly DrugOrderStatus[]>> = {
  PLACED: [DrugOrderStatus.PAID, DrugOrderStatus.CANCELLED],
  PAID: [DrugOrderStatus.DISPENSED, DrugOrderStatus.CANCELLED],
  DISPENSED: [DrugOrderStatus.SHIPPED],
  SHIPPED: [DrugOrderStatus.DELIVERED, DrugOrderStatus.RETURNED],
  DELIVERED: [DrugOrderStatus.RETURNED],
  CANCELLED: [],
  RETURNED: [],
};

/** Where an order can go from here; nowhere when it is over. */
export const nextStates = (status: DrugOrderStatus): readonly DrugOrderStatus[] => NEXT[status];

/** What the caller may do for the patient of an order. */
export interface Standing {
  /** Order medicine for the patient, and call it off. */
  readonly mayOrder: boolean;
  /** Apply for aid for the patient. */
  readonly mayApply: boolean;
}

/** What decides about an order. */
export interface OrderFacts {
  readonly status: DrugOrderStatus;
  /** Whether it is linked to an application. */
  readonly linked: boolean;
  readonly standing: Standing;
}

/** Whether the caller may do it at all, whatever the order's state. */
export const isEntitled = (action: DrugOrderAction, { mayOrder, mayApply }: Standing): boolean =>
  action === DrugOrderAction.CANCEL ? mayOrder : mayApply;

function isTimely(action: DrugOrderAction, { status, linked }: OrderFacts): boolean {
  switch (action) {
    case DrugOrderAction.LINK_TO_APPLICATION:
      // a link stays: a claim may rest on it
      return !linked && nextStates(status).length > 0;
    case DrugOrderAction.CANCEL:
      // once money was taken, calling it off needs a refund
      return status === DrugOrderStatus.PLACED;
  }
}

/** What the caller may do with an order now. */
export const allowedActions = (facts: OrderFacts): DrugOrderAction[] =>
  Object.values(DrugOrderAction).filter((action) => isEntitled(action, facts.standing) && isTimely(action, facts));

/** A line as a client enters it. */
export interface EnteredLine {
  readonly medicineId: string;
  readonly quantity: number;
}

/** A line with the price at which it is sold. */
export interface PricedLine extends EnteredLine {
  readonly unitPriceFen: bigint;
}

/** What the catalog says of a medicine that somebody wants to order. */
export interface MedicineOnSale {
  readonly soldOnline: boolean;
  /** Fen for a package; null: no price is known. */
  readonly priceFen: bigint | null;
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
  return priced.map(({ medicineId, quantity, unitPriceFen, path }) => {
    if (unitPriceFen === null)
      throw new InvalidInput('No price is known for this medicine, so it cannot be ordered yet.', path);
    return { medicineId, quantity, unitPriceFen };
  });
}

type Sold = Pick<PricedLine, 'quantity' | 'unitPriceFen'>;

/** Fen. */
export const lineTotal = ({ quantity, unitPriceFen }: Sold): bigint => unitPriceFen * BigInt(quantity);

/** Fen. */
export const orderTotal = (lines: readonly Sold[]): bigint => lines.reduce((sum, line) => sum + lineTotal(line), 0n);

/** `RX-2026-000123`: the year of placing in Shanghai, and a number that is never given twice. */
export const orderNumber = (serial: string, placedAt: Date): string =>
  `RX-${shanghaiDay(placedAt).slice(0, 4)}-${serial.padStart(6, '0')}`;

/** @returns the reason, trimmed @throws {InvalidInput} when it is too long */
export function checkCancelReason(reason: string | null | undefined): string | null {
  const given = reason?.trim() || null;
  if (given && given.length > 500) throw new InvalidInput('A reason has at most 500 characters.', ['input', 'reason']);
  return given;
}
