import { defineEntity } from '@mikro-orm/core';
import type { NoticeAudience, PharmacyNoticeKind } from './notice.js';

/** What a patient's side, or the pharmacists, should know, told once, by `tell` alone. Its words are made when it is read. */
export const NoticeEntity = defineEntity({
  name: 'Notice',
  tableName: 'notice',
  properties: (p) => ({
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    patientId: p.uuid(),
    patientSubject: p.text().nullable(),
    audience: p.text().$type<NoticeAudience>(),
    kind: p.text().$type<PharmacyNoticeKind>(),
    /** A prescription, an order, a parcel. */
    aboutId: p.uuid(),
    /** Null where it is about a prescription. */
    orderId: p.uuid().nullable(),
    /** Which telling of the same it is, where it is told more than once. */
    occasion: p.text().default(''),
    at: p.datetime().defaultRaw('now()'),
    readAt: p.datetime().nullable(),
  }),
  policies: [
    {
      name: 'notice_for_caller',
      using: `case audience when 'PATIENT' then patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
        else caller_has_role('PHARMACIST') end or (select caller_is_system())`,
    },
  ],
});
