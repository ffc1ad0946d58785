import type { Executes } from '../../common/database.js';
import type { CareNoticeKind } from './notice.js';

/** What somebody is to be told. */
export interface Told {
  readonly patientId: string;
  /** The physician whom it is for; left out when it is for the patient and their caregivers. */
  readonly physicianId?: string;
  readonly kind: CareNoticeKind;
  /** What it is about: an appointment, a task. The same is told once. */
  readonly aboutId: string;
  /** When what it is about happens. */
  readonly happensAt?: Date;
  /** Which telling of the same it is, where it may be told more than once: at most 20 characters. */
  readonly occasion?: string;
}

/** Tells somebody something, in the transaction in which it happens; what was told already is not told again. */
export async function tell(
  sql: Executes,
  { patientId, physicianId, kind, aboutId, happensAt, occasion = '' }: Told,
): Promise<void> {
  // no conflict target: it would need the right to read the notice, which who tells it may not have
  await sql.execute(
    `insert into notice (patient_id, physician_id, kind, about_id, happens_at, occasion) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [patientId, physicianId ?? null, kind, aboutId, happensAt ?? null, occasion],
  );
}
