import { arrayValue, type Executes } from '../../common/database.js';
import { DEFAULT_ALLOWANCE_MINUTES } from './terms.rules.js';

/**
 * How long each of these medicines bears what lies outside of 2 to 8 °C, in minutes over the whole way: as pharmacists set it,
 * otherwise the default. To be asked by a pharmacist or the system: nobody else sees what was set.
 */
export async function allowanceOf(sql: Executes, medicineIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const set = await sql.execute<{ id: string; minutes: number }[]>(
    'select medicine_id as id, allowance_minutes as minutes from medicine_terms where medicine_id = any(?::text::uuid[])',
    [arrayValue(medicineIds)],
  );
  const known = new Map(set.map(({ id, minutes }) => [id, minutes]));
  return new Map(medicineIds.map((id) => [id, known.get(id) ?? DEFAULT_ALLOWANCE_MINUTES]));
}
