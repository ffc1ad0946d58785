import type { Ask } from '../../common/context.js';

/** What a member is outside of the community, as far as it may be shown here. */
export interface CommunityStanding {
  /** Whether the caller is a physician whom an administrator has verified, and is signed in as one. */
  readonly verifiedPhysician: boolean;
  /** Diseases that the caller, a patient, has reported or has verified; null without their consent COMMUNITY_PROFILE. */
  readonly diseases: readonly string[] | null;
}

const STANDING = 'query CommunityStanding { communityStanding { verifiedPhysician diseases } }';

/** Asks the patient subgraph what the caller is. @throws {SubgraphUnavailable} */
export async function communityStanding(ask: Ask): Promise<CommunityStanding> {
  const data = await ask<{ communityStanding: CommunityStanding | null }>('patient', STANDING, {});
  return data.communityStanding ?? { verifiedPhysician: false, diseases: null };
}
