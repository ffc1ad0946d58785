import type { Role } from './identity.js';

/**
 * Which records of a type somebody reads, in the words of `schema/access.md`. What of a record they read, the rules of its
 * fields say; that it is so, row rules and row-level security see to.
 */
export const REACHES = {
  all: 'every record',
  published: 'what is published',
  'published and own': 'what is published, and what they wrote themselves',
  'once published': 'what is or was published, and what they wrote themselves',
  'handed in': 'what was handed in, and what they wrote themselves',
  'of others': 'those that are not about what they wrote themselves',
  verified: 'of physicians whose licence was verified',
  'verified and own': 'of physicians whose licence was verified, and their own',
  own: 'their own',
  'in care': 'of patients for whom they act, within the scopes of their care',
  treated: 'of patients whom they treat, treated within 90 days or see in an emergency, with the patient’s consent',
  'own, treated': 'those they wrote themselves, of patients whom they treat',
  'treated or naming their hospital': 'of patients whom they treat, and those that name the hospital they work at',
  'as a number': 'as a number, which leads to what was prescribed and ordered, and to nothing of who they are',
  assigned: 'of the applications and claims that they work on or can take',
  'naming this hospital': 'those that name a hospital of this organisation',
  'own parcels': 'parcels that this carrier carries',
  'own organisation': 'those of this organisation',
} as const satisfies Readonly<Record<string, string>>;
export type Reach = keyof typeof REACHES;

/** By role; `ANYONE` holds for every role that is not named. Who is not named reads no record. */
export type RecordsOf = Readonly<Partial<Record<Role | 'ANYONE', Reach>>>;
