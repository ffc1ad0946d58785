import { sqlMigration } from '../../common/migrate.js';

/** Money for medicine: asked for, taken, given back. */
export const pharmacyPayments = sqlMigration(
  '0007-payment',
  `
create table payment (
  id uuid primary key,
  order_id uuid not null constraint payment_order_id_foreign references drug_order (id),
  -- NOT_ACCEPTED: money came that the order cannot take, too late or another amount; all of it goes back
  status text not null check (status in ('PENDING', 'PAID', 'REFUSED', 'NOT_ACCEPTED')),
  amount_fen bigint not null check (amount_fen > 0),
  -- what the provider's own page gave the payer to pay with; kept until the provider has it
  token text check (length(token) between 1 and 200),
  requested_at timestamptz not null,
  answered_at timestamptz,
  -- what the provider says that it took; null until then
  charged_fen bigint check (charged_fen > 0),
  refused_because text check (refused_because in ('DECLINED', 'UNKNOWN_TOKEN', 'OTHER')),
  -- what is going back or has gone back: written by the trigger of refunds alone
  refunded_fen bigint not null default 0,
  constraint payment_gives_back_what_it_took check (refunded_fen between 0 and coalesce(charged_fen, 0)),
  check ((status = 'PENDING') = (answered_at is null)),
  check (status <> 'PAID' or charged_fen = amount_fen),
  check (status <> 'NOT_ACCEPTED' or charged_fen is not null),
  check (status <> 'REFUSED' or charged_fen is null),
  check ((status = 'REFUSED') = (refused_because is not null))
);
create index payment_order on payment (order_id, id);
-- nobody pays twice for one order
create unique index payment_one_open on payment (order_id) where status = 'PENDING';
create unique index payment_one_accepted on payment (order_id) where status = 'PAID';
revoke update, delete on payment from care_pharmacy;
grant update (status, token, answered_at, charged_fen, refused_because) on payment to care_pharmacy;
alter table payment enable row level security;
-- who only works on an application that the order is linked to reads that it is paid at the order
create policy payment_of_order on payment for select using (exists (select from drug_order o where o.id = order_id
  and (o.patient_subject = caller_subject() or o.patient_id = any((select caller_patients())::uuid[])
    or caller_has_role('PHARMACIST') or (select caller_is_system())) offset 0));
create policy payment_begun on payment for insert
  with check (status = 'PENDING' and exists (select from drug_order o where o.id = order_id
    and (o.patient_subject = caller_subject() or o.patient_id = any((select caller_patients())::uuid[])) offset 0));
-- what became of it the provider says, and nobody else
create policy payment_answered on payment for update using ((select caller_is_system())) with check ((select caller_is_system()));

create table refund (
  id uuid primary key default uuidv7(),
  payment_id uuid not null constraint refund_payment_id_foreign references payment (id),
  -- null: all of a payment that was not accepted
  order_line_id uuid constraint refund_order_line_id_foreign references drug_order_line (id),
  amount_fen bigint not null check (amount_fen > 0),
  cause text not null check (cause in ('CANCELLED', 'RETURNED', 'QUARANTINED', 'NOT_ACCEPTED')),
  status text not null check (status in ('REQUESTED', 'DONE')),
  requested_at timestamptz not null default now(),
  done_at timestamptz,
  -- when the fund had been told, which then takes its aid back
  fund_told_at timestamptz,
  check ((status = 'DONE') = (done_at is not null)),
  check ((cause = 'NOT_ACCEPTED') = (order_line_id is null)),
  check (fund_told_at is null or order_line_id is not null)
);
create index refund_payment on refund (payment_id, id);
create index refund_under_way on refund (id) where status = 'REQUESTED' or (order_line_id is not null and fund_told_at is null);
-- a line is given back once, and so is a payment that was not accepted
create unique index refund_line_once on refund (order_line_id) where order_line_id is not null;
create unique index refund_whole_once on refund (payment_id) where order_line_id is null;
revoke update, delete on refund from care_pharmacy;
grant update (status, done_at, fund_told_at) on refund to care_pharmacy;
alter table refund enable row level security;
create policy refund_of_payment on refund for select using (exists (select from payment where payment.id = payment_id offset 0));
create policy refund_requested on refund for insert
  with check (status = 'REQUESTED' and exists (select from payment where payment.id = payment_id offset 0));
create policy refund_done on refund for update using ((select caller_is_system())) with check ((select caller_is_system()));

-- so that a payment shows at once what goes back of it
create function count_refund() returns trigger language plpgsql security definer set search_path = pharmacy as $$
begin
  update payment set refunded_fen = refunded_fen + new.amount_fen where id = new.payment_id;
  return new;
end $$;
create trigger refund_counts after insert on refund for each row execute function count_refund();

-- the provider that this program brings along, for development: what it was told to take and to give back, once an id
create table simulated_charge (
  payment_id uuid primary key,
  -- the case that it plays, by the token
  outcome text not null,
  amount_fen bigint not null,
  -- what it took; null: nothing
  charged_fen bigint,
  times_told int not null default 1,
  times_asked int not null default 0
);
alter table simulated_charge enable row level security;
create policy simulated_charge_system on simulated_charge using ((select caller_is_system()));
create table simulated_refund (
  refund_id uuid primary key,
  payment_id uuid not null,
  amount_fen bigint not null,
  times_told int not null default 1
);
create index simulated_refund_payment on simulated_refund (payment_id);
alter table simulated_refund enable row level security;
create policy simulated_refund_system on simulated_refund using ((select caller_is_system()));

-- what was paid before payments were kept here
insert into payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
  select uuidv7(), o.id, 'PAID', sum(l.quantity * l.unit_price_fen), o.placed_at, o.placed_at, sum(l.quantity * l.unit_price_fen)
  from drug_order o join drug_order_line l on l.order_id = o.id
  where o.status not in ('PLACED', 'CANCELLED') group by o.id;
`,
);
