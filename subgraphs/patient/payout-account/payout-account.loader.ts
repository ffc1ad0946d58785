import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { type FieldKeys, open } from '../../common/sealed.js';
import { sealedPlaces } from './payout-account.entity.js';
import type { PayoutAccount } from './payout-account.js';
import type { BankAccount } from './payout-account.rules.js';

const BY_PATIENT = loggedStatement(
  'payout-accounts-by-patient',
  `select patient_id as "patientId", masked as "maskedNumber", bank_code as "bankCode", changed_at as "changedAt", version
   from payout_account where patient_id = any($1)`,
  { record: 'PayoutAccount', id: '"patientId"', fields: ['maskedNumber', 'bankCode', 'changedAt'] },
);
/** For the eyes of finance too, though it shows nobody more than the last digits: it goes to the bank in clear. */
const TO_PAY = loggedStatement(
  'payout-accounts-to-pay',
  `select patient_id as "patientId", holder_sealed as holder, account_sealed as account, bank_code as "bankCode"
   from payout_account where patient_id = any($1) order by patient_id`,
  { record: 'PayoutAccount', id: '"patientId"', fields: ['holderName', 'accountNumber', 'bankCode'] },
);

/** A patient's account with everything that a payment needs. */
export interface PayoutAccountToPay extends BankAccount {
  readonly patientId: string;
}

/** Reads payout accounts as the caller may see them. */
export class PayoutAccountLoader {
  private readonly patients: DataLoader<string, PayoutAccount | null>;

  constructor(
    private readonly session: Session,
    private readonly fieldKeys: FieldKeys,
  ) {
    this.patients = new DataLoader(async (ids) => {
      const rows = await session.seen<PayoutAccount & { patientId: string }>(BY_PATIENT, [ids]);
      const found = new Map(rows.map((row) => [row.patientId, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  ofPatient(id: string): Promise<PayoutAccount | null> {
    return this.patients.load(id);
  }

  /** As it is now, after it was set. */
  changed(patientId: string): Promise<PayoutAccount | null> {
    return this.patients.clear(patientId).load(patientId);
  }

  /** Opened; patients without an account, or with one that is not for the caller, are left out. @throws {CannotOpen} */
  async toPay(patientIds: readonly string[]): Promise<PayoutAccountToPay[]> {
    type Row = { patientId: string; holder: string; account: string; bankCode: string };
    return (await this.session.seen<Row>(TO_PAY, [patientIds])).map(({ patientId, holder, account, bankCode }) => {
      const places = sealedPlaces(patientId);
      return {
        patientId,
        holderName: open(this.fieldKeys, places.holder, holder),
        accountNumber: open(this.fieldKeys, places.account, account),
        bankCode,
      };
    });
  }
}
