import { statement } from '../../common/database.js';
import type { PatientContext } from '../context.js';
import { hideShownDisease } from './community.port.js';

const NOT_AGREEING = statement(
  'subject-not-agreeing',
  `select subject from patient where id = $1 and not has_consent(id, 'COMMUNITY_PROFILE', null)`,
);

/** Has the community show no disease of a patient who does not agree; nothing happens for who has agreed again meanwhile, or was erased. */
export async function hideDiseaseOfPatient(
  { patientId }: { patientId: string },
  { session, ask }: PatientContext,
): Promise<void> {
  const [row] = await session.rows<{ subject: string | null }>(NOT_AGREEING, [patientId]);
  if (row?.subject) await hideShownDisease(ask, row.subject);
}
