import type { Client } from 'pg';
import { type FieldKeys, seal } from '../common/sealed.js';
import { DEMO_PATIENTS, joinedAt, moment, patientId } from '../common/seed.js';
import { sealedPlaces } from './payout-account/payout-account.entity.js';
import { masked } from './payout-account/payout-account.rules.js';

/** Whose accounts they are: the child's is the caregiver's. */
const HOLDERS = ['Demo Patient', 'Demo Other Patient', 'Demo Caregiver'] as const;
/** No bank has this code, and no card these numbers: they are made up. */
const BANK_CODE = '999000000001';
const accountNumber = (i: number): string => `622200000000000000${i + 1}`;

/**
 * Gives the demo patients a payout account. What is there is left as it is, and who is not there gets none.
 *
 * @param client a connection of an administrator, in a transaction or not
 */
export async function importDemoPayoutAccounts(client: Client, fieldKeys: FieldKeys): Promise<void> {
  for (let i = 0; i < DEMO_PATIENTS; i++) {
    const id = patientId(i);
    const { holder, account } = sealedPlaces(id);
    const number = accountNumber(i);
    await client.query(
      `insert into patient.payout_account (patient_id, holder_sealed, account_sealed, bank_code, masked, changed_at)
       select id, $2, $3, $4, $5, $6 from patient.patient where id = $1 on conflict do nothing`,
      [
        id,
        seal(fieldKeys, holder, HOLDERS[i] as string),
        seal(fieldKeys, account, number),
        BANK_CODE,
        masked(number),
        moment(joinedAt(i)),
      ],
    );
  }
}
