import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query Recipient($id: ID!) { organisation(id: $id) { id } }';

/** Whether there is such an organisation. Asks the catalog. @throws {SubgraphUnavailable} */
export async function organisationExists(ask: Ask, id: string): Promise<boolean> {
  return (await ask<{ organisation: { id: string } | null }>('catalog', DOCUMENT, { id })).organisation !== null;
}
