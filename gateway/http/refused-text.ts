import { type DocumentNode, parse, visit } from 'graphql';
import { Refused } from './refused.js';

const RESERVED = '__proto__';

/**
 * Refuses an alias or a variable called `__proto__`: in JavaScript it names an object's prototype, so what the gateway
 * plans and merges would lose it without a word, and the answer would lack what was asked for.
 *
 * @throws {Refused} 400
 */
export function refuseReservedName(query: unknown): void {
  if (typeof query !== 'string' || !query.includes(RESERVED)) return;
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: 10_000, noLocation: true });
  } catch {
    // what is wrong with it is said where every query is parsed
    return;
  }
  visit(document, {
    Name: ({ value }) => {
      if (value === RESERVED) throw new Refused(400, 'Nothing in a query can be called __proto__. Take another name.');
    },
  });
}

/** The character U+0000 as JSON, GraphQL and a URL can write it; a text that only speaks of it is refused with it. */
const NUL = /\\u0000|\\u\{0+\}|%00|\0/;

/** PostgreSQL stores no NUL, and nobody types one. @throws {Refused} 400 */
export function refuseNul(...texts: readonly string[]): void {
  if (texts.some((text) => NUL.test(text))) throw new Refused(400, 'The character NUL (U+0000) cannot be used.');
}
