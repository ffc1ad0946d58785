import type { Client } from 'pg';
import { newId } from '../subgraphs/common/ids.js';

/**
 * Somebody grown up, with a sign-in of their own unless that is null, who agrees that reviewers look at their papers.
 *
 * @param admin a connection of the administrator's
 * @returns the patient's id
 */
export async function agreeingPatient(
  admin: Client,
  { id = newId(), subject = `test-${id}` }: { readonly id?: string; readonly subject?: string | null } = {},
): Promise<string> {
  await admin.query(
    `with made as (
       insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Test Patient', '1990-01-01', 'OTHER', 'Nowhere', now()) returning id, subject)
     insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
     select gen_random_uuid(), id, 'AID_REVIEW', 1, now(), coalesce(subject, 'test-caregiver') from made`,
    [id, subject],
  );
  return id;
}
