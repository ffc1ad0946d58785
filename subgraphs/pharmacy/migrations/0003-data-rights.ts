import { dataRightsFunctions } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** What was sold is kept, as bookkeeping wants it, without whom it was for. What was never sold goes. */
export const pharmacyDataRights = sqlMigration(
  '0003-data-rights',
  `${dataRightsFunctions('pharmacy', {
    data: `jsonb_build_object(
      'drugOrders', (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'number', number, 'status', status, 'application', case when application_id is not null then jsonb_build_object('id', application_id) end,
          'placedAt', as_time(placed_at), 'cancelledAt', as_time(cancelled_at), 'cancelReason', cancel_reason, 'version', version,
          'lines', (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'medicine', jsonb_build_object('id', medicine_id), 'quantity', quantity,
            'unitPrice', fen_as_money(unit_price_fen), 'lot', lot) order by l.id), '[]') from drug_order_line l where l.order_id = o.id),
          'shipments', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status, 'trackingNumber', tracking_number, 'coldChain', cold_chain,
            'carrier', case when carrier_organisation_id is not null then jsonb_build_object('id', carrier_organisation_id) end,
            'shippedAt', as_time(shipped_at), 'deliveredAt', as_time(delivered_at)) order by s.id), '[]') from shipment s where s.order_id = o.id)) order by o.id), '[]')
        from drug_order o where patient_id = of_patient),
      'accessLog', (select coalesce(jsonb_agg(jsonb_build_object('at', as_time(at), 'role', role, 'record', record, 'recordId', record_id, 'fields', fields, 'purpose', purpose) order by id), '[]')
        from access_log where patient_id = of_patient),
      'requests', (select coalesce(jsonb_agg(jsonb_build_object('operation', operation, 'at', as_time(created_at)) order by created_at), '[]')
        from idempotency_key where client = of_subject))`,
    obstacles: {
      ORDER_UNDER_WAY: `exists (select from drug_order where patient_id = of_patient and status not in ('DELIVERED', 'CANCELLED', 'RETURNED'))`,
    },
    deletes: [
      // who acted for the patient leads to them; what pharmacists did stays known under their keys
      `delete from idempotency_key where client = of_subject or (operation in ('placeDrugOrder', 'linkDrugOrder', 'cancelDrugOrder')
        and result_id in (select id from drug_order where patient_id = of_patient))`,
      'delete from access_log where patient_id = of_patient',
      `delete from shipment using drug_order o where o.id = order_id and o.patient_id = of_patient and o.status = 'CANCELLED'`,
      `delete from drug_order_line using drug_order o where o.id = order_id and o.patient_id = of_patient and o.status = 'CANCELLED'`,
      `delete from drug_order where patient_id = of_patient and status = 'CANCELLED'`,
    ],
    pseudonymises: [
      `update drug_order set patient_subject = erased_subject where patient_id = of_patient and coalesce(patient_subject, '') not like 'erased:%'`,
      // whoever has the number can ask the carrier for the address
      `update shipment set tracking_number = null from drug_order o where o.id = order_id and o.patient_id = of_patient and tracking_number is not null`,
      'update access_log set subject = erased_subject where subject = of_subject',
    ],
    traces: [
      `select count(*) from drug_order where patient_id = of_patient and (coalesce(patient_subject, '') not like 'erased:%' or status = 'CANCELLED')`,
      'select count(*) from shipment s join drug_order o on o.id = s.order_id where o.patient_id = of_patient and tracking_number is not null',
      'select count(*) from access_log where (patient_id = of_patient or subject = of_subject) and at < erased_since',
      'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
    ],
  })}
-- by whom a log was written, for taking out who was erased
create index access_log_reader on access_log (subject);

create trigger drug_order_for_nobody_erased before insert on drug_order for each row execute function refuse_erased();
`,
);
