import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { AidTierName } from '../policy/policy.js';
import type { Grant, GrantStatus } from './grant.js';
import { leftOfGrant } from './grant-end.rules.js';

const BY_ID = loggedStatement(
  'grants-by-id',
  `select id, status, tier, aid_year as "aidYear", maximum_fen as "maximumFen", awarded_fen as "awardedFen",
     paid_fen as "paidFen", released_fen as "releasedFen", version, patient_id as "patientId"
   from aid_grant where id = any($1)`,
  { record: 'Grant', fields: ['status', 'tier', 'aidYear', 'maximum', 'awarded', 'paid', 'released', 'left'] },
);
const OPEN_CLAIMS = statement(
  'open-claims-of-grants',
  `select grant_id as id, count(*)::int as count from claim where grant_id = any($1) and status in ('ENTERED', 'CHECKED') group by 1`,
);

/** A grant as it is read: fen as text. */
export interface GrantRow {
  readonly id: string;
  readonly status: GrantStatus;
  readonly tier: AidTierName;
  readonly aidYear: number;
  readonly maximumFen: string;
  readonly awardedFen: string;
  readonly paidFen: string;
  readonly releasedFen: string;
  readonly version: number;
}

/** A grant as the API shows it. */
export function shownGrant({ maximumFen, awardedFen, paidFen, releasedFen, ...rest }: GrantRow): Grant {
  return {
    ...rest,
    maximum: money(maximumFen),
    awarded: money(awardedFen),
    paid: money(paidFen),
    released: money(releasedFen),
    left: money(leftOfGrant({ maximumFen, awardedFen, releasedFen })),
  };
}

/** A grant as resolvers hand it on. */
export type LoadedGrant = Grant & { readonly patientId: string };

/** Reads grants as the caller may see them. */
export class GrantLoader {
  private readonly loader: DataLoader<string, LoadedGrant | null>;
  private readonly claims: DataLoader<string, number>;

  constructor(session: Session) {
    this.loader = new DataLoader(async (ids) => {
      const rows = await session.seen<GrantRow & { patientId: string }>(BY_ID, [ids]);
      const found = new Map(rows.map((row) => [row.id, { ...shownGrant(row), patientId: row.patientId }]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.claims = new DataLoader(async (ids) => {
      const rows = await session.rows<{ id: string; count: number }>(OPEN_CLAIMS, [ids]);
      const found = new Map(rows.map(({ id, count }) => [id, count]));
      return ids.map((id) => found.get(id) ?? 0);
    });
  }

  byId(id: string): Promise<LoadedGrant | null> {
    return this.loader.load(id);
  }

  /** Claims of a grant that wait for a decision. */
  openClaims(id: string): Promise<number> {
    return this.claims.load(id);
  }

  /** After a change the next read must not answer from before it. */
  forget(id: string): void {
    this.loader.clear(id);
    this.claims.clear(id);
  }
}
