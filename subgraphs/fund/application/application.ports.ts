import type { Ask } from '../../common/context.js';

/** What the caller may do for a patient, in the fund's words. */
export interface Applicant {
  readonly patientId: string;
  /** The patient's own sign-in, where they have one. */
  readonly subject: string | null;
  readonly mayApply: boolean;
}

/** Asks the patient subgraph. Null when the patient is nothing to the caller. @throws {SubgraphUnavailable} */
export async function applicant(ask: Ask, patientId: string): Promise<Applicant | null> {
  const data = await ask<{ careStanding: Applicant | null }>(
    'patient',
    'query Standing($patientId: ID!) { careStanding(patientId: $patientId) { patientId subject mayApply } }',
    { patientId },
  );
  return data.careStanding;
}

/** Asks the patient subgraph whom the caller cares for. @throws {SubgraphUnavailable} */
export async function patientsInCare(ask: Ask): Promise<readonly string[]> {
  const data = await ask<{ patientsInCare: string[] | null }>('patient', 'query InCare { patientsInCare }', {});
  return data.patientsInCare ?? [];
}

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
