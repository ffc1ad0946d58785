import { sqlMigration } from '../../common/migrate.js';

/** Physicians who answer for what they say of themselves, when they can be booked, and the appointments with them. */
export const appointmentTables = sqlMigration(
  '0006-appointment',
  `
-- registering, changing what one says of oneself, deciding: each to whom it belongs; the trigger says which columns
drop policy physician_own on physician;
create policy physician_registers on physician for insert
  with check (subject = caller_subject() and caller_has_role('PHYSICIAN') and status = 'PENDING');
create policy physician_own on physician for update
  using (subject = caller_subject()) with check (subject = caller_subject());
-- nobody decides about themselves
alter policy physician_directory on physician
  using (caller_has_role('ADMIN') and subject <> caller_subject())
  with check (caller_has_role('ADMIN') and subject <> caller_subject());
revoke delete on physician from care_patient;

create function physician_guard() returns trigger language plpgsql set search_path = patient as $$
begin
  if caller_subject() is null or caller_is_system() then
    return new;
  end if;
  if (new.id, new.subject, new.created_at) is distinct from (old.id, old.subject, old.created_at) then
    raise insufficient_privilege using message = 'a physician stays who they are';
  end if;
  if new.subject = caller_subject() then
    -- verified stays only what an administrator has looked at
    if new.status <> 'PENDING'
        and (new.status, new.name_zh, new.name_en, new.licence_index, new.hospital_id, new.decided_at, new.decided_by, new.reason)
          is distinct from (old.status, old.name_zh, old.name_en, old.licence_index, old.hospital_id, old.decided_at, old.decided_by, old.reason) then
      raise insufficient_privilege using message = 'nobody verifies themselves';
    end if;
  elsif (to_jsonb(new) - '{status,decided_at,decided_by,reason,version}'::text[])
      is distinct from (to_jsonb(old) - '{status,decided_at,decided_by,reason,version}'::text[]) then
    raise insufficient_privilege using message = 'who decides about a physician changes nothing else';
  end if;
  return new;
end $$;
create trigger physician_guard before update on physician for each row execute function physician_guard();

-- when a physician can be booked, week by week, in the time of a place
create table physician_hours (
  id uuid primary key,
  physician_id uuid not null constraint physician_hours_physician_id_foreign references physician (id),
  -- 1 is Monday
  weekday int not null check (weekday between 1 and 7),
  -- minutes since midnight, as a clock on the wall counts them
  from_minute int not null check (from_minute >= 0),
  to_minute int not null check (to_minute <= 1440),
  zone text not null check (length(zone) between 1 and 64),
  slot_minutes int not null check (slot_minutes between 10 and 120),
  buffer_minutes int not null check (buffer_minutes between 0 and 60),
  valid_from date not null,
  valid_until date,
  check (from_minute < to_minute),
  check (valid_until >= valid_from)
);
create index physician_hours_physician on physician_hours (physician_id);
revoke update on physician_hours from care_patient;
alter table physician_hours enable row level security;
create policy physician_hours_shown on physician_hours for select
  using (exists (select from physician where physician.id = physician_id offset 0));
create policy physician_hours_own on physician_hours
  using (physician_id = (select caller_physician())) with check (physician_id = (select caller_physician()));

create table physician_absence (
  id uuid primary key,
  physician_id uuid not null constraint physician_absence_physician_id_foreign references physician (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  check (starts_at < ends_at)
);
create index physician_absence_physician on physician_absence (physician_id, ends_at);
revoke update on physician_absence from care_patient;
alter table physician_absence enable row level security;
create policy physician_absence_own on physician_absence
  using (physician_id = (select caller_physician())) with check (physician_id = (select caller_physician()));

create table appointment (
  id uuid primary key,
  patient_id uuid not null constraint appointment_patient_id_foreign references patient (id),
  physician_id uuid not null constraint appointment_physician_id_foreign references physician (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- with the pause that the physician has after it
  busy_until timestamptz not null,
  zone text not null check (length(zone) between 1 and 64),
  status text not null check (status in ('BOOKED', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'NO_SHOW')),
  reason text not null check (length(reason) between 1 and 500),
  cancel_reason text check (length(cancel_reason) between 1 and 500),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  version int not null default 1,
  check (ends_at > starts_at and ends_at - starts_at <= interval '2 hours'),
  check (busy_until >= ends_at and busy_until - ends_at <= interval '1 hour'),
  check (cancel_reason is null or status = 'CANCELLED'),
  -- nobody holds two at once, whatever any code believes
  constraint appointment_physician_free exclude using gist
    (physician_id with =, tstzrange(starts_at, busy_until) with &&) where (status in ('BOOKED', 'CONFIRMED')),
  constraint appointment_patient_free exclude using gist
    (patient_id with =, tstzrange(starts_at, ends_at) with &&) where (status in ('BOOKED', 'CONFIRMED'))
);
create index appointment_patient on appointment (patient_id, starts_at, id);
create index appointment_physician on appointment (physician_id, starts_at, id);
revoke delete on appointment from care_patient;
alter table appointment enable row level security;
create policy appointment_concerned on appointment for select
  using (physician_id = (select caller_physician()) or caller_acts_for(patient_id, 'VIEW') or (select caller_is_system()));
-- with a verified physician who is not oneself, and with the patient's consent
create policy appointment_books on appointment for insert
  with check (caller_acts_for(patient_id, 'CARE') and status = 'BOOKED' and has_consent(patient_id, 'TREATMENT', physician_id)
    and physician_id is distinct from (select caller_physician())
    and exists (select from physician where physician.id = physician_id and physician.status = 'VERIFIED' offset 0));
create policy appointment_changes on appointment for update
  using (physician_id = (select caller_physician()) or caller_acts_for(patient_id, 'CARE'))
  with check (physician_id = (select caller_physician()) or caller_acts_for(patient_id, 'CARE'));
-- what no physician confirmed comes to nothing
create policy appointment_lapses on appointment for update
  using ((select caller_is_system()) and status = 'BOOKED') with check ((select caller_is_system()) and status = 'CANCELLED');

create function appointment_guard() returns trigger language plpgsql set search_path = patient as $$
declare
  changes text[] := '{changed_at,version}';
begin
  if caller_subject() is null or caller_is_system() then
    return new;
  end if;
  -- who treats a patient may see their record: so nothing is booked or moved out of sight
  if (tg_op = 'INSERT' or new.starts_at <> old.starts_at) and new.starts_at not between now() and now() + interval '61 days' then
    raise insufficient_privilege using message = 'appointments are in the next sixty days';
  end if;
  if tg_op = 'INSERT' then
    return new;
  end if;
  if old.status in ('BOOKED', 'CONFIRMED') then
    changes := changes || '{starts_at,ends_at,busy_until,zone,status,cancel_reason}';
  end if;
  if (to_jsonb(new) - changes) is distinct from (to_jsonb(old) - changes) then
    raise insufficient_privilege using message = 'an appointment stays whose it is, and what is over stays as it was';
  end if;
  if new.physician_id is distinct from caller_physician() and new.status not in ('BOOKED', 'CANCELLED')
      and (new.status, new.starts_at) is distinct from (old.status, old.starts_at) then
    raise insufficient_privilege using message = 'only the physician says so';
  end if;
  if new.status in ('COMPLETED', 'NO_SHOW') and new.status <> old.status and new.starts_at > now() then
    raise insufficient_privilege using message = 'it has not begun';
  end if;
  return new;
end $$;
create trigger appointment_guard before insert or update on appointment for each row execute function appointment_guard();

-- each step in an appointment's life; written by its trigger, by nobody else, and never changed
create table appointment_event (
  id uuid primary key,
  appointment_id uuid not null constraint appointment_event_appointment_id_foreign references appointment (id),
  kind text not null check (kind in ('BOOKED', 'CONFIRMED', 'MOVED', 'CANCELLED', 'COMPLETED', 'NO_SHOW')),
  starts_at timestamptz not null,
  at timestamptz not null,
  by_role text not null check (by_role in ('PATIENT', 'CAREGIVER', 'PHYSICIAN', 'SYSTEM'))
);
create index appointment_event_appointment on appointment_event (appointment_id, id);
revoke insert, update, delete on appointment_event from care_patient;
alter table appointment_event enable row level security;
create policy appointment_event_concerned on appointment_event for select
  using (exists (select from appointment where appointment.id = appointment_id offset 0));

create function appointment_happened() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  if tg_op = 'INSERT' or (new.status, new.starts_at) is distinct from (old.status, old.starts_at) then
    insert into appointment_event (id, appointment_id, kind, starts_at, at, by_role) values (
      uuidv7(), new.id,
      case when tg_op = 'UPDATE' and new.starts_at <> old.starts_at then 'MOVED' else new.status end,
      new.starts_at, new.changed_at,
      case when caller_subject() is null or caller_is_system() then 'SYSTEM'
        when new.physician_id = caller_physician() then 'PHYSICIAN'
        when exists (select from patient p where p.id = new.patient_id and p.subject = caller_subject()) then 'PATIENT'
        else 'CAREGIVER' end);
  end if;
  if new.status = 'CANCELLED' then
    delete from treatment where source_id = new.id;
  else
    insert into treatment (source_id, patient_id, physician_id, until)
      values (new.id, new.patient_id, new.physician_id, new.ends_at + interval '90 days')
      on conflict (source_id) do update set until = excluded.until;
  end if;
  return null;
end $$;
create trigger appointment_happened after insert or update on appointment for each row execute function appointment_happened();

-- what came out of a consultation; a correction is another one with the next number
create table consultation_summary (
  id uuid primary key,
  appointment_id uuid not null constraint consultation_summary_appointment_id_foreign references appointment (id),
  patient_id uuid not null constraint consultation_summary_patient_id_foreign references patient (id),
  physician_id uuid not null constraint consultation_summary_physician_id_foreign references physician (id),
  number int not null check (number between 1 and 20),
  text text not null check (length(text) between 1 and 5000),
  advice text check (length(advice) between 1 and 5000),
  diagnosis text check (length(diagnosis) between 1 and 500),
  follow_up_on date,
  written_at timestamptz not null,
  constraint consultation_summary_once unique (appointment_id, number)
);
create index consultation_summary_patient on consultation_summary (patient_id, id);
create index consultation_summary_follow_up on consultation_summary (follow_up_on) where follow_up_on is not null;
revoke update, delete on consultation_summary from care_patient;
alter table consultation_summary enable row level security;
create policy consultation_summary_read on consultation_summary for select
  using (caller_acts_for(patient_id, 'VIEW') or patient_id = any((select caller_treated())::uuid[]) or (select caller_is_system()));
-- by the physician who held it, who is still allowed to treat the patient
create policy consultation_summary_writes on consultation_summary for insert
  with check (physician_id = (select caller_physician()) and patient_id = any((select caller_treated())::uuid[])
    and exists (select from appointment a where a.id = appointment_id and a.patient_id = consultation_summary.patient_id
      and a.physician_id = consultation_summary.physician_id and a.status = 'COMPLETED' offset 0));

-- when physicians are not free, without saying with whom: whoever books must know, and may not see others' appointments.
-- BUSY counts with the pause after a slot, AWAY does not
create function physician_busy(physicians uuid[], during tstzrange, without uuid)
  returns table (physician_id uuid, kind text, starts_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = patient
begin atomic
  select held.physician_id, 'BUSY', lower(held.busy), upper(held.busy)
  from (select a.physician_id, unnest(range_agg(tstzrange(a.starts_at, a.busy_until))) as busy from appointment a
    where a.physician_id = any(physicians) and a.status in ('BOOKED', 'CONFIRMED') and a.id is distinct from without
      and tstzrange(a.starts_at, a.busy_until) && during
    group by a.physician_id) held
  union all
  select b.physician_id, 'AWAY', b.starts_at, b.ends_at from physician_absence b
  where b.physician_id = any(physicians) and tstzrange(b.starts_at, b.ends_at) && during;
end;
`,
);
