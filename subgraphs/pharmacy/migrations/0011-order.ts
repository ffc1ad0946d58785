import { sqlMigration } from '../../common/migrate.js';

/** Who may make an order, change it, and move it from state to state: below what services allow, and without them. */
export const pharmacyOrders = sqlMigration(
  '0011-order',
  `
drop policy drug_order_concerned on drug_order;
create policy drug_order_concerned on drug_order for select
  using (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
    or application_id = any((select caller_applications())::uuid[]) or caller_has_role('PHARMACIST') or (select caller_is_system()));
create policy drug_order_placed on drug_order for insert
  with check (status = 'PLACED' and (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])));
create policy drug_order_changed on drug_order for update
  using (patient_subject = caller_subject() or patient_id = any((select caller_patients())::uuid[])
    or caller_has_role('PHARMACIST') or (select caller_is_system()));

drop policy drug_order_line_of_order on drug_order_line;
create policy drug_order_line_of_order on drug_order_line for select
  using (exists (select from drug_order where drug_order.id = order_id offset 0));
-- nothing is ordered without a prescription any more
create policy drug_order_line_prescribed on drug_order_line for insert
  with check (prescription_id is not null and exists (select from drug_order where drug_order.id = order_id offset 0));
create policy drug_order_line_packed on drug_order_line for update using (caller_has_role('PHARMACIST'));

-- what serves requests moves an order only so; DELIVERED comes from the parcel's own trigger. Who packs, sends and takes back
-- does it neither for themselves nor for somebody they care for
create function guard_order_status() returns trigger language plpgsql set search_path = pharmacy as $$
declare
  by_family boolean := new.patient_subject = caller_subject() or new.patient_id = any(caller_patients());
  by_pharmacist boolean := caller_has_role('PHARMACIST') and by_family is not true;
begin
  if not coalesce(case new.status
    when 'PAID' then (old.status = 'PLACED' and caller_is_system())
      or (old.status in ('DISPENSED', 'SHIPPED', 'DELIVERED') and by_pharmacist)
    when 'CANCELLED' then old.status in ('PLACED', 'PAID') and (by_family or by_pharmacist or caller_is_system())
    when 'DISPENSED' then old.status = 'PAID' and by_pharmacist
    when 'SHIPPED' then old.status = 'DISPENSED' and by_pharmacist
    when 'RETURNED' then old.status in ('DISPENSED', 'SHIPPED', 'DELIVERED') and by_pharmacist
  end, false) then
    raise exception 'The caller may not move this order from % to %.', old.status, new.status using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger drug_order_status_guarded before update of status on drug_order for each row
  when (new.status is distinct from old.status and current_user = 'care_pharmacy') execute function guard_order_status();
`,
);
