import type { Ask } from '../../common/context.js';

const TAKEN_OVER =
  'mutation TakenOver($patientId: ID!, $subject: ID!) { ordersTakenOver(patientId: $patientId, subject: $subject) }';

/** Lets a patient see their orders, which others placed for them, with a sign-in of their own. @throws {SubgraphUnavailable} */
export async function ordersTakenOver(ask: Ask, patientId: string, subject: string): Promise<void> {
  await ask('pharmacy', TAKEN_OVER, { patientId, subject });
}
