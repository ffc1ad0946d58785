import { defineEntity } from '@mikro-orm/core';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PatientEntity } from '../profile/patient.entity.js';

/** Who treats whom until when. Written by the triggers of appointments and care plans, by nobody else. */
export const TreatmentEntity = defineEntity({
  name: 'Treatment',
  tableName: 'treatment',
  properties: (p) => ({
    /** The appointment or care plan that it comes from. */
    sourceId: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    physician: () => p.manyToOne(PhysicianEntity).ref(),
    until: p.datetime().nullable(),
  }),
  policies: [
    {
      name: 'treatment_concerned',
      command: 'select',
      using: `caller_acts_for(patient_id, 'VIEW') or physician_id = (select caller_physician()) or (select caller_is_system())`,
    },
  ],
});
