import { defineEntity } from '@mikro-orm/core';

/** An order of medicine for a patient. What it costs is the sum of its lines and stored nowhere else. */
export const DrugOrderEntity = defineEntity({
  name: 'DrugOrder',
  tableName: 'drug_order',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    patientId: p.uuid(),
    /** The patient's own sign-in, as it was at placing; null for somebody whom only caregivers act for. */
    patientSubject: p.text().nullable(),
    applicationId: p.uuid().nullable(),
    status: p.text(),
    placedAt: p.datetime(),
    cancelledAt: p.datetime().nullable(),
    cancelReason: p.text().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'drug_order_concerned',
      using: `patient_subject = caller_subject() or patient_id = any(caller_patients())
        or application_id = any(caller_applications()) or caller_has_role('PHARMACIST')`,
    },
  ],
});
