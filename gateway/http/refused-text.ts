import { type DocumentNode, visit } from 'graphql';
import { Refused } from './refused.js';

const RESERVED = '__proto__';

/**
 * Refuses an alias or a variable called `__proto__`: in JavaScript it names an object's prototype, so what the gateway
 * plans and merges would lose it without a word, and the answer would lack what was asked for.
 *
 * @throws {Refused} 400
 */
export function refuseReservedName(text: string, document: DocumentNode): void {
  if (!text.includes(RESERVED)) return;
  visit(document, {
    Name: ({ value }) => {
      if (value === RESERVED) throw new Refused(400, 'Nothing in a query can be called __proto__. Take another name.');
    },
  });
}

/** The character U+0000 as JSON, GraphQL and a URL can write it; a text that only speaks of it is refused with it. */
const NUL = /\\u0000|\\u\{0+\}|%00|\0/;

/** PostgreSQL stores no NUL, and nobody types one. @throws {Refused} 400 */
export function refuseNul(text: string): void {
  // where none of these stands there is none; to look for them one by one costs next to nothing
  const isSuspect = text.includes('\\u') || text.includes('%00') || text.includes('\0');
  if (isSuspect && NUL.test(text)) throw new Refused(400, 'The character NUL (U+0000) cannot be used.');
}
