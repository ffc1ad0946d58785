import { sqlMigration } from '../../common/migrate.js';

/**
 * Money: contributions, the ledger, claims, payouts, the wait list, appeals and reports.
 *
 * The ledger is rows that are only ever added, each a transfer from one account of a fund to another, so that what is
 * added up is always zero. A fund's balances stand in one row beside it, which nobody but the ledger's own trigger may
 * change. The trigger waits for the end of the transaction: a fund's row is what all that give and pay from it queue for,
 * and so it is held for the commit alone.
 */
export const fundMoney = sqlMigration(
  '0002-fund-money',
  `
create function caller_is_system() returns boolean language sql stable parallel safe
  return caller_has_role('SYSTEM');
create function caller_is_finance() returns boolean language sql stable parallel safe
  return caller_has_role('FINANCE') or caller_has_role('SYSTEM');

-- what was done under a key is known for ever
revoke delete on idempotency_key from care_fund;

create table contribution (
  id uuid primary key,
  number text not null constraint contribution_number_unique unique,
  fund_id uuid not null constraint contribution_fund_id_foreign references fund (id),
  source text not null check (source in ('PLATFORM', 'CHARITY', 'MERCHANT', 'PUBLIC', 'SPONSOR')),
  organisation_id uuid,
  amount_fen bigint not null check (amount_fen > 0),
  status text not null check (status in ('PLEDGED', 'CLEARED', 'BOUNCED')),
  reference text,
  reason text,
  recorded_by text not null,
  pledged_at timestamptz not null,
  cleared_at timestamptz,
  bounced_at timestamptz,
  version int not null default 1,
  check (source not in ('MERCHANT', 'SPONSOR') or organisation_id is not null),
  check (status <> 'CLEARED' or cleared_at is not null),
  check ((status = 'BOUNCED') = (bounced_at is not null)),
  check (status <> 'PLEDGED' or cleared_at is null)
);
create sequence contribution_number;
create index contribution_organisation on contribution (organisation_id, id);
create index contribution_fund on contribution (fund_id, id);
-- what an organisation reports under its own reference, a sale for example, counts once
create unique index contribution_reference on contribution (organisation_id, reference)
  where organisation_id is not null and reference is not null;
alter table contribution enable row level security;
create policy contribution_concerned on contribution
  using (organisation_id = (select caller_organisation()) or (select caller_is_finance()));

create table fund_balance (
  fund_id uuid primary key constraint fund_balance_fund_id_foreign references fund (id),
  outside_fen bigint not null default 0 check (outside_fen <= 0),
  available_fen bigint not null default 0 check (available_fen >= 0),
  reserved_fen bigint not null default 0 check (reserved_fen >= 0),
  payable_fen bigint not null default 0 check (payable_fen >= 0),
  in_transit_fen bigint not null default 0 check (in_transit_fen >= 0),
  paid_out_fen bigint not null default 0 check (paid_out_fen >= 0),
  receivable_fen bigint not null default 0 check (receivable_fen >= 0),
  shortfall_fen bigint not null default 0 check (shortfall_fen <= 0),
  constraint fund_balance_sum_is_zero check (outside_fen + available_fen + reserved_fen + payable_fen + in_transit_fen
    + paid_out_fen + receivable_fen + shortfall_fen = 0)
) with (fillfactor = 10);
alter table fund_balance enable row level security;
create policy fund_balance_finance on fund_balance for select using ((select caller_is_finance()));
revoke insert, update, delete on fund_balance from care_fund;

create table ledger_transfer (
  id uuid primary key,
  fund_id uuid not null,
  kind text not null,
  from_account text not null,
  to_account text not null,
  amount_fen bigint not null check (amount_fen > 0),
  -- the contribution, grant, claim, payout or claw-back that it is about
  reference_id uuid not null,
  by_subject text not null,
  at timestamptz not null default now(),
  constraint ledger_transfer_ways check ((kind, from_account, to_account) in (
    ('CONTRIBUTION', 'OUTSIDE', 'AVAILABLE'),
    ('BOUNCE', 'AVAILABLE', 'OUTSIDE'),
    ('BOUNCE', 'SHORTFALL', 'OUTSIDE'),
    ('COVER', 'AVAILABLE', 'SHORTFALL'),
    ('GRANT', 'AVAILABLE', 'RESERVED'),
    ('RELEASE', 'RESERVED', 'AVAILABLE'),
    ('AWARD', 'RESERVED', 'PAYABLE'),
    ('TAKE_BACK', 'PAYABLE', 'RESERVED'),
    ('SEND', 'PAYABLE', 'IN_TRANSIT'),
    ('PAY', 'IN_TRANSIT', 'PAID_OUT'),
    ('RETURN', 'IN_TRANSIT', 'PAYABLE'),
    ('RETURN', 'PAID_OUT', 'PAYABLE'),
    ('CLAW_BACK', 'PAID_OUT', 'RECEIVABLE'),
    ('REPAYMENT', 'RECEIVABLE', 'RESERVED')
  ))
);
create index ledger_transfer_fund on ledger_transfer (fund_id, id);
create index ledger_transfer_reference on ledger_transfer (reference_id);
-- each thing moves on each way once; what was sent is paid or comes back, once
create unique index ledger_transfer_once on ledger_transfer (reference_id, kind, from_account) where kind <> 'COVER';
create unique index ledger_transfer_resolved_once on ledger_transfer (reference_id) where from_account = 'IN_TRANSIT';
alter table ledger_transfer enable row level security;
create policy ledger_transfer_finance on ledger_transfer for select using ((select caller_is_finance()));
create policy ledger_transfer_added on ledger_transfer for insert with check (kind <> 'COVER');
revoke update, delete, truncate on ledger_transfer from care_fund;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is only ever added to: correct it by another transfer.' using errcode = 'insufficient_privilege';
end $$;
create trigger ledger_transfer_stays before update or delete on ledger_transfer for each row execute function refuse_change();
create trigger ledger_transfer_stays_whole before truncate on ledger_transfer for each statement execute function refuse_change();

create function apply_transfer() returns trigger language plpgsql security definer set search_path = fund as $$
declare
  balance fund_balance;
  covered bigint;
begin
  update fund_balance set
    outside_fen = outside_fen + case new.to_account when 'OUTSIDE' then new.amount_fen else 0 end - case new.from_account when 'OUTSIDE' then new.amount_fen else 0 end,
    available_fen = available_fen + case new.to_account when 'AVAILABLE' then new.amount_fen else 0 end - case new.from_account when 'AVAILABLE' then new.amount_fen else 0 end,
    reserved_fen = reserved_fen + case new.to_account when 'RESERVED' then new.amount_fen else 0 end - case new.from_account when 'RESERVED' then new.amount_fen else 0 end,
    payable_fen = payable_fen + case new.to_account when 'PAYABLE' then new.amount_fen else 0 end - case new.from_account when 'PAYABLE' then new.amount_fen else 0 end,
    in_transit_fen = in_transit_fen + case new.to_account when 'IN_TRANSIT' then new.amount_fen else 0 end - case new.from_account when 'IN_TRANSIT' then new.amount_fen else 0 end,
    paid_out_fen = paid_out_fen + case new.to_account when 'PAID_OUT' then new.amount_fen else 0 end - case new.from_account when 'PAID_OUT' then new.amount_fen else 0 end,
    receivable_fen = receivable_fen + case new.to_account when 'RECEIVABLE' then new.amount_fen else 0 end - case new.from_account when 'RECEIVABLE' then new.amount_fen else 0 end,
    shortfall_fen = shortfall_fen + case new.to_account when 'SHORTFALL' then new.amount_fen else 0 end - case new.from_account when 'SHORTFALL' then new.amount_fen else 0 end
  where fund_id = new.fund_id and (new.from_account <> 'AVAILABLE' or available_fen >= new.amount_fen)
  returning * into balance;
  if not found then
    -- somebody was faster: whoever wanted to give decides again on what is there now
    raise exception 'The fund has not so much available.' using errcode = 'serialization_failure';
  end if;
  -- what is missing since a contribution bounced is filled at once, before this transaction or another gives anything
  covered := least(balance.available_fen, -balance.shortfall_fen);
  if covered > 0 then
    insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
    values (uuidv7(), new.fund_id, 'COVER', 'AVAILABLE', 'SHORTFALL', covered, new.id, 'system:ledger');
    update fund_balance set available_fen = available_fen - covered, shortfall_fen = shortfall_fen + covered where fund_id = new.fund_id;
  end if;
  return null;
end $$;
create constraint trigger ledger_transfer_applied after insert on ledger_transfer
  deferrable initially deferred for each row when (new.kind <> 'COVER') execute function apply_transfer();

-- each transfer seen from both of its accounts: what is added up over all is zero
create view ledger_entry with (security_invoker = true) as
  select id as transfer_id, fund_id, to_account as account, amount_fen, kind, reference_id, at from ledger_transfer
  union all
  select id, fund_id, from_account, -amount_fen, kind, reference_id, at from ledger_transfer;

create function open_balance() returns trigger language plpgsql security definer set search_path = fund as $$
begin
  insert into fund_balance (fund_id) values (new.id);
  return null;
end $$;
create trigger fund_has_balance after insert on fund for each row execute function open_balance();
insert into fund_balance (fund_id) select id from fund;

alter table aid_policy add appeal_days int not null default 30 check (appeal_days >= 0);
-- once published it is never changed
revoke update, delete on aid_policy, aid_tier from care_fund;
alter table application add round int not null default 1 check (round in (1, 2)), add waitlisted_at timestamptz;
alter table application add constraint application_waits check ((status = 'WAITLISTED') = (waitlisted_at is not null));
do $$
declare name text;
begin
  -- an appeal waits in the queue as well
  select conname into name from pg_constraint where conrelid = 'application'::regclass and pg_get_constraintdef(oid) like '%open_stage IS NULL) OR (status%';
  execute format('alter table application drop constraint %I', name);
end $$;
alter table application add constraint application_open_stage check (open_stage is null or status in ('SUBMITTED', 'IN_REVIEW', 'APPEALED'));
create index application_wait_list on application (fund_id, waitlisted_at, id) where status = 'WAITLISTED';
create index application_deadline on application (deadline_at) where deadline_at is not null;
drop policy application_concerned on application;
create policy application_concerned on application using (
  patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
  or (caller_has_role('REVIEWER') and status <> 'DRAFT'
    and (caller_subject() = any(reviewer_subjects) or (open_stage is not null and open_reviewer is null)))
  or (select caller_is_system()));

alter table review add round int not null default 1 check (round in (1, 2));
drop index review_different_people;
create unique index review_different_people on review (application_id, round, reviewer_subject)
  where decision = 'APPROVE' and stage in ('MEDICAL', 'FINANCIAL');

alter table annual_aid drop constraint annual_aid_check1;
alter table annual_aid add awarded_fen bigint not null default 0;
update annual_aid set awarded_fen = paid_fen;
alter table annual_aid alter awarded_fen drop default;
alter table annual_aid add constraint annual_aid_awarded check (awarded_fen between 0 and granted_fen),
  add constraint annual_aid_paid check (paid_fen between 0 and awarded_fen);
drop policy annual_aid_concerned on annual_aid;
create policy annual_aid_concerned on annual_aid using (
  (select caller_is_finance()) or exists (select from application where application.patient_id = annual_aid.patient_id offset 0));

alter table aid_grant add awarded_fen bigint not null default 0, add released_fen bigint not null default 0;
alter table aid_grant drop constraint aid_grant_check;
alter table aid_grant alter awarded_fen drop default, alter released_fen drop default;
update aid_grant set awarded_fen = paid_fen, released_fen = case when status in ('EXPIRED', 'REVOKED') then maximum_fen - paid_fen else 0 end;
alter table aid_grant add constraint aid_grant_given check (awarded_fen >= 0 and released_fen >= 0 and awarded_fen + released_fen <= maximum_fen),
  add constraint aid_grant_paid check (paid_fen between 0 and awarded_fen),
  add constraint aid_grant_released check (status in ('EXPIRED', 'REVOKED') or released_fen = 0);
update annual_aid set granted_fen = granted_fen - freed.fen
  from (select patient_id, aid_year, sum(released_fen) as fen from aid_grant group by 1, 2) freed
  where freed.patient_id = annual_aid.patient_id and freed.aid_year = annual_aid.aid_year;
create index aid_grant_active on aid_grant (aid_year, id) where status = 'ACTIVE';
drop policy aid_grant_concerned on aid_grant;
create policy aid_grant_concerned on aid_grant
  using ((select caller_is_finance()) or exists (select from application where application.id = application_id offset 0));

-- how much a fund could give now, with nobody waiting before: reviewers may ask, who see neither balances nor the list
create function fund_could_give(fund uuid) returns bigint language sql stable security definer set search_path = fund
  return case when exists (select from application where fund_id = fund and status = 'WAITLISTED') then 0
    else (select available_fen from fund_balance where fund_id = fund) end;
-- how many wait for a fund's money: finance may know, without seeing who
create function fund_waiting(fund uuid) returns int language sql stable security definer set search_path = fund
  return (select count(*) from application where fund_id = fund and status = 'WAITLISTED' and caller_is_finance());
-- the balances, held until the transaction ends
create function hold_balance(fund uuid) returns fund_balance language sql security definer set search_path = fund
  begin atomic
    select * from fund_balance where fund_id = fund for update;
  end;

-- the number of an application, for those who see a claim on it but not the application itself
create function application_number(application uuid) returns text language sql stable security definer set search_path = fund
  return (select number from application a where a.id = application_number.application);

create table claim (
  id uuid primary key,
  number text not null constraint claim_number_unique unique,
  grant_id uuid not null constraint claim_grant_id_foreign references aid_grant (id),
  application_id uuid not null constraint claim_application_id_foreign references application (id),
  fund_id uuid not null,
  patient_id uuid not null,
  patient_subject text,
  status text not null check (status in ('ENTERED', 'CHECKED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'PAID', 'REVERSED')),
  asked_fen bigint not null check (asked_fen > 0),
  self_paid_fen bigint not null check (self_paid_fen > 0 and self_paid_fen <= asked_fen),
  -- how the award came about: AwardFacts and Award of award.rules.ts
  award jsonb,
  award_fen bigint check (award_fen >= 0 and award_fen <= self_paid_fen),
  -- what of it was taken back since
  taken_back_fen bigint not null check (taken_back_fen between 0 and coalesce(award_fen, 0)),
  entered_by text not null,
  entered_at timestamptz not null,
  checked_by text,
  checked_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  reason text,
  paid_at timestamptz,
  version int not null default 1,
  check (status not in ('CHECKED', 'APPROVED', 'PAID') or checked_by is not null),
  check (status not in ('APPROVED', 'PAID', 'REVERSED') or (decided_by is not null and award_fen > 0 and award is not null)),
  check ((status = 'PAID') <= (paid_at is not null)),
  -- nobody decides about themselves, and two look at every claim
  constraint claim_different_people check (checked_by is distinct from coalesce(patient_subject, '') and decided_by is distinct from coalesce(patient_subject, '')
    and (checked_by is null or decided_by is null or checked_by <> decided_by) and entered_by is distinct from decided_by and entered_by is distinct from checked_by)
);
create sequence claim_number;
create index claim_application on claim (application_id, id);
create index claim_grant on claim (grant_id);
create index claim_waiting on claim (status, id) where status in ('ENTERED', 'CHECKED', 'APPROVED');
create index claim_patient on claim (patient_id, id);
alter table claim enable row level security;
create policy claim_concerned on claim using (
  (select caller_is_finance()) or (caller_has_role('REVIEWER') and (status = 'ENTERED' or checked_by = caller_subject()))
  or exists (select from application where application.id = application_id offset 0));

create table expense_line (
  id uuid primary key,
  claim_id uuid not null constraint expense_line_claim_id_foreign references claim (id),
  place int not null check (place between 0 and 99),
  -- one of the two: a line of a medicine order, or an invoice by its issuer and number
  order_line_id uuid,
  invoice_issuer text,
  invoice_number text,
  incurred_on date not null,
  amount_fen bigint not null check (amount_fen > 0),
  basic_insurance_fen bigint not null check (basic_insurance_fen >= 0),
  serious_illness_insurance_fen bigint not null check (serious_illness_insurance_fen >= 0),
  medical_assistance_fen bigint not null check (medical_assistance_fen >= 0),
  commercial_insurance_fen bigint not null check (commercial_insurance_fen >= 0),
  other_charity_fen bigint not null check (other_charity_fen >= 0),
  -- false when its claim came to nothing: then it may be claimed again
  counts boolean not null default true,
  constraint expense_line_self_paid check (amount_fen > basic_insurance_fen + serious_illness_insurance_fen
    + medical_assistance_fen + commercial_insurance_fen + other_charity_fen),
  check ((order_line_id is null) <> (invoice_number is null) and (invoice_number is null) = (invoice_issuer is null))
);
create index expense_line_claim on expense_line (claim_id, place);
-- claimed once, ever
create unique index expense_line_order on expense_line (order_line_id) where counts and order_line_id is not null;
create unique index expense_line_invoice on expense_line (invoice_issuer, invoice_number) where counts and invoice_number is not null;
alter table expense_line enable row level security;
create policy expense_line_concerned on expense_line using (exists (select from claim where claim.id = claim_id offset 0));
revoke update, delete on expense_line from care_fund;
grant update (counts) on expense_line to care_fund;

create table payout_batch (
  id uuid primary key,
  number text not null constraint payout_batch_number_unique unique,
  fund_id uuid not null constraint payout_batch_fund_id_foreign references fund (id),
  status text not null check (status in ('OPEN', 'RELEASED', 'SENT', 'ANSWERED', 'CANCELLED')),
  created_by text not null,
  created_at timestamptz not null,
  released_by text,
  released_at timestamptz,
  sent_at timestamptz,
  answered_at timestamptz,
  -- the pain.001 message as it goes to the bank, sealed: it holds names and accounts
  file_sealed text,
  version int not null default 1,
  check ((status in ('RELEASED', 'SENT', 'ANSWERED')) = (released_by is not null and released_at is not null))
);
create sequence payout_batch_number;
create index payout_batch_fund on payout_batch (fund_id, id);
alter table payout_batch enable row level security;
create policy payout_batch_finance on payout_batch using ((select caller_is_finance()));

create table payout (
  id uuid primary key,
  batch_id uuid not null constraint payout_batch_id_foreign references payout_batch (id),
  claim_id uuid not null constraint payout_claim_id_foreign references claim (id),
  fund_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0),
  status text not null check (status in ('QUEUED', 'SENT', 'PAID', 'RETURNED', 'CANCELLED')),
  end_to_end_id text not null constraint payout_end_to_end_id_unique unique,
  -- who approved the claim, and who released the batch: two people
  approved_by text not null,
  released_by text,
  reason_code text,
  created_at timestamptz not null,
  answered_at timestamptz,
  check (status in ('QUEUED', 'CANCELLED') or status = 'RETURNED' or released_by is not null),
  constraint payout_two_people check (approved_by is distinct from released_by)
);
create index payout_batch_id_index on payout (batch_id, id);
create index payout_claim on payout (claim_id, id);
-- a claim is on its way to be paid, or paid, once
create unique index payout_once on payout (claim_id) where status in ('QUEUED', 'SENT', 'PAID');
alter table payout enable row level security;
create policy payout_concerned on payout using (
  (select caller_is_finance()) or exists (select from claim where claim.id = claim_id offset 0));
revoke delete on payout, payout_batch, claim, contribution from care_fund;

create table claw_back (
  id uuid primary key,
  claim_id uuid not null constraint claw_back_claim_id_foreign references claim (id),
  fund_id uuid not null,
  -- WAITING: the payment is on its way to the bank. DUE: the patient has the money. SETTLED: taken back or repaid.
  status text not null check (status in ('WAITING', 'DUE', 'SETTLED')),
  -- 0: a refund that costs nothing of the award, or came before the decision; a later one counts it in
  amount_fen bigint not null check (amount_fen >= 0),
  cause text not null check (cause in ('ORDER_REFUNDED', 'REVERSED')),
  order_line_id uuid,
  refunded_fen bigint check (refunded_fen > 0),
  reason text not null,
  by_subject text not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  version int not null default 1,
  check ((cause = 'ORDER_REFUNDED') = (order_line_id is not null)),
  check (amount_fen > 0 or status = 'SETTLED'),
  check ((status = 'SETTLED') = (settled_at is not null))
);
create index claw_back_claim on claw_back (claim_id, id);
create unique index claw_back_once on claw_back (claim_id, coalesce(order_line_id, claim_id));
alter table claw_back enable row level security;
create policy claw_back_concerned on claw_back using (
  (select caller_is_finance()) or exists (select from claim where claim.id = claim_id offset 0));
revoke delete on claw_back from care_fund;

-- what applicants are told of deadlines
create table notice (
  id uuid primary key,
  application_id uuid not null constraint notice_application_id_foreign references application (id),
  kind text not null check (kind in ('DEADLINE_NEAR', 'DEADLINE_PASSED')),
  deadline_at timestamptz not null,
  at timestamptz not null,
  constraint notice_once unique (application_id, kind, deadline_at)
);
alter table notice enable row level security;
create policy notice_concerned on notice using (exists (select from application where application.id = application_id offset 0));
revoke update, delete on notice from care_fund;

-- a month of a fund as sponsors may see it: what must not be shown is not even kept
create table report_month (
  fund_id uuid not null constraint report_month_fund_id_foreign references fund (id),
  year int not null,
  month int not null check (month between 1 and 12),
  contributions_fen bigint,
  applicants int check (applicants = 0 or applicants > 10),
  approved int check (approved = 0 or approved > 10),
  granted_fen bigint,
  made_at timestamptz not null default now(),
  primary key (fund_id, year, month),
  check (approved is not null or granted_fen is null)
);
alter table report_month enable row level security;
create policy report_month_readers on report_month
  using (caller_has_role('SPONSOR') or (select caller_is_finance()));
revoke update, delete on report_month from care_fund;

-- the bank that this program brings along, for development: what it was told to pay, once an end-to-end id
create table simulated_bank_payment (
  end_to_end_id text primary key,
  message_id text not null,
  amount_fen bigint not null,
  outcome text not null,
  reason_code text,
  received_at timestamptz not null default now(),
  times_received int not null default 1
);
alter table simulated_bank_payment enable row level security;
create policy simulated_bank_payment_system on simulated_bank_payment using ((select caller_is_system()));

-- what was granted and paid before there was a ledger: one contribution a fund, and for what was paid one claim a grant
insert into contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at)
  select fund_id, 'CT-OPENING-' || row_number() over (order by fund_id), fund_id, 'PLATFORM', sum(maximum_fen), 'CLEARED', 'system:ledger', min(created_at), min(created_at)
  from aid_grant group by fund_id;
insert into claim (id, number, grant_id, application_id, fund_id, patient_id, status, asked_fen, self_paid_fen, award, award_fen, taken_back_fen,
    entered_by, entered_at, checked_by, checked_at, decided_by, decided_at, paid_at)
  select g.id, 'CL-OPENING-' || row_number() over (order by g.id), g.id, application_id, fund_id, patient_id, 'PAID', paid_fen, paid_fen, '{}', paid_fen, 0,
    'system:applicant', created_at, 'system:reviewer', created_at, 'system:finance', created_at, created_at
  from aid_grant g where paid_fen > 0;
insert into expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen,
    basic_insurance_fen, serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen)
  select id, id, 0, 'OPENING BALANCE', number, entered_at, asked_fen, 0, 0, 0, 0, 0 from claim;
insert into payout_batch (id, number, fund_id, status, created_by, created_at, released_by, released_at, sent_at, answered_at)
  select distinct fund_id, 'PB-OPENING-' || dense_rank() over (order by fund_id), fund_id, 'ANSWERED', 'system:finance', now(), 'system:second-finance', now(), now(), now() from claim;
insert into payout (id, batch_id, claim_id, fund_id, amount_fen, status, end_to_end_id, approved_by, released_by, created_at, answered_at)
  select id, fund_id, id, fund_id, award_fen, 'PAID', number, decided_by, 'system:second-finance', decided_at, decided_at from claim;
insert into ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject, at)
  select uuidv7(), fund_id, 'CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', amount_fen, id, 'system:ledger', cleared_at from contribution
  union all select uuidv7(), fund_id, 'GRANT', 'AVAILABLE', 'RESERVED', maximum_fen, id, 'system:ledger', created_at from aid_grant
  union all select uuidv7(), fund_id, 'RELEASE', 'RESERVED', 'AVAILABLE', released_fen, id, 'system:ledger', created_at from aid_grant where released_fen > 0
  union all select uuidv7(), fund_id, 'AWARD', 'RESERVED', 'PAYABLE', award_fen, id, 'system:ledger', decided_at from claim
  union all select uuidv7(), fund_id, 'SEND', 'PAYABLE', 'IN_TRANSIT', award_fen, id, 'system:ledger', decided_at from claim
  union all select uuidv7(), fund_id, 'PAY', 'IN_TRANSIT', 'PAID_OUT', award_fen, id, 'system:ledger', decided_at from claim;
`,
);
