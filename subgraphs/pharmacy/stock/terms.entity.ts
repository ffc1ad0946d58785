import { defineEntity } from '@mikro-orm/core';

const PHARMACIST = `caller_has_role('PHARMACIST')`;
const BY_CALLER = `${PHARMACIST} and changed_by = caller_subject()`;

/** What pharmacists have set for a medicine; the defaults of terms.rules.ts hold where there is none. */
export const MedicineTermsEntity = defineEntity({
  name: 'MedicineTerms',
  tableName: 'medicine_terms',
  properties: (p) => ({
    medicineId: p.uuid().primary(),
    deliveryDays: p.integer(),
    /** Minutes outside of 2 to 8 °C, over the whole way. */
    allowanceMinutes: p.integer(),
    changedAt: p.datetime(),
    changedBy: p.text(),
    version: p.integer().version(),
  }),
  policies: [
    { name: 'medicine_terms_read', command: 'select', using: `${PHARMACIST} or (select caller_is_system())` },
    { name: 'medicine_terms_added', command: 'insert', check: BY_CALLER },
    { name: 'medicine_terms_changed', command: 'update', using: PHARMACIST, check: BY_CALLER },
  ],
});
