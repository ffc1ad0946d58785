import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

/** What a caregiver may do: see, apply for aid, order medicine, take part in care. */
export const CARE_SCOPES = ['VIEW', 'APPLY', 'ORDER', 'CARE'] as const;

/** Somebody acts for a patient, within scopes, until it is revoked or has expired. It begins by functions of the database alone. */
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
    /** The sign-in of who granted it. */
    grantedBy: p.text().nullable(),
    /** How the patient tells this caregiver from others; null for who registered the patient. */
    label: p.text().nullable(),
    revokedAt: p.datetime().nullable(),
    /** For a minor the 18th birthday at the latest: a trigger sees to it. */
    expiresAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'care_relationship_party',
      command: 'select',
      using: `caregiver_subject = caller_subject() or patient_subject = caller_subject()
        or caller_acts_for(patient_id, 'VIEW') or (select caller_is_system())`,
    },
    {
      name: 'care_relationship_revoked',
      command: 'update',
      using: 'revoked_at is null and (caregiver_subject = caller_subject() or caller_governs(patient_id))',
      check: 'revoked_at is not null',
    },
    {
      // nobody gives themselves more
      name: 'care_relationship_changed',
      command: 'update',
      using: 'revoked_at is null and caregiver_subject <> caller_subject() and caller_governs(patient_id)',
      check: `revoked_at is null and caregiver_subject <> caller_subject()
        and may_grant(caller_subject(), patient_id, scopes, expires_at)`,
    },
  ],
});
