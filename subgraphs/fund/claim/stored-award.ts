import type { Award } from './award.rules.js';

/** An award as JSON: fen as text, since JSON's numbers lose the last digits of large ones. */
export const storedAward = (award: Award): string =>
  JSON.stringify(award, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** The award from its JSON; null for what was paid before awards were explained. */
export function readAward(stored: unknown): Award | null {
  if (stored === null || typeof stored !== 'object' || !('awardFen' in stored)) return null;
  return reviveFen(stored) as Award;
}

/** Turns the text of every field that is named after fen, and of every payer, back into a number of fen. */
function reviveFen(value: unknown, inPayers = false): unknown {
  if (Array.isArray(value)) return value.map((each) => reviveFen(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) =>
      inPayers || name.endsWith('Fen') ? [name, BigInt(part as string)] : [name, reviveFen(part, name === 'byPayer')],
    ),
  );
}
