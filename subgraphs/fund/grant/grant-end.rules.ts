import { GrantAction, GrantStatus } from './grant.js';

/** What decides whether a grant can end. */
export interface GrantFacts {
  readonly status: GrantStatus;
  /** Claims of the grant that wait for a decision. */
  readonly openClaims: number;
}

/**
 * What somebody who keeps the fund's money may do with a grant. While claims wait it is not taken back: they are decided
 * by what was granted when they were made.
 */
export const grantActions = ({ status, openClaims }: GrantFacts): GrantAction[] =>
  status === GrantStatus.ACTIVE && openClaims === 0 ? [GrantAction.REVOKE] : [];

/** What a grant still has for claims, in fen. */
export const leftOfGrant = (grant: {
  maximumFen: bigint | string;
  awardedFen: bigint | string;
  releasedFen: bigint | string;
}): bigint => BigInt(grant.maximumFen) - BigInt(grant.awardedFen) - BigInt(grant.releasedFen);
