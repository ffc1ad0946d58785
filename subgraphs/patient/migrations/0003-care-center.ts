import { sqlMigration } from '../../common/migrate.js';

/** Who treats a patient, with whose consent; what a patient is told. What the other tables of this subgraph rest on. */
export const careCenterTables = sqlMigration(
  '0003-care-center',
  `
create function caller_is_system() returns boolean language sql stable parallel safe
  return caller_has_role('SYSTEM');

-- acting for others is what caregivers do: whoever is only a patient sees one record, and it costs no look at this table
create or replace function caller_cares_for(patient uuid, needed text) returns boolean language sql stable parallel safe
  return caller_has_role('CAREGIVER') and exists (
    select from care_relationship care
    where care.patient_id = patient and care.caregiver_subject = caller_subject() and needed = any(care.scopes)
      and care.revoked_at is null and (care.expires_at is null or care.expires_at > now()));

create table physician (
  id uuid primary key,
  subject text not null constraint physician_subject_unique unique,
  name_zh text not null check (length(name_zh) between 1 and 100),
  name_en text check (length(name_en) between 1 and 100),
  title text not null check (length(title) between 1 and 100),
  licence_sealed text not null check (licence_sealed ~ '^v[0-9]+[.]'),
  -- the same licence is registered once; made with a key, so that nobody can try numbers out
  licence_index text not null constraint physician_licence_unique unique,
  hospital_id uuid not null,
  hospital_organisation_id uuid,
  disease_ids uuid[] not null default '{}',
  languages text[] not null,
  status text not null check (status in ('PENDING', 'VERIFIED', 'REFUSED')),
  decided_at timestamptz,
  decided_by text,
  reason text,
  created_at timestamptz not null,
  version int not null default 1,
  check ((status = 'PENDING') = (decided_at is null)),
  check (status <> 'REFUSED' or reason is not null)
);
create index physician_hospital on physician (hospital_id) where status = 'VERIFIED';
alter table physician enable row level security;
create policy physician_shown on physician for select
  using (status = 'VERIFIED' or subject = caller_subject() or caller_has_role('ADMIN') or (select caller_is_system()));
create policy physician_own on physician
  using (subject = caller_subject()) with check (subject = caller_subject() and status = 'PENDING');
create policy physician_directory on physician for update
  using (caller_has_role('ADMIN')) with check (caller_has_role('ADMIN'));

-- the hospital of the verified physician who calls
create function caller_hospital() returns uuid language sql stable security definer set search_path = patient
  return (select hospital_id from physician where subject = caller_subject() and status = 'VERIFIED' and caller_has_role('PHYSICIAN'));
create function caller_physician() returns uuid language sql stable security definer set search_path = patient
  return (select id from physician where subject = caller_subject() and status = 'VERIFIED' and caller_has_role('PHYSICIAN'));

-- what a consent says, word for word, by version; only ever added
create table consent_text (
  purpose text not null check (purpose in ('TREATMENT', 'AID_REVIEW', 'SHARE_WITH_PHARMACY', 'COMMUNITY_PROFILE', 'RESEARCH_STATISTICS')),
  number int not null check (number > 0),
  text_en text not null,
  text_zh text not null,
  effective_from timestamptz not null,
  primary key (purpose, number)
);
revoke insert, update, delete on consent_text from care_patient;

create table consent (
  id uuid primary key,
  patient_id uuid not null constraint consent_patient_id_foreign references patient (id),
  purpose text not null,
  -- a physician, a hospital, an organisation; null for whoever serves the purpose
  recipient_id uuid,
  text_number int not null,
  given_at timestamptz not null,
  given_by text not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  version int not null default 1,
  constraint consent_text_foreign foreign key (purpose, text_number) references consent_text (purpose, number),
  check ((withdrawn_at is null) = (withdrawn_by is null)),
  check (withdrawn_at >= given_at)
);
-- also what the policies look for
create unique index consent_active on consent (patient_id, purpose, recipient_id) nulls not distinct where withdrawn_at is null;
create index consent_patient on consent (patient_id, id);
revoke delete on consent from care_patient;

create function has_consent(patient uuid, wanted text, recipient uuid) returns boolean
  language sql stable security definer set search_path = patient
  return exists (select from consent c where c.patient_id = patient and c.purpose = wanted and c.withdrawn_at is null
    and (c.recipient_id is null or c.recipient_id = recipient));

-- who treats whom until when: written by the triggers of appointments and care plans, by nobody else
create table treatment (
  source_id uuid primary key,
  patient_id uuid not null constraint treatment_patient_id_foreign references patient (id),
  physician_id uuid not null constraint treatment_physician_id_foreign references physician (id),
  until timestamptz
);
create index treatment_physician on treatment (physician_id);
create index treatment_patient on treatment (patient_id);
revoke insert, update, delete on treatment from care_patient;

-- a physician who is nothing to the patient, in an emergency: with a reason, for a day, and the patient is told
create table emergency_access (
  id uuid primary key,
  patient_id uuid not null constraint emergency_access_patient_id_foreign references patient (id),
  physician_id uuid not null constraint emergency_access_physician_id_foreign references physician (id),
  reason text not null check (length(reason) between 20 and 1000),
  at timestamptz not null default now(),
  until timestamptz not null,
  check (until > at and until <= at + interval '24 hours')
);
create index emergency_access_physician on emergency_access (physician_id, until);
create index emergency_access_patient on emergency_access (patient_id, id);
revoke update, delete on emergency_access from care_patient;

-- patients whom the physician who calls treats now, with consent, or has opened in an emergency
create function caller_treated() returns uuid[] language sql stable security definer set search_path = patient
  return case when caller_has_role('PHYSICIAN') then array(
    select t.patient_id from treatment t
    where t.physician_id = (select caller_physician()) and (t.until is null or t.until > now())
      and has_consent(t.patient_id, 'TREATMENT', t.physician_id)
    union
    select e.patient_id from emergency_access e
    where e.physician_id = (select caller_physician()) and e.until > now()) else '{}' end;

-- whoever works on an application sees its patient only while the patient agrees
alter policy patient_concerned on patient
  using (subject = caller_subject()
    or (id = any((select caller_patients())::uuid[]) and (not caller_has_role('REVIEWER') or has_consent(id, 'AID_REVIEW', null)))
    or id = any((select caller_treated())::uuid[])
    or caller_cares_for(id, 'VIEW')
    or (select caller_is_system()))
  with check (subject = caller_subject() or id = any((select caller_patients())::uuid[]) or caller_cares_for(id, 'VIEW') or (select caller_is_system()));

-- the patient or somebody who may do this for them: the row rule of most tables here
create function caller_acts_for(patient uuid, needed text) returns boolean language sql stable
  return exists (select from patient p where p.id = patient and (p.subject = caller_subject() or caller_cares_for(p.id, needed)));

alter table consent enable row level security;
create policy consent_own on consent
  using (caller_acts_for(patient_id, 'VIEW') or (select caller_is_system()))
  with check (caller_acts_for(patient_id, 'CARE'));
-- whom it was given to may know that it was
create policy consent_treating on consent for select
  using (purpose = 'TREATMENT' and patient_id = any((select caller_treated())::uuid[]));

alter table treatment enable row level security;
create policy treatment_concerned on treatment for select
  using (caller_acts_for(patient_id, 'VIEW') or physician_id = (select caller_physician()) or (select caller_is_system()));

alter table emergency_access enable row level security;
create policy emergency_access_concerned on emergency_access for select
  using (caller_acts_for(patient_id, 'VIEW') or physician_id = (select caller_physician()) or (select caller_is_system()));
create policy emergency_access_by_physician on emergency_access for insert
  with check (physician_id = (select caller_physician()));

-- what a patient, or with a physician_id that physician, should know; its words are made when it is read
create table notice (
  id uuid primary key default uuidv7(),
  patient_id uuid not null constraint notice_patient_id_foreign references patient (id),
  physician_id uuid constraint notice_physician_id_foreign references physician (id),
  kind text not null check (length(kind) between 1 and 50),
  about_id uuid not null,
  -- when what it is about happens, where that is to be told
  happens_at timestamptz,
  -- which telling of the same it is, where it is told more than once
  occasion text not null default '' check (length(occasion) <= 20),
  at timestamptz not null default now(),
  read_at timestamptz
);
create unique index notice_once on notice (kind, about_id, physician_id, happens_at, occasion) nulls not distinct;
create index notice_patient on notice (patient_id, id);
create index notice_physician on notice (physician_id, id) where physician_id is not null;
-- of a notice nothing changes but that it was read
revoke update, delete on notice from care_patient;
grant update (read_at) on notice to care_patient;
alter table notice enable row level security;
create policy notice_read on notice for select
  using ((physician_id is null and caller_acts_for(patient_id, 'VIEW')) or physician_id = (select caller_physician()) or (select caller_is_system()));
create policy notice_seen on notice for update
  using ((physician_id is null and caller_acts_for(patient_id, 'VIEW')) or physician_id = (select caller_physician()));
-- whoever does something may tell those concerned; they cannot read it back
create policy notice_told on notice for insert
  with check (caller_subject() is not null or (select caller_is_system()));

-- a physician of the hospital answers for a diagnosis as the hospital itself does
alter policy diagnosis_concerned on diagnosis
  using (exists (select from patient where patient.id = patient_id offset 0)
    or (caller_has_role('HOSPITAL') and hospital_organisation_id = caller_organisation())
    or hospital_id = (select caller_hospital()));

-- the first wording of each purpose. Nobody is taken to have agreed to it: who was here before is asked too
insert into consent_text (purpose, number, text_en, text_zh, effective_from) values
  ('TREATMENT', 1, 'The physicians whom I book or who give me a care plan may see my record here while they treat me and for 90 days after, in order to treat me.',
    '我预约的医生或为我制定照护计划的医生，在诊疗期间及结束后90天内可以查看我在本平台的健康记录，仅用于诊疗。', '2026-01-01T00:00:00+08'),
  ('AID_REVIEW', 1, 'The reviewers of the foundation may see my diagnoses and the papers that I hand in, in order to decide about my applications for aid.',
    '基金会的审核员可以查看我的诊断及我提交的材料，仅用于审核我的救助申请。', '2026-01-01T00:00:00+08'),
  ('SHARE_WITH_PHARMACY', 1, 'The pharmacy may use my name, address and phone number and my prescriptions, in order to send me my medicine.',
    '药房可以使用我的姓名、地址、电话及处方，仅用于配药和送药。', '2026-01-01T00:00:00+08'),
  ('COMMUNITY_PROFILE', 1, 'My disease may be shown beside my pseudonym in the community.',
    '社区中可以在我的化名旁显示我所患的疾病。', '2026-01-01T00:00:00+08'),
  ('RESEARCH_STATISTICS', 1, 'I may be counted in statistics that name nobody and from which nobody can be found.',
    '我的数据可以计入不含任何个人信息、无法识别个人的统计。', '2026-01-01T00:00:00+08');
`,
);
