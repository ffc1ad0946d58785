import type { Executes } from '../../common/database.js';
import type { NoticeAudience, PharmacyNoticeKind } from './notice.js';

/** What somebody is to be told. */
export interface Told {
  /** The patient and whoever cares for them, or all pharmacists. */
  readonly audience: NoticeAudience;
  readonly kind: PharmacyNoticeKind;
  /** What it is about: a prescription, an order, a parcel, a refund. The same is told once. */
  readonly aboutId: string;
  /** The order by which it concerns a patient. */
  readonly orderId?: string;
  /** Or the prescription: one of both is given, not both. */
  readonly prescriptionId?: string;
  /** Which telling of the same it is, where it may be told more than once: at most 40 characters. */
  readonly occasion?: string;
}

/**
 * Tells somebody something, in the transaction in which it happens; what was told already is not told again. Whoever tells it
 * need not be able to see the order or the prescription: a carrier does not.
 */
export async function tell(
  sql: Executes,
  { audience, kind, aboutId, orderId, prescriptionId, occasion = '' }: Told,
): Promise<void> {
  await sql.execute('select tell(?, ?, ?, ?, ?, ?)', [
    audience,
    kind,
    aboutId,
    occasion,
    orderId ?? null,
    prescriptionId ?? null,
  ]);
}
