import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

/** A disease that a hospital has found, as the patient reports it and the hospital verifies it. */
export const DiagnosisEntity = defineEntity({
  name: 'Diagnosis',
  tableName: 'diagnosis',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    diseaseId: p.uuid(),
    hospitalId: p.uuid(),
    /** Who answers for the hospital, as the catalog said when it was reported; a partner sees its own by it. */
    hospitalOrganisationId: p.uuid().nullable(),
    diagnosedOn: p.date(),
    physicianName: p.text().nullable(),
    status: p.text(),
    decidedAt: p.datetime().nullable(),
    decidedByRole: p.text().nullable(),
    reason: p.text().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime(),
  }),
  policies: [
    {
      name: 'diagnosis_concerned',
      using: `exists (select from patient where patient.id = patient_id offset 0)
        or (caller_has_role('HOSPITAL') and hospital_organisation_id = caller_organisation())`,
    },
  ],
});
