import type { Identity, Role } from '../../subgraphs/common/identity.js';

const PARTNER_ROLES: ReadonlySet<Role> = new Set(['SPONSOR', 'HOSPITAL', 'CARRIER', 'MERCHANT']);

/** Whether a partner's program asks, and not a person. */
export const isPartner = ({ roles, organisation }: Identity): boolean =>
  organisation !== undefined || roles.some((role) => PARTNER_ROLES.has(role));
