import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput } from '../../common/errors.js';
import { compact, oneLine } from '../../common/written.js';

/** Who a patient is, in the one form in which it is kept. */
export interface IdentityInClear {
  readonly legalName: string;
  /** 18 characters: 17 digits and a digit or `X`. */
  readonly nationalId: string;
  /** 11 digits. */
  readonly phone: string;
  /** Where medicine is sent to. */
  readonly address: string | null;
  readonly insuranceNote: string | null;
}

const MAX_NAME = 140;
const MIN_ADDRESS = 5;
const MAX_ADDRESS = 200;
const MAX_NOTE = 200;

/** The provinces of GB/T 2260, with Hong Kong, Macau and Taiwan: what the first two digits of a region can be. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
);
/** With a 9 begin the numbers of foreigners who live here for good, whose region is written otherwise. */
const isRegion = (digits: string): boolean => digits.startsWith('9') || PROVINCES.has(digits.slice(0, 2));

/** Weights of ISO 7064 MOD 11-2 for the first 17 digits: 2^17 down to 2^1, modulo 11. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** The last character that belongs to the 17 digits before it (GB 11643-1999). */
export function checkDigit(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return CHECK_DIGITS[sum % 11] as string;
}

/** As people write a mobile number between its digits. */
const BETWEEN_DIGITS = /[-\u2010-\u2015\u2212.()]/gu;

const wrong = (message: string, field: string): InvalidInput => new InvalidInput(message, ['input', field]);

function checkNationalId(text: string): string {
  const id = compact(text).replace(BETWEEN_DIGITS, '').toUpperCase();
  const message = 'Enter the 18 characters of the resident identity card; ';
  if (!/^\d{17}[\dX]$/.test(id)) throw wrong(`${message}17 digits, then a digit or X.`, 'nationalId');
  if (id.at(-1) !== checkDigit(id))
    throw wrong(`${message}the last does not fit the others: look for a slip.`, 'nationalId');
  if (!isRegion(id)) throw wrong(`${message}they do not begin with a region: look for a slip.`, 'nationalId');
  return id;
}

function checkPhone(text: string): string {
  const phone = compact(text)
    .replace(BETWEEN_DIGITS, '')
    .replace(/^(\+|00)86/, '');
  if (!/^1[3-9]\d{9}$/.test(phone)) {
    throw wrong('Enter a mobile number of mainland China: 11 digits, with or without +86 before them.', 'phone');
  }
  return phone;
}

/** What may be left out: null for nothing but spaces. */
function optional(
  text: string | null | undefined,
  least: number,
  most: number,
  message: string,
  field: string,
): string | null {
  if (!text?.trim()) return null;
  const line = oneLine(text, most);
  if (line === null || [...line].length < least) throw wrong(message, field);
  return line;
}

/** What somebody enters. */
export interface IdentityEntered {
  readonly legalName: string;
  readonly nationalId: string;
  readonly phone: string;
  readonly address?: string | null;
  readonly insuranceNote?: string | null;
}

/**
 * Checks what was entered and brings it into one form. What it says never quotes a value.
 *
 * @throws {InvalidInput} naming the field
 */
export function checkIdentity(input: IdentityEntered): IdentityInClear {
  const legalName = oneLine(input.legalName, MAX_NAME);
  if (legalName === null) {
    throw wrong(
      `Enter the name as on the identity card: 1 to ${MAX_NAME} characters on one line, without control characters.`,
      'legalName',
    );
  }
  return {
    legalName,
    nationalId: checkNationalId(input.nationalId),
    phone: checkPhone(input.phone),
    address: optional(
      input.address,
      MIN_ADDRESS,
      MAX_ADDRESS,
      `Enter the address as on a parcel: ${MIN_ADDRESS} to ${MAX_ADDRESS} characters on one line, without control characters.`,
      'address',
    ),
    insuranceNote: optional(
      input.insuranceNote,
      1,
      MAX_NOTE,
      `A note has at most ${MAX_NOTE} characters on one line, without control characters.`,
      'insuranceNote',
    ),
  };
}

/** What the patient's record says of them. */
export interface RecordOfPatient {
  /** YYYY-MM-DD */
  readonly birthDate: string;
  /** FEMALE, MALE, or OTHER, which agrees with either. */
  readonly sex: string;
}

/**
 * Checks that a national id is that of the patient of this record.
 *
 * @throws {InvalidInput} saying which of the two does not agree
 */
export function checkAgrees(nationalId: string, { birthDate, sex }: RecordOfPatient): void {
  const disagrees = (what: string) =>
    wrong(
      `The ${what} in the national id is not the one of the patient's record. Check which of the two is wrong.`,
      'nationalId',
    );
  if (nationalId.slice(6, 14) !== birthDate.replaceAll('-', '')) throw disagrees('birth date');
  const said = Number(nationalId[16]) % 2 === 1 ? 'MALE' : 'FEMALE';
  if (sex !== 'OTHER' && sex !== said) throw disagrees('sex');
}

/** `张*`, `L** Y**`: the first character of each word, and nothing of how long it is. */
export const maskedName = (name: string): string =>
  name.replace(/[^\s·•]+/gu, (word) => {
    const [first = ''] = word;
    return `${first}${/\p{Script=Han}/u.test(first) ? '*' : '**'}`;
  });

/** `110***********123X` */
export const maskedNationalId = (id: string): string => `${id.slice(0, 3)}${'*'.repeat(11)}${id.slice(-4)}`;

/** `138****1234` */
export const maskedPhone = (phone: string): string => `${phone.slice(0, 3)}****${phone.slice(-4)}`;

/** `浙江省****`: the first three characters. */
export const maskedAddress = (address: string): string => `${[...address].slice(0, 3).join('')}****`;

/** How often somebody may enter a national id that turns out to be another patient's, in one day of Shanghai. */
export const MOST_FAILED_ATTEMPTS = 5;

const DAY_MS = 86_400_000;

/** When the attempts of a new day begin. */
export const nextAttemptAt = (now: Date): Date => new Date(Date.parse(`${shanghaiDay(now)}T00:00:00+08:00`) + DAY_MS);
