/** Who is asking. Made once at the door from a verified token, handed to every subgraph, never changed on the way. */

export const ROLES = [
  'PATIENT',
  'CAREGIVER',
  'PHYSICIAN',
  'REVIEWER',
  'FINANCE',
  'PHARMACIST',
  'MODERATOR',
  'ADMIN',
  'SPONSOR',
  'HOSPITAL',
  'CARRIER',
  'MERCHANT',
] as const;
export type Role = (typeof ROLES)[number];

/** Every scope, with what it is for. What each opens, field by field, `docs/scopes.md` and `schema/access.md` say. */
export const SCOPES = {
  'patient:self': 'Be a patient here, or act for one: profile, consents, documents, diary, data rights.',
  'fund:apply': 'Apply for aid, claim expenses, and follow both.',
  'pharmacy:order': 'Order medicine, pay for it and follow the parcel.',
  'care:book': 'Book consultations and see one’s own.',
  'community:write': 'Write in the community under a pseudonym.',
  'diagnosis:verify': 'Confirm or refuse reported diagnoses.',
  'care:provide': 'Offer times, hold consultations, write care plans, look after patients.',
  'prescription:write': 'Prescribe medicine.',
  'fund:review': 'Review applications and claims.',
  'fund:finance': 'Record contributions, decide claims, release payouts, see the fund to the fen.',
  'pharmacy:dispense': 'Check prescriptions, keep stock, dispense, ship, decide about parcels that got warm.',
  'community:moderate': 'Decide about what was reported, and review articles.',
  'catalog:write': 'Change diseases, hospitals, medicines and organisations.',
  'policy:write': 'Open funds and set the rules of aid.',
  'directory:write': 'Verify physicians.',
  'sponsor:report': 'Read what one’s own contributions came to, in numbers that point to nobody.',
  'sponsor:contribute': 'Pledge contributions and see one’s own.',
  'shipment:report': 'Report where parcels are and how warm they were.',
} as const;
export type Scope = keyof typeof SCOPES;

/** What a role may touch at all; whose records it may touch is decided by row rules. An issuer may grant less, never more. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  PATIENT: ['patient:self', 'fund:apply', 'pharmacy:order', 'care:book', 'community:write'],
  CAREGIVER: ['patient:self', 'fund:apply', 'pharmacy:order', 'care:book', 'community:write'],
  PHYSICIAN: ['diagnosis:verify', 'care:provide', 'prescription:write', 'community:write'],
  REVIEWER: ['fund:review', 'diagnosis:verify'],
  FINANCE: ['fund:finance'],
  PHARMACIST: ['pharmacy:dispense'],
  MODERATOR: ['community:moderate'],
  ADMIN: ['catalog:write', 'policy:write', 'directory:write'],
  SPONSOR: ['sponsor:report', 'sponsor:contribute'],
  HOSPITAL: ['diagnosis:verify'],
  CARRIER: ['shipment:report'],
  MERCHANT: ['sponsor:contribute'],
};

/** Every scope a token of this API can hold, sorted. */
export const ALL_SCOPES: readonly string[] = [...new Set(Object.values(ROLE_SCOPES).flat())].sort();

export interface Identity {
  /** The `sub` of the token; empty for somebody who has not signed in. */
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  /** Partners only: the organisation the client acts for (an Organisation id of the catalog). */
  readonly organisation?: string;
  /** Set when a subgraph asks another one on behalf of the caller: the asking subgraph's name. */
  readonly via?: string;
  /** Nobody asks: a subgraph does by itself what has become due. No token makes this. */
  readonly system?: true;
}

export const ANONYMOUS: Identity = Object.freeze({ subject: '', roles: [], scopes: [] });

/** In whose name a subgraph does what has become due. */
export const systemIdentity = (subgraph: string): Identity =>
  Object.freeze({ subject: `system:${subgraph}`, roles: [], scopes: [], system: true });

export const isSignedIn = (identity: Identity): boolean => identity.subject !== '';

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

/** The scopes that a token really carries: those it names and one of its roles allows. */
export function effectiveScopes(roles: readonly Role[], granted: readonly string[]): string[] {
  const allowed = new Set<string>(roles.flatMap((role) => ROLE_SCOPES[role]));
  return granted.filter((scope) => allowed.has(scope)).sort();
}
