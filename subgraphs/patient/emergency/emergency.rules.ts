import { InvalidInput } from '../../common/errors.js';

/** How many records one physician may open in an emergency within a day. */
export const MOST_A_DAY = 5;
/** How long a record stays open. */
export const OPEN_HOURS = 24;
const [SHORTEST, LONGEST] = [20, 1000];

/** @returns the reason, trimmed @throws {InvalidInput} for one that is too short to say anything, or too long */
export function checkEmergencyReason(reason: string): string {
  const given = reason.trim();
  const length = [...given].length;
  if (length < SHORTEST || length > LONGEST) {
    throw new InvalidInput(
      `Say why you must see the record: ${SHORTEST} to ${LONGEST.toLocaleString('en')} characters. The patient reads it.`,
      ['input', 'reason'],
    );
  }
  return given;
}

/**
 * When the next record may be opened: null when that is now.
 *
 * @param opened when the physician opened records, in any order
 */
export function nextEmergencyAt(opened: readonly Date[], now: Date): Date | null {
  const dayMs = 24 * 60 * 60 * 1000;
  const lately = opened.map((at) => at.getTime() + dayMs).filter((over) => over > now.getTime());
  if (lately.length < MOST_A_DAY) return null;
  return new Date(lately.sort((one, other) => one - other).at(-MOST_A_DAY) as number);
}
