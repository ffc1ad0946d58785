import { defineEntity } from '@mikro-orm/core';

/** Somebody with a rare disease, as the others of this system know them. What identifies them is kept apart. */
export const PatientEntity = defineEntity({
  name: 'Patient',
  tableName: 'patient',
  properties: (p) => ({
    id: p.uuid().primary(),
    /** The patient's own sign-in; null for somebody whom only caregivers act for. */
    subject: p.text().nullable().unique(),
    displayName: p.text(),
    birthDate: p.date(),
    sex: p.text(),
    region: p.text(),
    version: p.integer().version(),
    createdAt: p.datetime(),
  }),
  policies: [
    {
      name: 'patient_concerned',
      command: 'select',
      // a reviewer only while the patient agrees; a physician while they treat
      using: `subject = caller_subject()
        or (id = any((select caller_patients())::uuid[]) and (not caller_has_role('REVIEWER') or has_consent(id, 'AID_REVIEW', null)))
        or id = any((select caller_treated())::uuid[]) or caller_cares_for(id, 'VIEW') or (select caller_is_system())`,
    },
    {
      name: 'patient_registered',
      command: 'insert',
      check: `(subject = caller_subject() and caller_has_role('PATIENT'))
        or (subject is null and caller_has_role('CAREGIVER') and id = any((select caller_patients())::uuid[]))`,
    },
    {
      name: 'patient_changed',
      command: 'update',
      using: `subject = caller_subject() or caller_cares_for(id, 'VIEW')`,
      check: `subject = caller_subject() or (subject is null and caller_cares_for(id, 'CARE'))`,
    },
  ],
});
