import { InvalidInput } from './errors.js';

/** A sign that leaves something on the page: no space, nothing without width, and not the Braille pattern without dots. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * What somebody typed, without what nobody sees and nobody typed: control characters but newline and tab, marks that turn the
 * direction of the text around (they can make it read as something else), and halves of characters. Trimmed; empty where
 * nothing of it can be seen.
 */
export function plainText(text: string): string {
  const plain = text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu, '')
    .trim();
  return VISIBLE.test(plain) ? plain : '';
}

/** The same on one line. */
export const plainLine = (text: string): string => plainText(text).replace(/\s+/g, ' ');

/** How many characters, as PostgreSQL counts them. */
export const lengthOf = (text: string): number => [...text].length;

/**
 * A text that an input must hold, as it is kept.
 *
 * @param what how the message names it, for example `A reason`
 * @throws {InvalidInput} when it is empty or longer than `max`, naming the field; never quotes it
 */
export function checkedText(text: string, max: number, field: string, what: string): string {
  const plain = plainText(text);
  const length = lengthOf(plain);
  if (length < 1 || length > max) {
    throw new InvalidInput(`${what} has 1 to ${max.toLocaleString('en')} characters.`, ['input', field]);
  }
  return plain;
}

/** How long a reason may be that somebody gives for a decision. */
export const MAX_REASON = 500;

/** @returns the reason as it is kept @throws {InvalidInput} when it is empty or too long */
export const checkReason = (reason: string): string => checkedText(reason, MAX_REASON, 'reason', 'A reason');

/** The same as `checkedText` for a text that may be left out, or empty: null then. @throws {InvalidInput} */
export const optionalText = (
  text: string | null | undefined,
  max: number,
  field: string,
  what: string,
): string | null => (plainText(text ?? '') === '' ? null : checkedText(text as string, max, field, what));
