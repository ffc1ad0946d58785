import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query DiseaseExists($id: ID!) { disease(id: $id) { id } }';

/** Whether there is a disease with this id. Asks the catalog. @throws {SubgraphUnavailable} */
export async function diseaseExists(ask: Ask, id: string): Promise<boolean> {
  const data = await ask<{ disease: { id: string } | null }>('catalog', DOCUMENT, { id });
  return data.disease !== null;
}
