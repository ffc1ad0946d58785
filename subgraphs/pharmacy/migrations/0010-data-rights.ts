import { dataRightsAnew } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

/** An order `o` that was called off before any money was taken for it: nothing was sold. */
const NEVER_SOLD = `o.patient_id = of_patient and o.status = 'CANCELLED'
  and not exists (select from payment p where p.order_id = o.id and p.charged_fen is not null)`;

/** A prescription `p` by which nothing was sold. */
const NEVER_USED = 'not exists (select from drug_order_line l where l.prescription_id = p.id)';

/** Stands for free text that may name somebody, where a text there must be. */
const NO_TEXT = `'*'`;

/**
 * What was sold is kept, as bookkeeping wants it, without whom it was for: the order, what was paid and given back, by which
 * prescription it went, which lots, and how warm it got. What was never sold goes, and so do notices.
 */
export const pharmacyDataRightsOfMore = sqlMigration(
  '0010-data-rights',
  `${dataRightsAnew('pharmacy', {
    data: `jsonb_build_object(
      'drugOrders', (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'number', number, 'status', status, 'application', case when application_id is not null then jsonb_build_object('id', application_id) end,
          'placedAt', as_time(placed_at), 'payBy', as_time(pay_by), 'cancelledAt', as_time(cancelled_at), 'cancelReason', cancel_reason, 'returnReason', return_reason, 'version', version,
          'lines', (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'medicine', jsonb_build_object('id', medicine_id), 'quantity', quantity,
            'unitPrice', fen_as_money(unit_price_fen), 'lot', lot, 'prescription', case when prescription_id is not null then jsonb_build_object('id', prescription_id) end,
            'lots', (select coalesce(jsonb_agg(jsonb_build_object('lot', packed.lot, 'expiresOn', packed.expires_on, 'quantity', packed.units)), '[]') from lots_of_lines(array[l.id]) packed)
            ) order by l.id), '[]') from drug_order_line l where l.order_id = o.id),
          'payments', (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'status', p.status, 'amount', fen_as_money(amount_fen), 'charged', fen_as_money(charged_fen),
            'requestedAt', as_time(p.requested_at), 'answeredAt', as_time(answered_at), 'refusedBecause', refused_because,
            'refunds', (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'orderLine', case when order_line_id is not null then jsonb_build_object('id', order_line_id) end,
              'amount', fen_as_money(r.amount_fen), 'cause', cause, 'status', r.status, 'requestedAt', as_time(r.requested_at), 'doneAt', as_time(done_at)) order by r.id), '[]')
              from refund r where r.payment_id = p.id)) order by p.id), '[]') from payment p where p.order_id = o.id),
          'shipments', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status, 'trackingNumber', tracking_number, 'coldChain', cold_chain,
            'carrier', case when carrier_organisation_id is not null then jsonb_build_object('id', carrier_organisation_id) end,
            'createdAt', as_time(s.created_at), 'shippedAt', as_time(shipped_at), 'deliveredAt', as_time(delivered_at),
            'allowanceMinutes', allowance_minutes, 'outsideMinutes', outside_minutes, 'quarantinedAt', as_time(quarantined_at), 'quarantineCause', quarantine_cause,
            'decision', decision, 'decisionReason', decision_reason,
            'events', (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'at', as_time(at), 'place', place) order by at, kind), '[]')
              from shipment_event e where e.shipment_id = s.id),
            'temperatures', (select coalesce(jsonb_agg(jsonb_build_object('at', as_time(at), 'celsius', centi / 100.0) order by at), '[]')
              from temperature_reading t where t.shipment_id = s.id)) order by s.id), '[]') from shipment s where s.order_id = o.id)) order by o.id), '[]')
        from drug_order o where patient_id = of_patient),
      'prescriptions', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'number', number, 'physician', jsonb_build_object('id', physician_id),
          'appointment', case when appointment_id is not null then jsonb_build_object('id', appointment_id) end, 'medicine', jsonb_build_object('id', medicine_id),
          'dose', dose, 'note', note, 'quantity', quantity, 'refills', refills, 'used', used, 'validUntil', valid_until, 'status', status, 'issuedAt', as_time(issued_at),
          'checkedAt', as_time(checked_at), 'checkReason', check_reason, 'withdrawnAt', as_time(withdrawn_at), 'withdrawReason', withdraw_reason, 'version', version) order by id), '[]')
        from prescription where patient_id = of_patient),
      'notices', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'aboutId', about_id, 'at', as_time(at), 'readAt', as_time(read_at)) order by id), '[]')
        from notice where patient_id = of_patient and audience = 'PATIENT'),
      'accessLog', (select coalesce(jsonb_agg(jsonb_build_object('at', as_time(at), 'role', role, 'record', record, 'recordId', record_id, 'fields', fields, 'purpose', purpose) order by id), '[]')
        from access_log where patient_id = of_patient),
      'requests', (select coalesce(jsonb_agg(jsonb_build_object('operation', operation, 'at', as_time(created_at)) order by created_at), '[]')
        from idempotency_key where client = of_subject))`,
    obstacles: {
      ORDER_UNDER_WAY: `exists (select from drug_order where patient_id = of_patient and status not in ('DELIVERED', 'CANCELLED', 'RETURNED'))`,
      PARCEL_HELD_BACK: `exists (select from shipment s join drug_order o on o.id = s.order_id where o.patient_id = of_patient and s.status = 'QUARANTINED' and decision is null)`,
      PAYMENT_UNDER_WAY: `exists (select from payment p join drug_order o on o.id = p.order_id where o.patient_id = of_patient and p.status = 'PENDING')`,
      // also until the fund knows of it, which may have to take its aid back
      REFUND_UNDER_WAY: `exists (select from refund r join payment p on p.id = r.payment_id join drug_order o on o.id = p.order_id
        where o.patient_id = of_patient and (r.status = 'REQUESTED' or (r.order_line_id is not null and r.fund_told_at is null)))`,
    },
    deletes: [
      // who acted for the patient leads to them; what physicians and pharmacists did stays known under their keys
      `delete from idempotency_key where client = of_subject or (operation in ('placeDrugOrder', 'linkDrugOrder', 'cancelDrugOrder', 'payDrugOrder')
        and (result_id in (select id from drug_order where patient_id = of_patient)
          or result_id in (select p.id from payment p join drug_order o on o.id = p.order_id where o.patient_id = of_patient)))`,
      'delete from access_log where patient_id = of_patient',
      'delete from notice where patient_id = of_patient',
      `delete from stock_movement using drug_order_line l, drug_order o where l.id = order_line_id and o.id = l.order_id and ${NEVER_SOLD}`,
      `delete from temperature_reading using shipment s, drug_order o where s.id = shipment_id and o.id = s.order_id and ${NEVER_SOLD}`,
      `delete from shipment_event using shipment s, drug_order o where s.id = shipment_id and o.id = s.order_id and ${NEVER_SOLD}`,
      `delete from shipment using drug_order o where o.id = order_id and ${NEVER_SOLD}`,
      `delete from payment using drug_order o where o.id = order_id and ${NEVER_SOLD}`,
      `delete from drug_order_line using drug_order o where o.id = order_id and ${NEVER_SOLD}`,
      `delete from drug_order o where ${NEVER_SOLD}`,
      `delete from prescription p where patient_id = of_patient and ${NEVER_USED}`,
    ],
    pseudonymises: [
      `update drug_order set patient_subject = erased_subject, return_reason = null, cancel_reason = null
        where patient_id = of_patient and coalesce(patient_subject, '') not like 'erased:%'`,
      // whoever has the number can ask the carrier for the address
      `update shipment set tracking_number = null, decision_reason = case when decision_reason is not null then ${NO_TEXT} end from drug_order o
        where o.id = order_id and o.patient_id = of_patient and (tracking_number is not null or decision_reason <> ${NO_TEXT})`,
      `update shipment_event set place = null from shipment s, drug_order o
        where s.id = shipment_id and o.id = s.order_id and o.patient_id = of_patient and place is not null`,
      'update payment set token = null from drug_order o where o.id = order_id and o.patient_id = of_patient and token is not null',
      `update prescription set patient_subject = erased_subject, appointment_id = null, dose = ${NO_TEXT}, note = null,
        check_reason = case when check_reason is not null then ${NO_TEXT} end, withdraw_reason = case when withdraw_reason is not null then ${NO_TEXT} end
        where patient_id = of_patient and coalesce(patient_subject, '') not like 'erased:%'`,
      'update access_log set subject = erased_subject where subject = of_subject',
    ],
    traces: [
      `select count(*) from drug_order o where patient_id = of_patient and coalesce(patient_subject, '') not like 'erased:%'`,
      `select count(*) from drug_order o where ${NEVER_SOLD}`,
      `select count(*) from shipment s join drug_order o on o.id = s.order_id
        where o.patient_id = of_patient and (tracking_number is not null or decision_reason <> ${NO_TEXT})`,
      `select count(*) from shipment_event e join shipment s on s.id = e.shipment_id join drug_order o on o.id = s.order_id
        where o.patient_id = of_patient and place is not null`,
      'select count(*) from payment p join drug_order o on o.id = p.order_id where o.patient_id = of_patient and token is not null',
      `select count(*) from prescription p where patient_id = of_patient and (coalesce(patient_subject, '') not like 'erased:%' or ${NEVER_USED})`,
      'select count(*) from notice where patient_id = of_patient',
      'select count(*) from access_log where (patient_id = of_patient or subject = of_subject) and at < erased_since',
      'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
    ],
  })}
create trigger prescription_for_nobody_erased before insert on prescription for each row execute function refuse_erased();

-- a patient who took their record over sees what others ordered for them, what was prescribed, and what there is to know.
-- What a physician wrote who later takes the record over themselves stays with those who acted
create or replace function take_over(of_patient uuid, by_subject text) returns void language sql security definer set search_path = pharmacy
begin atomic
  update drug_order set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null;
  update prescription set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null
      and physician_subject <> by_subject and checked_by is distinct from by_subject;
  update notice set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null;
end;
`,
);
