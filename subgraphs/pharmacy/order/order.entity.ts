import { defineEntity } from '@mikro-orm/core';

const FAMILY = `patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])`;

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
    /** Null: ordered before payments were kept here, and never cancelled for want of one. */
    payBy: p.datetime().nullable(),
    cancelledAt: p.datetime().nullable(),
    cancelReason: p.text().nullable(),
    returnReason: p.text().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'drug_order_concerned',
      command: 'select',
      using: `${FAMILY} or application_id = any((select caller_applications())::uuid[]) or caller_has_role('PHARMACIST')
        or (select caller_is_system())`,
    },
    { name: 'drug_order_placed', command: 'insert', check: `status = 'PLACED' and (${FAMILY})` },
    {
      name: 'drug_order_changed',
      command: 'update',
      using: `${FAMILY} or caller_has_role('PHARMACIST') or (select caller_is_system())`,
    },
  ],
});
