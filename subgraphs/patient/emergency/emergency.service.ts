import { ForeignKeyConstraintViolationException } from '@mikro-orm/core';
import { NotAllowed, NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { EmergencyLimitReached } from './emergency.errors.js';
import { checkEmergencyReason, MOST_A_DAY, nextEmergencyAt, OPEN_HOURS } from './emergency.rules.js';

export interface OpenRecordInEmergency {
  readonly patientId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Seeing the record of a patient whom one does not treat, when there is no time to ask. */
export class EmergencyService {
  constructor(private readonly context: PatientContext) {}

  /**
   * The patient is told, and it is in their access log, in the same transaction.
   *
   * @returns the id of the emergency access
   * @throws {NotFound} {NotAllowed} {InvalidInput} {EmergencyLimitReached} {IdempotencyConflict}
   */
  async open(input: OpenRecordInEmergency): Promise<string> {
    const { patientId } = input;
    const reason = checkEmergencyReason(input.reason);
    const standing = await this.context.care.standing(patientId);
    ensureAllowed(
      standing === null,
      () =>
        new NotAllowed('You act for this patient: no emergency is needed to see the record.', ['input', 'patientId']),
    );
    return once(this.context, 'openRecordInEmergency', input, async (em) => {
      // one at a time of one physician, so that none slips past the limit
      const [caller] = await em.execute<{ physician: string | null; treats: boolean }[]>(
        `select caller_physician() as physician, pg_advisory_xact_lock(hashtextextended('emergency:' || caller_physician(), 0)),
           coalesce(?::uuid = any(caller_treated()), false) as treats`,
        [patientId],
      );
      const physician = caller?.physician ?? null;
      ensureAllowed(
        physician !== null,
        () => new NotAllowed('Only a physician whose licence has been verified opens records in an emergency.'),
      );
      if (caller?.treats) {
        throw new NotAllowed('You can see this record already. Read it by `patient`.', ['input', 'patientId']);
      }
      const opened = await em.execute<{ at: string }[]>(
        `select at from emergency_access where physician_id = ? and at > now() - interval '1 day'`,
        [physician],
      );
      const nextAt = nextEmergencyAt(
        opened.map(({ at }) => new Date(at)),
        new Date(),
      );
      if (nextAt) throw new EmergencyLimitReached(MOST_A_DAY, nextAt);
      const id = newId();
      try {
        await em.execute(
          `insert into emergency_access (id, patient_id, physician_id, reason, until)
           values (?, ?, ?, ?, now() + interval '${OPEN_HOURS} hours')`,
          [id, patientId, physician, reason],
        );
      } catch (error) {
        if (error instanceof ForeignKeyConstraintViolationException)
          throw new NotFound('patient', ['input', 'patientId']);
        throw error;
      }
      await em.execute(
        `insert into access_log (patient_id, subject, role, record, record_id, fields, purpose)
         values (?, caller_subject(), 'PHYSICIAN', 'EmergencyAccess', ?, '{}', 'EMERGENCY')`,
        [patientId, id],
      );
      await tell(em, { patientId, kind: CareNoticeKind.RECORD_OPENED_IN_EMERGENCY, aboutId: id });
      return id;
    });
  }
}
