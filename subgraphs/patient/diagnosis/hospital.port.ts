import type { Ask } from '../../common/context.js';

/** What must be known of a hospital and a disease to report a diagnosis. */
export interface DiagnosisPlace {
  readonly diseaseExists: boolean;
  readonly hospital: { readonly organisationId: string | null } | null;
}

const DOCUMENT = `query DiagnosisPlace($disease: ID!, $hospital: ID!) {
  disease(id: $disease) { id }
  hospital(id: $hospital) { id organisation { id } }
}`;

interface Data {
  disease: { id: string } | null;
  hospital: { id: string; organisation: { id: string } | null } | null;
}

/** Asks the catalog. @throws {SubgraphUnavailable} */
export async function diagnosisPlace(ask: Ask, disease: string, hospital: string): Promise<DiagnosisPlace> {
  const data = await ask<Data>('catalog', DOCUMENT, { disease, hospital });
  return {
    diseaseExists: data.disease !== null,
    hospital: data.hospital && { organisationId: data.hospital.organisation?.id ?? null },
  };
}
