import DataLoader from 'dataloader';
import type { Database } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { Tier } from '../application/application.rules.js';
import type { AidPolicy, AidTierName, Fund } from './policy.js';

const FUNDS = statement(
  'funds-by-id',
  'select id, code, name_en as "nameEn", name_zh as "nameZh", status from fund where id = any($1)',
);
const OPEN_FUND = statement(
  'open-fund-of-disease',
  `select fund.id from fund join fund_disease on fund_id = fund.id
   where disease_id = $1 and status = 'OPEN' order by code limit 1`,
);
const POLICY = statement(
  'policy-in-force',
  `select id, number, effective_from as "effectiveFrom", annual_cap_fen as "annualCapFen", look_back_days as "lookBackDays",
     second_review_above_fen as "secondReviewAboveFen", demo,
     (select json_agg(json_build_object('tier', tier, 'fromExpenseFen', from_expense_fen::text,
        'sharePercent', share_percent, 'yearlyMaximumFen', yearly_maximum_fen::text) order by from_expense_fen)
      from aid_tier where policy_id = aid_policy.id) as tiers
   from aid_policy where effective_from <= $1 order by effective_from desc limit 1`,
);

interface PolicyRow {
  id: string;
  number: number;
  effectiveFrom: string;
  annualCapFen: string;
  lookBackDays: number;
  secondReviewAboveFen: string;
  demo: boolean;
  tiers: { tier: string; fromExpenseFen: string; sharePercent: number; yearlyMaximumFen: string }[] | null;
}

/** A policy as the rules use it, in fen. */
export interface PolicyInForce {
  readonly id: string;
  readonly number: number;
  readonly annualCapFen: bigint;
  readonly secondReviewAboveFen: bigint;
  readonly tiers: readonly Tier[];
  /** The same, as the API shows it. */
  readonly shown: AidPolicy;
}

/** Reads funds and policies, which anybody may read. */
export class PolicyLoader {
  private readonly funds: DataLoader<string, Fund | null>;

  constructor(private readonly database: Database) {
    this.funds = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<Fund>(FUNDS, [ids])).map((fund) => [fund.id, fund]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  fund(id: string): Promise<Fund | null> {
    return this.funds.load(id);
  }

  /** Id of the open fund for a disease; null when there is none. */
  async openFundFor(diseaseId: string): Promise<string | null> {
    const [row] = await this.database.publicRows<{ id: string }>(OPEN_FUND, [diseaseId]);
    return row?.id ?? null;
  }

  /** @param day YYYY-MM-DD in Shanghai */
  async inForce(day: string): Promise<PolicyInForce | null> {
    const [row] = await this.database.publicRows<PolicyRow>(POLICY, [day]);
    if (!row) return null;
    const tiers = row.tiers ?? [];
    return {
      id: row.id,
      number: row.number,
      annualCapFen: BigInt(row.annualCapFen),
      secondReviewAboveFen: BigInt(row.secondReviewAboveFen),
      tiers: tiers.map(({ fromExpenseFen, yearlyMaximumFen, ...tier }) => ({
        ...tier,
        fromExpenseFen: BigInt(fromExpenseFen),
        yearlyMaximumFen: BigInt(yearlyMaximumFen),
      })),
      shown: {
        id: row.id,
        number: row.number,
        effectiveFrom: row.effectiveFrom,
        annualCap: money(row.annualCapFen),
        lookBackDays: row.lookBackDays,
        demo: row.demo,
        tiers: tiers.map(({ tier, fromExpenseFen, sharePercent, yearlyMaximumFen }) => ({
          tier: tier as AidTierName,
          fromExpense: money(fromExpenseFen),
          sharePercent,
          yearlyMaximum: money(yearlyMaximumFen),
        })),
      },
    };
  }
}
