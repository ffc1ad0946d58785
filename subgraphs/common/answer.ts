import { hash } from 'node:crypto';

/** More would be one request asking for everything; the gateway sends each key once, and more of them in several requests. */
export const MAX_REFERENCES = 500;

/** What a subgraph answered, as GraphQL over HTTP wants it. */
export interface GraphQLAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?:
    | readonly {
        readonly message: string;
        readonly path?: readonly (string | number)[];
        readonly extensions?: Record<string, unknown>;
      }[]
    | null;
  readonly extensions?: Record<string, unknown> | null;
}

/** What came is not what the subgraph said. */
export class BrokenAnswer extends Error {}

/** The `Content-Digest` (RFC 9530) of a text, so that whoever gets it sees whether it is whole. */
export const contentDigest = (text: string): string => `sha-256=:${hash('sha256', text, 'base64')}:`;

/** A JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNothing = (value: unknown): boolean => value === undefined || value === null;

const isError = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value.message === 'string' &&
  (isNothing(value.path) || Array.isArray(value.path)) &&
  (isNothing(value.extensions) || isRecord(value.extensions));

/** A name under which nobody of good will sends anything: whoever copies objects key by key changes what all objects are. */
const RESERVED = '__proto__';

/**
 * Reads an answer. Either all of it is good, or nothing of it is used.
 *
 * @param digest as `contentDigest` makes it; left out where who answers sends none
 * @throws {BrokenAnswer}
 */
export function readAnswer(status: number, text: string, digest: string | undefined): GraphQLAnswer {
  if (status !== 200 && status !== 400) throw new BrokenAnswer(`HTTP ${status}`);
  if (digest !== undefined && digest !== contentDigest(text)) throw new BrokenAnswer('not as it was sent');
  const answer = parse(text);
  if (!isRecord(answer)) throw new BrokenAnswer('no object');
  const { data, errors, extensions } = answer;
  if (data === undefined && isNothing(errors)) throw new BrokenAnswer('neither data nor errors');
  if (!isNothing(data) && !isRecord(data)) throw new BrokenAnswer('data of another kind');
  if (!isNothing(errors) && !(Array.isArray(errors) && errors.every(isError)))
    throw new BrokenAnswer('errors of another kind');
  if (!isNothing(extensions) && !isRecord(extensions)) throw new BrokenAnswer('extensions of another kind');
  return answer as GraphQLAnswer;
}

function parse(text: string): unknown {
  // the name may stand in somebody's text, and may be written otherwise: only then is every key looked at, which is slow
  const isSuspect = text.includes(RESERVED) || text.includes('\\u');
  try {
    return JSON.parse(text, isSuspect ? refuseReserved : undefined);
  } catch (error) {
    throw error instanceof BrokenAnswer ? error : new BrokenAnswer('no JSON');
  }
}

function refuseReserved(key: string, value: unknown): unknown {
  if (key === RESERVED) throw new BrokenAnswer('a reserved name');
  return value;
}
