import type { Client } from 'pg';
import type { Identity } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { person } from './subgraphs.js';

/** Everybody who is, was or might take themselves to be something to one patient. */
export const ACTORS = [
  'the patient',
  'a caregiver',
  'a caregiver who may only see',
  'a caregiver who may see and apply',
  'a caregiver who may see and care',
  'a caregiver without the right to see',
  'a revoked caregiver',
  'a caregiver whose time is over',
  'another patient',
  'another caregiver',
  'nobody',
  'the treating physician',
  'a treating physician without consent',
  'a physician whose treatment is over',
  'a physician in an emergency',
  'a physician whose emergency is over',
  'a physician of the hospital',
  'an unverified physician of the hospital',
  'another physician',
  'the hospital',
  'another hospital',
  'a sponsor of the hospital’s organisation',
  'the reviewer',
  'a reviewer who cares for the patient',
  'another reviewer',
  'finance',
  'a pharmacist',
  'a moderator',
  'an administrator',
] as const;
export type Actor = (typeof ACTORS)[number];

/** A patient with a reported diagnosis, and those around them. */
export interface CareCase {
  readonly patientId: string;
  readonly diagnosisId: string;
  readonly hospitalId: string;
  readonly organisationId: string;
  readonly physicianIds: Readonly<Partial<Record<Actor, string>>>;
  readonly identities: Readonly<Record<Actor, Identity>>;
  /** A diagnosis more, reported at the hospital. @returns its id */
  report(): Promise<string>;
}

const SCOPES: Partial<Record<Actor, readonly string[]>> = {
  'a caregiver': ['VIEW', 'APPLY', 'ORDER', 'CARE'],
  'a caregiver who may only see': ['VIEW'],
  'a caregiver who may see and apply': ['VIEW', 'APPLY'],
  'a caregiver who may see and care': ['VIEW', 'CARE'],
  'a caregiver without the right to see': ['APPLY', 'ORDER', 'CARE'],
  'a reviewer who cares for the patient': ['VIEW'],
  'a revoked caregiver': ['VIEW', 'APPLY', 'ORDER', 'CARE'],
  'a caregiver whose time is over': ['VIEW', 'APPLY', 'ORDER', 'CARE'],
};

const subjectOf = (actor: Actor): string => (actor === 'nobody' ? '' : `case ${actor}`);

function identitiesOf(organisation: string): Record<Actor, Identity> {
  const roleOf = (actor: Actor): Identity => {
    const subject = subjectOf(actor);
    if (actor === 'nobody') return { subject, roles: [], scopes: [] };
    if (actor === 'a reviewer who cares for the patient') {
      const [reviewer, caregiver] = [person(subject, 'REVIEWER'), person(subject, 'CAREGIVER')];
      return { subject, roles: ['CAREGIVER', 'REVIEWER'], scopes: [...reviewer.scopes, ...caregiver.scopes] };
    }
    if (/caregiver/.test(actor)) return person(subject, 'CAREGIVER');
    if (/physician/.test(actor)) return person(subject, 'PHYSICIAN');
    if (/reviewer/.test(actor)) return person(subject, 'REVIEWER');
    if (/patient/.test(actor)) return person(subject, 'PATIENT');
    switch (actor) {
      case 'the hospital':
        return person(subject, 'HOSPITAL', organisation);
      case 'another hospital':
        return person(subject, 'HOSPITAL', newId());
      case 'a sponsor of the hospital’s organisation':
        return person(subject, 'SPONSOR', organisation);
      case 'finance':
        return person(subject, 'FINANCE');
      case 'a pharmacist':
        return person(subject, 'PHARMACIST');
      case 'a moderator':
        return person(subject, 'MODERATOR');
      default:
        return person(subject, 'ADMIN');
    }
  };
  return Object.fromEntries(ACTORS.map((actor) => [actor, roleOf(actor)])) as Record<Actor, Identity>;
}

