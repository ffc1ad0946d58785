import { InvalidInput } from '../../common/errors.js';

/** What holds for a medicine for which pharmacists have set nothing. Demo values: no source gives any. */
export const DEFAULT_DELIVERY_DAYS = 3;
export const DEFAULT_ALLOWANCE_MINUTES = 60;

export const MAX_DELIVERY_DAYS = 60;
export const MAX_ALLOWANCE_MINUTES = 1440;

/** @throws {InvalidInput} for delivery days outside 1–60, or an allowance outside 0–1440 minutes */
export function checkTerms(deliveryDays: number, allowanceMinutes: number): void {
  if (deliveryDays < 1 || deliveryDays > MAX_DELIVERY_DAYS) {
    throw new InvalidInput(`A delivery takes 1 to ${MAX_DELIVERY_DAYS} days.`, ['input', 'deliveryDays']);
  }
  if (allowanceMinutes < 0 || allowanceMinutes > MAX_ALLOWANCE_MINUTES) {
    throw new InvalidInput(`An allowance is 0 to ${MAX_ALLOWANCE_MINUTES} minutes, a day at most.`, [
      'input',
      'allowanceMinutes',
    ]);
  }
}
