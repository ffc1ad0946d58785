import { sqlMigration } from '../../common/migrate.js';

/** How patients are between visits: what they answer, what they note each day, what their physicians planned with them. */
export const carePlanTables = sqlMigration(
  '0007-care-plan',
  `
-- patients whom the caller is, or may do this for: looked up once a statement, where caller_acts_for is once a row
create function caller_side_of(needed text) returns uuid[] language sql stable security definer set search_path = patient
  return array(
    select p.id from patient p where p.subject = caller_subject()
    union all
    select care.patient_id from care_relationship care
    where care.caregiver_subject = caller_subject() and caller_cares_for(care.patient_id, needed));

create table questionnaire_result (
  id uuid primary key,
  patient_id uuid not null constraint questionnaire_result_patient_id_foreign references patient (id),
  questionnaire text not null check (length(questionnaire) between 1 and 50),
  questionnaire_version int not null check (questionnaire_version > 0),
  answers jsonb not null check (jsonb_typeof(answers) = 'array' and jsonb_array_length(answers) <= 100),
  score int not null,
  band text not null,
  red_flag boolean not null,
  answered_at timestamptz not null,
  answered_by text not null
);
create index questionnaire_result_patient on questionnaire_result (patient_id, id);
revoke update, delete on questionnaire_result from care_patient;
alter table questionnaire_result enable row level security;
create policy questionnaire_result_seen on questionnaire_result for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[]));
create policy questionnaire_result_answered on questionnaire_result for insert
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]) and answered_by = caller_subject());

create table diary_entry (
  id uuid primary key,
  patient_id uuid not null constraint diary_entry_patient_id_foreign references patient (id),
  day date not null,
  symptoms jsonb not null check (jsonb_typeof(symptoms) = 'object' and not jsonb_path_exists(symptoms,
    '$.* ? (@.type() != "number" || @ < 0 || @ > 10 || @ != @.floor())')),
  note text check (length(note) between 1 and 1000),
  vocabulary int not null check (vocabulary > 0),
  recorded_at timestamptz not null,
  changed_at timestamptz not null,
  version int not null default 1,
  constraint diary_entry_once unique (patient_id, day)
);
revoke update, delete on diary_entry from care_patient;
grant update (symptoms, note, vocabulary, changed_at, version) on diary_entry to care_patient;
alter table diary_entry enable row level security;
create policy diary_entry_seen on diary_entry for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[]));
create policy diary_entry_recorded on diary_entry for insert
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]));
create policy diary_entry_changed on diary_entry for update
  using (patient_id = any((select caller_side_of('CARE'))::uuid[]))
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]));

-- from the entry that made it worse until one after which it is not: physicians are told once
create table diary_episode (
  id uuid primary key default uuidv7(),
  patient_id uuid not null constraint diary_episode_patient_id_foreign references patient (id),
  entry_id uuid not null constraint diary_episode_entry_id_foreign references diary_entry (id),
  began_on date not null,
  ended_on date check (ended_on >= began_on)
);
create unique index diary_episode_open on diary_episode (patient_id) where ended_on is null;
revoke update, delete on diary_episode from care_patient;
grant update (ended_on) on diary_episode to care_patient;
alter table diary_episode enable row level security;
create policy diary_episode_seen on diary_episode for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[]));
create policy diary_episode_begun on diary_episode for insert
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]));
create policy diary_episode_ended on diary_episode for update
  using (patient_id = any((select caller_side_of('CARE'))::uuid[]))
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]));

create table care_plan (
  id uuid primary key,
  patient_id uuid not null constraint care_plan_patient_id_foreign references patient (id),
  physician_id uuid not null constraint care_plan_physician_id_foreign references physician (id),
  disease_id uuid not null,
  stage text not null check (stage in ('NEWLY_DIAGNOSED', 'ACTIVE', 'REMISSION', 'LONG_TERM')),
  title text not null check (length(title) between 1 and 120),
  goals text[] not null check (cardinality(goals) <= 10),
  status text not null check (status in ('ACTIVE', 'ENDED')),
  created_at timestamptz not null,
  ended_at timestamptz,
  version int not null default 1,
  -- so that a task cannot name another patient than its plan does
  unique (id, patient_id),
  check ((status = 'ENDED') = (ended_at is not null))
);
create index care_plan_patient on care_plan (patient_id, id);
create index care_plan_physician on care_plan (physician_id, id);
revoke update, delete on care_plan from care_patient;
grant update (stage, title, goals, status, ended_at, version) on care_plan to care_patient;
alter table care_plan enable row level security;
create policy care_plan_seen on care_plan for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[])
    or (select caller_is_system()));
-- in an emergency a record is open for a day: a plan would open it for as long as it goes on
create policy care_plan_made on care_plan for insert
  with check (physician_id = (select caller_physician()) and patient_id = any((select caller_treated())::uuid[]) and status = 'ACTIVE'
    and exists (select from treatment t where t.patient_id = care_plan.patient_id and t.physician_id = care_plan.physician_id
      and (t.until is null or t.until > now()) offset 0));
create policy care_plan_changed on care_plan for update
  using (physician_id = (select caller_physician()) and patient_id = any((select caller_treated())::uuid[]))
  with check (physician_id = (select caller_physician()) and patient_id = any((select caller_treated())::uuid[]));

-- the plans that the physician who calls may write in now
create function caller_plans() returns uuid[] language sql stable security definer set search_path = patient
  return array(select p.id from care_plan p
    where p.physician_id = (select caller_physician()) and p.status = 'ACTIVE' and p.patient_id = any((select caller_treated())::uuid[]));

-- who has given a patient a plan treats them while it runs and for 90 days after
create function treat_by_care_plan() returns trigger language plpgsql security definer set search_path = patient as $$
begin
  insert into treatment (source_id, patient_id, physician_id, until)
  values (new.id, new.patient_id, new.physician_id, new.ended_at + interval '90 days')
  on conflict (source_id) do update set until = excluded.until;
  return null;
end $$;
create trigger care_plan_treats after insert or update of status, ended_at on care_plan
  for each row execute function treat_by_care_plan();

create table care_task (
  id uuid primary key,
  care_plan_id uuid not null constraint care_task_care_plan_id_foreign references care_plan (id),
  patient_id uuid not null constraint care_task_patient_id_foreign references patient (id),
  place int not null check (place between 1 and 100),
  title text not null check (length(title) between 1 and 120),
  description text check (length(description) between 1 and 1000),
  kind text not null check (kind in ('MEDICATION', 'MEASUREMENT', 'QUESTIONNAIRE', 'VISIT', 'EXERCISE', 'READING')),
  questionnaire text,
  first_due_on date not null,
  repeats_every_days int check (repeats_every_days between 1 and 366),
  until_on date,
  -- from this day on it is not due any more
  stopped_on date,
  check (until_on >= first_due_on),
  check ((questionnaire is null) or kind = 'QUESTIONNAIRE'),
  unique (care_plan_id, place),
  unique (id, patient_id),
  foreign key (care_plan_id, patient_id) references care_plan (id, patient_id)
);
create index care_task_patient on care_task (patient_id);
revoke update, delete on care_task from care_patient;
grant update (stopped_on) on care_task to care_patient;
alter table care_task enable row level security;
create policy care_task_seen on care_task for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[])
    or (select caller_is_system()));
create policy care_task_made on care_task for insert
  with check (care_plan_id = any((select caller_plans())::uuid[]));
create policy care_task_stopped on care_task for update
  using (care_plan_id = any((select caller_plans())::uuid[])) with check (care_plan_id = any((select caller_plans())::uuid[]));

-- whether a task is due on a day: care-plan.rules.ts says the same, and a test that it does
create function care_task_is_due(first_due_on date, repeats_every_days int, until_on date, stopped_on date, day date)
  returns boolean language sql immutable parallel safe
  return day >= first_due_on and day <= coalesce(until_on, 'infinity') and day < coalesce(stopped_on, 'infinity')
    and case when repeats_every_days is null then day = first_due_on else (day - first_due_on) % repeats_every_days = 0 end;

-- what was done, or left out, of what was due on a day
create table care_task_mark (
  id uuid primary key default uuidv7(),
  task_id uuid not null constraint care_task_mark_task_id_foreign references care_task (id),
  patient_id uuid not null constraint care_task_mark_patient_id_foreign references patient (id),
  occurrence_on date not null,
  outcome text not null check (outcome in ('DONE', 'SKIPPED')),
  at timestamptz not null default now(),
  marked_by text not null,
  constraint care_task_mark_once unique (task_id, occurrence_on),
  foreign key (task_id, patient_id) references care_task (id, patient_id)
);
create index care_task_mark_patient on care_task_mark (patient_id);
revoke update, delete on care_task_mark from care_patient;
grant update (outcome, at, marked_by) on care_task_mark to care_patient;
alter table care_task_mark enable row level security;
create policy care_task_mark_seen on care_task_mark for select
  using (patient_id = any((select caller_side_of('VIEW'))::uuid[]) or patient_id = any((select caller_treated())::uuid[])
    or (select caller_is_system()));
create policy care_task_mark_made on care_task_mark for insert
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]) and marked_by = caller_subject());
create policy care_task_mark_changed on care_task_mark for update
  using (patient_id = any((select caller_side_of('CARE'))::uuid[]))
  with check (patient_id = any((select caller_side_of('CARE'))::uuid[]) and marked_by = caller_subject());
`,
);
