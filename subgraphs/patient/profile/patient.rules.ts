import { InvalidInput } from '../../common/errors.js';

/** What somebody says of a patient when they register. */
export interface Registration {
  readonly displayName: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly region: string;
}

const MAX_AGE_YEARS = 130;

/**
 * Checks and trims what was entered.
 *
 * @param today YYYY-MM-DD where the patient lives
 * @throws {InvalidInput} naming the field
 */
export function checkRegistration(input: Registration, today: string): Registration {
  const displayName = input.displayName.trim();
  const region = input.region.trim();
  if (displayName.length < 1 || displayName.length > 50) {
    throw new InvalidInput('A display name has 1 to 50 characters.', ['input', 'displayName']);
  }
  if (region.length < 1 || region.length > 100)
    throw new InvalidInput('A region has 1 to 100 characters.', ['input', 'region']);
  if (input.birthDate > today) throw new InvalidInput('The birthday is in the future.', ['input', 'birthDate']);
  if (Number(today.slice(0, 4)) - Number(input.birthDate.slice(0, 4)) > MAX_AGE_YEARS) {
    throw new InvalidInput(`The birthday is more than ${MAX_AGE_YEARS} years ago.`, ['input', 'birthDate']);
  }
  return { displayName, region, birthDate: input.birthDate };
}
