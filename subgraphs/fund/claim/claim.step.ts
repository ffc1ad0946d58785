import { NotFound, StaleVersion } from '../../common/errors.js';
import type { FundContext } from '../context.js';
import type { ClaimAction } from './claim.enums.js';
import type { LoadedClaim } from './claim.loader.js';
import { type ClaimStanding, refuseUnless } from './claim.rules.js';

/** Something done with a claim that the caller has looked at. */
export interface ClaimStep {
  readonly claimId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** The claim as the caller sees it before anything is done, and what they are to it. */
export interface SeenClaim {
  readonly seen: LoadedClaim;
  readonly standing: ClaimStanding;
}

/** @throws {NotFound} */
export async function lookAt({ claims }: FundContext, claimId: string): Promise<SeenClaim> {
  const seen = await claims.readAnew(claimId);
  if (!seen) throw new NotFound('claim', ['input', 'claimId']);
  return { seen, standing: await claims.standing(seen) };
}

/**
 * Whether the caller may do this with a claim that is locked now. Every change of a claim makes a new version: in the
 * version that was looked at, all is as it was seen. Of two who try at the same time one waits for the lock, and then
 * meets the other's version.
 *
 * @param held null: it is no longer to be seen by the caller
 * @throws {NotFound} {StaleVersion} {NotAllowed} {ClaimWrongState}
 */
export function refuseUnlessSeen(
  held: { readonly version: number } | null | undefined,
  action: ClaimAction,
  { expectedVersion }: Pick<ClaimStep, 'expectedVersion'>,
  { seen, standing }: SeenClaim,
): void {
  if (!held) throw new NotFound('claim', ['input', 'claimId']);
  if (held.version !== expectedVersion || held.version !== seen.version) throw new StaleVersion(held.version);
  refuseUnless(action, seen.facts, standing);
}
