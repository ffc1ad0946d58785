import type { Ask } from '../../common/context.js';

/** A verified diagnosis, as aid is decided by it. */
export interface Diagnosis {
  readonly diagnosisId: string;
  readonly hospitalId: string;
  readonly diagnosedOn: string;
}

/** Asks the patient subgraph. Null when none is verified. @throws {SubgraphUnavailable} */
export async function verifiedDiagnosis(ask: Ask, patientId: string, diseaseId: string): Promise<Diagnosis | null> {
  const data = await ask<{ verifiedDiagnosis: Diagnosis | null }>(
    'patient',
    `query Diagnosis($patientId: ID!, $diseaseId: ID!) {
      verifiedDiagnosis(patientId: $patientId, diseaseId: $diseaseId) { diagnosisId hospitalId diagnosedOn }
    }`,
    { patientId, diseaseId },
  );
  return data.verifiedDiagnosis;
}

/** Asks the catalog whether a hospital is in the current network. @throws {SubgraphUnavailable} */
export async function hospitalRecognised(ask: Ask, id: string): Promise<boolean> {
  const data = await ask<{ hospital: { recognised: boolean } | null }>(
    'catalog',
    'query Hospital($id: ID!) { hospital(id: $id) { recognised } }',
    { id },
  );
  return data.hospital?.recognised ?? false;
}
