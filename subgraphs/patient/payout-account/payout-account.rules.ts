import { InvalidInput } from '../../common/errors.js';
import { compact, oneLine } from '../../common/written.js';

/** An account that money can be sent to, in the one form in which it is kept. */
export interface BankAccount {
  readonly holderName: string;
  /** 8 to 32 digits. */
  readonly accountNumber: string;
  /** The 12 digits of the bank's branch in China's payment system (CNAPS). */
  readonly bankCode: string;
}

const MAX_HOLDER = 140;

/**
 * Checks what was entered and brings it into one form. What it says never quotes a value.
 *
 * @throws {InvalidInput} naming the field
 */
export function checkBankAccount(input: BankAccount): BankAccount {
  const holderName = oneLine(input.holderName, MAX_HOLDER);
  if (holderName === null) {
    throw new InvalidInput(
      `Enter the holder's name as the bank knows it: 1 to ${MAX_HOLDER} characters on one line, without control characters.`,
      ['input', 'holderName'],
    );
  }
  const accountNumber = compact(input.accountNumber);
  if (!/^\d{8,32}$/.test(accountNumber)) {
    throw new InvalidInput('Enter the account number as digits only, 8 to 32 of them; spaces do not matter.', [
      'input',
      'accountNumber',
    ]);
  }
  const bankCode = compact(input.bankCode);
  if (!/^\d{12}$/.test(bankCode)) {
    throw new InvalidInput("Enter the 12 digits of the branch's CNAPS code; your bank tells you which.", [
      'input',
      'bankCode',
    ]);
  }
  return { holderName, accountNumber, bankCode };
}

/** What may be shown of an account's number: its last four digits. */
export const masked = (accountNumber: string): string => `**** ${accountNumber.slice(-4)}`;
