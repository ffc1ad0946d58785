import { dataRightsFunctions } from '../../common/data-rights.js';
import { sqlMigration } from '../../common/migrate.js';

const OF_PATIENT = 'a.id = application_id and a.patient_id = of_patient';

const APPLICANTS_OPERATIONS = [
  'draftApplication',
  'submitApplication',
  'withdrawApplication',
  'appealApplication',
  'enterClaim',
  'withdrawClaim',
]
  .map((operation) => `'${operation}'`)
  .join(', ');

/** Money moved, and why, is kept as the law of bookkeeping wants it, without whom it was for. What was never handed in goes. */
export const fundDataRights = sqlMigration(
  '0004-data-rights',
  `${dataRightsFunctions('fund', {
    data: `jsonb_build_object(
      'applications', (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'number', number, 'status', status, 'aidYear', aid_year,
          'expectedExpense', fen_as_money(expected_expense_fen), 'disease', jsonb_build_object('id', disease_id), 'fund', jsonb_build_object('id', fund_id),
          'submission', snapshot, 'round', round, 'createdAt', as_time(created_at), 'submittedAt', as_time(submitted_at), 'decidedAt', as_time(decided_at),
          'waitlistedAt', as_time(waitlisted_at), 'deadlineAt', as_time(deadline_at), 'version', version,
          'timeline', (select coalesce(jsonb_agg(jsonb_build_object('status', e.status, 'at', as_time(at), 'byRole', by_role, 'note', note) order by e.id), '[]')
            from application_event e where e.application_id = a.id),
          'reviews', (select coalesce(jsonb_agg(jsonb_build_object('stage', stage, 'round', r.round, 'decision', decision, 'reason', reason,
            'openedAt', as_time(opened_at), 'decidedAt', as_time(r.decided_at)) order by r.id), '[]') from review r where r.application_id = a.id),
          'grant', (select jsonb_build_object('id', g.id, 'status', g.status, 'tier', tier, 'aidYear', g.aid_year, 'maximum', fen_as_money(maximum_fen),
            'awarded', fen_as_money(awarded_fen), 'paid', fen_as_money(paid_fen), 'released', fen_as_money(released_fen), 'createdAt', as_time(g.created_at))
            from aid_grant g where g.application_id = a.id),
          'notices', (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'deadlineAt', as_time(n.deadline_at), 'at', as_time(at)) order by n.id), '[]')
            from notice n where n.application_id = a.id)) order by a.id), '[]')
        from application a where patient_id = of_patient),
      'claims', (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'number', number, 'status', status, 'application', jsonb_build_object('id', application_id),
          'asked', fen_as_money(asked_fen), 'selfPaid', fen_as_money(self_paid_fen), 'awarded', fen_as_money(award_fen), 'award', award,
          'takenBack', fen_as_money(taken_back_fen), 'reason', reason, 'enteredAt', as_time(entered_at), 'checkedAt', as_time(checked_at),
          'decidedAt', as_time(decided_at), 'paidAt', as_time(paid_at), 'version', version,
          'expenses', (select coalesce(jsonb_agg(jsonb_build_object('place', place, 'orderLineId', order_line_id,
            'invoice', case when invoice_number is not null then jsonb_build_object('issuer', invoice_issuer, 'number', invoice_number) end,
            'incurredOn', incurred_on, 'amount', fen_as_money(amount_fen), 'paidByOthers', jsonb_build_object('BASIC_INSURANCE', fen_as_money(basic_insurance_fen),
            'SERIOUS_ILLNESS_INSURANCE', fen_as_money(serious_illness_insurance_fen), 'MEDICAL_ASSISTANCE', fen_as_money(medical_assistance_fen),
            'COMMERCIAL_INSURANCE', fen_as_money(commercial_insurance_fen), 'OTHER_CHARITY', fen_as_money(other_charity_fen))) order by place), '[]')
            from expense_line l where l.claim_id = c.id),
          'payouts', (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'amount', fen_as_money(amount_fen), 'status', p.status, 'reasonCode', reason_code,
            'createdAt', as_time(created_at), 'answeredAt', as_time(answered_at)) order by p.id), '[]') from payout p where p.claim_id = c.id),
          'clawBacks', (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'amount', fen_as_money(amount_fen), 'status', b.status, 'cause', cause,
            'refunded', fen_as_money(refunded_fen), 'reason', b.reason, 'createdAt', as_time(created_at), 'settledAt', as_time(settled_at)) order by b.id), '[]')
            from claw_back b where b.claim_id = c.id)) order by c.id), '[]')
        from claim c where patient_id = of_patient),
      'annualAid', (select coalesce(jsonb_agg(jsonb_build_object('year', aid_year, 'cap', fen_as_money(cap_fen), 'granted', fen_as_money(granted_fen),
          'awarded', fen_as_money(awarded_fen), 'paid', fen_as_money(paid_fen)) order by aid_year), '[]') from annual_aid where patient_id = of_patient),
      'accessLog', (select coalesce(jsonb_agg(jsonb_build_object('at', as_time(at), 'role', role, 'record', record, 'recordId', record_id, 'fields', fields, 'purpose', purpose) order by id), '[]')
        from access_log where patient_id = of_patient),
      'requests', (select coalesce(jsonb_agg(jsonb_build_object('operation', operation, 'at', as_time(created_at)) order by created_at), '[]')
        from idempotency_key where client = of_subject))`,
    obstacles: {
      APPLICATION_UNDER_WAY: `exists (select from application where patient_id = of_patient
        and status in ('SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED', 'WAITLISTED', 'APPEALED'))`,
      CLAIM_UNDER_WAY: `exists (select from claim where patient_id = of_patient and status in ('ENTERED', 'CHECKED', 'APPROVED'))`,
      PAYOUT_UNDER_WAY: `exists (select from payout p join claim c on c.id = p.claim_id where c.patient_id = of_patient and p.status in ('QUEUED', 'SENT'))`,
      CLAW_BACK_UNDER_WAY: `exists (select from claw_back b join claim c on c.id = b.claim_id where c.patient_id = of_patient and b.status <> 'SETTLED')`,
    },
    deletes: [
      // who acted for the patient leads to them; what the foundation's people did stays known under their keys
      `delete from idempotency_key where client = of_subject or (operation in (${APPLICANTS_OPERATIONS}) and result_id in (
        select id from application where patient_id = of_patient union all select id from claim where patient_id = of_patient))`,
      'delete from access_log where patient_id = of_patient',
      `delete from notice using application a where ${OF_PATIENT}`,
      `delete from application_event using application a where ${OF_PATIENT} and a.submitted_at is null`,
      'delete from application where patient_id = of_patient and submitted_at is null',
    ],
    pseudonymises: [
      // also of somebody without a sign-in: who takes a record over is written where there is none.
      // The day and the paper of the diagnosis could lead back to the person; what was decided by stays
      `update application set patient_subject = erased_subject, snapshot = snapshot - 'diagnosisId' - 'diagnosedOn'
        where patient_id = of_patient and (coalesce(patient_subject, '') not like 'erased:%' or snapshot ?| array['diagnosisId', 'diagnosedOn'])`,
      `update application_event set note = null from application a where ${OF_PATIENT} and note is not null`,
      `update review set reason = 'erased' from application a where ${OF_PATIENT} and reason <> 'erased'`,
      // who entered it acted for the patient: that leads to them too
      `update claim set patient_subject = erased_subject,
        entered_by = case when entered_by like 'system:%' then entered_by else erased_subject end, reason = null
        where patient_id = of_patient and (coalesce(patient_subject, '') not like 'erased:%' or entered_by not like all (array['erased:%', 'system:%']) or reason is not null)`,
      // claimed once, ever: what was claimed can still be told from what was not
      `update expense_line set invoice_issuer = 'erased', invoice_number = erased_invoice(invoice_issuer, invoice_number)
        from claim c where c.id = claim_id and c.patient_id = of_patient and invoice_issuer <> 'erased'`,
      `update claw_back set reason = 'erased' from claim c where c.id = claim_id and c.patient_id = of_patient and claw_back.reason <> 'erased'`,
      // once the bank has the file nobody needs it
      `update payout_batch set file_sealed = null where file_sealed is not null and status <> 'RELEASED'
        and id in (select batch_id from payout p join claim c on c.id = p.claim_id where c.patient_id = of_patient)`,
      'update access_log set subject = erased_subject where subject = of_subject',
    ],
    traces: [
      `select count(*) from application where patient_id = of_patient
        and (submitted_at is null or coalesce(patient_subject, '') not like 'erased:%' or snapshot ?| array['diagnosisId', 'diagnosedOn'])`,
      `select count(*) from application_event e join application a on a.id = e.application_id where a.patient_id = of_patient and note is not null`,
      `select count(*) from review r join application a on a.id = r.application_id where a.patient_id = of_patient and reason <> 'erased'`,
      `select count(*) from notice n join application a on a.id = n.application_id where a.patient_id = of_patient`,
      `select count(*) from claim where patient_id = of_patient
        and (coalesce(patient_subject, '') not like 'erased:%' or entered_by not like all (array['erased:%', 'system:%']) or reason is not null)`,
      `select count(*) from expense_line l join claim c on c.id = l.claim_id where c.patient_id = of_patient and invoice_issuer <> 'erased'`,
      `select count(*) from claw_back b join claim c on c.id = b.claim_id where c.patient_id = of_patient and b.reason <> 'erased'`,
      `select count(*) from payout p join claim c on c.id = p.claim_id join payout_batch b on b.id = p.batch_id where c.patient_id = of_patient and b.file_sealed is not null`,
      'select count(*) from access_log where (patient_id = of_patient or subject = of_subject) and at < erased_since',
      'select count(*) from idempotency_key where client = of_subject and created_at < erased_since',
    ],
  })}
-- an invoice of somebody who was erased: nobody reads it from this, but the same one is known again
create function erased_invoice(issuer text, number text) returns text language sql immutable parallel safe
  return 'sha256:' || encode(sha256(convert_to(issuer || E'\\n' || number, 'UTF8')), 'hex');
create function refuse_claimed_by_erased() returns trigger language plpgsql security definer set search_path = fund as $$
begin
  -- left out as a line is that stands in another claim
  if new.invoice_number is not null and exists (
    select from expense_line where counts and invoice_issuer = 'erased' and invoice_number = erased_invoice(new.invoice_issuer, new.invoice_number)) then
    return null;
  end if;
  return new;
end $$;
create trigger expense_line_claimed_by_erased before insert on expense_line for each row execute function refuse_claimed_by_erased();

-- by whom a log was written, for taking out who was erased
create index access_log_reader on access_log (subject);

create trigger application_for_nobody_erased before insert on application for each row execute function refuse_erased();
create trigger application_goes_on_for_nobody_erased before update of status on application for each row
  when (new.status is distinct from old.status and new.status in ('SUBMITTED', 'APPEALED')) execute function refuse_erased();
create trigger claim_for_nobody_erased before insert on claim for each row execute function refuse_erased();

-- the file that the bank got holds names and accounts: it goes when the bank has answered
update payout_batch set file_sealed = null where status = 'ANSWERED';
alter table payout_batch add constraint payout_batch_file_goes check (status <> 'ANSWERED' or file_sealed is null);
`,
);
