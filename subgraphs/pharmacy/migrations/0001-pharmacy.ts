import { CALLER_FUNCTIONS, sqlMigration } from '../../common/migrate.js';

export const pharmacyTables = sqlMigration(
  '0001-pharmacy',
  `${CALLER_FUNCTIONS}
create sequence drug_order_number;

create table drug_order (
  id uuid primary key,
  number text not null constraint drug_order_number_unique unique check (number ~ '^RX-\\d{4}-\\d{6,}$'),
  patient_id uuid not null,
  -- whose row it is, as the patient subgraph said when it was placed
  patient_subject text,
  application_id uuid,
  status text not null
    check (status in ('PLACED', 'PAID', 'DISPENSED', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'RETURNED')),
  placed_at timestamptz not null,
  cancelled_at timestamptz,
  cancel_reason text check (length(cancel_reason) between 1 and 500),
  version int not null default 1,
  check ((status = 'CANCELLED') = (cancelled_at is not null)),
  check (cancel_reason is null or cancelled_at is not null),
  check (cancelled_at >= placed_at)
);
create index drug_order_subject on drug_order (patient_subject, id) where patient_subject is not null;
create index drug_order_patient on drug_order (patient_id, id);
create index drug_order_application on drug_order (application_id, id) where application_id is not null;
create index drug_order_queue on drug_order (id) where status not in ('DELIVERED', 'CANCELLED');
alter table drug_order enable row level security;
-- names no other table: the policies of lines and shipments look back at it
create policy drug_order_concerned on drug_order
  using (patient_subject = caller_subject() or patient_id = any(caller_patients())
    or application_id = any(caller_applications()) or caller_has_role('PHARMACIST'));

create table drug_order_line (
  id uuid primary key,
  order_id uuid not null constraint drug_order_line_order_id_foreign references drug_order (id),
  medicine_id uuid not null,
  quantity int not null check (quantity > 0),
  unit_price_fen bigint not null check (unit_price_fen > 0),
  lot text,
  constraint drug_order_line_medicine_unique unique (order_id, medicine_id)
);
alter table drug_order_line enable row level security;
-- offset 0: looked up line by line; otherwise the planner may read all orders into a hash first
create policy drug_order_line_of_order on drug_order_line
  using (exists (select from drug_order where drug_order.id = order_id offset 0));
-- what was sold, and for how much, is never changed
revoke update, delete on drug_order_line from care_pharmacy;
grant update (lot) on drug_order_line to care_pharmacy;

create table shipment (
  id uuid primary key,
  order_id uuid not null constraint shipment_order_id_foreign references drug_order (id),
  carrier_organisation_id uuid,
  status text not null check (status in ('PREPARING', 'IN_TRANSIT', 'DELIVERED', 'QUARANTINED', 'RETURNED')),
  tracking_number text,
  cold_chain boolean not null,
  shipped_at timestamptz,
  delivered_at timestamptz,
  version int not null default 1,
  created_at timestamptz not null,
  check (status <> 'PREPARING' or shipped_at is null),
  check (status not in ('IN_TRANSIT', 'DELIVERED', 'RETURNED') or (shipped_at is not null and carrier_organisation_id is not null)),
  check (status <> 'DELIVERED' or delivered_at is not null),
  check (delivered_at is null or delivered_at >= shipped_at)
);
create index shipment_order on shipment (order_id, id);
create index shipment_carrier on shipment (carrier_organisation_id, id) where carrier_organisation_id is not null;
alter table shipment enable row level security;
create policy shipment_concerned on shipment using (
  (caller_has_role('CARRIER') and carrier_organisation_id = caller_organisation())
  or exists (select from drug_order where drug_order.id = order_id offset 0));

-- which applications orders are linked to, or those for patients, for asking whether the caller works on those;
-- answers no client
create function applications_of_orders(orders uuid[], patients uuid[]) returns setof uuid
  language sql stable security definer set search_path = pharmacy, pg_temp
begin atomic
  select distinct application_id from drug_order
  where (id = any(orders) or patient_id = any(patients)) and application_id is not null;
end;
`,
);
