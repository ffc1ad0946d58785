import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput } from '../../common/errors.js';
import { checkedText, optionalText } from '../../common/plain-text.js';
import {
  PrescriptionAction,
  PrescriptionProblem,
  PrescriptionStatus,
  type StoredPrescriptionStatus,
} from './prescription.enums.js';

/** What decides how a prescription stands. */
export interface PrescriptionFacts {
  readonly status: StoredPrescriptionStatus;
  /** Packages in orders. */
  readonly used: number;
  /** Packages in all. */
  readonly total: number;
  /** The last day, in Shanghai, YYYY-MM-DD. */
  readonly validUntil: string;
}

/** Packages in all: each refill is once more the quantity. */
export const totalOf = ({ quantity, refills }: { readonly quantity: number; readonly refills: number }): number =>
  quantity * (refills + 1);

/** How it stands on a day. Whoever took it back or refused it has said so for ever. */
export function shownStatus({ status, used, total, validUntil }: PrescriptionFacts, today: string): PrescriptionStatus {
  if (status === 'REFUSED' || status === 'WITHDRAWN') return PrescriptionStatus[status];
  if (used >= total) return PrescriptionStatus.USED_UP;
  return validUntil < today ? PrescriptionStatus.EXPIRED : PrescriptionStatus[status];
}

/** What the caller is to a prescription. */
export interface PrescriptionStanding {
  /** A pharmacist whom it does not concern: neither the patient nor who wrote it. */
  readonly mayCheck: boolean;
  /** Who wrote it, and treats the patient still. */
  readonly mayWithdraw: boolean;
  /** The patient, or a caregiver with the scopes VIEW and ORDER. */
  readonly mayOrder: boolean;
}

/** Whether the caller is one of those who do this at all. */
export function isEntitled(action: PrescriptionAction, standing: PrescriptionStanding): boolean {
  switch (action) {
    case PrescriptionAction.APPROVE:
    case PrescriptionAction.REFUSE:
      return standing.mayCheck;
    case PrescriptionAction.WITHDRAW:
      return standing.mayWithdraw;
    case PrescriptionAction.ORDER:
      return standing.mayOrder;
  }
}

/** Whether a prescription stands where this can be done. */
export function isTimely(action: PrescriptionAction, facts: PrescriptionFacts, today: string): boolean {
  const shown = shownStatus(facts, today);
  switch (action) {
    case PrescriptionAction.APPROVE:
    case PrescriptionAction.REFUSE:
      return shown === PrescriptionStatus.ISSUED;
    case PrescriptionAction.WITHDRAW:
      // also when nothing can be ordered by it any more: what was ordered may not be packed yet
      return facts.status === 'ISSUED' || facts.status === 'APPROVED';
    case PrescriptionAction.ORDER:
      return shown === PrescriptionStatus.APPROVED;
  }
}

/** What the caller may do with a prescription now. */
export const allowedActions = (
  facts: PrescriptionFacts,
  standing: PrescriptionStanding,
  today: string,
): PrescriptionAction[] =>
  Object.values(PrescriptionAction).filter((action) => isEntitled(action, standing) && isTimely(action, facts, today));

/** What an order wants of a prescription. */
export interface WantedSupply {
  readonly medicineId: string;
  /** Packages. */
  readonly quantity: number;
  readonly prescriptionId: string | null;
}

/** A prescription that somebody may order by. */
export interface StoredSupply extends PrescriptionFacts {
  readonly id: string;
  readonly medicineId: string;
}

/** Why one of the lines cannot be supplied; `left`, in packages, only where too few are. */
export interface SupplyProblem {
  readonly medicineId: string;
  readonly prescriptionId: string | null;
  readonly problem: PrescriptionProblem;
  readonly left: number | null;
}

const REFUSED_FOR: Readonly<Partial<Record<PrescriptionStatus, PrescriptionProblem>>> = {
  ISSUED: PrescriptionProblem.NOT_CHECKED,
  REFUSED: PrescriptionProblem.REFUSED,
  WITHDRAWN: PrescriptionProblem.WITHDRAWN,
  EXPIRED: PrescriptionProblem.EXPIRED,
};

