import { InvalidInput } from '../../common/errors.js';
import { ADJECTIVES, NOUNS } from './pseudonym.words.js';

const PSEUDONYM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._'-]*$/u;

/**
 * A pseudonym as chosen, in the one form (NFKC) in which it is compared, single spaces.
 *
 * @throws {InvalidInput} for less than 2 or more than 30 characters, no letter, or signs that are neither letters nor digits
 */
export function checkPseudonym(chosen: string): string {
  const pseudonym = chosen.normalize('NFKC').trim().replace(/ +/g, ' ');
  const length = [...pseudonym].length;
  if (length < 2 || length > 30) throw new InvalidInput('A pseudonym has 2 to 30 characters.', ['input', 'pseudonym']);
  if (!PSEUDONYM.test(pseudonym) || !/\p{L}/u.test(pseudonym)) {
    throw new InvalidInput(
      "A pseudonym has letters, digits, spaces and . _ - ' only, begins with a letter or digit, and has a letter in it.",
      ['input', 'pseudonym'],
    );
  }
  return pseudonym;
}

/**
 * A pseudonym made of two words and a number, from nothing that is known of its owner.
 *
 * @param attempt from 0: the number grows longer with every one that was taken
 * @param below gives a random whole number from 0 to one below its argument
 */
export function inventPseudonym(attempt: number, below: (limit: number) => number): string {
  const number = 10 + below(10 ** (3 + attempt) - 10);
  return `${ADJECTIVES[below(ADJECTIVES.length)]} ${NOUNS[below(NOUNS.length)]} ${number}`;
}
