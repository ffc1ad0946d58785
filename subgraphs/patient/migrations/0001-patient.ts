import { CALLER_FUNCTIONS, sqlMigration } from '../../common/migrate.js';

export const patientTables = sqlMigration(
  '0001-patient',
  `${CALLER_FUNCTIONS}
create table patient (
  id uuid primary key,
  subject text constraint patient_subject_unique unique,
  display_name text not null check (length(display_name) between 1 and 50),
  birth_date date not null,
  sex text not null check (sex in ('FEMALE', 'MALE', 'OTHER')),
  region text not null check (length(region) between 1 and 100),
  version int not null default 1,
  created_at timestamptz not null
);

create table care_relationship (
  id uuid primary key,
  patient_id uuid not null constraint care_relationship_patient_id_foreign references patient (id),
  -- the patient's own sign-in, where there is one: a policy here must not look back at patient
  patient_subject text,
  caregiver_subject text not null,
  scopes text[] not null check (scopes <@ array['VIEW', 'APPLY', 'ORDER', 'CARE']),
  granted_at timestamptz not null,
  revoked_at timestamptz,
  expires_at timestamptz,
  version int not null default 1,
  check (caregiver_subject is distinct from patient_subject)
);
create unique index care_relationship_active on care_relationship (caregiver_subject, patient_id) where revoked_at is null;
create index care_relationship_patient on care_relationship (patient_id);
alter table care_relationship enable row level security;
create policy care_relationship_party on care_relationship
  using (caregiver_subject = caller_subject() or patient_subject = caller_subject());

create function caller_cares_for(patient uuid, needed text) returns boolean language sql stable parallel safe
  return exists (
    select from care_relationship care
    where care.patient_id = patient and care.caregiver_subject = caller_subject() and needed = any(care.scopes)
      and care.revoked_at is null and (care.expires_at is null or care.expires_at > now()));

alter table patient enable row level security;
create policy patient_concerned on patient
  using (subject = caller_subject() or id = any((select caller_patients())::uuid[]) or caller_cares_for(id, 'VIEW'));

create table diagnosis (
  id uuid primary key,
  patient_id uuid not null constraint diagnosis_patient_id_foreign references patient (id),
  disease_id uuid not null,
  hospital_id uuid not null,
  hospital_organisation_id uuid,
  diagnosed_on date not null,
  physician_name text,
  status text not null check (status in ('REPORTED', 'VERIFIED', 'REFUSED')),
  decided_at timestamptz,
  decided_by_role text,
  reason text,
  version int not null default 1,
  created_at timestamptz not null,
  check ((status = 'REPORTED') = (decided_at is null)),
  check (status <> 'REFUSED' or reason is not null)
);
create index diagnosis_patient on diagnosis (patient_id);
create index diagnosis_organisation on diagnosis (hospital_organisation_id) where status = 'REPORTED';
alter table diagnosis enable row level security;
create policy diagnosis_concerned on diagnosis using (
  exists (select from patient where patient.id = patient_id offset 0)
  or (caller_has_role('HOSPITAL') and hospital_organisation_id = caller_organisation()));

-- whose diagnosis it is, for asking whether the caller works on that patient; answers no client
create function patient_of_diagnosis(diagnosis uuid) returns uuid language sql stable security definer set search_path = patient
  return (select patient_id from diagnosis d where d.id = diagnosis);
`,
);
