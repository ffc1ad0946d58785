import type { Executes } from '../../common/database.js';
import { enqueue } from '../../common/jobs.js';

/** Has the community show no disease beside the pseudonym of a patient who does not agree to it. */
export const HIDE_SHOWN_DISEASE = 'hide-shown-disease';

/** Longer than any request lives: whoever was told that the patient agrees has shown the disease by then, or never will. */
const AFTER_ALL_REQUESTS_MS = 60_000;

/** To be said when a patient no longer agrees to COMMUNITY_PROFILE. Done at once, and again for who had asked just before. */
export async function hideShownDiseaseLater(sql: Executes, patientId: string): Promise<void> {
  await enqueue(sql, 'patient', HIDE_SHOWN_DISEASE, { patientId });
  await enqueue(
    sql,
    'patient',
    HIDE_SHOWN_DISEASE,
    { patientId },
    { runAt: new Date(Date.now() + AFTER_ALL_REQUESTS_MS) },
  );
}
