import { LockMode } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { PhysicianEntity } from '../physician/physician.entity.js';
import { PhysicianStatus } from '../physician/physician.js';
import { AbsenceEntity, PhysicianHoursEntity } from './availability.entity.js';
import { checkAbsence, checkHours, type EnteredHours, MAX_ABSENCES } from './availability.rules.js';

export interface SetPhysicianHours {
  readonly zone: string;
  readonly hours: readonly EnteredHours[];
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface AddAbsence {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly idempotencyKey: string;
}

export interface RemoveAbsence {
  readonly absenceId: string;
  readonly idempotencyKey: string;
}

/** A physician says when they can be booked. What is booked already stays. */
export class AvailabilityService {
  constructor(private readonly context: PatientContext) {}

  /**
   * Replaces all hours.
   *
   * @returns the physician's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {IdempotencyConflict}
   */
  async setHours(input: SetPhysicianHours): Promise<string> {
    const hours = checkHours(input.zone, input.hours, shanghaiDay(new Date()));
    const id = await this.ownId();
    return once(this.context, 'setPhysicianHours', input, async (em) => {
      const physician = await em.findOneOrFail(PhysicianEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (physician.version !== input.expectedVersion) throw new StaleVersion(physician.version);
      await em.execute('update physician set version = version + 1 where id = ?', [id]);
      await em.execute('delete from physician_hours where physician_id = ?', [id]);
      for (const each of hours) em.create(PhysicianHoursEntity, { id: newId(), physician: id, ...each });
      await em.flush();
      return id;
    });
  }

  /** @returns the absence's id @throws {NotFound} {InvalidInput} {IdempotencyConflict} */
  async addAbsence(input: AddAbsence): Promise<string> {
    checkAbsence(input, new Date());
    const physician = await this.ownId();
    return once(this.context, 'addAbsence', input, async (em) => {
      const [{ count } = { count: 0 }] = await em.execute<{ count: number }[]>(
        'select count(*)::int as count from physician_absence where physician_id = ? and ends_at > now()',
        [physician],
      );
      if (count >= MAX_ABSENCES) {
        throw new InvalidInput(`You have ${MAX_ABSENCES} absences to come: remove some first.`, ['input']);
      }
      const id = newId();
      em.create(AbsenceEntity, { id, physician, startsAt: input.startsAt, endsAt: input.endsAt });
      await em.flush();
      return id;
    });
  }

  /** @returns the physician's id @throws {NotFound} {IdempotencyConflict} */
  async removeAbsence(input: RemoveAbsence): Promise<string> {
    const physician = await this.ownId();
    return once(this.context, 'removeAbsence', input, async (em) => {
      const removed = await em.execute<object[]>('delete from physician_absence where id = ? returning id', [
        input.absenceId,
      ]);
      if (removed.length === 0) throw new NotFound('absence', ['input', 'absenceId']);
      return physician;
    });
  }

  /** @throws {NotFound} unless the caller is a verified physician */
  private async ownId(): Promise<string> {
    const own = await this.context.physicians.own();
    const missing = () => new NotFound('verified physician', ['input']);
    if (!own) throw missing();
    ensureAllowed(own.status === PhysicianStatus.VERIFIED, missing);
    return own.id;
  }
}
