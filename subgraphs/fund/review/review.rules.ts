import { InvalidInput } from '../../common/errors.js';

/**
 * A reason that somebody gives for what they decide or ask.
 *
 * @param reader who reads it, for the error
 * @returns it trimmed
 * @throws {InvalidInput}
 */
export function checkReason(reason: string, reader = 'the applicant reads it'): string {
  const given = reason.trim();
  if (given.length < 3 || given.length > 2000) {
    throw new InvalidInput(`Give a reason of 3 to 2,000 characters: ${reader}.`, ['input', 'reason']);
  }
  return given;
}
