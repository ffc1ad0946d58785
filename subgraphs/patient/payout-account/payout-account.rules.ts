import { InvalidInput } from '../../common/errors.js';

/** An account that money can be sent to, in the one form in which it is kept. */
export interface BankAccount {
  readonly holderName: string;
  /** 8 to 32 digits. */
  readonly accountNumber: string;
  /** The 12 digits of the bank's branch in China's payment system (CNAPS). */
  readonly bankCode: string;
}

const MAX_HOLDER = 140;
const SPACES = /\s/gu;
const FULL_WIDTH_DIGITS = /[０-９]/gu;
/** Control characters, line breaks, what turns the direction of writing, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

/** Digits as somebody writes them: in groups, or full-width. */
const digits = (text: string): string =>
  text
    .replace(SPACES, '')
    .replace(FULL_WIDTH_DIGITS, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xff10 + 0x30));

/**
 * Checks what was entered and brings it into one form. What it says never quotes a value.
 *
 * @throws {InvalidInput} naming the field
 */
export function checkBankAccount(input: BankAccount): BankAccount {
  const holderName = input.holderName.normalize('NFC').trim();
  const length = [...holderName].length;
  if (length < 1 || length > MAX_HOLDER || UNPRINTABLE.test(holderName)) {
    throw new InvalidInput(
      `Enter the holder's name as the bank knows it: 1 to ${MAX_HOLDER} characters on one line, without control characters.`,
      ['input', 'holderName'],
    );
  }
  const accountNumber = digits(input.accountNumber);
  if (!/^\d{8,32}$/.test(accountNumber)) {
    throw new InvalidInput('Enter the account number as digits only, 8 to 32 of them; spaces do not matter.', [
      'input',
      'accountNumber',
    ]);
  }
  const bankCode = digits(input.bankCode);
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
