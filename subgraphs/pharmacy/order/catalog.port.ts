import type { Ask } from '../../common/context.js';
import type { MedicineOnSale } from './order.rules.js';

const DOCUMENT = `query MedicinesToOrder($ids: [ID!]!) {
  medicinesById(ids: $ids) { id soldOnline storage price { amount { amount } } }
}`;

interface Data {
  medicinesById: (Medicine | null)[] | null;
}

interface Medicine {
  readonly id: string;
  readonly soldOnline: boolean;
  readonly storage: string;
  readonly price: { readonly amount: { readonly amount: string } } | null;
}

const ORGANISATION = 'query Carrier($id: ID!) { organisation(id: $id) { kind } }';

/** The catalog writes an amount with two places, always. */
const fen = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** Asks the catalog what these medicines cost and how they are kept; an unknown one is missing in the answer. @throws {SubgraphUnavailable} */
export async function medicinesOnSale(ask: Ask, ids: readonly string[]): Promise<ReadonlyMap<string, MedicineOnSale>> {
  const { medicinesById } = await ask<Data>('catalog', DOCUMENT, { ids });
  const found = (medicinesById ?? []).filter((medicine) => medicine !== null);
  return new Map(
    found.map(({ id, soldOnline, storage, price }) => [
      id,
      { soldOnline, priceFen: price && fen(price.amount.amount), cold: storage === 'COLD_2_8' },
    ]),
  );
}

/** Whether an organisation carries parcels. Asks the catalog. @throws {SubgraphUnavailable} */
export async function isCarrier(ask: Ask, organisationId: string): Promise<boolean> {
  const data = await ask<{ organisation: { kind: string } | null }>('catalog', ORGANISATION, { id: organisationId });
  return data.organisation?.kind === 'CARRIER';
}
