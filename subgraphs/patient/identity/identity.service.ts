import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { blindIndex, fingerprint, open, type Place, seal } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { PatientEntity } from '../profile/patient.entity.js';
import { identityPlaces, NATIONAL_ID_INDEX, PatientIdentityEntity } from './identity.entity.js';
import { NationalIdRegistered, TooManyAttempts } from './identity.errors.js';
import type { InsuranceCover } from './identity.js';
import {
  checkAgrees,
  checkIdentity,
  type IdentityEntered,
  type IdentityInClear,
  MOST_FAILED_ATTEMPTS,
  nextAttemptAt,
} from './identity.rules.js';

export interface SetPatientIdentity extends IdentityEntered {
  readonly patientId: string;
  readonly insurance: InsuranceCover;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey: string;
}

/** Saying who a patient is. */
export class IdentityService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the patient's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {NotAllowed} {NationalIdRegistered} {TooManyAttempts} {IdempotencyConflict}
   * @throws {CannotOpen} when what stands there cannot be read: then it stays
   */
  async set(input: SetPatientIdentity): Promise<string> {
    const { patientId } = input;
    const standing = await this.context.care.standing(patientId);
    ensureAllowed(standing?.mayApply === true, () => new NotFound('patient', ['input', 'patientId']));
    const identity = checkIdentity(input);
    // only who sets the first one can learn that a national id is taken
    return (input.expectedVersion ?? null) === null
      ? this.asAttempt(() => this.write(input, identity))
      : this.write(input, identity);
  }

  private write(input: SetPatientIdentity, identity: IdentityInClear): Promise<string> {
    const { fieldKeys } = this.context;
    const { patientId, insurance, idempotencyKey } = input;
    const expectedVersion = input.expectedVersion ?? null;
    const places = identityPlaces(patientId);
    const nullable = <Made>(value: string | null, make: (value: string) => Made) =>
      value === null ? null : make(value);
    const seen = (place: Place) => (value: string) => fingerprint(fieldKeys, place, value);
    const sealed = (place: Place) => (value: string) => seal(fieldKeys, place, value);
    // a hash of the input is kept with the key, and all national ids of a birthday are soon tried: it never sees one
    const comparable = {
      patientId,
      legalName: seen(places.legalName)(identity.legalName),
      nationalId: seen(places.nationalId)(identity.nationalId),
      phone: seen(places.phone)(identity.phone),
      address: nullable(identity.address, seen(places.address)),
      insurance,
      insuranceNote: nullable(identity.insuranceNote, seen(places.insuranceNote)),
      expectedVersion,
      idempotencyKey,
    };
    return once(this.context, 'setPatientIdentity', comparable, async (em) => {
      // held so that of two who set the first identity at once the second sees that of the first
      const patient = await em.findOne(PatientEntity, patientId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!patient) throw new NotFound('patient', ['input', 'patientId']);
      const found = await em.findOne(PatientIdentityEntity, { patient });
      if (!found && expectedVersion !== null) {
        throw new InvalidInput('There is no identity yet: leave `expectedVersion` out to set the first one.', [
          'input',
          'expectedVersion',
        ]);
      }
      if (found && found.version !== expectedVersion) throw new StaleVersion(found.version);
      checkAgrees(identity.nationalId, patient);
      const values = {
        legalNameSealed: sealed(places.legalName)(identity.legalName),
        phoneSealed: sealed(places.phone)(identity.phone),
        addressSealed: nullable(identity.address, sealed(places.address)),
        insurance,
        insuranceNoteSealed: nullable(identity.insuranceNote, sealed(places.insuranceNote)),
        changedAt: new Date(),
      };
      if (found) {
        // what cannot be opened may be brought back by the operator, and is not written over
        const standing = [
          [places.legalName, found.legalNameSealed],
          [places.phone, found.phoneSealed],
          [places.address, found.addressSealed],
          [places.insuranceNote, found.insuranceNoteSealed],
        ] as const;
        for (const [place, text] of standing) if (text) open(fieldKeys, place, text);
        if (open(fieldKeys, places.nationalId, found.nationalIdSealed) !== identity.nationalId) {
          throw new NotAllowed('A national id that was set cannot be changed here. If it is wrong, write to us.', [
            'input',
            'nationalId',
          ]);
        }
        em.assign(found, values);
      } else {
        em.create(PatientIdentityEntity, {
          patient,
          nationalIdSealed: sealed(places.nationalId)(identity.nationalId),
          nationalIdIndex: blindIndex(fieldKeys, NATIONAL_ID_INDEX, identity.nationalId),
          ...values,
        });
      }
      await em.flush();
      return patientId;
    });
  }

  /**
   * Counts it as failed before it begins, in a transaction of its own, and gives that back unless the national id turned out to
   * be another's: so it counts whatever becomes of the attempt's own transaction, and many at once are as many as one by one.
   */
  private async asAttempt(work: () => Promise<string>): Promise<string> {
    const now = new Date();
    const day = shanghaiDay(now);
    const [taken] = await this.context.session.decide((sql) =>
      sql.execute<{ failed: number }[]>(
        `insert into identity_attempt as attempt (caller, day, failed) values (caller_subject(), ?, 1)
         on conflict (caller, day) do update set failed = attempt.failed + 1 where attempt.failed < ?
         returning failed`,
        [day, MOST_FAILED_ATTEMPTS],
      ),
    );
    if (!taken) throw new TooManyAttempts(nextAttemptAt(now));
    let failed = false;
    try {
      return await work();
    } catch (error) {
      if (!isTaken(error)) throw error;
      failed = true;
      throw new NationalIdRegistered();
    } finally {
      if (!failed) await this.giveBack(day);
    }
  }

  private giveBack(day: string): Promise<unknown> {
    return this.context.session.decide((sql) =>
      sql.execute('update identity_attempt set failed = failed - 1 where caller = caller_subject() and day = ?', [day]),
    );
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof UniqueConstraintViolationException &&
  (error as { constraint?: string }).constraint === 'patient_identity_national_id_unique';
