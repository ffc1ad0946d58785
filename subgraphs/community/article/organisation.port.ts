import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query OrganisationExists($id: ID!) { organisation(id: $id) { id } }';

/** Whether there is an organisation with this id. Asks the catalog. @throws {SubgraphUnavailable} */
export async function organisationExists(ask: Ask, id: string): Promise<boolean> {
  const data = await ask<{ organisation: { id: string } | null }>('catalog', DOCUMENT, { id });
  return data.organisation !== null;
}
