import { defineEntity } from '@mikro-orm/core';
import type { StoredPrescriptionStatus } from './prescription.enums.js';

const WRITER = `physician_subject = caller_subject() and patient_id = any((select caller_treated())::uuid[])`;

/** Nobody checks what they wrote, or what is for them. */
const UNCONCERNED = `caller_has_role('PHARMACIST') and physician_subject <> caller_subject() and patient_subject is distinct from caller_subject()
  and (patient_id = any((select caller_patients())::uuid[])) is not true`;

/**
 * What a physician prescribes. How much of it is in orders the triggers of orders count, and the table's constraint holds that it
 * is never more than prescribed.
 */
export const PrescriptionEntity = defineEntity({
  name: 'Prescription',
  tableName: 'prescription',
  properties: (p) => ({
    id: p.uuid().primary(),
    number: p.text().unique(),
    patientId: p.uuid(),
    /** The patient's own sign-in, as it was when it was issued; null for somebody whom only caregivers act for. */
    patientSubject: p.text().nullable(),
    physicianId: p.uuid(),
    physicianSubject: p.text(),
    appointmentId: p.uuid().nullable(),
    medicineId: p.uuid(),
    dose: p.text(),
    note: p.text().nullable(),
    /** Packages of one supply. */
    quantity: p.integer(),
    refills: p.integer(),
    /** Packages. Only read: the database grants nothing else. */
    used: p.integer().default(0),
    /** A day in Shanghai. */
    validUntil: p.date(),
    status: p.text().$type<StoredPrescriptionStatus>(),
    issuedAt: p.datetime(),
    checkedAt: p.datetime().nullable(),
    checkedBy: p.text().nullable(),
    checkReason: p.text().nullable(),
    withdrawnAt: p.datetime().nullable(),
    withdrawReason: p.text().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'prescription_concerned',
      command: 'select',
      using: `patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]) or caller_has_role('PHARMACIST')
        or (${WRITER}) or (select caller_is_system())`,
    },
    {
      name: 'prescription_issued',
      command: 'insert',
      check: `caller_has_role('PHYSICIAN') and ${WRITER}
        and status = 'ISSUED' and used = 0 and patient_subject is distinct from caller_subject()`,
    },
    {
      name: 'prescription_checked',
      command: 'update',
      using: UNCONCERNED,
      check: `${UNCONCERNED}
        and status in ('APPROVED', 'REFUSED') and checked_by = caller_subject()`,
    },
    {
      name: 'prescription_withdrawn',
      command: 'update',
      using: WRITER,
      check: `physician_subject = caller_subject() and status = 'WITHDRAWN'`,
    },
  ],
});
