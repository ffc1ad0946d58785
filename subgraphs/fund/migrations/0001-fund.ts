import { CALLER_FUNCTIONS, sqlMigration } from '../../common/migrate.js';

export const fundTables = sqlMigration(
  '0001-fund',
  `${CALLER_FUNCTIONS}
create table fund (
  id uuid primary key,
  code text not null constraint fund_code_unique unique,
  name_en text not null,
  name_zh text not null,
  status text not null check (status in ('OPEN', 'CLOSED')),
  version int not null default 1
);
-- a fund is defined by diseases, never by a medicine: a sponsor must not be able to steer aid to its own product
create table fund_disease (
  fund_id uuid not null constraint fund_disease_fund_id_foreign references fund (id),
  disease_id uuid not null,
  primary key (fund_id, disease_id)
);
create index fund_disease_disease on fund_disease (disease_id);

create table aid_policy (
  id uuid primary key,
  number int not null constraint aid_policy_number_unique unique,
  effective_from date not null constraint aid_policy_effective_from_unique unique,
  annual_cap_fen bigint not null check (annual_cap_fen > 0),
  look_back_days int not null check (look_back_days >= 0),
  required_documents text[] not null,
  second_review_above_fen bigint not null check (second_review_above_fen > 0),
  demo boolean not null
);
create table aid_tier (
  policy_id uuid not null constraint aid_tier_policy_id_foreign references aid_policy (id),
  tier text not null check (tier in ('I', 'II', 'III')),
  from_expense_fen bigint not null check (from_expense_fen > 0),
  share_percent int not null check (share_percent between 1 and 100),
  yearly_maximum_fen bigint not null check (yearly_maximum_fen > 0),
  primary key (policy_id, tier)
);

create sequence application_number;
create table application (
  id uuid primary key,
  number text not null constraint application_number_unique unique,
  patient_id uuid not null,
  -- the patient's own sign-in, where there is one
  patient_subject text,
  disease_id uuid not null,
  fund_id uuid not null constraint application_fund_id_foreign references fund (id),
  aid_year int not null check (aid_year between 2020 and 2200),
  expected_expense_fen bigint not null check (expected_expense_fen > 0),
  status text not null check (status in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED', 'APPROVED', 'REJECTED', 'WAITLISTED', 'APPEALED', 'WITHDRAWN')),
  open_stage text check (open_stage in ('DOCUMENTS', 'MEDICAL', 'FINANCIAL')),
  open_reviewer text,
  reviewer_subjects text[] not null,
  policy_id uuid constraint application_policy_id_foreign references aid_policy (id) on delete set null,
  snapshot jsonb,
  deadline_at timestamptz,
  created_at timestamptz not null,
  submitted_at timestamptz,
  decided_at timestamptz,
  version int not null default 1,
  check ((status = 'DRAFT' and submitted_at is null) or (status = 'WITHDRAWN') or (submitted_at is not null and snapshot is not null)),
  check ((open_stage is null) or status in ('SUBMITTED', 'IN_REVIEW')),
  check (open_reviewer is null or (open_stage is not null and open_reviewer = any(reviewer_subjects))),
  -- nobody decides about themselves
  check (patient_subject is null or patient_subject <> all(reviewer_subjects))
);
create unique index application_one_open on application (patient_id, disease_id, aid_year)
  where status in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED', 'WAITLISTED', 'APPEALED');
create index application_subject on application (patient_subject, id);
create index application_patient on application (patient_id, id);
create index application_queue on application (open_reviewer, id) where open_stage is not null;
alter table application enable row level security;
create policy application_concerned on application using (
  patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
  or (caller_has_role('REVIEWER') and status <> 'DRAFT'
    and (caller_subject() = any(reviewer_subjects) or (open_stage is not null and open_reviewer is null))));

create table application_event (
  id uuid primary key,
  application_id uuid not null constraint application_event_application_id_foreign references application (id),
  status text not null,
  at timestamptz not null,
  by_role text not null,
  note text
);
create index application_event_application on application_event (application_id, id);
alter table application_event enable row level security;
create policy application_event_concerned on application_event
  using (exists (select from application where application.id = application_id offset 0));
revoke update, delete on application_event from care_fund;

create table review (
  id uuid primary key,
  application_id uuid not null constraint review_application_id_foreign references application (id),
  stage text not null check (stage in ('DOCUMENTS', 'MEDICAL', 'FINANCIAL')),
  reviewer_subject text,
  decision text check (decision in ('APPROVE', 'REJECT', 'REQUEST_INFORMATION', 'RECUSE')),
  reason text,
  opened_at timestamptz not null,
  taken_at timestamptz,
  decided_at timestamptz,
  check ((decision is null) = (decided_at is null) and (decision is null) = (reason is null)),
  check (decision is null or reviewer_subject is not null)
);
create index review_application on review (application_id, id);
create unique index review_one_open on review (application_id) where decision is null;
-- the money is not decided by who decided the medicine, nor twice by the same person
create unique index review_different_people on review (application_id, reviewer_subject)
  where decision = 'APPROVE' and stage in ('MEDICAL', 'FINANCIAL');
alter table review enable row level security;
create policy review_concerned on review
  using (exists (select from application where application.id = application_id offset 0));

create table annual_aid (
  patient_id uuid not null,
  aid_year int not null,
  cap_fen bigint not null check (cap_fen > 0),
  granted_fen bigint not null check (granted_fen between 0 and cap_fen),
  paid_fen bigint not null check (paid_fen between 0 and granted_fen),
  primary key (patient_id, aid_year)
);
alter table annual_aid enable row level security;
create policy annual_aid_concerned on annual_aid
  using (exists (select from application where application.patient_id = annual_aid.patient_id offset 0));

create table aid_grant (
  id uuid primary key,
  application_id uuid not null constraint aid_grant_application_id_unique unique
    constraint aid_grant_application_id_foreign references application (id),
  patient_id uuid not null,
  disease_id uuid not null,
  fund_id uuid not null constraint aid_grant_fund_id_foreign references fund (id),
  aid_year int not null,
  tier text not null check (tier in ('I', 'II', 'III')),
  policy_id uuid not null constraint aid_grant_policy_id_foreign references aid_policy (id),
  maximum_fen bigint not null check (maximum_fen > 0),
  paid_fen bigint not null check (paid_fen between 0 and maximum_fen),
  status text not null check (status in ('ACTIVE', 'EXHAUSTED', 'EXPIRED', 'REVOKED')),
  created_at timestamptz not null,
  version int not null default 1
);
create index aid_grant_patient on aid_grant (patient_id, aid_year);
alter table aid_grant enable row level security;
create policy aid_grant_concerned on aid_grant
  using (exists (select from application where application.id = application_id offset 0));
`,
);
