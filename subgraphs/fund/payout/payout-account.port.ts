import type { Ask } from '../../common/context.js';

/** Where a patient's aid is paid to, in the fund's words. */
export interface PayoutAccount {
  readonly patientId: string;
  readonly holderName: string;
  readonly accountNumber: string;
  /** CNAPS code of 12 digits. */
  readonly bankCode: string;
}

/**
 * Asks the patient subgraph, for its finance or for the fund itself. Patients without an account are left out.
 *
 * @param patientIds at most 500
 * @throws {SubgraphUnavailable}
 */
export async function payoutAccounts(
  ask: Ask,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, PayoutAccount>> {
  if (patientIds.length === 0) return new Map();
  const data = await ask<{ payoutAccounts: PayoutAccount[] | null }>(
    'patient',
    `query Accounts($patientIds: [ID!]!) {
      payoutAccounts(patientIds: $patientIds) { patientId holderName accountNumber bankCode }
    }`,
    { patientIds },
  );
  return new Map((data.payoutAccounts ?? []).map((account) => [account.patientId, account]));
}
