import type { Ask } from '../../common/context.js';
import { InvalidInput } from '../../common/errors.js';

const DOCUMENT = 'query DiseaseExists($id: ID!) { disease(id: $id) { id } }';

/** Asks the catalog. @throws {InvalidInput} when there is no disease with this id @throws {SubgraphUnavailable} */
export async function ensureDisease(ask: Ask, id: string): Promise<void> {
  const data = await ask<{ disease: { id: string } | null }>('catalog', DOCUMENT, { id });
  if (data.disease === null) throw new InvalidInput('There is no disease with this id.', ['input', 'diseaseId']);
}
