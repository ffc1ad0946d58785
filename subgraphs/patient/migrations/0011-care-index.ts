import { sqlMigration } from '../../common/migrate.js';

/** Whoever cares for somebody is looked up at nearly every request of theirs. What was revoked counts there too. */
export const careIndex = sqlMigration(
  '0011-care-index',
  'create index care_relationship_caregiver on care_relationship (caregiver_subject, patient_id);',
);
