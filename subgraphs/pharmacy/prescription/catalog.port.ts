import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query MedicineExists($ids: [ID!]!) { medicinesById(ids: $ids) { id } }';

/** Whether there is a medicine with this id. Asks the catalog. @throws {SubgraphUnavailable} */
export async function medicineExists(ask: Ask, id: string): Promise<boolean> {
  const data = await ask<{ medicinesById: ({ id: string } | null)[] | null }>('catalog', DOCUMENT, { ids: [id] });
  return data.medicinesById?.[0] != null;
}
