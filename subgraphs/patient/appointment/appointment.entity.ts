import { defineEntity } from '@mikro-orm/core';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PatientEntity } from '../profile/patient.entity.js';
import type { AppointmentEventKind, AppointmentRole, AppointmentStatus } from './appointment.enums.js';

const CHANGERS = `physician_id = (select caller_physician()) or caller_acts_for(patient_id, 'CARE')`;

/** A video consultation of a patient with a physician. That neither has two at once is a constraint of the table. */
export const AppointmentEntity = defineEntity({
  name: 'Appointment',
  tableName: 'appointment',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    startsAt: p.datetime(),
    endsAt: p.datetime(),
    /** With the pause that the physician has after it. */
    busyUntil: p.datetime(),
    /** Of the hours in which it was booked. */
    zone: p.text(),
    status: p.text().$type<AppointmentStatus>(),
    reason: p.text(),
    cancelReason: p.text().nullable(),
    createdAt: p.datetime(),
    changedAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'appointment_concerned',
      command: 'select',
      using: `physician_id = (select caller_physician()) or caller_acts_for(patient_id, 'VIEW') or (select caller_is_system())`,
    },
    {
      name: 'appointment_books',
      command: 'insert',
      check: `caller_acts_for(patient_id, 'CARE') and status = 'BOOKED' and has_consent(patient_id, 'TREATMENT', physician_id)
        and physician_id is distinct from (select caller_physician())
        and exists (select from physician where physician.id = physician_id and physician.status = 'VERIFIED' offset 0)`,
    },
    // which columns, and who may say what, is the table's own trigger
    { name: 'appointment_changes', command: 'update', using: CHANGERS, check: CHANGERS },
    {
      name: 'appointment_lapses',
      command: 'update',
      using: `(select caller_is_system()) and status = 'BOOKED'`,
      check: `(select caller_is_system()) and status = 'CANCELLED'`,
    },
  ],
});

/** One step in an appointment's life. Written by the table's own trigger. */
export const AppointmentEventEntity = defineEntity({
  name: 'AppointmentEvent',
  tableName: 'appointment_event',
  properties: (p) => ({
    id: p.uuid().primary(),
    appointment: () => p.manyToOne(AppointmentEntity).ref(),
    kind: p.text().$type<AppointmentEventKind>(),
    /** When the appointment was to begin after this step. */
    startsAt: p.datetime(),
    at: p.datetime(),
    byRole: p.text().$type<AppointmentRole>(),
  }),
  policies: [
    {
      name: 'appointment_event_concerned',
      command: 'select',
      using: 'exists (select from appointment where appointment.id = appointment_id offset 0)',
    },
  ],
});

/** What came out of a consultation. Only ever added: a correction is one more, with the next number. */
export const ConsultationSummaryEntity = defineEntity({
  name: 'ConsultationSummary',
  tableName: 'consultation_summary',
  properties: (p) => ({
    id: p.uuid().primary(),
    appointment: () => p.manyToOne(AppointmentEntity).ref(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    number: p.integer(),
    text: p.text(),
    advice: p.text().nullable(),
    diagnosis: p.text().nullable(),
    followUpOn: p.date().nullable(),
    writtenAt: p.datetime(),
  }),
  policies: [
    {
      name: 'consultation_summary_read',
      command: 'select',
      using: `caller_acts_for(patient_id, 'VIEW') or patient_id = any((select caller_treated())::uuid[]) or (select caller_is_system())`,
    },
    {
      name: 'consultation_summary_writes',
      command: 'insert',
      check: `physician_id = (select caller_physician()) and patient_id = any((select caller_treated())::uuid[])
        and exists (select from appointment a where a.id = appointment_id and a.patient_id = consultation_summary.patient_id
          and a.physician_id = consultation_summary.physician_id and a.status = 'COMPLETED' offset 0)`,
    },
  ],
});
