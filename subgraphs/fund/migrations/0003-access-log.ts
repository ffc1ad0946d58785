import { accessLogTable } from '../../common/access-log.js';
import { sqlMigration } from '../../common/migrate.js';

/** Who read what of a patient's applications, grants, claims and payouts. */
export const fundAccessLog = sqlMigration(
  '0003-access-log',
  `
-- why the caller reads what is a patient's; for eyes that need no purpose: SELF
create function purpose_of_read(patient uuid) returns text language sql stable security definer set search_path = fund
  return case
    when exists (select from application a where a.patient_id = patient and a.patient_subject = caller_subject()) then 'SELF'
    when caller_has_role('CAREGIVER') and patient = any(caller_patients()) then 'CARE'
    when caller_has_role('REVIEWER') then 'AID_REVIEW'
    when caller_has_role('FINANCE') then 'AID_PAYMENT' end;
${accessLogTable(
  'fund',
  `patient_id = any((select caller_patients())::uuid[])
    or patient_id = any(array(select patient_id from application where patient_subject = caller_subject()))`,
)}`,
);
