import { type Identity, isSignedIn, type Role } from '../../subgraphs/common/identity.js';
import { Refused } from '../http/refused.js';

const PARTNER_ROLES: ReadonlySet<Role> = new Set(['SPONSOR', 'HOSPITAL', 'CARRIER', 'MERCHANT']);

/** Whether partners' programs have this role, and people do not. */
export const isPartnerRole = (role: Role): boolean => PARTNER_ROLES.has(role);

/** Whether a partner's program asks: it has a partner's role, or acts for an organisation. */
export const isPartner = ({ roles, organisation }: Identity): boolean =>
  organisation !== undefined || roles.some(isPartnerRole);

/** Whether a token is a person's and a partner's at once: no client needs one, and each door would let half of it slip by. */
const isBoth = (identity: Identity): boolean => isPartner(identity) && !identity.roles.every(isPartnerRole);

/** `/graphql` is for people. @throws {Refused} 403 for a partner's token, saying where it works */
export function admitPeople(identity: Identity): void {
  if (isBoth(identity)) throw mixed();
  if (isPartner(identity))
    throw new Refused(403, "This is a partner's access token: it works at /partner/graphql. Send the request there.");
}

/**
 * `/partner/graphql` is for partners.
 *
 * @throws {Refused} 401 for nobody; 403 for a person's token, saying where it works, and for a partner of no organisation
 */
export function admitPartners(identity: Identity): void {
  if (!isSignedIn(identity)) {
    throw new Refused(
      401,
      'Only partners are served here. Get an access token with the credentials of your client and send it as "Authorization: Bearer …". For anybody else the API is at /graphql.',
    );
  }
  if (isBoth(identity)) throw mixed();
  if (!isPartner(identity))
    throw new Refused(403, "This is a person's access token: it works at /graphql. Send the request there.");
  if (identity.organisation === undefined)
    throw new Refused(
      403,
      'The access token does not say for which organisation it is. Ask those who run the issuer to give your client one.',
    );
}

const mixed = () =>
  new Refused(
    403,
    "This access token carries a person's role and a partner's at once, and works nowhere. Ask those who run the issuer for one token of each kind.",
  );
