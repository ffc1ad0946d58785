import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import type { ConsentPurpose } from '../../common/consent-purpose.js';
import { NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { currentTexts } from '../consent/consent.rules.js';
import { agree } from '../consent/consent.service.js';
import type { PatientContext } from '../context.js';
import { PatientEntity } from './patient.entity.js';
import { AlreadyRegistered } from './patient.errors.js';
import { checkRegistration, type Registration } from './patient.rules.js';

export interface RegisterPatient extends Registration {
  readonly relation: 'SELF' | 'DEPENDANT';
  readonly sex: string;
  /** What is agreed to at once, to the texts of now. */
  readonly consents?: readonly ConsentPurpose[] | null;
  readonly idempotencyKey: string;
}

/** Registering patients: oneself, or somebody one cares for. */
export class PatientService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the patient's id
   * @throws {InvalidInput} {@link AlreadyRegistered} {@link NotAllowed} {IdempotencyConflict}
   */
  async register(input: RegisterPatient): Promise<string> {
    const { identity, session } = this.context;
    const checked = checkRegistration(input, shanghaiDay(new Date()));
    const self = input.relation === 'SELF';
    ensureAllowed(
      identity.roles.includes(self ? 'PATIENT' : 'CAREGIVER'),
      () =>
        new NotAllowed(
          self
            ? 'Only somebody who signed in as a patient registers themselves.'
            : 'Only a caregiver registers somebody else.',
          ['input', 'relation'],
        ),
    );
    const wanted = input.consents ?? [];
    const texts = wanted.length > 0 ? currentTexts(await this.context.consents.texts(), new Date()) : [];
    const agreed = texts.filter(({ purpose }) => wanted.includes(purpose));
    const id = newId();
    // nobody's record yet: the caller may see it while it is made
    await session.reveal('patients', [id]);
    try {
      return await once(this.context, 'registerPatient', input, async (em) => {
        const now = new Date();
        const subject = self ? identity.subject : null;
        em.create(PatientEntity, { id, subject, ...checked, sex: input.sex, createdAt: now });
        await em.flush();
        if (!self) await em.execute('select begin_care(?, ?)', [newId(), id]);
        for (const { purpose, number: textNumber } of agreed) {
          await agree(em, identity.subject, { patientId: id, purpose, recipientId: null, textNumber });
        }
        return id;
      });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new AlreadyRegistered();
      throw error;
    }
  }
}