/**
 * What is wrong with the lines of an order, one problem a line at most; empty when all can be supplied. Lines by the same
 * prescription share what is left of it.
 *
 * @param prescriptions by id, those that the caller may order by for this patient
 */
export function judgeSupplies(
  lines: readonly WantedSupply[],
  prescriptions: ReadonlyMap<string, StoredSupply>,
  today: string,
): SupplyProblem[] {
  const taken = new Map<string, number>();
  return lines.flatMap(({ medicineId, quantity, prescriptionId }) => {
    const wrong = (problem: PrescriptionProblem, left: number | null = null) => [
      { medicineId, prescriptionId, problem, left },
    ];
    if (prescriptionId === null) return wrong(PrescriptionProblem.MISSING);
    const prescription = prescriptions.get(prescriptionId);
    if (!prescription) return wrong(PrescriptionProblem.UNKNOWN);
    if (prescription.medicineId !== medicineId) return wrong(PrescriptionProblem.OTHER_MEDICINE);
    const refusedFor = REFUSED_FOR[shownStatus(prescription, today)];
    if (refusedFor) return wrong(refusedFor);
    const before = taken.get(prescriptionId) ?? 0;
    const left = prescription.total - prescription.used - before;
    if (quantity > left) return wrong(PrescriptionProblem.NOT_ENOUGH_LEFT, left);
    taken.set(prescriptionId, before + quantity);
    return [];
  });
}

/** What a physician enters. */
export interface EnteredPrescription {
  readonly dose: string;
  readonly note?: string | null;
  readonly quantity: number;
  readonly refills?: number | null;
  readonly validUntil: string;
}

/** What is kept of it. */
export interface WrittenPrescription {
  readonly dose: string;
  readonly note: string | null;
  readonly quantity: number;
  readonly refills: number;
  readonly validUntil: string;
}

export const MAX_QUANTITY = 100;
export const MAX_REFILLS = 24;
export const MAX_VALID_DAYS = 366;
const MAX_DOSE = 500;
const MAX_NOTE = 1000;
const DAY_MS = 86_400_000;

function checkNumber(value: number, min: number, max: number, field: string, what: string): void {
  if (value < min || value > max) throw new InvalidInput(`${what} is from ${min} to ${max}.`, ['input', field]);
}

/**
 * @param today the day in Shanghai
 * @throws {InvalidInput} for an empty or too long text, a quantity outside 1–100, refills outside 0–24, a last day that has
 *   passed or is more than 366 days away
 */
export function checkWritten(input: EnteredPrescription, today: string): WrittenPrescription {
  const { quantity, validUntil } = input;
  const refills = input.refills ?? 0;
  const dose = checkedText(input.dose, MAX_DOSE, 'dose', 'A dose');
  const note = optionalText(input.note, MAX_NOTE, 'note', 'A note');
  checkNumber(quantity, 1, MAX_QUANTITY, 'quantity', 'The number of packages of one supply');
  checkNumber(refills, 0, MAX_REFILLS, 'refills', 'How often it may be supplied again');
  const last = new Date(Date.parse(today) + MAX_VALID_DAYS * DAY_MS).toISOString().slice(0, 10);
  if (validUntil < today || validUntil > last) {
    throw new InvalidInput(
      `A prescription is valid until today, in Shanghai, at least, and for ${MAX_VALID_DAYS} days at most.`,
      ['input', 'validUntil'],
    );
  }
  return { dose, note, quantity, refills, validUntil };
}

/** `RP-2026-000123`: the year of issuing in Shanghai, and a number that is never given twice. */
export const prescriptionNumber = (serial: string, issuedAt: Date): string =>
  `RP-${shanghaiDay(issuedAt).slice(0, 4)}-${serial.padStart(6, '0')}`;
