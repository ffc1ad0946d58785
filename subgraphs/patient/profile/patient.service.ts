import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import type { SubgraphContext } from '../../common/context.js';
import { NotAllowed } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { CARE_SCOPES, CareRelationshipEntity } from '../care/care-relationship.entity.js';
import { PatientEntity } from './patient.entity.js';
import { AlreadyRegistered } from './patient.errors.js';
import { checkRegistration, type Registration } from './patient.rules.js';

export interface RegisterPatient extends Registration {
  readonly relation: 'SELF' | 'DEPENDANT';
  readonly sex: string;
  readonly idempotencyKey: string;
}

/** Registering patients: oneself, or somebody one cares for. */
export class PatientService {
  constructor(private readonly context: SubgraphContext) {}

  /**
   * @returns the patient's id
   * @throws {InvalidInput} {@link AlreadyRegistered} {@link NotAllowed} {IdempotencyConflict}
   */
  async register(input: RegisterPatient): Promise<string> {
    const { identity, session } = this.context;
    const checked = checkRegistration(input, shanghaiDay(new Date()));
    const self = input.relation === 'SELF';
    if (!identity.roles.includes(self ? 'PATIENT' : 'CAREGIVER')) {
      throw new NotAllowed(
        self
          ? 'Only somebody who signed in as a patient registers themselves.'
          : 'Only a caregiver registers somebody else.',
        ['input', 'relation'],
      );
    }
    const id = newId();
    // nobody's record yet: the caller may see it while it is made
    await session.reveal('patients', [id]);
    try {
      return await once(this.context, 'registerPatient', input, async (em) => {
        const now = new Date();
        const subject = self ? identity.subject : null;
        const patient = em.create(PatientEntity, { id, subject, ...checked, sex: input.sex, createdAt: now });
        if (!self) {
          em.create(CareRelationshipEntity, {
            id: newId(),
            patient,
            caregiverSubject: identity.subject,
            scopes: [...CARE_SCOPES],
            grantedAt: now,
          });
        }
        await em.flush();
        return id;
      });
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new AlreadyRegistered();
      throw error;
    }
  }
}
