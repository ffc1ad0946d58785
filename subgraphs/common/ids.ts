import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { badUserInput } from './errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new id: UUIDv7, so that ids in order are in order of making. */
export const newId = (): string => v7();

export const isUuid = (text: string): boolean => UUID.test(text);

/** @throws a `BAD_USER_INPUT` error for what cannot be one of our ids */
export function checkedId(id: string, argument = 'id'): string {
  const lower = id.toLowerCase();
  if (!isUuid(lower)) throw badUserInput(`\`${argument}\` is not an id of this API. Use an id that the API gave you.`);
  return lower;
}

/**
 * The same id for the same thing on every machine: for reference and demo data, which must be found again by a second
 * import. Laid out as a UUIDv7 whose time is `at`.
 *
 * @param kind what sort of thing it is, with `key` unique over all
 * @param at milliseconds since 1970: decides where it stands in order
 */
export function fixedId(kind: string, key: string | number, at: number = Date.UTC(2018, 4, 11)): string {
  const time = at.toString(16).padStart(12, '0');
  const hash = createHash('sha256').update(`${kind}:${key}`).digest('hex');
  const variant = ((Number.parseInt(hash[3] as string, 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
