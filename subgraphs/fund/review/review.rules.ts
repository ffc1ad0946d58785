import { InvalidInput } from '../../common/errors.js';

/** A reason that a reviewer gives: the applicant reads it. @returns it trimmed @throws {InvalidInput} */
export function checkReason(reason: string): string {
  const given = reason.trim();
  if (given.length < 3 || given.length > 2000) {
    throw new InvalidInput('Give a reason of 3 to 2,000 characters: the applicant reads it.', ['input', 'reason']);
  }
  return given;
}
