import DataLoader from 'dataloader';
import { type Database, type Session, statement } from '../../common/database.js';
import type { MedicineAvailability, MedicineTerms } from './stock.js';
import { DEFAULT_ALLOWANCE_MINUTES, DEFAULT_DELIVERY_DAYS } from './terms.rules.js';

const TERMS = statement(
  'medicine-terms',
  `select medicine_id as id, delivery_days as "deliveryDays", allowance_minutes as "allowanceMinutes", false as demo,
     changed_at as "changedAt", version from medicine_terms where medicine_id = any($1)`,
);
const AVAILABILITY = statement(
  'medicine-availability',
  'select medicine_id as id, in_stock as "inStock", delivery_days as "deliveryDays" from availability_of($1)',
);

const NEVER_SET: MedicineTerms = {
  deliveryDays: DEFAULT_DELIVERY_DAYS,
  allowanceMinutes: DEFAULT_ALLOWANCE_MINUTES,
  demo: true,
  changedAt: null,
  version: 0,
};

interface StoredAvailability {
  readonly id: string;
  readonly inStock: boolean;
  readonly deliveryDays: number | null;
}

/** Reads what the pharmacy says of medicines: its terms to pharmacists, whether they can be had to anybody. */
export class TermsLoader {
  private readonly terms: DataLoader<string, MedicineTerms>;
  private readonly availabilities: DataLoader<string, MedicineAvailability>;

  constructor(session: Session, database: Database) {
    this.terms = new DataLoader(async (ids) => {
      const rows = await session.rows<MedicineTerms & { id: string }>(TERMS, [ids]);
      const set = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => set.get(id) ?? NEVER_SET);
    });
    this.availabilities = new DataLoader(async (ids) => {
      const rows = await database.publicRows<StoredAvailability>(AVAILABILITY, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => ({
        inStock: found.get(id)?.inStock ?? false,
        deliveryDays: found.get(id)?.deliveryDays ?? DEFAULT_DELIVERY_DAYS,
      }));
    });
  }

  of(medicine: string): Promise<MedicineTerms> {
    return this.terms.load(medicine);
  }

  /** Reads what has just been set. */
  afterChange(medicine: string): Promise<MedicineTerms> {
    this.terms.clear(medicine);
    this.availabilities.clear(medicine);
    return this.of(medicine);
  }

  availability(medicine: string): Promise<MedicineAvailability> {
    return this.availabilities.load(medicine);
  }
}