/** Makes the case. @param admin a connection of the administrator's */
export async function makeCareCase(admin: Client): Promise<CareCase> {
  const [patientId, otherId, hospitalId, organisationId] = [newId(), newId(), newId(), newId()] as const;
  const insertPatient = (id: string, actor: Actor) =>
    admin.query(
      `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Case Patient', '1990-01-01', 'OTHER', 'Nowhere', now() - interval '1 year')`,
      [id, subjectOf(actor)],
    );
  await insertPatient(patientId, 'the patient');
  await insertPatient(otherId, 'another patient');
  for (const [actor, scopes] of Object.entries(SCOPES)) {
    const revoked = actor === 'a revoked caregiver';
    const expired = actor === 'a caregiver whose time is over';
    await admin.query(
      `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at, revoked_at, expires_at)
       values ($1, $2, $3, $4, $5, now() - interval '30 days', case when $6 then now() - interval '1 day' end, case when $7 then now() - interval '1 day' end)`,
      [newId(), patientId, subjectOf('the patient'), subjectOf(actor as Actor), scopes, revoked, expired],
    );
  }
  const physicianIds: Partial<Record<Actor, string>> = {};
  for (const actor of ACTORS.filter((each) => /physician/.test(each))) {
    const id = newId();
    physicianIds[actor] = id;
    await admin.query(
      `insert into patient.physician (id, subject, name_zh, title, licence_sealed, licence_index, hospital_id, languages, status, decided_at, created_at)
       values ($1::uuid, $2, '测试', 'Dr.', 'v1.x', $1::text, $3, '{zh}', $4, case when $4 = 'VERIFIED' then now() end, now())`,
      [
        id,
        subjectOf(actor),
        /of the hospital/.test(actor) ? hospitalId : newId(),
        actor === 'an unverified physician of the hospital' ? 'PENDING' : 'VERIFIED',
      ],
    );
  }
  const treats = (actor: Actor, until: string | null) =>
    admin.query(`insert into patient.treatment (source_id, patient_id, physician_id, until) values ($1, $2, $3, $4)`, [
      newId(),
      patientId,
      physicianIds[actor],
      until,
    ]);
  await treats('the treating physician', null);
  await treats('a treating physician without consent', null);
  await treats('a physician whose treatment is over', '2026-01-01');
  const agrees = (purpose: string, recipient: string | null) =>
    admin.query(
      `insert into patient.consent (id, patient_id, purpose, recipient_id, text_number, given_at, given_by)
       values ($1, $2, $3, $4, 1, now() - interval '1 day', $5)`,
      [newId(), patientId, purpose, recipient, subjectOf('the patient')],
    );
  await agrees('TREATMENT', physicianIds['the treating physician'] as string);
  await agrees('TREATMENT', physicianIds['a physician whose treatment is over'] as string);
  await agrees('AID_REVIEW', null);
  const opens = (actor: Actor, hoursAgo: number) =>
    admin.query(
      `insert into patient.emergency_access (id, patient_id, physician_id, reason, at, until)
       values ($1, $2, $3, 'Unconscious, brought in by others.', now() - $4::int * interval '1 hour', now() - $4::int * interval '1 hour' + interval '24 hours')`,
      [newId(), patientId, physicianIds[actor], hoursAgo],
    );
  await opens('a physician in an emergency', 1);
  await opens('a physician whose emergency is over', 25);
  const { rows } = await admin.query('select fund_id, disease_id from fund.fund_disease limit 1');
  await admin.query(
    `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status,
       open_stage, open_reviewer, reviewer_subjects, snapshot, created_at, submitted_at)
     values ($1::uuid, 'CASE-' || $1::text, $2, $3, $4, $5, 2026, 100, 'SUBMITTED', 'DOCUMENTS', $6, array[$6, $7], '{}', now(), now())`,
    [
      ...[newId(), patientId, subjectOf('the patient'), rows[0].disease_id, rows[0].fund_id],
      ...[subjectOf('the reviewer'), subjectOf('a reviewer who cares for the patient')],
    ],
  );
  const report = async () => {
    const id = newId();
    await admin.query(
      `with made as (
         insert into patient.diagnosis (id, patient_id, disease_id, hospital_id, hospital_organisation_id, diagnosed_on, status, created_at)
         values ($1, $2, $3, $4, $5, '2026-01-05', 'REPORTED', now()) returning *)
       insert into patient.diagnosis_event (diagnosis_id, status, at, by_role) select id, status, created_at, 'PATIENT' from made`,
      [id, patientId, rows[0].disease_id, hospitalId, organisationId],
    );
    return id;
  };
  return {
    patientId,
    diagnosisId: await report(),
    hospitalId,
    organisationId,
    physicianIds,
    identities: identitiesOf(organisationId),
    report,
  };
}

/** Those who see the record because it is theirs, or of somebody they care for. */
export const SIDE = [
  'the patient',
  'a caregiver',
  'a caregiver who may only see',
  'a caregiver who may see and apply',
  'a caregiver who may see and care',
  'a reviewer who cares for the patient',
] as const satisfies readonly Actor[];

/** Physicians who see the record now. */
export const TREATING = ['the treating physician', 'a physician in an emergency'] as const satisfies readonly Actor[];
