import type { Ask } from '../../common/context.js';

const DOCUMENT = 'query Working($ids: [ID!]!) { patientsWorkedOn(ids: $ids) }';

/** Which of these patients have an application that the caller works on. Asks the fund. @throws {SubgraphUnavailable} */
export async function patientsWorkedOn(ask: Ask, ids: readonly string[]): Promise<readonly string[]> {
  const data = await ask<{ patientsWorkedOn: string[] | null }>('fund', DOCUMENT, { ids });
  return data.patientsWorkedOn ?? [];
}
