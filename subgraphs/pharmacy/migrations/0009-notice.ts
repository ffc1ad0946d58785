import { sqlMigration } from '../../common/migrate.js';

/** What patients and pharmacists should know of orders, parcels and prescriptions. */
export const pharmacyNotices = sqlMigration(
  '0009-notice',
  `
create table notice (
  id uuid primary key default uuidv7(),
  patient_id uuid not null,
  patient_subject text,
  -- whom it is for: the patient's side, or the pharmacists
  audience text not null check (audience in ('PATIENT', 'PHARMACIST')),
  kind text not null check (length(kind) between 1 and 50),
  -- the order, the parcel or the prescription that it is about
  about_id uuid not null,
  -- by which order it concerns the patient; null where it is about a prescription
  order_id uuid,
  -- which telling of the same it is, where it is told more than once
  occasion text not null default '' check (length(occasion) <= 40),
  at timestamptz not null default now(),
  read_at timestamptz
);
create unique index notice_once on notice (about_id, kind, audience, occasion);
create index notice_patient on notice (patient_id, id) where audience = 'PATIENT';
create index notice_subject on notice (patient_subject, id) where audience = 'PATIENT' and patient_subject is not null;
create index notice_pharmacist on notice (id) where audience = 'PHARMACIST';
revoke insert, update, delete on notice from care_pharmacy;
grant update (read_at) on notice to care_pharmacy;
alter table notice enable row level security;
create policy notice_for_caller on notice
  using (case audience when 'PATIENT' then patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
    else caller_has_role('PHARMACIST') end or (select caller_is_system()));

-- tells somebody something about an order or a prescription, once; whoever does something may tell those concerned, and
-- need not be able to see them
create function tell(whom text, what text, about uuid, occasion text, of_order uuid, of_prescription uuid) returns void
  language sql security definer set search_path = pharmacy
begin atomic
  insert into notice (patient_id, patient_subject, audience, kind, about_id, order_id, occasion)
    select concerned.patient_id, concerned.patient_subject, whom, what, about, of_order, occasion
    from (select o.patient_id, o.patient_subject from drug_order o where o.id = of_order
      union all select p.patient_id, p.patient_subject from prescription p where p.id = of_prescription) concerned
    -- a parcel may be told of for long after its patient was erased
    where not exists (select from erased_patient e where e.patient_id = concerned.patient_id)
    on conflict do nothing;
end;
`,
);
