import { defineEntity } from '@mikro-orm/core';
import { PatientEntity } from '../profile/patient.entity.js';
import type { CareInvitationKind, CareScope } from './care.js';

/** Somebody who has the code may act for a patient, or take the record over as the patient. It is accepted by a function alone. */
export const CareInvitationEntity = defineEntity({
  name: 'CareInvitation',
  tableName: 'care_invitation',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    kind: p.text().$type<CareInvitationKind>(),
    /** Of the code, made with a key: the code itself is nowhere. */
    codeIndex: p.text().unique('care_invitation_code_unique'),
    scopes: p.array().$type<CareScope[]>().columnType('text[]'),
    /** When what is granted ends. */
    careUntil: p.datetime().nullable(),
    invitedBy: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    acceptedAt: p.datetime().nullable(),
    withdrawnAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'care_invitation_seen',
      command: 'select',
      using: 'invited_by = caller_subject() or caller_governs(patient_id) or (select caller_is_system())',
    },
    {
      name: 'care_invitation_made',
      command: 'insert',
      check: `invited_by = caller_subject() and accepted_at is null and withdrawn_at is null and case kind
        when 'SELF' then caller_has_role('CAREGIVER') and hands_over(caller_subject(), patient_id)
        else caller_acts_for(patient_id, 'VIEW') and may_grant(caller_subject(), patient_id, scopes, care_until) end`,
    },
    {
      name: 'care_invitation_withdrawn',
      command: 'update',
      using: 'accepted_at is null and (invited_by = caller_subject() or caller_governs(patient_id))',
      check: 'withdrawn_at is not null and accepted_at is null',
    },
  ],
});

/** How often somebody tried a code in an hour. */
export const CareCodeAttemptEntity = defineEntity({
  name: 'CareCodeAttempt',
  tableName: 'care_code_attempt',
  properties: (p) => ({
    caller: p.text().primary(),
    hour: p.datetime(),
    attempts: p.integer(),
  }),
  policies: [{ name: 'care_code_attempt_own', command: 'select', using: 'caller = caller_subject()' }],
});
