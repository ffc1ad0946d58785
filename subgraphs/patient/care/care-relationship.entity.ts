import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

/** What a caregiver may do: see, apply for aid, order medicine, take part in care. */
export const CARE_SCOPES = ['VIEW', 'APPLY', 'ORDER', 'CARE'] as const;

/** Somebody acts for a patient, within scopes, until it is revoked or has expired. */
export const CareRelationshipEntity = defineEntity({
  name: 'CareRelationship',
  tableName: 'care_relationship',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    patientSubject: p.text().nullable(),
    caregiverSubject: p.text(),
    scopes: p.array().columnType('text[]'),
    grantedAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    expiresAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'care_relationship_party',
      using: 'caregiver_subject = caller_subject() or patient_subject = caller_subject()',
    },
  ],
});
