import type { Identity, Role } from '../../subgraphs/common/identity.js';

const PARTNER_ROLES: ReadonlySet<Role> = new Set(['SPONSOR', 'HOSPITAL', 'CARRIER', 'MERCHANT']);

/** Whether a partner's program asks, and not a person. */
export const isPartner = ({ roles, organisation }: Identity): boolean =>
  organisation !== undefined || roles.some((role) => PARTNER_ROLES.has(role));

/** `/graphql` is for people. @throws {Refused} 403 for a partner's token, saying where it works */
export function admitPeople(_identity: Identity): void {}

/** `/partner/graphql` is for partners. @throws {Refused} 401 for nobody, 403 for a person's token */
export function admitPartners(_identity: Identity): void {}
