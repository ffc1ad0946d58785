import { sqlMigration } from '../../common/migrate.js';

/** What carriers tell of a parcel, and what follows for it and its order. */
export const pharmacyShipments = sqlMigration(
  '0008-shipment',
  `
alter table shipment
  -- how long its most delicate medicine bears what lies outside of 2 to 8 °C, as it was known at packing
  add allowance_minutes int check (allowance_minutes between 0 and 1440),
  -- what the readings say: worked out anew whenever something arrives for a parcel that ever had one outside
  add ever_outside boolean not null default false,
  add outside_minutes int not null default 0 check (outside_minutes >= 0),
  add frozen boolean not null default false,
  -- when the carrier last said that it goes back
  add returned_at timestamptz,
  add quarantined_at timestamptz,
  add quarantine_cause text check (quarantine_cause in ('WARM', 'FROZEN', 'RECALL')),
  -- a lot in it was recalled while it was under way
  add recalled_at timestamptz,
  -- what a pharmacist decided about it; a release covers what was known then, and what comes to light later holds it back again
  add decision text check (decision in ('RELEASE', 'REPLACE', 'REFUND')),
  add decided_at timestamptz,
  add decided_by text,
  add decision_reason text check (length(decision_reason) between 1 and 500),
  add accepted_minutes int not null default 0 check (accepted_minutes >= 0),
  add accepted_frozen boolean not null default false;
-- no readings were kept of these: they stay held back until a pharmacist decides
update shipment set quarantined_at = coalesce(shipped_at, created_at), quarantine_cause = 'WARM', outside_minutes = 1441 where status = 'QUARANTINED';
update shipment set returned_at = shipped_at where status = 'RETURNED';
alter table shipment
  add constraint shipment_quarantine check (status <> 'QUARANTINED' or (quarantined_at is not null and quarantine_cause is not null)),
  add constraint shipment_returned check (status <> 'RETURNED' or returned_at is not null),
  add constraint shipment_decision check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null)
    and (decision is null) = (decision_reason is null));
create index shipment_quarantined on shipment (id) where status = 'QUARANTINED';

-- a pharmacist packs and sends it, and the carrier that has it says where it is; who only waits for it changes nothing
drop policy shipment_concerned on shipment;
create policy shipment_concerned on shipment for select using (
  (caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation())
  or exists (select from drug_order where drug_order.id = order_id offset 0));
create policy shipment_packed on shipment for insert with check (caller_has_role('PHARMACIST'));
-- nobody decides about their own, or that of somebody they care for
create policy shipment_moved on shipment for update using (caller_has_role('PHARMACIST')
  or (caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation()))
  with check ((caller_has_role('PHARMACIST') or (caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation()))
    and (decided_by is null or not exists (select from drug_order o where o.id = order_id
      and (o.patient_subject = decided_by or (decided_by = caller_subject() and o.patient_id = any((select caller_patients())::uuid[]))) offset 0)));
revoke delete on shipment from care_pharmacy;

-- what the carrier says happened. Told again it is the same event
create table shipment_event (
  shipment_id uuid not null constraint shipment_event_shipment_id_foreign references shipment (id),
  kind text not null check (kind in ('PICKED_UP', 'AT_HUB', 'OUT_FOR_DELIVERY', 'DELIVERY_FAILED', 'DELIVERED', 'RETURNED_TO_SENDER')),
  at timestamptz not null,
  place text check (length(place) between 1 and 100),
  primary key (shipment_id, at, kind)
);
revoke update, delete on shipment_event from care_pharmacy;
alter table shipment_event enable row level security;
create policy shipment_event_seen on shipment_event for select using (exists (select from shipment where shipment.id = shipment_id offset 0));
create policy shipment_event_reported on shipment_event for insert
  with check (exists (select from shipment s where s.id = shipment_id and caller_has_role('CARRIER') and s.carrier_organisation_id = caller_organisation() offset 0));

-- hundredths of a degree Celsius. No foreign key: it would cost more than the row. Only record_readings writes here, and it joins the parcels
create table temperature_reading (
  shipment_id uuid not null,
  at timestamptz not null,
  centi smallint not null check (centi between -10000 and 10000),
  primary key (shipment_id, at)
);
revoke insert, update, delete on temperature_reading from care_pharmacy;
alter table temperature_reading enable row level security;
create policy temperature_reading_seen on temperature_reading for select
  using (exists (select from shipment where shipment.id = shipment_id offset 0));

-- those of these parcels that the caller carries, locked behind their orders, which a carrier does not see and which may move with them
create function lock_carried(shipments uuid[]) returns setof shipment language plpgsql security definer set search_path = pharmacy as $$
declare
  own uuid[] := array(select s.id from shipment s where s.id = any(shipments)
    and caller_has_role('CARRIER') and s.carrier_organisation_id = caller_organisation());
begin
  perform from drug_order o where o.id in (select s.order_id from shipment s where s.id = any(own)) order by o.id for no key update;
  return query select * from shipment s where s.id = any(own) order by s.id for no key update;
end $$;

-- readings of the caller's own parcels, which lock_carried holds: reading n belongs to parcel places[n] of shipments, counted from 1, and
-- times are milliseconds after base, which is milliseconds since 1970. Of two at one time the one farther from 5 °C stays, and of two as far the warmer: whatever comes
-- first, the same remains. No time may stand twice for a parcel in one call. Answers how many rows it wrote
create function record_readings(base bigint, shipments uuid[], earliest bigint[], latest bigint[], places int[], times bigint[], centis smallint[]) returns int
  -- a plan that was made while the table was small must not be kept
  language plpgsql security definer set search_path = pharmacy set enable_seqscan = off as $$
declare
  began timestamptz := 'epoch'::timestamptz + base * interval '1 ms';
  written int;
begin
  if exists (select from unnest(shipments) as given (id) where not exists (select from shipment s where s.id = given.id
      and caller_has_role('CARRIER') and s.carrier_organisation_id = caller_organisation())) then
    raise exception 'There is no such parcel for the caller.' using errcode = 'insufficient_privilege';
  end if;
  if exists (select from unnest(shipments, earliest, latest) as span (id, earliest, latest) where exists (
      select from temperature_reading known where known.shipment_id = span.id
        and known.at between began + span.earliest * interval '1 ms' and began + span.latest * interval '1 ms')) then
    insert into temperature_reading as known (shipment_id, at, centi)
      select shipments[r.place], began + r.time * interval '1 ms', r.centi from unnest(places, times, centis) as r (place, time, centi)
      on conflict (shipment_id, at) do update set centi = excluded.centi
      where (abs(excluded.centi - 500), excluded.centi) > (abs(known.centi - 500), known.centi);
  else
    -- nothing is known of these times yet, as is usual: half the price
    insert into temperature_reading (shipment_id, at, centi)
      select shipments[r.place], began + r.time * interval '1 ms', r.centi from unnest(places, times, centis) as r (place, time, centi);
  end if;
  get diagnostics written = row_count;
  return written;
end $$;

-- where a parcel goes its order goes too, whoever said it: a carrier sees no order
create function shipment_moves_order() returns trigger language plpgsql security definer set search_path = pharmacy as $$
begin
  update drug_order set status = 'DELIVERED', version = version + 1 where id = new.order_id and status = 'SHIPPED';
  return null;
end $$;
create trigger shipment_moves_order after update of status on shipment for each row
  when (new.status = 'DELIVERED' and old.status <> 'DELIVERED') execute function shipment_moves_order();
`,
);
