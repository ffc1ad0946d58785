import type { Ask } from '../../common/context.js';
import type { MedicineOnSale } from './order.rules.js';

const DOCUMENT = `query MedicinesToOrder($ids: [ID!]!) {
  medicinesById(ids: $ids) { id soldOnline price { amount { amount } } }
}`;

interface Data {
  medicinesById: ({ id: string; soldOnline: boolean; price: { amount: { amount: string } } | null } | null)[] | null;
}

/** The catalog writes an amount with two places, always. */
const fen = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** Asks the catalog what these medicines cost; an unknown one is missing in the answer. @throws {SubgraphUnavailable} */
export async function medicinesOnSale(ask: Ask, ids: readonly string[]): Promise<ReadonlyMap<string, MedicineOnSale>> {
  const { medicinesById } = await ask<Data>('catalog', DOCUMENT, { ids });
  const found = (medicinesById ?? []).filter((medicine) => medicine !== null);
  return new Map(
    found.map(({ id, soldOnline, price }) => [id, { soldOnline, priceFen: price && fen(price.amount.amount) }]),
  );
}
