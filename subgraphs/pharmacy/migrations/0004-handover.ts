import { sqlMigration } from '../../common/migrate.js';

/** A patient who took their record over sees what others ordered for them. */
export const pharmacyHandover = sqlMigration(
  '0004-handover',
  `
-- told by the patient subgraph itself
create function take_over(of_patient uuid, by_subject text) returns void language sql security definer set search_path = pharmacy
begin atomic
  update drug_order set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null;
end;
`,
);
