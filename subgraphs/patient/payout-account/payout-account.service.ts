import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { fingerprint, open, seal } from '../../common/sealed.js';
import type { PatientContext } from '../context.js';
import { PatientEntity } from '../profile/patient.entity.js';
import { PayoutAccountEntity, sealedPlaces } from './payout-account.entity.js';
import { type BankAccount, checkBankAccount, masked } from './payout-account.rules.js';

export interface SetPayoutAccount extends BankAccount {
  readonly patientId: string;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey: string;
}

/** Saying where a patient's aid is paid to. */
export class PayoutAccountService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the patient's id
   * @throws {NotFound} {InvalidInput} {StaleVersion} {IdempotencyConflict}
   * @throws {CannotOpen} when what stands there cannot be read: then it stays
   */
  async set(input: SetPayoutAccount): Promise<string> {
    const { care, fieldKeys } = this.context;
    const { patientId, idempotencyKey } = input;
    const standing = await care.standing(patientId);
    ensureAllowed(standing?.mayApply === true, () => new NotFound('patient', ['input', 'patientId']));
    const account = checkBankAccount(input);
    const expectedVersion = input.expectedVersion ?? null;
    const places = sealedPlaces(patientId);
    // a hash of the input is kept with the key, and all numbers of a bank are soon tried: it never sees this one
    const comparable = {
      patientId,
      holderName: fingerprint(fieldKeys, places.holder, account.holderName),
      accountNumber: fingerprint(fieldKeys, places.account, account.accountNumber),
      bankCode: account.bankCode,
      expectedVersion,
      idempotencyKey,
    };
    return once(this.context, 'setPayoutAccount', comparable, async (em) => {
      // held so that of two who set the first account at once the second sees that of the first
      const patient = await em.findOne(PatientEntity, patientId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!patient) throw new NotFound('patient', ['input', 'patientId']);
      const found = await em.findOne(PayoutAccountEntity, { patient });
      if (!found && expectedVersion !== null) {
        throw new InvalidInput('There is no payout account yet: leave `expectedVersion` out to set the first one.', [
          'input',
          'expectedVersion',
        ]);
      }
      if (found && found.version !== expectedVersion) throw new StaleVersion(found.version);
      const values = {
        holderSealed: seal(fieldKeys, places.holder, account.holderName),
        accountSealed: seal(fieldKeys, places.account, account.accountNumber),
        bankCode: account.bankCode,
        masked: masked(account.accountNumber),
        changedAt: new Date(),
      };
      if (found) {
        // what cannot be opened may be brought back by the operator, and is not written over
        open(fieldKeys, places.holder, found.holderSealed);
        open(fieldKeys, places.account, found.accountSealed);
        em.assign(found, values);
      } else em.create(PayoutAccountEntity, { patient, ...values });
      return patientId;
    });
  }
}
