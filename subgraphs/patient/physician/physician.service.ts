import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { open, seal } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { type PhysicianPlace, physicianPlace } from './catalog.port.js';
import { licenceIndex, licencePlace, PhysicianEntity } from './physician.entity.js';
import { PhysicianAlreadyRegistered, PhysicianDecided } from './physician.errors.js';
import { PhysicianAction, PhysicianStatus } from './physician.js';
import {
  allowedActions,
  checkEntry,
  checkReason,
  mustBeLookedAtAgain,
  type PhysicianEntry,
} from './physician.rules.js';

export interface RegisterPhysician extends Required<PhysicianEntry> {
  readonly idempotencyKey: string;
}

export interface ChangePhysician extends PhysicianEntry {
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface DecidePhysician {
  readonly physicianId: string;
  readonly decision: PhysicianAction.VERIFY | PhysicianAction.REFUSE;
  readonly reason?: string | null;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Registering as a physician, changing what one says of oneself, and deciding about it. */
export class PhysicianService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the physician's id
   * @throws {NotAllowed} {InvalidInput} {@link PhysicianAlreadyRegistered} {IdempotencyConflict}
   */
  async register(input: RegisterPhysician): Promise<string> {
    const { identity } = this.context;
    ensureAllowed(
      identity.roles.includes('PHYSICIAN'),
      () => new NotAllowed('Only somebody who signed in as a physician registers as one.'),
    );
    const entry = checkEntry(input);
    const { hospital } = await this.place(entry.hospitalId, entry.diseaseIds);
    const id = newId();
    return this.once('registerPhysician', entry, async (em) => {
      em.create(PhysicianEntity, {
        id,
        subject: identity.subject,
        nameZh: entry.nameZh,
        nameEn: entry.nameEn,
        title: entry.title,
        ...this.sealedLicence(id, entry.licenceNumber),
        hospitalId: entry.hospitalId,
        hospitalOrganisationId: hospital?.organisationId ?? null,
        diseaseIds: [...entry.diseaseIds],
        languages: [...entry.languages],
        status: PhysicianStatus.PENDING,
        createdAt: new Date(),
      });
      await em.flush();
      return id;
    });
  }

  /**
   * Changes what the caller said of themselves; what an administrator looks at is looked at again, and until then nobody can
   * book.
   *
   * @returns the physician's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {@link PhysicianAlreadyRegistered} {IdempotencyConflict}
   * @throws {CannotOpen} when the licence that stands there cannot be read: then it stays
   */
  async change(input: ChangePhysician): Promise<string> {
    const entry = checkEntry(input);
    const own = await this.context.physicians.own();
    if (!own) throw new NotFound('physician', ['input']);
    const place = await this.place(entry.hospitalId, entry.diseaseIds ?? []);
    return this.once('changePhysician', entry, async (em) => {
      const physician = await em.findOneOrFail(PhysicianEntity, own.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (physician.version !== entry.expectedVersion) throw new StaleVersion(physician.version);
      const { nameZh, nameEn, title, licenceNumber, hospitalId, diseaseIds, languages } = entry;
      // what cannot be opened may be brought back by the operator, and is not written over
      if (licenceNumber !== undefined) open(this.context.fieldKeys, licencePlace(own.id), physician.licenceSealed);
      em.assign(physician, {
        ...(nameZh !== undefined && { nameZh }),
        ...(nameEn !== undefined && { nameEn }),
        ...(title !== undefined && { title }),
        ...(licenceNumber !== undefined && this.sealedLicence(own.id, licenceNumber)),
        ...(hospitalId !== undefined && { hospitalId, hospitalOrganisationId: place.hospital?.organisationId ?? null }),
        ...(diseaseIds !== undefined && { diseaseIds: [...diseaseIds] }),
        ...(languages !== undefined && { languages: [...languages] }),
        // who was refused asks again by changing anything
        ...((mustBeLookedAtAgain(entry) || physician.status === PhysicianStatus.REFUSED) && {
          status: PhysicianStatus.PENDING,
          decidedAt: null,
          decidedBy: null,
          reason: null,
        }),
      });
      await em.flush();
      return own.id;
    });
  }

  /**
   * @returns the physician's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link PhysicianDecided} {IdempotencyConflict}
   */
  async decide(input: DecidePhysician): Promise<string> {
    const { identity } = this.context;
    const reason = checkReason(input.decision, input.reason);
    const seen = await this.context.physicians.byId(input.physicianId);
    if (!seen) throw new NotFound('physician', ['input', 'physicianId']);
    ensureAllowed(
      identity.roles.includes('ADMIN') && !seen.own,
      () => new NotAllowed('Another administrator decides about you.'),
    );
    return once(this.context, 'decidePhysician', input, async (em) => {
      const physician = await em.findOne(PhysicianEntity, input.physicianId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!physician) throw new NotFound('physician', ['input', 'physicianId']);
      const status = physician.status as PhysicianStatus;
      if (!allowedActions(status, { own: false, administrator: true }).includes(input.decision)) {
        throw new PhysicianDecided(status);
      }
      if (physician.version !== input.expectedVersion) throw new StaleVersion(physician.version);
      const verified = input.decision === PhysicianAction.VERIFY;
      physician.status = verified ? PhysicianStatus.VERIFIED : PhysicianStatus.REFUSED;
      physician.decidedAt = new Date();
      physician.decidedBy = identity.subject;
      physician.reason = reason;
      return physician.id;
    });
  }

  private sealedLicence(id: string, licenceNumber: string) {
    const { fieldKeys } = this.context;
    return {
      licenceSealed: seal(fieldKeys, licencePlace(id), licenceNumber),
      licenceIndex: licenceIndex(fieldKeys, licenceNumber),
    };
  }

  /** @throws {InvalidInput} when the catalog does not know the hospital or one of the diseases */
  private async place(hospitalId: string | undefined, diseaseIds: readonly string[]): Promise<PhysicianPlace> {
    const place = await physicianPlace(this.context.ask, hospitalId, diseaseIds);
    if (hospitalId !== undefined && !place.hospital) {
      throw new InvalidInput('There is no hospital with this id.', ['input', 'hospitalId']);
    }
    if (place.unknownDiseases.length > 0) {
      throw new InvalidInput('There is no disease with one of these ids.', ['input', 'diseaseIds']);
    }
    return place;
  }

  /** A hash of the input is kept with the key, from which nobody may find the licence. */
  private async once<Entry extends PhysicianEntry & { readonly idempotencyKey: string }>(
    operation: string,
    entry: Entry,
    work: Parameters<typeof once>[3],
  ): Promise<string> {
    const { licenceNumber, ...rest } = entry;
    const comparable =
      licenceNumber === undefined ? rest : { ...rest, licence: licenceIndex(this.context.fieldKeys, licenceNumber) };
    try {
      return await once(this.context, operation, comparable, work);
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) throw new PhysicianAlreadyRegistered();
      throw error;
    }
  }
}
