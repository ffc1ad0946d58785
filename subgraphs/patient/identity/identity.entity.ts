import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

/** Whose costs are carried by whom, before any aid. */
export const INSURANCE_COVERS = ['URBAN_EMPLOYEE', 'RESIDENT', 'COMMERCIAL', 'OTHER', 'NONE'] as const;

/** Who a patient is. What identifies them is sealed; the index says only whether two national ids are the same. */
export const PatientIdentityEntity = defineEntity({
  name: 'PatientIdentity',
  tableName: 'patient_identity',
  properties: (p) => ({
    patient: () => p.oneToOne(PatientEntity).ref().primary().updateRule('no action').deleteRule('no action'),
    legalNameSealed: p.text(),
    nationalIdSealed: p.text(),
    nationalIdIndex: p.text(),
    phoneSealed: p.text(),
    addressSealed: p.text().nullable(),
    insurance: p.text().$type<(typeof INSURANCE_COVERS)[number]>(),
    insuranceNoteSealed: p.text().nullable(),
    changedAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'patient_identity_own',
      using: `caller_acts_for(patient_id, 'VIEW')`,
      check: `caller_acts_for(patient_id, 'APPLY')`,
    },
  ],
});

/** How often somebody has entered another patient's national id on a day. */
export const IdentityAttemptEntity = defineEntity({
  name: 'IdentityAttempt',
  tableName: 'identity_attempt',
  properties: (p) => ({
    caller: p.text().primary(),
    /** Of Shanghai. */
    day: p.date().primary(),
    failed: p.integer(),
  }),
  policies: [{ name: 'identity_attempt_own', using: 'caller = caller_subject()', check: 'caller = caller_subject()' }],
});

const TABLE = 'patient_identity';

/** Where the sealed values of a patient's identity stand. */
export const identityPlaces = (patientId: string) => ({
  legalName: { table: TABLE, column: 'legal_name_sealed', row: patientId },
  nationalId: { table: TABLE, column: 'national_id_sealed', row: patientId },
  phone: { table: TABLE, column: 'phone_sealed', row: patientId },
  address: { table: TABLE, column: 'address_sealed', row: patientId },
  insuranceNote: { table: TABLE, column: 'insurance_note_sealed', row: patientId },
});

/** The column of the blind index over national ids. */
export const NATIONAL_ID_INDEX = { table: TABLE, column: 'national_id_index' };
