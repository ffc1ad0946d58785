import type { Ask } from '../../common/context.js';

/** What must be known of where a physician works and of what they treat. */
export interface PhysicianPlace {
  /** Null when there is no such hospital. */
  readonly hospital: { readonly organisationId: string | null } | null;
  readonly unknownDiseases: readonly string[];
}

interface Data {
  readonly hospital?: { readonly id: string; readonly organisation: { readonly id: string } | null } | null;
  readonly [disease: `disease${number}`]: { readonly id: string } | null;
}

/**
 * Asks the catalog.
 *
 * @param hospitalId left out when it is not asked for: then there is none
 * @throws {SubgraphUnavailable}
 */
export async function physicianPlace(
  ask: Ask,
  hospitalId: string | undefined,
  diseaseIds: readonly string[],
): Promise<PhysicianPlace> {
  if (hospitalId === undefined && diseaseIds.length === 0) return { hospital: null, unknownDiseases: [] };
  const declared = [
    ...(hospitalId === undefined ? [] : ['$hospital: ID!']),
    ...diseaseIds.map((_, n) => `$d${n}: ID!`),
  ];
  const document = `query PhysicianPlace(${declared.join(', ')}) {
    ${hospitalId === undefined ? '' : 'hospital(id: $hospital) { id organisation { id } }'}
    ${diseaseIds.map((_, n) => `disease${n}: disease(id: $d${n}) { id }`).join(' ')}
  }`;
  const variables = {
    ...(hospitalId !== undefined && { hospital: hospitalId }),
    ...Object.fromEntries(diseaseIds.map((id, n) => [`d${n}`, id])),
  };
  const data = await ask<Data>('catalog', document, variables);
  return {
    hospital: data.hospital ? { organisationId: data.hospital.organisation?.id ?? null } : null,
    unknownDiseases: diseaseIds.filter((_, n) => !data[`disease${n}`]),
  };
}
