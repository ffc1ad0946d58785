import { sqlMigration } from '../../common/migrate.js';

/** A patient who took their record over sees what others applied for and claimed for them. */
export const fundHandover = sqlMigration(
  '0005-handover',
  `
-- told by the patient subgraph itself. Who has looked at one of these as a reviewer or officer cannot be its patient: those stay as they are
create function take_over(of_patient uuid, by_subject text) returns void language sql security definer set search_path = fund
begin atomic
  update application set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null and by_subject <> all(reviewer_subjects);
  update claim set patient_subject = by_subject
    where caller_via() = 'patient' and caller_subject() = 'system:patient'
      and patient_id = of_patient and patient_subject is null
      and checked_by is distinct from by_subject and decided_by is distinct from by_subject;
end;
`,
);
