import { statement } from '../../common/database.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { applicationsTakenOver } from './fund.port.js';
import { ordersTakenOver } from './pharmacy.port.js';

/** Lets a patient who took their record over find what others did for them in the other subgraphs. */
export const HAND_OVER = 'hand-over';

const SUBJECT = statement('subject-of-patient', 'select subject from patient where id = $1');

export async function handOver({ patientId }: { patientId: string }, { session, ask }: PatientContext): Promise<void> {
  const [row] = await session.rows<{ subject: string | null }>(SUBJECT, [patientId]);
  // erased meanwhile
  if (!row?.subject) return;
  await applicationsTakenOver(ask, patientId, row.subject);
  await ordersTakenOver(ask, patientId, row.subject);
}

/** Tells patients, once, that somebody will no longer act for them. */
export const TELL_OF_CARE_ENDS = 'tell-of-care-ends';

const DAYS_AHEAD = 90;
const ENDS_SOON = `
  select id, patient_id as "patientId", expires_at as "expiresAt" from care_relationship
  where revoked_at is null and expires_at > ?::timestamptz and expires_at <= ?::timestamptz`;

export async function tellOfCareEnds(_: unknown, { session }: PatientContext, now = new Date()): Promise<void> {
  const until = new Date(now.getTime() + DAYS_AHEAD * 86_400_000);
  await session.transaction(async (em) => {
    const ending = await em.execute<{ id: string; patientId: string; expiresAt: string }[]>(ENDS_SOON, [now, until]);
    for (const { id, patientId, expiresAt } of ending) {
      const happensAt = new Date(expiresAt);
      await tell(em, { patientId, kind: CareNoticeKind.CARE_ENDS_SOON, aboutId: id, happensAt });
    }
  });
}
