import { accessLogTable } from '../../common/access-log.js';
import { sqlMigration } from '../../common/migrate.js';

/** Who read what of a patient's orders. */
export const pharmacyAccessLog = sqlMigration(
  '0002-access-log',
  `
-- why the caller reads what is a patient's; for eyes that need no purpose: SELF
create function purpose_of_read(patient uuid) returns text language sql stable security definer set search_path = pharmacy
  return case
    when exists (select from drug_order o where o.patient_id = patient and o.patient_subject = caller_subject()) then 'SELF'
    when caller_has_role('CAREGIVER') and patient = any(caller_patients()) then 'CARE'
    when caller_has_role('REVIEWER') then 'AID_REVIEW'
    when caller_has_role('PHARMACIST') then 'PHARMACY' end;
${accessLogTable(
  'pharmacy',
  `patient_id = any((select caller_patients())::uuid[])
    or patient_id = any(array(select patient_id from drug_order where patient_subject = caller_subject()))`,
)}`,
);
