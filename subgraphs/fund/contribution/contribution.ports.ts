import type { Ask } from '../../common/context.js';

/** Asks the catalog whether there is an organisation with this id. @throws {SubgraphUnavailable} */
export async function organisationExists(ask: Ask, id: string): Promise<boolean> {
  const data = await ask<{ organisation: { id: string } | null }>(
    'catalog',
    'query OrganisationExists($id: ID!) { organisation(id: $id) { id } }',
    { id },
  );
  return data.organisation !== null;
}
