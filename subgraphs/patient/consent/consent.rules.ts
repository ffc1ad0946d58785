import { ConsentPurpose } from '../../common/consent-purpose.js';
import { InvalidInput } from '../../common/errors.js';
import { ConsentTextOutdated } from './consent.errors.js';
import { ConsentAction, type ConsentText } from './consent.js';

/** Whom a consent of a purpose can be limited to; a purpose that is not here has whoever serves it. */
const RECIPIENTS: Partial<Record<ConsentPurpose, 'physician' | 'organisation'>> = {
  [ConsentPurpose.TREATMENT]: 'physician',
  [ConsentPurpose.RESEARCH_STATISTICS]: 'organisation',
};

/**
 * What a recipient must be.
 *
 * @returns null when none is named
 * @throws {InvalidInput} for a purpose whose consent is not limited to anybody
 */
export function recipientKind(
  purpose: ConsentPurpose,
  recipientId: string | null,
): 'physician' | 'organisation' | null {
  if (recipientId === null) return null;
  const kind = RECIPIENTS[purpose];
  if (kind) return kind;
  const limited = Object.keys(RECIPIENTS).join(' and ');
  throw new InvalidInput(`Only ${limited} can be limited to one recipient. Leave \`recipientId\` out.`, [
    'input',
    'recipientId',
  ]);
}

/** The text of each purpose that is to be agreed to at a moment: the newest that has come into effect. */
export function currentTexts(texts: readonly ConsentText[], now: Date): ConsentText[] {
  const current = new Map<ConsentPurpose, ConsentText>();
  for (const text of texts) {
    if (new Date(text.effectiveFrom) > now) continue;
    if (text.number > (current.get(text.purpose)?.number ?? 0)) current.set(text.purpose, text);
  }
  return [...current.values()];
}

/** @throws {@link ConsentTextOutdated} when another text than the one that was shown is to be agreed to now */
export function checkText(current: ConsentText, shown: number): void {
  if (current.number !== shown) throw new ConsentTextOutdated(current);
}

/** What somebody who may give and withdraw for the patient can do with a consent. */
export const allowedActions = (withdrawnAt: string | null, mayCare: boolean): ConsentAction[] =>
  mayCare && withdrawnAt === null ? [ConsentAction.WITHDRAW] : [];
