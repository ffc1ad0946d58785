import { defineEntity } from '@mikro-orm/core';
import type { ConsentPurpose } from '../../common/consent-purpose.js';
import { PatientEntity } from '../profile/patient.entity.js';

/** What a consent says, word for word. Only ever added, by migrations. */
export const ConsentTextEntity = defineEntity({
  name: 'ConsentText',
  tableName: 'consent_text',
  properties: (p) => ({
    purpose: p.text().$type<ConsentPurpose>().primary(),
    number: p.integer().primary(),
    textEn: p.text(),
    textZh: p.text(),
    effectiveFrom: p.datetime(),
  }),
});

/** A patient agrees to one purpose, until they no longer do. */
export const ConsentEntity = defineEntity({
  name: 'Consent',
  tableName: 'consent',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    purpose: p.text().$type<ConsentPurpose>(),
    /** A physician, a hospital, an organisation; null for whoever serves the purpose. */
    recipientId: p.uuid().nullable(),
    /** Of the text that was shown. */
    textNumber: p.integer(),
    givenAt: p.datetime(),
    givenBy: p.text(),
    withdrawnAt: p.datetime().nullable(),
    withdrawnBy: p.text().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'consent_read',
      command: 'select',
      using: `caller_acts_for(patient_id, 'VIEW') or (select caller_is_system())`,
    },
    {
      name: 'consent_given',
      command: 'insert',
      check: `caller_acts_for(patient_id, 'CARE') and given_by = caller_subject() and withdrawn_at is null`,
    },
    {
      name: 'consent_withdrawn',
      command: 'update',
      using: `caller_acts_for(patient_id, 'CARE')`,
      check: `caller_acts_for(patient_id, 'CARE') and withdrawn_by = caller_subject()`,
    },
    {
      name: 'consent_treating',
      command: 'select',
      using: `purpose = 'TREATMENT' and patient_id = any((select caller_treated())::uuid[])`,
    },
  ],
});
