import { sqlMigration } from '../../common/migrate.js';

/** The papers of patients. Their files lie in the store of documents, encrypted with a key of their own. */
export const documentTable = sqlMigration(
  '0008-document',
  `
create table document (
  id uuid primary key,
  patient_id uuid not null constraint document_patient_id_foreign references patient (id),
  kind text not null check (kind in ('IDENTITY', 'DIAGNOSIS_CERTIFICATE', 'MEDICAL_RECORD', 'PRESCRIPTION', 'INVOICE', 'INCOME_PROOF')),
  media_type text not null check (media_type in ('PDF', 'JPEG', 'PNG')),
  byte_size int not null check (byte_size between 1 and 20971520),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  status text not null check (status in ('AWAITING_UPLOAD', 'STORED', 'REFUSED', 'EXPIRED', 'DELETED')),
  -- what was never sealed is not taken
  file_name_sealed text check (file_name_sealed ~ '^v[0-9]+[.]'),
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  object_key uuid constraint document_object_key_unique unique,
  data_key_sealed text check (data_key_sealed ~ '^v[0-9]+[.]'),
  uploaded_at timestamptz,
  refused_because text,
  version int not null default 1,
  check ((status = 'STORED') = (object_key is not null)),
  check ((object_key is null) = (data_key_sealed is null)),
  check (status <> 'STORED' or uploaded_at is not null),
  check ((status = 'REFUSED') = (refused_because is not null)),
  check ((status = 'DELETED') = (file_name_sealed is null))
);
create index document_patient on document (patient_id, id);
create index document_awaiting on document (expires_at) where status = 'AWAITING_UPLOAD';
-- whose it is, what it was announced as: that stays
revoke update, delete on document from care_patient;
grant update (status, file_name_sealed, expires_at, object_key, data_key_sealed, uploaded_at, refused_because, version)
  on document to care_patient;

alter table document enable row level security;
create policy document_seen on document for select
  using (caller_acts_for(patient_id, 'VIEW')
    or (status = 'STORED' and kind = any(array['DIAGNOSIS_CERTIFICATE', 'MEDICAL_RECORD', 'PRESCRIPTION'])
      and patient_id = any((select caller_treated())::uuid[]))
    or (status = 'STORED'
      and kind = any(array['IDENTITY', 'DIAGNOSIS_CERTIFICATE', 'MEDICAL_RECORD', 'PRESCRIPTION', 'INVOICE', 'INCOME_PROOF'])
      and caller_has_role('REVIEWER') and patient_id = any((select caller_patients())::uuid[]) and has_consent(patient_id, 'AID_REVIEW', null))
    or (select caller_is_system()));
create policy document_added on document for insert
  with check (status = 'AWAITING_UPLOAD' and (caller_acts_for(patient_id, 'CARE') or caller_acts_for(patient_id, 'APPLY')));
create policy document_changed on document for update
  using ((caller_acts_for(patient_id, 'CARE') or caller_acts_for(patient_id, 'APPLY')))
  with check ((caller_acts_for(patient_id, 'CARE') or caller_acts_for(patient_id, 'APPLY')));
create policy document_expired on document for update
  using (status = 'AWAITING_UPLOAD' and (select caller_is_system()))
  with check (status = 'EXPIRED' and (select caller_is_system()));

-- what has happened to a document stays: a file is stored once, and what was deleted does not come back
create function refuse_document_change() returns trigger language plpgsql as $$
begin
  raise exception 'This cannot become of the document.' using errcode = 'insufficient_privilege';
end $$;
create trigger document_goes_on before update on document for each row
  when (old.status <> new.status and (old.status, new.status) not in (
    ('AWAITING_UPLOAD', 'STORED'), ('AWAITING_UPLOAD', 'REFUSED'), ('AWAITING_UPLOAD', 'EXPIRED'), ('AWAITING_UPLOAD', 'DELETED'),
    ('STORED', 'DELETED'), ('REFUSED', 'DELETED'), ('EXPIRED', 'DELETED')))
  execute function refuse_document_change();
create trigger document_keeps_file before update on document for each row
  when (old.status = 'STORED' and new.status = 'STORED' and old.object_key is distinct from new.object_key)
  execute function refuse_document_change();

-- whose document it is, for asking whether the caller works on that patient; answers no client
create function patient_of_document(document uuid) returns uuid language sql stable security definer set search_path = patient
  return (select patient_id from document d where d.id = document);
`,
);
