import { type Executes, statement } from '../../common/database.js';
import { InvalidInput, NotAllowed, NotFound } from '../../common/errors.js';
import { answeredBefore, once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { blindIndex } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { ErasureBlocked } from './erasure.errors.js';
import { findObstacles } from './obstacles.js';
import { askedByIndex } from './signing.js';

/** The job that erases a person. */
export const ERASE_PERSON = 'erase-person';

export interface RequestErasure {
  readonly patientId: string;
  readonly confirmation: string;
  readonly idempotencyKey: string;
}

interface ToErase {
  readonly displayName: string;
  readonly subject: string | null;
  readonly mayErase: boolean;
}

/** Where the hash of a confirmation would stand, were it kept. */
const CONFIRMATION = { table: 'erasure', column: 'confirmation' } as const;

const TO_ERASE = statement(
  'patient-to-erase',
  `select display_name as "displayName", subject, caller_may_erase(id) as "mayErase" from patient where id = $1`,
);

export const eraseLater = (sql: Executes, erasureId: string): Promise<void> =>
  enqueue(sql, 'patient', ERASE_PERSON, { erasureId }, { key: `${ERASE_PERSON}:${erasureId}` });

/**
 * Asks for everything about a person to be erased: the person themselves, or for somebody without a sign-in a caregiver with
 * all scopes. It cannot be called off.
 *
 * @returns the erasure's id; that of the one under way, when the caller asked for it before
 * @throws {NotFound} {InvalidInput} {ErasureBlocked} {NotAllowed} {IdempotencyConflict}
 */
export async function requestErasure(context: PatientContext, input: RequestErasure): Promise<string> {
  const { session, identity, fieldKeys } = context;
  const { patientId, idempotencyKey } = input;
  // a hash of the input is kept with the key, and a name is soon guessed: it never sees this one
  const comparable = {
    patientId,
    confirmation: blindIndex(fieldKeys, CONFIRMATION, input.confirmation),
    idempotencyKey,
  };
  // who has been erased cannot be looked at any more
  const before = await answeredBefore(context, 'requestErasure', comparable);
  if (before !== null) return before;
  const [patient] = await session.rows<ToErase>(TO_ERASE, [patientId]);
  const missing = () => new NotFound('patient', ['input', 'patientId']);
  ensureAllowed(patient?.mayErase === true, missing);
  if (!patient) throw missing();
  if (input.confirmation !== patient.displayName) {
    throw new InvalidInput('To confirm, write the display name of the patient exactly as it stands in the record.', [
      'input',
      'confirmation',
    ]);
  }
  const { subject } = patient;
  const obstacles = await findObstacles(context, { patientId, subject });
  if (obstacles.length > 0) throw new ErasureBlocked(obstacles);
  return once(context, 'requestErasure', comparable, async (em) => {
    const id = newId();
    const askedBy = askedByIndex(fieldKeys, identity.subject);
    // no conflict target: it would need the right to read the erasure, which nobody has
    await em.execute(
      `insert into erasure (id, patient_id, subject, asked_by_index, status, requested_at) values (?, ?, ?, ?, 'WAITING', ?)
       on conflict do nothing`,
      [id, patientId, subject, askedBy, new Date()],
    );
    const [open] = await em.execute<{ id: string }[]>(
      `select id from erasures_asked_by(?)
       where patient_id = ? and status in ('WAITING', 'RUNNING')`,
      [askedBy, patientId],
    );
    if (!open) throw new NotAllowed('This patient is being erased already.', ['input', 'patientId']);
    if (open.id === id) await eraseLater(em, id);
    return open.id;
  });
}
