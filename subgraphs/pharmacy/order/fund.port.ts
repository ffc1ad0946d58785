import type { Ask } from '../../common/context.js';

/** An application that the caller may act on. */
export interface ApplicationForOrder {
  readonly id: string;
  readonly patientId: string;
}

const APPLICATION = 'query ApplicationForOrder($id: ID!) { applicationForOrder(id: $id) { id patientId } }';
const WORKED_ON = 'query WorkedOn($ids: [ID!]!) { applicationsWorkedOn(ids: $ids) }';

/** Asks the fund; null when there is none that the caller may act on. @throws {SubgraphUnavailable} */
export async function applicationForOrder(ask: Ask, id: string): Promise<ApplicationForOrder | null> {
  const data = await ask<{ applicationForOrder: ApplicationForOrder | null }>('fund', APPLICATION, { id });
  return data.applicationForOrder;
}

/** Which of these applications the caller works on. Asks the fund. @throws {SubgraphUnavailable} */
export async function applicationsWorkedOn(ask: Ask, ids: readonly string[]): Promise<readonly string[]> {
  const data = await ask<{ applicationsWorkedOn: string[] | null }>('fund', WORKED_ON, { ids });
  return data.applicationsWorkedOn ?? [];
}
