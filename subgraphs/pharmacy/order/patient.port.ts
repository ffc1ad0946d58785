import type { Ask } from '../../common/context.js';

/** What the caller may do for a patient. */
export interface CareStanding {
  /** The patient's own sign-in; null for somebody whom only caregivers act for. */
  readonly subject: string | null;
  readonly mayView: boolean;
  readonly mayApply: boolean;
  readonly mayOrder: boolean;
}

const STANDING = `query Standing($patientId: ID!) {
  careStanding(patientId: $patientId) { subject mayView mayApply mayOrder }
}`;
const IN_CARE = 'query InCare { patientsInCare }';

/** Asks the patient subgraph; null when the patient is nothing to the caller. @throws {SubgraphUnavailable} */
export async function careStanding(ask: Ask, patientId: string): Promise<CareStanding | null> {
  return (await ask<{ careStanding: CareStanding | null }>('patient', STANDING, { patientId })).careStanding;
}

/** Patients whom the caller cares for and may see. Asks the patient subgraph. @throws {SubgraphUnavailable} */
export async function patientsInCare(ask: Ask): Promise<readonly string[]> {
  return (await ask<{ patientsInCare: string[] | null }>('patient', IN_CARE, {})).patientsInCare ?? [];
}
