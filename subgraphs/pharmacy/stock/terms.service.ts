import { NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import type { PharmacyContext } from '../context.js';
import { medicineExists } from '../prescription/catalog.port.js';
import { checkTerms } from './terms.rules.js';

export interface SetMedicineTerms {
  readonly medicineId: string;
  readonly deliveryDays: number;
  readonly allowanceMinutes: number;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Version 0: they are locked and set like those that were set before, whoever comes first. */
const NEVER_SET = `insert into medicine_terms (medicine_id, delivery_days, allowance_minutes, changed_at, changed_by, version)
  values (?, ?, ?, ?, ?, 0) on conflict (medicine_id) do nothing`;
const LOCK = 'select version from medicine_terms where medicine_id = ? for update';
const SET = `update medicine_terms set delivery_days = ?, allowance_minutes = ?, changed_at = ?, changed_by = ?, version = version + 1
  where medicine_id = ?`;

/** What pharmacists say of supplying a medicine. Parcels that are packed keep what was known then. */
export class TermsService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the medicine's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {IdempotencyConflict}
   */
  async set(input: SetMedicineTerms): Promise<string> {
    const { medicineId, deliveryDays, allowanceMinutes, expectedVersion } = input;
    checkTerms(deliveryDays, allowanceMinutes);
    const known = await medicineExists(this.context.ask, medicineId);
    return once(this.context, 'setMedicineTerms', input, async (em) => {
      if (!known) throw new NotFound('medicine', ['input', 'medicineId']);
      const now = new Date();
      const changedBy = this.context.identity.subject;
      await em.execute(NEVER_SET, [medicineId, deliveryDays, allowanceMinutes, now, changedBy]);
      const [terms] = await em.execute<[{ version: number }]>(LOCK, [medicineId]);
      if (terms.version !== expectedVersion) throw new StaleVersion(terms.version);
      await em.execute(SET, [deliveryDays, allowanceMinutes, now, changedBy, medicineId]);
      return medicineId;
    });
  }
}
