import { defineEntity } from '@mikro-orm/core';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PatientEntity } from '../profile/patient.entity.js';
import type { CareNoticeKind } from './notice.js';

const READERS = `(physician_id is null and caller_acts_for(patient_id, 'VIEW')) or physician_id = (select caller_physician())`;

/** What a patient, or a physician of theirs, should know, told once. Its words are made when it is read. */
export const NoticeEntity = defineEntity({
  name: 'Notice',
  tableName: 'notice',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    patient: () => p.manyToOne(PatientEntity).ref(),
    /** Null when it is for the patient and their caregivers. */
    physician: () => p.manyToOne(PhysicianEntity).ref().nullable().updateRule('no action').deleteRule('no action'),
    kind: p.text().$type<CareNoticeKind>(),
    aboutId: p.uuid(),
    happensAt: p.datetime().nullable(),
    /** Which telling of the same it is, where it is told more than once. */
    occasion: p.text().default(''),
    at: p.datetime().defaultRaw('now()'),
    readAt: p.datetime().nullable(),
  }),
  policies: [
    { name: 'notice_read', command: 'select', using: `${READERS} or (select caller_is_system())` },
    { name: 'notice_seen', command: 'update', using: READERS },
    {
      name: 'notice_told',
      command: 'insert',
      check: 'caller_subject() is not null or (select caller_is_system())',
    },
  ],
});
