import { defineEntity } from '@mikro-orm/core';
import { blindIndex, type FieldKeys } from '../../common/sealed.js';

export const PHYSICIAN_STATUSES = ['PENDING', 'VERIFIED', 'REFUSED'] as const;

/** Somebody who treats patients here, once an administrator has looked at the licence. */
export const PhysicianEntity = defineEntity({
  name: 'Physician',
  tableName: 'physician',
  properties: (p) => ({
    id: p.uuid().primary(),
    /** Their sign-in. */
    subject: p.text().unique(),
    nameZh: p.text(),
    nameEn: p.text().nullable(),
    title: p.text(),
    licenceSealed: p.text(),
    /** The same for the same licence, made with a key. */
    licenceIndex: p.text(),
    hospitalId: p.uuid(),
    hospitalOrganisationId: p.uuid().nullable(),
    diseaseIds: p.array().columnType('uuid[]').defaultRaw("'{}'"),
    languages: p.array().columnType('text[]'),
    status: p.text().$type<(typeof PHYSICIAN_STATUSES)[number]>(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.text().nullable(),
    reason: p.text().nullable(),
    createdAt: p.datetime(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'physician_shown',
      command: 'select',
      using: `status = 'VERIFIED' or subject = caller_subject() or caller_has_role('ADMIN') or (select caller_is_system())`,
    },
    {
      name: 'physician_registers',
      command: 'insert',
      check: `subject = caller_subject() and caller_has_role('PHYSICIAN') and status = 'PENDING'`,
    },
    // which columns, and that nobody verifies themselves, is the table's own trigger
    {
      name: 'physician_own',
      command: 'update',
      using: 'subject = caller_subject()',
      check: 'subject = caller_subject()',
    },
    {
      name: 'physician_directory',
      command: 'update',
      using: `caller_has_role('ADMIN') and subject <> caller_subject()`,
      check: `caller_has_role('ADMIN') and subject <> caller_subject()`,
    },
  ],
});

/** Where a physician's licence number stands sealed. */
export const licencePlace = (physicianId: string) => ({
  table: 'physician',
  column: 'licence_sealed',
  row: physicianId,
});

/** What is the same for the same licence, and says nothing of it to anybody without the keys. */
export const licenceIndex = (keys: FieldKeys, licenceNumber: string): string =>
  blindIndex(keys, { table: 'physician', column: 'licence_index' }, licenceNumber);
