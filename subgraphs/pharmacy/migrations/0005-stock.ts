import { sqlMigration } from '../../common/migrate.js';

/** What is on the shelf, by lot. It changes by movements alone, and each of them stays. */
export const pharmacyStock = sqlMigration(
  '0005-stock',
  `
create function caller_is_system() returns boolean language sql stable parallel safe
  return caller_has_role('SYSTEM');
create function today_in_shanghai() returns date language sql stable parallel safe
  return (now() at time zone 'Asia/Shanghai')::date;

-- the pharmacy's own jobs see the orders
alter policy drug_order_concerned on drug_order
  using (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
    or application_id = any((select caller_applications())::uuid[]) or caller_has_role('PHARMACIST') or (select caller_is_system()));
-- until when it must be paid; null for what was ordered before payments were kept here
alter table drug_order add pay_by timestamptz check (pay_by > placed_at);
create index drug_order_unpaid on drug_order (pay_by) where status = 'PLACED' and pay_by is not null;
alter table drug_order add return_reason text check (length(return_reason) between 1 and 500);

-- what the pharmacy knows of a medicine beyond the catalog; where nothing stands here the defaults of terms.rules.ts hold
create table medicine_terms (
  medicine_id uuid primary key,
  -- from the payment to the door
  delivery_days int not null check (delivery_days between 1 and 60),
  -- how long, over the whole way, it bears what lies outside of 2 to 8 °C
  allowance_minutes int not null check (allowance_minutes between 0 and 1440),
  changed_at timestamptz not null,
  changed_by text not null,
  version int not null default 1
);
revoke delete on medicine_terms from care_pharmacy;
alter table medicine_terms enable row level security;
create policy medicine_terms_read on medicine_terms for select using (caller_has_role('PHARMACIST') or (select caller_is_system()));
create policy medicine_terms_added on medicine_terms for insert with check (caller_has_role('PHARMACIST') and changed_by = caller_subject());
create policy medicine_terms_changed on medicine_terms for update
  using (caller_has_role('PHARMACIST')) with check (caller_has_role('PHARMACIST') and changed_by = caller_subject());

create table stock_lot (
  id uuid primary key,
  medicine_id uuid not null,
  -- as lotCode of lot.rules.ts makes it: spaces and small letters make no other lot
  lot text not null check (length(lot) between 1 and 50 and lot = upper(lot) and lot !~ '\\s'),
  expires_on date not null,
  -- on the shelf, and of that what is promised to orders: written by the trigger of movements alone
  on_hand int not null default 0,
  reserved int not null default 0,
  recalled_at timestamptz,
  recalled_by text,
  recall_reason text check (length(recall_reason) between 1 and 500),
  created_at timestamptz not null,
  version int not null default 1,
  constraint stock_lot_once unique (medicine_id, lot),
  constraint stock_lot_not_below_zero check (on_hand >= 0),
  constraint stock_lot_promises_what_is_there check (reserved between 0 and on_hand),
  check ((recalled_at is null) = (recall_reason is null) and (recalled_at is null) = (recalled_by is null))
);
create index stock_lot_to_sell on stock_lot (medicine_id, expires_on, id) where recalled_at is null;
revoke update, delete on stock_lot from care_pharmacy;
grant update (recalled_at, recalled_by, recall_reason, version) on stock_lot to care_pharmacy;
alter table stock_lot enable row level security;
create policy stock_lot_read on stock_lot for select using (caller_has_role('PHARMACIST') or (select caller_is_system()));
create policy stock_lot_added on stock_lot for insert
  with check (caller_has_role('PHARMACIST') and on_hand = 0 and reserved = 0 and recalled_at is null);
create policy stock_lot_recalled on stock_lot for update
  using (caller_has_role('PHARMACIST')) with check (caller_has_role('PHARMACIST') and recalled_by = caller_subject());

create table stock_movement (
  id uuid primary key default uuidv7(),
  lot_id uuid not null constraint stock_movement_lot_id_foreign references stock_lot (id),
  kind text not null,
  on_hand_change int not null,
  reserved_change int not null,
  order_line_id uuid constraint stock_movement_order_line_id_foreign references drug_order_line (id),
  -- in which parcel it went
  shipment_id uuid constraint stock_movement_shipment_id_foreign references shipment (id),
  reason text check (length(reason) between 1 and 500),
  -- the pharmacist; nobody where an order moved it
  by_subject text,
  at timestamptz not null default now(),
  constraint stock_movement_kind check (case kind
    when 'RECEIPT' then on_hand_change > 0 and reserved_change = 0 and order_line_id is null
    when 'ADJUSTMENT' then on_hand_change <> 0 and reserved_change = 0 and order_line_id is null and reason is not null
    when 'RESERVATION' then on_hand_change = 0 and reserved_change > 0 and order_line_id is not null
    when 'RELEASE' then on_hand_change = 0 and reserved_change < 0 and order_line_id is not null
    when 'DISPENSING' then on_hand_change < 0 and reserved_change = on_hand_change and order_line_id is not null and shipment_id is not null
    else false end),
  constraint stock_movement_by check ((kind in ('RESERVATION', 'RELEASE')) = (by_subject is null)),
  constraint stock_movement_parcel check (shipment_id is null or kind = 'DISPENSING')
);
create index stock_movement_lot on stock_movement (lot_id, id);
create index stock_movement_line on stock_movement (order_line_id) where order_line_id is not null;
create index stock_movement_shipment on stock_movement (shipment_id) where shipment_id is not null;
revoke update, delete, truncate on stock_movement from care_pharmacy;
alter table stock_movement enable row level security;
create policy stock_movement_read on stock_movement for select using (caller_has_role('PHARMACIST') or (select caller_is_system()));
-- what orders move is written by the functions below
create policy stock_movement_by_hand on stock_movement for insert
  with check (caller_has_role('PHARMACIST') and kind in ('RECEIPT', 'ADJUSTMENT') and by_subject = caller_subject());

create function refuse_to_change_movement() returns trigger language plpgsql as $$
begin
  if current_setting('app.erasing', true) = 'on' and tg_op = 'DELETE' then
    return old;
  end if;
  raise exception 'Movements of stock are only ever added to.' using errcode = 'insufficient_privilege';
end $$;
create trigger stock_movement_stays before update or delete on stock_movement for each row execute function refuse_to_change_movement();
create trigger stock_movement_stays_whole before truncate on stock_movement for each statement execute function refuse_to_change_movement();

-- the version counts what pharmacists do: orders come and go while they look
create function move_stock() returns trigger language plpgsql security definer set search_path = pharmacy as $$
begin
  update stock_lot set on_hand = on_hand + new.on_hand_change, reserved = reserved + new.reserved_change,
    version = version + case when new.by_subject is not null and new.kind <> 'DISPENSING' then 1 else 0 end
  where id = new.lot_id;
  return new;
end $$;
create trigger stock_moves after insert on stock_movement for each row execute function move_stock();

-- a lot is sold until a week before it expires
create function sells(lot stock_lot) returns boolean language sql stable
  return lot.recalled_at is null and lot.expires_on > today_in_shanghai() + 7;

create function refuse_unless_may_move(of_order uuid) returns void language plpgsql stable security definer set search_path = pharmacy as $$
begin
  if not exists (select from drug_order where id = of_order and (patient_subject = caller_subject()
      or patient_id = any((select caller_patients())::uuid[]) or caller_has_role('PHARMACIST') or caller_is_system())) then
    raise exception 'There is no such order for the caller.' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- what is promised to an order now, in the order in which lots are locked
create function reserved_for(of_order uuid) returns table (line_id uuid, lot_id uuid, units int)
  language sql stable security definer set search_path = pharmacy
begin atomic
  select held.line_id, held.lot_id, held.units
  from (select m.order_line_id as line_id, m.lot_id, sum(m.reserved_change)::int as units
    from drug_order_line l join stock_movement m on m.order_line_id = l.id
    where l.order_id = of_order group by 1, 2 having sum(m.reserved_change) > 0) held
  join stock_lot s on s.id = held.lot_id
  order by s.medicine_id, s.expires_on, s.id;
end;

-- promises an order what it lacks: first to expire, first to go. Answers the medicines of which there is not enough;
-- then nothing of it may be kept. Lots are locked in one order, so that two orders wait for each other and never both
create function reserve_stock(of_order uuid) returns uuid[] language plpgsql security definer set search_path = pharmacy as $$
declare
  line record;
  lot record;
  missing int;
  taken int;
  short uuid[] := '{}';
begin
  perform refuse_unless_may_move(of_order);
  for line in
    select l.id, l.medicine_id, l.quantity - coalesce((select sum(m.reserved_change) from stock_movement m where m.order_line_id = l.id), 0)::int as missing
    from drug_order_line l where l.order_id = of_order order by l.medicine_id
  loop
    missing := line.missing;
    if missing > 0 then
      for lot in
        select s.id, s.on_hand - s.reserved as free from stock_lot s
        where s.medicine_id = line.medicine_id and sells(s) and s.on_hand > s.reserved
        order by s.expires_on, s.id for update
      loop
        exit when missing = 0;
        taken := least(missing, lot.free);
        insert into stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id)
          values (lot.id, 'RESERVATION', 0, taken, line.id);
        missing := missing - taken;
      end loop;
      if missing > 0 then
        short := short || line.medicine_id;
      end if;
    end if;
  end loop;
  return short;
end $$;

-- takes back what is promised to an order; with only_unsold, what may not be sold any more. That is asked before the order is
-- promised anew and dispensed: from here on no lot that it may be given is recalled until the transaction ends
create function release_stock(of_order uuid, only_unsold boolean) returns void language plpgsql security definer set search_path = pharmacy as $$
begin
  perform refuse_unless_may_move(of_order);
  perform from stock_lot s
    where s.medicine_id in (select l.medicine_id from drug_order_line l where l.order_id = of_order)
      and (s.id in (select r.lot_id from reserved_for(of_order) r) or (only_unsold and sells(s) and s.on_hand > s.reserved))
    order by s.medicine_id, s.expires_on, s.id for update;
  insert into stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id)
    select r.lot_id, 'RELEASE', 0, -r.units, r.line_id
    from reserved_for(of_order) r join stock_lot s on s.id = r.lot_id
    where not only_unsold or not sells(s)
    order by s.medicine_id, s.expires_on, s.id;
end $$;

-- takes what is promised to an order from the shelf, into a parcel of it
create function dispense_stock(of_order uuid, into_shipment uuid) returns void language plpgsql security definer set search_path = pharmacy as $$
begin
  if not caller_has_role('PHARMACIST') then
    raise exception 'Only a pharmacist dispenses.' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from shipment where id = into_shipment and order_id = of_order) then
    raise exception 'This is no parcel of the order.' using errcode = 'check_violation';
  end if;
  insert into stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id, shipment_id, by_subject)
    select r.lot_id, 'DISPENSING', -r.units, -r.units, r.line_id, into_shipment, caller_subject() from reserved_for(of_order) r;
  if exists (select from stock_movement m join stock_lot s on s.id = m.lot_id where m.shipment_id = into_shipment and not sells(s)) then
    raise exception 'What is in the parcel may not be sold any more: release it first.' using errcode = 'check_violation';
  end if;
end $$;

-- what anybody may know: whether there is some, and how long it takes
create function availability_of(medicines uuid[]) returns table (medicine_id uuid, in_stock boolean, delivery_days int)
  language sql stable security definer set search_path = pharmacy
begin atomic
  select wanted.id,
    exists (select from stock_lot s where s.medicine_id = wanted.id and sells(s) and s.on_hand > s.reserved),
    (select t.delivery_days from medicine_terms t where t.medicine_id = wanted.id)
  from unnest(medicines) as wanted (id);
end;

-- the lots of which lines were packed, newest parcel last: whoever sees the order sees them
create function lots_of_lines(lines uuid[]) returns table (line_id uuid, lot text, expires_on date, units int, shipment_id uuid)
  language sql stable security definer set search_path = pharmacy
begin atomic
  select m.order_line_id, s.lot, s.expires_on, -m.on_hand_change, m.shipment_id
  from stock_movement m join stock_lot s on s.id = m.lot_id
  where m.order_line_id = any(lines) and m.kind = 'DISPENSING' order by m.id;
end;
`,
);
