import type { Client } from 'pg';
import { newId } from '../subgraphs/common/ids.js';

/**
 * Somebody grown up with a sign-in of their own, who agrees that reviewers look at their papers.
 *
 * @param admin a connection of the administrator's
 * @returns the patient's id; the subject is `test-<id>`
 */
export async function agreeingPatient(admin: Client): Promise<string> {
  const id = newId();
  await admin.query(
    `with made as (
       insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1::uuid, 'test-' || $1::text, 'Test Patient', '1990-01-01', 'OTHER', 'Nowhere', now()) returning id, subject)
     insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
     select gen_random_uuid(), id, 'AID_REVIEW', 1, now(), subject from made`,
    [id],
  );
  return id;
}
