import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';

const DECIDES = 'caller_decides(patient_id, hospital_id, hospital_organisation_id)';

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
      command: 'select',
      using: `exists (select from patient where patient.id = patient_id offset 0)
        or (caller_has_role('HOSPITAL') and hospital_organisation_id = caller_organisation())
        or hospital_id = (select caller_hospital())`,
    },
    {
      name: 'diagnosis_reported',
      command: 'insert',
      check: `status = 'REPORTED' and reason is null and caller_acts_for(patient_id, 'CARE')`,
    },
    {
      name: 'diagnosis_decided',
      command: 'update',
      using: DECIDES,
      check: `status <> 'REPORTED' and caller_has_role(decided_by_role) and ${DECIDES}`,
    },
  ],
});

/** What became of a diagnosis. Written by triggers alone, so that none is decided without it. */
export const DiagnosisEventEntity = defineEntity({
  name: 'DiagnosisEvent',
  tableName: 'diagnosis_event',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    diagnosis: () => p.manyToOne(DiagnosisEntity).ref(),
    status: p.text(),
    at: p.datetime(),
    byRole: p.text(),
    reason: p.text().nullable(),
  }),
  policies: [
    {
      name: 'diagnosis_event_concerned',
      command: 'select',
      using: 'exists (select from diagnosis where diagnosis.id = diagnosis_id offset 0)',
    },
  ],
});
