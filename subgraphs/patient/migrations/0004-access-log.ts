import { accessLogTable } from '../../common/access-log.js';
import { sqlMigration } from '../../common/migrate.js';

/** Who read what of a patient; who may write what of it, said again in the database; how each diagnosis was decided. */
export const accessLogTables = sqlMigration(
  '0004-access-log',
  `
-- why the caller reads a patient's record; for eyes that need no purpose, the patient's and those of a subgraph itself: SELF
create function purpose_of_read(patient uuid) returns text language sql stable security definer set search_path = patient
  return case
    when exists (select from patient p where p.id = patient and p.subject = caller_subject()) then 'SELF'
    when caller_is_system() or caller_subject() = 'system:' || caller_via() then 'SELF'
    when caller_cares_for(patient, 'VIEW') then 'CARE'
    when caller_has_role('PHYSICIAN') and exists (select from treatment t
      where t.patient_id = patient and t.physician_id = caller_physician() and (t.until is null or t.until > now())
        and has_consent(patient, 'TREATMENT', t.physician_id)) then 'TREATMENT'
    when caller_has_role('PHYSICIAN') and exists (select from emergency_access e
      where e.patient_id = patient and e.physician_id = caller_physician() and e.until > now()) then 'EMERGENCY'
    when caller_has_role('REVIEWER') and patient = any(caller_patients()) then 'AID_REVIEW'
    when caller_has_role('FINANCE') then 'AID_PAYMENT'
    when caller_has_role('PHARMACIST') then 'PHARMACY' end;
${accessLogTable(
  'patient',
  // looked up once: a log is long
  `patient_id = any(array(select id from patient where subject = caller_subject()
    union all select patient_id from care_relationship where caregiver_subject = caller_subject() and caller_cares_for(patient_id, 'VIEW')))`,
)}

-- a patient is registered by themselves, or by a caregiver, who names the new one as theirs; those who only look change nothing
drop policy patient_concerned on patient;
create policy patient_concerned on patient for select
  using (subject = caller_subject()
    or (id = any((select caller_patients())::uuid[]) and (not caller_has_role('REVIEWER') or has_consent(id, 'AID_REVIEW', null)))
    or id = any((select caller_treated())::uuid[])
    or caller_cares_for(id, 'VIEW')
    or (select caller_is_system()));
create policy patient_registered on patient for insert
  with check ((subject = caller_subject() and caller_has_role('PATIENT'))
    or (subject is null and caller_has_role('CAREGIVER') and id = any((select caller_patients())::uuid[])));
create policy patient_changed on patient for update
  using (subject = caller_subject() or caller_cares_for(id, 'VIEW'))
  with check (subject = caller_subject() or (subject is null and caller_cares_for(id, 'CARE')));
revoke delete on patient from care_patient;

-- who answers for a diagnosis: never for those whom they act for
create function caller_decides(patient uuid, hospital uuid, organisation uuid) returns boolean language sql stable
  return ((caller_has_role('HOSPITAL') and organisation = caller_organisation())
      or hospital = caller_hospital()
      or (caller_has_role('REVIEWER') and patient = any(caller_patients()) and has_consent(patient, 'AID_REVIEW', null)))
    and not caller_acts_for(patient, 'VIEW');

drop policy diagnosis_concerned on diagnosis;
create policy diagnosis_concerned on diagnosis for select using (
  exists (select from patient where patient.id = patient_id offset 0)
  or (caller_has_role('HOSPITAL') and hospital_organisation_id = caller_organisation())
  or hospital_id = (select caller_hospital()));
create policy diagnosis_reported on diagnosis for insert
  with check (status = 'REPORTED' and reason is null and caller_acts_for(patient_id, 'CARE'));
create policy diagnosis_decided on diagnosis for update
  using (caller_decides(patient_id, hospital_id, hospital_organisation_id))
  with check (status <> 'REPORTED' and caller_has_role(decided_by_role) and caller_decides(patient_id, hospital_id, hospital_organisation_id));
revoke update, delete on diagnosis from care_patient;
grant update (status, decided_at, decided_by_role, reason, version) on diagnosis to care_patient;
create index diagnosis_hospital on diagnosis (hospital_id, id) where status = 'REPORTED';

create function refuse_second_decision() returns trigger language plpgsql as $$
begin
  raise exception 'The diagnosis has been decided.' using errcode = 'insufficient_privilege';
end $$;
create trigger diagnosis_decided_once before update on diagnosis for each row
  when (old.status <> 'REPORTED' and (new.status, new.decided_at, new.decided_by_role, new.reason)
    is distinct from (old.status, old.decided_at, old.decided_by_role, old.reason) and current_setting('app.erasing', true) is distinct from 'on')
  execute function refuse_second_decision();

-- what became of a diagnosis: written by triggers, by nobody else who serves, so that none can be decided without it. Who loads
-- data beside the API, without an identity, brings its history too
create table diagnosis_event (
  id uuid primary key default uuidv7(),
  diagnosis_id uuid not null constraint diagnosis_event_diagnosis_id_foreign references diagnosis (id),
  status text not null,
  at timestamptz not null,
  by_role text not null,
  reason text,
  constraint diagnosis_event_once unique (diagnosis_id, status)
);
revoke insert, update, delete, truncate on diagnosis_event from care_patient;
alter table diagnosis_event enable row level security;
create policy diagnosis_event_concerned on diagnosis_event for select
  using (exists (select from diagnosis where diagnosis.id = diagnosis_id offset 0));

create function keep_reported() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  if caller_subject() is null then
    return null;
  end if;
  insert into diagnosis_event (diagnosis_id, status, at, by_role)
    select made.id, 'REPORTED', made.created_at,
      case when p.subject = caller_subject() then 'PATIENT' else 'CAREGIVER' end
    from made join patient p on p.id = patient_id on conflict do nothing;
  insert into diagnosis_event (diagnosis_id, status, at, by_role, reason)
    select id, status, decided_at, decided_by_role, reason from made where status <> 'REPORTED' on conflict do nothing;
  return null;
end $$;
create trigger diagnosis_reported after insert on diagnosis referencing new table as made for each statement execute function keep_reported();
create function keep_decided() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  if caller_subject() is null then
    return null;
  end if;
  insert into diagnosis_event (diagnosis_id, status, at, by_role, reason)
    values (new.id, new.status, new.decided_at, new.decided_by_role, new.reason);
  return null;
end $$;
create trigger diagnosis_decided after update of status on diagnosis for each row when (old.status <> new.status) execute function keep_decided();

insert into diagnosis_event (diagnosis_id, status, at, by_role)
  select d.id, 'REPORTED', d.created_at, case when subject is null then 'CAREGIVER' else 'PATIENT' end from diagnosis d join patient p on p.id = patient_id;
insert into diagnosis_event (diagnosis_id, status, at, by_role, reason)
  select id, status, decided_at, decided_by_role, reason from diagnosis where status <> 'REPORTED';

-- nobody opens in an emergency what is theirs to see, and the day begins when it is opened
alter policy emergency_access_by_physician on emergency_access
  with check (physician_id = (select caller_physician()) and at = now() and not caller_acts_for(patient_id, 'VIEW'));
`,
);
