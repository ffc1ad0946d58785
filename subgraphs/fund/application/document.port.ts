import type { Ask } from '../../common/context.js';
import type { DocumentKind } from '../../common/document-kind.js';

const KINDS = 'query Kinds($ids: [ID!]!) { documentKinds(patientIds: $ids) { patientId kinds } }';

/**
 * Asks the patient subgraph which papers there are that the caller may see.
 *
 * @param patientIds at most 500
 * @returns their kinds, in the order of the patients
 * @throws {SubgraphUnavailable}
 */
export async function storedDocumentKinds(
  ask: Ask,
  patientIds: readonly string[],
): Promise<(readonly DocumentKind[])[]> {
  const data = await ask<{ documentKinds: { patientId: string; kinds: DocumentKind[] }[] | null }>('patient', KINDS, {
    ids: patientIds,
  });
  const found = new Map((data.documentKinds ?? []).map(({ patientId, kinds }) => [patientId, kinds]));
  return patientIds.map((id) => found.get(id) ?? []);
}
