import { sqlMigration } from '../../common/migrate.js';

/** What physicians prescribe, and that nobody gets more than that. */
export const pharmacyPrescriptions = sqlMigration(
  '0006-prescription',
  `
-- patients whom the physician who calls treats now, as the patient subgraph has said
create function caller_treated() returns uuid[] language sql stable parallel safe
  return string_to_array(nullif(current_setting('app.treated', true), ''), ',')::uuid[];

create sequence prescription_number;

create table prescription (
  id uuid primary key,
  number text not null constraint prescription_number_unique unique check (number ~ '^RP-\\d{4}-\\d{6,}$'),
  patient_id uuid not null,
  -- the patient's own sign-in, as the patient subgraph said; null for somebody whom only caregivers act for
  patient_subject text,
  physician_id uuid not null,
  physician_subject text not null,
  -- the consultation that it came out of, if any
  appointment_id uuid,
  medicine_id uuid not null,
  dose text not null check (length(dose) between 1 and 500),
  note text check (length(note) between 1 and 1000),
  -- packages of one supply, and how often it may be supplied again
  quantity int not null check (quantity between 1 and 100),
  refills int not null check (refills between 0 and 24),
  -- packages in orders that are neither cancelled nor returned: written by the triggers of orders alone
  used int not null default 0,
  -- the last day, in Shanghai
  valid_until date not null,
  status text not null check (status in ('ISSUED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
  issued_at timestamptz not null,
  checked_at timestamptz,
  checked_by text,
  check_reason text check (length(check_reason) between 1 and 500),
  withdrawn_at timestamptz,
  withdraw_reason text check (length(withdraw_reason) between 1 and 500),
  version int not null default 1,
  constraint prescription_never_oversupplied check (used between 0 and quantity * (refills + 1)),
  constraint prescription_valid check (valid_until between (issued_at at time zone 'Asia/Shanghai')::date and (issued_at at time zone 'Asia/Shanghai')::date + 366),
  check ((checked_at is null) = (checked_by is null) and (checked_at is null) = (check_reason is null)),
  check (status not in ('APPROVED', 'REFUSED') or checked_at is not null),
  check ((status = 'WITHDRAWN') = (withdrawn_at is not null) and (withdrawn_at is null) = (withdraw_reason is null)),
  -- nobody prescribes for themselves, or checks what they wrote or what is for them
  constraint prescription_by_another check (physician_subject is distinct from patient_subject
    and checked_by is distinct from physician_subject and (checked_by is null or checked_by is distinct from patient_subject))
);
create index prescription_patient on prescription (patient_id, id);
create index prescription_subject on prescription (patient_subject, id) where patient_subject is not null;
create index prescription_physician on prescription (physician_subject, id);
create index prescription_to_check on prescription (id) where status = 'ISSUED';
revoke update, delete on prescription from care_pharmacy;
grant update (status, checked_at, checked_by, check_reason, withdrawn_at, withdraw_reason, version) on prescription to care_pharmacy;
alter table prescription enable row level security;
create policy prescription_concerned on prescription for select
  using (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[]) or caller_has_role('PHARMACIST')
    or (physician_subject = caller_subject() and patient_id = any((select caller_treated())::uuid[])) or (select caller_is_system()));
create policy prescription_issued on prescription for insert
  with check (caller_has_role('PHYSICIAN') and physician_subject = caller_subject() and patient_id = any((select caller_treated())::uuid[])
    and status = 'ISSUED' and used = 0 and patient_subject is distinct from caller_subject());
create policy prescription_checked on prescription for update
  using (caller_has_role('PHARMACIST') and physician_subject <> caller_subject() and patient_subject is distinct from caller_subject()
    and (patient_id = any((select caller_patients())::uuid[])) is not true)
  with check (caller_has_role('PHARMACIST') and physician_subject <> caller_subject() and patient_subject is distinct from caller_subject()
    and (patient_id = any((select caller_patients())::uuid[])) is not true and status in ('APPROVED', 'REFUSED') and checked_by = caller_subject());
create policy prescription_withdrawn on prescription for update
  using (physician_subject = caller_subject() and patient_id = any((select caller_treated())::uuid[]))
  with check (physician_subject = caller_subject() and status = 'WITHDRAWN');

-- null: ordered before prescriptions were kept here
alter table drug_order_line add prescription_id uuid constraint drug_order_line_prescription_id_foreign references prescription (id);
create index drug_order_line_prescription on drug_order_line (prescription_id) where prescription_id is not null;

-- whatever is ordered counts at once, by a prescription that holds: the row is locked, so two at once do not get more than one
create function use_prescription() returns trigger language plpgsql security definer set search_path = pharmacy as $$
begin
  update prescription p set used = used + new.quantity
  from drug_order o
  where o.id = new.order_id and p.id = new.prescription_id and p.patient_id = o.patient_id and p.medicine_id = new.medicine_id
    and p.status = 'APPROVED' and p.valid_until >= today_in_shanghai();
  if not found then
    raise exception 'There is no such prescription to order by.' using errcode = 'check_violation', constraint = 'drug_order_line_prescribed';
  end if;
  return new;
end $$;
create trigger drug_order_line_uses_prescription after insert on drug_order_line for each row
  when (new.prescription_id is not null) execute function use_prescription();

-- what was called off or came back was not supplied
create function give_prescription_back() returns trigger language plpgsql security definer set search_path = pharmacy as $$
begin
  -- two that give back several at once wait for each other, and never both
  perform from prescription p where p.id in (select l.prescription_id from drug_order_line l where l.order_id = new.id)
    order by p.id for no key update;
  update prescription p set used = used - given.quantity
  from (select l.prescription_id, sum(l.quantity)::int as quantity from drug_order_line l
    where l.order_id = new.id and l.prescription_id is not null group by 1) given
  where p.id = given.prescription_id;
  return new;
end $$;
create trigger drug_order_gives_prescription_back after update of status on drug_order for each row
  when (new.status in ('CANCELLED', 'RETURNED') and old.status not in ('CANCELLED', 'RETURNED')) execute function give_prescription_back();

-- those of these prescriptions that the caller may order by for a patient, each locked until the transaction ends: an order that
-- comes at the same time waits. Who orders may not change them, and so could not lock them
create function prescriptions_to_use(of_patient uuid, wanted uuid[]) returns setof prescription
  language sql security definer set search_path = pharmacy
begin atomic
  select p.* from prescription p
  where p.id = any(wanted) and p.patient_id = of_patient
    and (p.patient_subject = caller_subject() or p.patient_id = any((select caller_patients())::uuid[]))
  order by p.id for no key update of p;
end;

-- the patients for whom the caller, a physician, has written some of these prescriptions, or any: to ask whom they treat still
create function patients_prescribed_to(prescriptions uuid[]) returns setof uuid
  language sql stable security definer set search_path = pharmacy
begin atomic
  select distinct p.patient_id from prescription p
  where p.physician_subject = caller_subject() and (prescriptions is null or p.id = any(prescriptions));
end;

create or replace function purpose_of_read(patient uuid) returns text language sql stable security definer set search_path = pharmacy
  return case
    when exists (select from drug_order o where o.patient_id = patient and o.patient_subject = caller_subject())
      or exists (select from prescription p where p.patient_id = patient and p.patient_subject = caller_subject()) then 'SELF'
    when caller_has_role('CAREGIVER') and patient = any(caller_patients()) then 'CARE'
    when caller_has_role('REVIEWER') then 'AID_REVIEW'
    when caller_has_role('PHARMACIST') then 'PHARMACY'
    when caller_has_role('PHYSICIAN') and patient = any(caller_treated()) then 'TREATMENT' end;

alter policy access_log_of_patient on access_log
  using (patient_id = any((select caller_patients())::uuid[])
    or patient_id = any(array(select patient_id from drug_order where patient_subject = caller_subject()))
    or patient_id = any(array(select patient_id from prescription where patient_subject = caller_subject())));
`,
);
