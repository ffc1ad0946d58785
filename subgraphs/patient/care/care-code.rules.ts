import { InvalidInput } from '../../common/errors.js';

/** Digits and letters that nobody takes for one another: without I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 15;
const GROUP = 5;

/** How many codes somebody may try in an hour, right ones included. */
export const MOST_CODES_AN_HOUR = 10;

/** When a new hour begins. */
export const nextHour = (now: Date): Date => new Date((Math.floor(now.getTime() / 3_600_000) + 1) * 3_600_000);

/**
 * A code of 75 bits that can be told by telephone, without its hyphens.
 *
 * @param bytes at least 10, at random
 */
export function codeOf(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: LENGTH }, (_, place) => ALPHABET[Number((bits >> BigInt(5 * place)) & 31n)]).join('');
}

/** As it is shown: `7K3QM-0XWVB-29FHT`. */
export const shownCode = (code: string): string => code.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? code;

/** What somebody typed, as the code that they read: case, spaces and hyphens do not matter, nor O for 0 or I and L for 1. @throws {InvalidInput} */
export function readCode(typed: string): string {
  const code = typed.slice(0, 100).toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (code.length !== LENGTH || [...code].some((each) => !ALPHABET.includes(each))) {
    throw new InvalidInput(`A code has ${LENGTH} letters and digits, as in 7K3QM-0XWVB-29FHT.`, ['input', 'code']);
  }
  return code;
}
