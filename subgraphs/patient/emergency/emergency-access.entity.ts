import { defineEntity } from '@mikro-orm/core';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PatientEntity } from '../profile/patient.entity.js';

/** A physician who is nothing to a patient opened their record in an emergency. Only ever added. */
export const EmergencyAccessEntity = defineEntity({
  name: 'EmergencyAccess',
  tableName: 'emergency_access',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    reason: p.text(),
    at: p.datetime().defaultRaw('now()'),
    until: p.datetime(),
  }),
  policies: [
    {
      name: 'emergency_access_concerned',
      command: 'select',
      using: `caller_acts_for(patient_id, 'VIEW') or physician_id = (select caller_physician()) or (select caller_is_system())`,
    },
    {
      name: 'emergency_access_by_physician',
      command: 'insert',
      check: `physician_id = (select caller_physician()) and at = now() and not caller_acts_for(patient_id, 'VIEW')`,
    },
  ],
});
