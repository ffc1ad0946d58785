import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query Working($ids: [ID!]!) { patientsWorkedOn(ids: $ids) }';

/** Which of these patients have an application that the caller works on. Asks the fund. @throws {SubgraphUnavailable} */
export async function patientsWorkedOn(ask: Ask, ids: readonly string[]): Promise<readonly string[]> {
  const data = await ask<{ patientsWorkedOn: string[] | null }>('fund', DOCUMENT, { ids });
  return data.patientsWorkedOn ?? [];
}

const TAKEN_OVER =
  'mutation TakenOver($patientId: ID!, $subject: ID!) { applicationsTakenOver(patientId: $patientId, subject: $subject) }';

/** Lets a patient see their applications and claims, which others made for them, with a sign-in of their own. @throws {SubgraphUnavailable} */
export async function applicationsTakenOver(ask: Ask, patientId: string, subject: string): Promise<void> {
  await ask('fund', TAKEN_OVER, { patientId, subject });
}
