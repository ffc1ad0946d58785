import type { ConsentPurpose } from './consent-purpose.js';
import type { Ask } from './context.js';

/** What the caller may do for a patient. */
export interface CareStanding {
  readonly patientId: string;
  /** The patient's own sign-in; null for somebody whom only caregivers act for. */
  readonly subject: string | null;
  readonly mayView: boolean;
  readonly mayApply: boolean;
  readonly mayOrder: boolean;
}

const STANDING = 'careStanding(patientId: $patientId) { patientId subject mayView mayApply mayOrder }';

/** Asks the patient subgraph; null when the patient is nothing to the caller. @throws {SubgraphUnavailable} */
export async function careStanding(ask: Ask, patientId: string): Promise<CareStanding | null> {
  const document = `query Standing($patientId: ID!) { ${STANDING} }`;
  return (await ask<{ careStanding: CareStanding | null }>('patient', document, { patientId })).careStanding;
}

/** Patients whom the caller cares for and may see. Asks the patient subgraph. @throws {SubgraphUnavailable} */
export async function patientsInCare(ask: Ask): Promise<readonly string[]> {
  const data = await ask<{ patientsInCare: string[] | null }>('patient', 'query InCare { patientsInCare }', {});
  return data.patientsInCare ?? [];
}

const GIVEN = 'consentGiven(patientId: $patientId, purpose: $purpose)';
const VARIABLES = '($patientId: ID!, $purpose: ConsentPurpose!)';

/** Whether a patient agrees to something now, whoever asks. Asks the patient subgraph. @throws {SubgraphUnavailable} */
export async function consentGiven(ask: Ask, patientId: string, purpose: ConsentPurpose): Promise<boolean> {
  const document = `query Consent${VARIABLES} { ${GIVEN} }`;
  return (
    (await ask<{ consentGiven: boolean | null }>('patient', document, { patientId, purpose })).consentGiven === true
  );
}

/** What {@link careStanding} and {@link consentGiven} answer, in one question. @throws {SubgraphUnavailable} */
export async function standingAndConsent(
  ask: Ask,
  patientId: string,
  purpose: ConsentPurpose,
): Promise<{ standing: CareStanding | null; consented: boolean }> {
  const document = `query StandingAndConsent${VARIABLES} { ${STANDING} ${GIVEN} }`;
  const data = await ask<{ careStanding: CareStanding | null; consentGiven: boolean | null }>('patient', document, {
    patientId,
    purpose,
  });
  return { standing: data.careStanding, consented: data.consentGiven === true };
}
