import { checkPseudonym } from '../member/pseudonym.rules.js';
import { refusePersonalData } from '../privacy/privacy.rules.js';

/**
 * Lets through what may be read by others, of everything that somebody sends.
 *
 * @param asked the pseudonym that they ask for, if any: others will read it too
 * @param texts as the client sent them, by the names of the input's fields; none of a draft, which may hold anything
 * @returns the pseudonym as it is kept; null when they ask for none
 * @throws {InvalidInput} for what cannot be a pseudonym
 * @throws {TextNotPublishable}
 */
export function checkWritten(
  asked: string | null | undefined,
  texts: Readonly<Record<string, string>> = {},
): string | null {
  const pseudonym = asked == null ? null : checkPseudonym(asked);
  refusePersonalData({ ...texts, ...(pseudonym !== null && { pseudonym }) });
  return pseudonym;
}
