import type { Ask } from '../../common/context.js';

/** The caller as somebody who may prescribe. */
export interface Prescriber {
  readonly physicianId: string;
  /** Whether they treat the patient now, with the patient's consent. */
  readonly treats: boolean;
  /** The patient's own sign-in; null for who has none, and for who is not treated. */
  readonly patientSubject: string | null;
  /** The appointment, where it is theirs with this patient and was not called off. */
  readonly appointmentId: string | null;
}

const PRESCRIBER = `query Prescriber($patientId: ID!, $appointmentId: ID) {
  prescriberFor(patientId: $patientId, appointmentId: $appointmentId) { physicianId treats patientSubject appointmentId }
}`;
const TREATED = 'query TreatedAmong($patientIds: [ID!]!) { treatedAmong(patientIds: $patientIds) }';

/** The patient subgraph takes no more at once. */
const MAX_PATIENTS = 1_000;

/** What the caller, a verified physician, is to a patient; null for anybody else. Asks the patient subgraph. @throws {SubgraphUnavailable} */
export async function prescriberFor(
  ask: Ask,
  patientId: string,
  appointmentId: string | null,
): Promise<Prescriber | null> {
  const data = await ask<{ prescriberFor: Prescriber | null }>('patient', PRESCRIBER, { patientId, appointmentId });
  return data.prescriberFor;
}

/** Which of these patients the caller, a physician, treats now. Asks the patient subgraph. @throws {SubgraphUnavailable} */
export async function treatedAmong(ask: Ask, patientIds: readonly string[]): Promise<readonly string[]> {
  const treated: string[] = [];
  for (let from = 0; from < patientIds.length; from += MAX_PATIENTS) {
    const asked = { patientIds: patientIds.slice(from, from + MAX_PATIENTS) };
    const data = await ask<{ treatedAmong: string[] | null }>('patient', TREATED, asked);
    treated.push(...(data.treatedAmong ?? []));
  }
  return treated;
}
