import { dataRightsFunctions } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** Rows of a kind, as an array. */
const list = (row: string, rest: string, order = 'id'): string =>
  `(select coalesce(jsonb_agg(jsonb_build_object(${row}) order by ${order}), '[]') from ${rest})`;

const OF_PATIENT = 'patient_id = of_patient';

/** Records of the patient by which somebody may have used an idempotency key. */
const RECORDS = [
  'diagnosis',
  'consent',
  'appointment',
  'consultation_summary',
  'care_relationship',
  'care_invitation',
  'document',
  'questionnaire_result',
  'diary_entry',
  'care_plan',
  'care_task',
  'care_task_mark',
  'emergency_access',
  'notice',
  'data_export',
];

/** Everything about a person taken away by them, or erased. */
export const dataRights = sqlMigration(
  '0010-data-rights',
  `
create function caller_is_patient(of_patient uuid) returns boolean language sql stable
  return exists (select from patient p where p.id = of_patient and p.subject = caller_subject());
create function caller_cares_wholly_for(of_patient uuid) returns boolean language sql stable
  return caller_cares_for(of_patient, 'VIEW') and caller_cares_for(of_patient, 'APPLY')
    and caller_cares_for(of_patient, 'ORDER') and caller_cares_for(of_patient, 'CARE');
-- the person themselves; for somebody without a sign-in, who does everything for them
create function caller_may_erase(of_patient uuid) returns boolean language sql stable
  return exists (select from patient p where p.id = of_patient
    and (p.subject = caller_subject() or (p.subject is null and caller_cares_wholly_for(p.id))));
create function is_sign_in_of(of_patient uuid, of_subject text) returns boolean language sql stable
  return exists (select from patient p where p.id = of_patient and p.subject is not distinct from of_subject);

create table data_export (
  id uuid primary key,
  patient_id uuid not null constraint data_export_patient_id_foreign references patient (id),
  requested_by text not null,
  requested_at timestamptz not null,
  status text not null check (status in ('WAITING', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')),
  done int not null default 0 check (done >= 0),
  finished_at timestamptz,
  expires_at timestamptz,
  version int not null default 1,
  check ((status in ('WAITING', 'RUNNING')) = (finished_at is null)),
  check (status not in ('READY', 'EXPIRED') or expires_at is not null)
);
-- one at a time for whoever asks
create unique index data_export_under_way on data_export (patient_id, requested_by) where status in ('WAITING', 'RUNNING');
create index data_export_patient on data_export (patient_id, id);
create index data_export_to_tend on data_export (requested_at) where status in ('WAITING', 'RUNNING', 'READY');
revoke delete on data_export from care_patient;
alter table data_export enable row level security;
create policy data_export_own on data_export for select
  using (caller_is_patient(patient_id) or (requested_by = caller_subject() and caller_cares_wholly_for(patient_id)) or (select caller_is_system()));
create policy data_export_requested on data_export for insert
  with check (requested_by = caller_subject() and status = 'WAITING' and (caller_is_patient(patient_id) or caller_cares_wholly_for(patient_id)));
create policy data_export_made on data_export for update
  using ((select caller_is_system())) with check ((select caller_is_system()));

create table data_export_part (
  id uuid primary key,
  export_id uuid not null constraint data_export_part_export_id_foreign references data_export (id),
  subgraph text not null check (subgraph in ('catalog', 'patient', 'fund', 'pharmacy', 'community')),
  content_sealed text not null check (content_sealed ~ '^v[0-9]+[.]'),
  constraint data_export_part_once unique (export_id, subgraph)
);
revoke update on data_export_part from care_patient;
alter table data_export_part enable row level security;
create policy data_export_part_read on data_export_part for select
  using (exists (select from data_export where data_export.id = export_id offset 0));
create policy data_export_part_made on data_export_part
  using ((select caller_is_system())) with check ((select caller_is_system()));

create table erasure (
  id uuid primary key,
  -- no foreign key: the patient goes, this stays
  patient_id uuid,
  subject text,
  asked_by_index text not null,
  status text not null check (status in ('WAITING', 'RUNNING', 'BLOCKED', 'FINISHED')),
  requested_at timestamptz not null,
  began_at timestamptz,
  decided_at timestamptz,
  finished_at timestamptz,
  obstacles jsonb,
  certificate text,
  signature text,
  -- when it is done nothing leads from it to the person
  check ((status = 'FINISHED') = (certificate is not null) and (certificate is null) = (signature is null)),
  check ((status = 'FINISHED') = (patient_id is null)),
  check (status in ('WAITING', 'RUNNING') or (subject is null and finished_at is not null)),
  check (status <> 'BLOCKED' or decided_at is null)
);
create unique index erasure_under_way on erasure (patient_id) where status in ('WAITING', 'RUNNING');
create index erasure_asked_by on erasure (asked_by_index, id);
create index erasure_to_resume on erasure (requested_at) where status in ('WAITING', 'RUNNING');
revoke delete on erasure from care_patient;
alter table erasure enable row level security;
create policy erasure_requested on erasure for insert
  with check (status = 'WAITING' and caller_may_erase(patient_id) and is_sign_in_of(patient_id, subject));
create policy erasure_done on erasure
  using ((select caller_is_system())) with check ((select caller_is_system()));

create table erasure_step (
  erasure_id uuid not null constraint erasure_step_erasure_id_foreign references erasure (id),
  subgraph text not null check (subgraph in ('catalog', 'patient', 'fund', 'pharmacy', 'community')),
  status text not null check (status in ('WAITING', 'DONE')),
  deleted int not null default 0 check (deleted >= 0),
  pseudonymised int not null default 0 check (pseudonymised >= 0),
  finished_at timestamptz,
  primary key (erasure_id, subgraph),
  check ((status = 'DONE') = (finished_at is not null))
);
revoke delete on erasure_step from care_patient;
alter table erasure_step enable row level security;
create policy erasure_step_done on erasure_step
  using ((select caller_is_system())) with check ((select caller_is_system()));

-- what was certified stays, whoever wants to change it
create function refuse_to_change_certified() returns trigger language plpgsql as $$
begin
  raise exception 'A certified erasure stays as it is.' using errcode = 'insufficient_privilege';
end $$;
create trigger erasure_certified before update or delete on erasure for each row when (old.status = 'FINISHED') execute function refuse_to_change_certified();
create function refuse_to_change_certified_step() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  if exists (select from erasure where id = old.erasure_id and status = 'FINISHED') then
    raise exception 'A certified erasure stays as it is.' using errcode = 'insufficient_privilege';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger erasure_step_certified before update or delete on erasure_step for each row execute function refuse_to_change_certified_step();

-- the erasures that somebody asked for, by what only who holds the keys can make of their sign-in
create function erasures_asked_by(index text) returns table (id uuid, patient_id uuid, status text, requested_at timestamptz,
    finished_at timestamptz, obstacles jsonb, certificate text, signature text, steps jsonb)
  language sql stable security definer set search_path = patient
begin atomic
  select e.id, e.patient_id, e.status, e.requested_at, e.finished_at, e.obstacles, e.certificate, e.signature,
    (select coalesce(jsonb_agg(jsonb_build_object('subgraph', s.subgraph, 'status', s.status, 'deleted', s.deleted,
      'pseudonymised', s.pseudonymised, 'finishedAt', s.finished_at)), '[]') from erasure_step s where s.erasure_id = e.id)
  from erasure e where e.asked_by_index = index;
end;

${dataRightsFunctions('patient', {
  eraser: 'caller_is_system()',
  asker: 'caller_is_system() or caller_may_erase(of_patient)',
  data: `jsonb_build_object(
    'patient', ${list(
      `'id', id, 'displayName', display_name, 'birthDate', birth_date, 'sex', sex, 'region', region, 'registeredAt', as_time(created_at), 'version', version`,
      'patient where id = of_patient',
    )},
    'payoutAccount', ${list(
      `'holderSealed', holder_sealed, 'accountSealed', account_sealed, 'bankCode', bank_code, 'changedAt', as_time(changed_at), 'version', version`,
      `payout_account where ${OF_PATIENT}`,
      'patient_id',
    )},
    'identity', ${list(
      `'legalNameSealed', legal_name_sealed, 'nationalIdSealed', national_id_sealed, 'phoneSealed', phone_sealed, 'addressSealed', address_sealed,
        'insurance', insurance, 'insuranceNoteSealed', insurance_note_sealed, 'changedAt', as_time(changed_at), 'version', version`,
      `patient_identity where ${OF_PATIENT}`,
      'patient_id',
    )},
    'diagnoses', ${list(
      `'id', id, 'disease', jsonb_build_object('id', disease_id), 'hospital', jsonb_build_object('id', hospital_id), 'diagnosedOn', diagnosed_on,
        'physicianName', physician_name, 'status', status, 'decidedAt', as_time(decided_at), 'decidedByRole', decided_by_role, 'reason', reason,
        'reportedAt', as_time(created_at), 'version', version,
        'history', ${list(`'status', e.status, 'at', as_time(e.at), 'byRole', by_role, 'reason', e.reason`, 'diagnosis_event e where e.diagnosis_id = diagnosis.id', 'e.id')}`,
      `diagnosis where ${OF_PATIENT}`,
    )},
    'caregivers', ${list(
      `'id', id, 'label', label, 'scopes', scopes, 'grantedAt', as_time(granted_at), 'revokedAt', as_time(revoked_at), 'expiresAt', as_time(expires_at)`,
      `care_relationship where ${OF_PATIENT}`,
    )},
    'careInvitations', ${list(
      `'id', id, 'kind', kind, 'scopes', scopes, 'careUntil', as_time(care_until), 'createdAt', as_time(created_at), 'expiresAt', as_time(expires_at),
        'acceptedAt', as_time(accepted_at), 'withdrawnAt', as_time(withdrawn_at), 'version', version`,
      `care_invitation where ${OF_PATIENT}`,
    )},
    'documents', ${list(
      `'id', id, 'kind', kind, 'mediaType', media_type, 'byteSize', byte_size, 'sha256', sha256, 'status', status, 'fileNameSealed', file_name_sealed,
        'requestedAt', as_time(requested_at), 'uploadedAt', as_time(uploaded_at), 'refusedBecause', refused_because, 'version', version`,
      `document where ${OF_PATIENT}`,
    )},
    'questionnaireResults', ${list(
      `'id', id, 'questionnaire', questionnaire, 'questionnaireVersion', questionnaire_version, 'answers', answers, 'score', score, 'band', band,
        'redFlag', red_flag, 'answeredAt', as_time(answered_at)`,
      `questionnaire_result where ${OF_PATIENT}`,
    )},
    'diary', ${list(
      `'id', id, 'day', day, 'symptoms', symptoms, 'note', note, 'recordedAt', as_time(recorded_at), 'changedAt', as_time(changed_at), 'version', version`,
      `diary_entry where ${OF_PATIENT}`,
    )},
    'diaryEpisodes', ${list(`'beganOn', began_on, 'endedOn', ended_on`, `diary_episode where ${OF_PATIENT}`)},
    'carePlans', ${list(
      `'id', id, 'physician', jsonb_build_object('id', physician_id), 'disease', jsonb_build_object('id', disease_id), 'stage', stage, 'title', title,
        'goals', goals, 'status', status, 'createdAt', as_time(created_at), 'endedAt', as_time(ended_at), 'version', version,
        'tasks', ${list(
          `'id', t.id, 'place', place, 'title', t.title, 'description', description, 'kind', kind, 'questionnaire', questionnaire, 'firstDueOn', first_due_on,
            'repeatsEveryDays', repeats_every_days, 'untilOn', until_on, 'stoppedOn', stopped_on,
            'marks', ${list(`'occurrenceOn', occurrence_on, 'outcome', outcome, 'at', as_time(m.at)`, 'care_task_mark m where m.task_id = t.id', 'm.occurrence_on')}`,
          'care_task t where t.care_plan_id = care_plan.id',
          't.place',
        )}`,
      `care_plan where ${OF_PATIENT}`,
    )},
    'consents', ${list(
      `'id', id, 'purpose', purpose, 'recipientId', recipient_id, 'textNumber', text_number, 'givenAt', as_time(given_at), 'withdrawnAt', as_time(withdrawn_at)`,
      `consent where ${OF_PATIENT}`,
    )},
    'treatments', ${list(
      `'sourceId', source_id, 'physician', jsonb_build_object('id', physician_id), 'until', as_time(until)`,
      `treatment where ${OF_PATIENT}`,
      'source_id',
    )},
    'emergencyAccesses', ${list(
      `'id', id, 'physician', jsonb_build_object('id', physician_id), 'reason', reason, 'at', as_time(at), 'until', as_time(until)`,
      `emergency_access where ${OF_PATIENT}`,
    )},
    'appointments', ${list(
      `'id', id, 'physician', jsonb_build_object('id', physician_id), 'startsAt', as_time(starts_at), 'endsAt', as_time(ends_at), 'zone', zone,
        'status', status, 'reason', reason, 'cancelReason', cancel_reason, 'createdAt', as_time(created_at), 'version', version,
        'history', ${list(`'kind', kind, 'startsAt', as_time(e.starts_at), 'at', as_time(e.at), 'byRole', by_role`, 'appointment_event e where e.appointment_id = appointment.id', 'e.id')}`,
      `appointment where ${OF_PATIENT}`,
    )},
    'consultationSummaries', ${list(
      `'id', id, 'appointment', jsonb_build_object('id', appointment_id), 'number', number, 'text', text, 'advice', advice, 'diagnosis', diagnosis,
        'followUpOn', follow_up_on, 'writtenAt', as_time(written_at)`,
      `consultation_summary where ${OF_PATIENT}`,
    )},
    'notices', ${list(
      `'id', id, 'kind', kind, 'aboutId', about_id, 'happensAt', as_time(happens_at), 'at', as_time(at), 'readAt', as_time(read_at)`,
      `notice where ${OF_PATIENT} and physician_id is null`,
    )},
    'exports', ${list(`'id', id, 'status', status, 'requestedAt', as_time(requested_at)`, `data_export where ${OF_PATIENT}`)},
    'blockedErasures', ${list(`'id', id, 'requestedAt', as_time(requested_at), 'obstacles', obstacles`, `erasure where ${OF_PATIENT} and status = 'BLOCKED'`)},
    'accessLog', ${list(
      `'at', as_time(at), 'role', role, 'record', record, 'recordId', record_id, 'fields', fields, 'purpose', purpose`,
      `access_log where ${OF_PATIENT}`,
    )},
    'caresFor', ${list(
      `'scopes', scopes, 'grantedAt', as_time(granted_at), 'revokedAt', as_time(revoked_at), 'expiresAt', as_time(expires_at)`,
      'care_relationship where caregiver_subject = of_subject',
    )},
    'requests', ${list(`'operation', operation, 'at', as_time(created_at)`, 'idempotency_key where client = of_subject', 'created_at')})`,
  obstacles: {
    CARES_FOR_SOMEBODY: `exists (select from care_relationship where caregiver_subject = of_subject and revoked_at is null
      and (expires_at is null or expires_at > now()))`,
  },
  // whoever adds something for the patient waits, and then finds nobody to add it for
  before: 'perform from patient where id = of_patient for update;',
  deletes: [
    `delete from idempotency_key where client = of_subject or result_id = of_patient
      or result_id in (${RECORDS.map((table) => `select id from ${table} where ${OF_PATIENT}`).join(' union all ')})`,
    `delete from erasure_step using erasure e where e.id = erasure_id and e.${OF_PATIENT} and e.status = 'BLOCKED'`,
    `delete from erasure where ${OF_PATIENT} and status = 'BLOCKED'`,
    `delete from data_export_part using data_export e where e.id = export_id and e.${OF_PATIENT}`,
    `delete from data_export where ${OF_PATIENT}`,
    `delete from access_log where ${OF_PATIENT}`,
    `delete from care_task_mark where ${OF_PATIENT}`,
    `delete from care_task where ${OF_PATIENT}`,
    `delete from care_plan where ${OF_PATIENT}`,
    `delete from diary_episode where ${OF_PATIENT}`,
    `delete from diary_entry where ${OF_PATIENT}`,
    `delete from questionnaire_result where ${OF_PATIENT}`,
    `delete from document where ${OF_PATIENT}`,
    `delete from care_invitation where ${OF_PATIENT}`,
    'delete from care_code_attempt where caller = of_subject',
    `delete from notice where ${OF_PATIENT}`,
    `delete from treatment where ${OF_PATIENT}`,
    `delete from emergency_access where ${OF_PATIENT}`,
    `delete from consultation_summary where ${OF_PATIENT}`,
    `delete from appointment_event using appointment a where a.id = appointment_id and a.${OF_PATIENT}`,
    `delete from appointment where ${OF_PATIENT}`,
    `delete from diagnosis_event using diagnosis d where d.id = diagnosis_id and d.${OF_PATIENT}`,
    `delete from diagnosis where ${OF_PATIENT}`,
    `delete from consent where ${OF_PATIENT}`,
    `delete from payout_account where ${OF_PATIENT}`,
    `delete from patient_identity where ${OF_PATIENT}`,
    'delete from identity_attempt where caller = of_subject',
    `delete from care_relationship where ${OF_PATIENT}`,
    'delete from patient where id = of_patient',
  ],
  // what they once did for others is the others'
  pseudonymises: [
    `update care_relationship set label = case when caregiver_subject = of_subject then null else label end,
      caregiver_subject = case when caregiver_subject = of_subject then erased_subject else caregiver_subject end,
      granted_by = case when granted_by = of_subject then erased_subject else granted_by end
      where caregiver_subject = of_subject or granted_by = of_subject`,
    'update care_invitation set invited_by = erased_subject where invited_by = of_subject',
    'update questionnaire_result set answered_by = erased_subject where answered_by = of_subject',
    'update care_task_mark set marked_by = erased_subject where marked_by = of_subject',
    'update data_export set requested_by = erased_subject where requested_by = of_subject',
    `update consent set given_by = case when given_by = of_subject then erased_subject else given_by end,
      withdrawn_by = case when withdrawn_by = of_subject then erased_subject else withdrawn_by end
      where given_by = of_subject or withdrawn_by = of_subject`,
    'update access_log set subject = erased_subject where subject = of_subject',
  ],
  traces: [
    'select count(*) from patient where id = of_patient',
    // all else of the patient hangs on that row; what does not
    `select count(*) from access_log where (${OF_PATIENT} or subject = of_subject) and at < erased_since`,
    'select count(*) from care_relationship where (caregiver_subject = of_subject or granted_by = of_subject) and granted_at < erased_since',
    'select count(*) from care_invitation where invited_by = of_subject and created_at < erased_since',
    'select count(*) from questionnaire_result where answered_by = of_subject and answered_at < erased_since',
    'select count(*) from care_task_mark where marked_by = of_subject and at < erased_since',
    'select count(*) from data_export where requested_by = of_subject and requested_at < erased_since',
    `select count(*) from care_code_attempt where caller = of_subject and hour < erased_since - interval '1 hour'`,
    'select count(*) from consent where (given_by = of_subject and given_at < erased_since) or (withdrawn_by = of_subject and withdrawn_at < erased_since)',
    `select count(*) from identity_attempt where caller = of_subject and day < (erased_since at time zone 'Asia/Shanghai')::date`,
    'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
  ],
})}

-- by whom a log was written, for taking out who was erased
create index access_log_reader on access_log (subject);
`,
);
