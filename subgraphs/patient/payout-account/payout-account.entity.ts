import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

/** Of whom a row is: without those whom somebody only works on. */
const concerned = (scope: string) => `exists (select from patient where patient.id = patient_id
          and (subject = caller_subject() or caller_cares_for(patient.id, '${scope}')) offset 0)`;

/** Where a patient's aid is paid to. Holder and number are sealed; what is in clear identifies nobody. */
export const PayoutAccountEntity = defineEntity({
  name: 'PayoutAccount',
  tableName: 'payout_account',
  properties: (p) => ({
    patient: () => p.oneToOne(PatientEntity).ref().primary().updateRule('no action').deleteRule('no action'),
    holderSealed: p.text(),
    accountSealed: p.text(),
    /** Of the bank's branch, by China's payment system (CNAPS). */
    bankCode: p.text(),
    masked: p.text(),
    changedAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    { name: 'payout_account_own', using: concerned('VIEW'), check: concerned('APPLY') },
    {
      // the fund pays: somebody of its finance, or itself when a payout has become due
      name: 'payout_account_to_pay',
      command: 'select',
      using: `caller_via() = 'fund' and (caller_has_role('FINANCE') or caller_subject() = 'system:fund')`,
    },
  ],
});

/** Where the sealed values of a patient's account stand. */
export const sealedPlaces = (patientId: string) => ({
  holder: { table: 'payout_account', column: 'holder_sealed', row: patientId },
  account: { table: 'payout_account', column: 'account_sealed', row: patientId },
});
