import type { Ask } from '../../common/context.js';
import { DataUnreadable } from '../../common/errors.js';

const NAMES = 'query Names($ids: [ID!]!) { maskedNames(patientIds: $ids) { patientId name } }';

/**
 * Asks the patient subgraph, for finance, how patients are called, masked.
 *
 * @param patientIds at most 500
 * @returns in their order: null for who has not told it, an error where it cannot be read
 * @throws {SubgraphUnavailable}
 */
export async function maskedNames(ask: Ask, patientIds: readonly string[]): Promise<(string | Error | null)[]> {
  const data = await ask<{ maskedNames: { patientId: string; name: string | null }[] | null }>('patient', NAMES, {
    ids: patientIds,
  });
  const names = new Map(
    (data.maskedNames ?? []).map(({ patientId, name }) => [patientId, name ?? new DataUnreadable()]),
  );
  return patientIds.map((id) => names.get(id) ?? null);
}
