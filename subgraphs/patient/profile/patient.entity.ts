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
      using: `subject = caller_subject() or id = any((select caller_patients())::uuid[]) or caller_cares_for(id, 'VIEW')`,
    },
  ],
});
