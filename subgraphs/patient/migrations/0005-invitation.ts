import { sqlMigration } from '../../common/migrate.js';

const ALL = `array['VIEW', 'APPLY', 'ORDER', 'CARE']`;
const live = (care: string) =>
  `${care}.revoked_at is null and (${care}.expires_at is null or ${care}.expires_at > now())`;

/** What was agreed to can only be withdrawn. Who acts for a patient is invited, gets no more than the inviter has, and until 18 at most. */
export const invitationTables = sqlMigration(
  '0005-invitation',
  `
drop policy consent_own on consent;
create policy consent_read on consent for select
  using (caller_acts_for(patient_id, 'VIEW') or (select caller_is_system()));
create policy consent_given on consent for insert
  with check (caller_acts_for(patient_id, 'CARE') and given_by = caller_subject() and withdrawn_at is null);
create policy consent_withdrawn on consent for update
  using (caller_acts_for(patient_id, 'CARE'))
  with check (caller_acts_for(patient_id, 'CARE') and withdrawn_by = caller_subject());
revoke update on consent from care_patient;
grant update (withdrawn_at, withdrawn_by, version) on consent to care_patient;
alter table consent add constraint consent_recipient
  check (recipient_id is null or purpose in ('TREATMENT', 'RESEARCH_STATISTICS'));
create function keep_withdrawal() returns trigger language plpgsql as $$
begin
  raise exception 'A withdrawn consent stays as it is.' using errcode = 'insufficient_privilege';
end $$;
create trigger consent_withdrawn_once before update of withdrawn_at on consent for each row
  when (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at
    and current_setting('app.erasing', true) is distinct from 'on')
  execute function keep_withdrawal();

-- it looks past the policies: a policy of care_relationship may ask it, and whoever may do something may without seeing all
alter function caller_acts_for(uuid, text) security definer set search_path = patient;

-- when somebody comes of age: 18 years old, at midnight in Shanghai
create function grown_up_at(birth_date date) returns timestamptz language sql immutable parallel safe
  return (birth_date + interval '18 years') at time zone 'Asia/Shanghai';

alter table care_relationship add granted_by text;
-- how the patient tells this caregiver from others; null for who registered the patient
alter table care_relationship add label text check (length(label) between 1 and 50);
create index care_relationship_ends on care_relationship (expires_at) where revoked_at is null;

-- who acts for a minor does so until that minor comes of age, at most: what is later is made that day
create function end_care_at_age() returns trigger language plpgsql security definer set search_path = patient as $$
declare
  of_age timestamptz := (select grown_up_at(birth_date) from patient where id = new.patient_id);
begin
  if new.granted_at < of_age then
    new.expires_at := least(new.expires_at, of_age);
  end if;
  return new;
end $$;
create trigger care_ends_at_age before insert or update of expires_at, granted_at, patient_id on care_relationship
  for each row execute function end_care_at_age();
create function move_end_of_care() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  -- what ended with the age that was written down before, ends with the right one; the trigger above shortens the others
  update care_relationship set version = version + 1, expires_at = case
      when expires_at = grown_up_at(old.birth_date) and granted_at < grown_up_at(new.birth_date) then grown_up_at(new.birth_date)
      else expires_at end
    where patient_id = new.id and revoked_at is null;
  return new;
end $$;
create trigger patient_of_age_moves after update of birth_date on patient for each row
  when (old.birth_date is distinct from new.birth_date) execute function move_end_of_care();
update care_relationship set expires_at = expires_at;

-- what the caller is to a patient, whatever they have signed in as: nobody decides about those they care for
create function care_standing(of_patient uuid) returns table (subject text, own boolean, scopes text[])
  language sql stable security definer set search_path = patient
begin atomic
  select p.subject, p.subject is not distinct from caller_subject(), coalesce(c.scopes, '{}')
  from patient p left join care_relationship c on c.patient_id = p.id and c.caregiver_subject = caller_subject() and ${live('c')}
  where p.id = of_patient and (p.subject = caller_subject() or c.id is not null);
end;

-- the patient; for one without a sign-in of their own, a caregiver who may do everything
create function caller_governs(of_patient uuid) returns boolean language sql stable security definer set search_path = patient
  return exists (select from patient p where p.id = of_patient and (p.subject = caller_subject()
    or (p.subject is null and caller_has_role('CAREGIVER') and exists (select from care_relationship c
      where c.patient_id = p.id and c.caregiver_subject = caller_subject() and c.scopes @> ${ALL} and ${live('c')}))));

-- everything is the patient's to give; a caregiver gives what they have, for as long as they have it
create function may_grant(giver text, of_patient uuid, wanted text[], care_until timestamptz) returns boolean
  language sql stable security definer set search_path = patient
  return exists (select from patient p where p.id = of_patient and p.subject = giver)
    or exists (select from care_relationship c where c.patient_id = of_patient and c.caregiver_subject = giver
      and wanted <@ c.scopes and ${live('c')} and (c.expires_at is null or care_until <= c.expires_at));

-- the record of a patient without a sign-in is theirs to take over; from their caregiver also for a year after that one's care ended by age
create function hands_over(giver text, of_patient uuid) returns boolean
  language sql stable security definer set search_path = patient
  return exists (select from patient p join care_relationship c on c.patient_id = p.id
    where p.id = of_patient and p.subject is null and c.caregiver_subject = giver and c.scopes @> ${ALL} and c.revoked_at is null
      and (c.expires_at is null or c.expires_at > now()
        or (c.expires_at = grown_up_at(p.birth_date) and now() < c.expires_at + interval '1 year')));

-- for those whose care ended by age: whom they can hand over, and until when
create function handovers_of_caller() returns table (patient_id uuid, until timestamptz)
  language sql stable security definer set search_path = patient
begin atomic
  select c.patient_id, c.expires_at + interval '1 year' from care_relationship c
  where c.caregiver_subject = caller_subject() and caller_has_role('CAREGIVER') and c.expires_at <= now()
    and hands_over(c.caregiver_subject, c.patient_id)
  order by c.patient_id;
end;

-- the patient, their caregivers, and whoever may see the record see who else may
drop policy care_relationship_party on care_relationship;
create policy care_relationship_party on care_relationship for select
  using (caregiver_subject = caller_subject() or patient_subject = caller_subject()
    or caller_acts_for(patient_id, 'VIEW') or (select caller_is_system()));
create policy care_relationship_revoked on care_relationship for update
  using (revoked_at is null and (caregiver_subject = caller_subject() or caller_governs(patient_id)))
  with check (revoked_at is not null);
-- nobody gives themselves more
create policy care_relationship_changed on care_relationship for update
  using (revoked_at is null and caregiver_subject <> caller_subject() and caller_governs(patient_id))
  with check (revoked_at is null and caregiver_subject <> caller_subject()
    and may_grant(caller_subject(), patient_id, scopes, expires_at));
-- care begins by the two functions below, and by nothing else
revoke insert, update, delete on care_relationship from care_patient;
grant update (scopes, expires_at, revoked_at, version) on care_relationship to care_patient;

-- who registers somebody cares for them from then on; once, as a patient without a sign-in has had somebody ever since
create function begin_care(care uuid, of_patient uuid) returns void language sql security definer set search_path = patient
begin atomic
  insert into care_relationship (id, patient_id, caregiver_subject, scopes, granted_at, granted_by)
  select care, p.id, caller_subject(), ${ALL}, now(), caller_subject() from patient p
  where p.id = of_patient and p.subject is null and caller_has_role('CAREGIVER')
    and not exists (select from care_relationship c where c.patient_id = p.id);
end;

create table care_invitation (
  id uuid primary key,
  patient_id uuid not null constraint care_invitation_patient_id_foreign references patient (id),
  -- to act for the patient, or to take the record over as the patient
  kind text not null check (kind in ('CAREGIVER', 'SELF')),
  -- of the code, made with a key: the code itself is nowhere
  code_index text not null constraint care_invitation_code_unique unique check (code_index ~ '^[A-Za-z0-9_-]{43}$'),
  scopes text[] not null,
  -- when what is granted ends
  care_until timestamptz,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  version int not null default 1,
  check (scopes <@ ${ALL}),
  check (case kind when 'SELF' then scopes = '{}' and care_until is null else 'VIEW' = any(scopes) end),
  check (expires_at > created_at and expires_at <= created_at + interval '7 days'),
  check (accepted_at is null or withdrawn_at is null)
);
create index care_invitation_patient on care_invitation (patient_id, id);
alter table care_invitation enable row level security;
create policy care_invitation_seen on care_invitation for select
  using (invited_by = caller_subject() or caller_governs(patient_id) or (select caller_is_system()));
create policy care_invitation_made on care_invitation for insert
  with check (invited_by = caller_subject() and accepted_at is null and withdrawn_at is null and case kind
    when 'SELF' then caller_has_role('CAREGIVER') and hands_over(caller_subject(), patient_id)
    else caller_acts_for(patient_id, 'VIEW') and may_grant(caller_subject(), patient_id, scopes, care_until) end);
create policy care_invitation_withdrawn on care_invitation for update
  using (accepted_at is null and (invited_by = caller_subject() or caller_governs(patient_id)))
  with check (withdrawn_at is not null and accepted_at is null);
revoke update, delete on care_invitation from care_patient;
grant update (withdrawn_at, version) on care_invitation to care_patient;

/*
 * Takes up an invitation: who has the code may, as long as who made it could still give what it gives.
 * Answers ACCEPTED or HANDED_OVER with the patient, or why not: INVALID (also for a code that never was), LABEL, OWN, ALREADY, REGISTERED.
 */
create function accept_care_invitation(code text, care uuid, caregiver_label text) returns table (outcome text, of_patient uuid)
  language plpgsql security definer set search_path = patient as $$
declare
  caller text := caller_subject();
  invitation care_invitation;
  person patient;
  before care_relationship;
begin
  -- of two who have the same code the second waits here, and then finds nothing
  select * into invitation from care_invitation i
    where i.code_index = code and accepted_at is null and withdrawn_at is null and i.expires_at > now() for update;
  if not found or caller is null then return query select 'INVALID', null::uuid; return; end if;
  select * into person from patient p where p.id = invitation.patient_id for update;
  if person.subject = caller then return query select 'OWN', null::uuid; return; end if;

  if invitation.kind = 'SELF' then
    if not caller_has_role('PATIENT') or not hands_over(invitation.invited_by, person.id) then
      return query select 'INVALID', null::uuid; return;
    end if;
    if exists (select from care_relationship c where c.patient_id = person.id and c.caregiver_subject = caller) then
      return query select 'ALREADY', null::uuid; return;
    end if;
    if exists (select from patient p where p.subject = caller) then return query select 'REGISTERED', null::uuid; return; end if;
    update patient set subject = caller, version = version + 1 where id = person.id;
    update care_relationship set patient_subject = caller where patient_id = person.id;
    update care_invitation set withdrawn_at = now(), version = version + 1
      where patient_id = person.id and kind = 'SELF' and id <> invitation.id and accepted_at is null and withdrawn_at is null;
  else
    if not caller_has_role('CAREGIVER')
      or not may_grant(invitation.invited_by, person.id, invitation.scopes, invitation.care_until) then
      return query select 'INVALID', null::uuid; return;
    end if;
    if caregiver_label is null then return query select 'LABEL', null::uuid; return; end if;
    select * into before from care_relationship c
      where c.patient_id = person.id and c.caregiver_subject = caller and c.revoked_at is null for update;
    if found and (before.expires_at is null or before.expires_at > now()) then
      return query select 'ALREADY', null::uuid; return;
    end if;
    -- what had ended by its date makes room
    update care_relationship set revoked_at = now(), version = version + 1 where id = before.id;
    insert into care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at, granted_by, expires_at, label)
      values (care, person.id, person.subject, caller, invitation.scopes, now(), invitation.invited_by, invitation.care_until, caregiver_label);
  end if;
  update care_invitation set accepted_at = now(), version = version + 1 where id = invitation.id;
  return query select case invitation.kind when 'SELF' then 'HANDED_OVER' else 'ACCEPTED' end, person.id;
end $$;

-- how often somebody tried a code in an hour: written for them, so that they cannot begin again
create table care_code_attempt (
  caller text primary key,
  hour timestamptz not null,
  attempts int not null
);
revoke insert, update, delete on care_code_attempt from care_patient;
alter table care_code_attempt enable row level security;
create policy care_code_attempt_own on care_code_attempt for select using (caller = caller_subject());
create function count_care_code_attempt() returns int language sql security definer set search_path = patient
begin atomic
  insert into care_code_attempt as known (caller, hour, attempts) values (caller_subject(), date_trunc('hour', now()), 1)
  on conflict (caller) do update set hour = excluded.hour,
    attempts = case when known.hour = excluded.hour then known.attempts + 1 else 1 end
  returning attempts;
end;
`,
);
