import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { shanghaiDay } from '../../common/calendar.js';
import { idAbove, idBelow, type Page } from '../../common/connection.js';
import type { Database } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { DocumentKind } from '../../common/document-kind.js';
import { money } from '../../common/money.js';
import type { Tier } from '../application/application.rules.js';
import type { AidPolicy, AidTierName, Fund } from './policy.js';

const FUND_COLUMNS = 'id, code, name_en as "nameEn", name_zh as "nameZh", status, version';
const FUNDS = statement('funds-by-id', `select ${FUND_COLUMNS} from fund where id = any($1)`);
const FUND_PAGE = statement('funds', `select ${FUND_COLUMNS} from fund where ${idAbove('$1')} order by id limit $2`);
const COUNT_FUNDS = statement('count-funds', 'select count(*)::int as count from fund');
const DISEASES = statement(
  'diseases-of-funds',
  'select fund_id as "fundId", array_agg(disease_id::text order by disease_id) as ids from fund_disease where fund_id = any($1) group by 1',
);
const OPEN_FUND = statement(
  'open-fund-of-disease',
  `select fund.id from fund join fund_disease mine on mine.fund_id = fund.id
   where mine.disease_id = $1 and status = 'OPEN'
   order by (select count(*) from fund_disease each where each.fund_id = fund.id), code limit 1`,
);
const POLICY_COLUMNS = `
  id, number, effective_from::text as "effectiveFrom", annual_cap_fen as "annualCapFen", look_back_days as "lookBackDays",
  appeal_days as "appealDays", required_documents as "requiredDocuments", second_review_above_fen as "secondReviewAboveFen", demo,
  (select json_agg(json_build_object('tier', tier, 'fromExpenseFen', from_expense_fen::text,
     'sharePercent', share_percent, 'yearlyMaximumFen', yearly_maximum_fen::text) order by from_expense_fen)
   from aid_tier where policy_id = aid_policy.id) as tiers`;
const POLICY = statement(
  'policy-in-force',
  `select ${POLICY_COLUMNS} from aid_policy where effective_from <= $1 order by effective_from desc limit 1`,
);
const POLICY_BY_ID = statement('policy-by-id', `select ${POLICY_COLUMNS} from aid_policy where id = $1`);
const POLICIES = statement(
  'policies',
  `select ${POLICY_COLUMNS} from aid_policy where ${idBelow('$1')} order by id desc limit $2`,
);
const COUNT_POLICIES = statement('count-policies', 'select count(*)::int as count from aid_policy');

interface PolicyRow {
  id: string;
  number: number;
  effectiveFrom: string;
  annualCapFen: string;
  lookBackDays: number;
  appealDays: number;
  requiredDocuments: DocumentKind[];
  secondReviewAboveFen: string;
  demo: boolean;
  tiers: { tier: string; fromExpenseFen: string; sharePercent: number; yearlyMaximumFen: string }[] | null;
}

const shown = ({ annualCapFen, secondReviewAboveFen, tiers, ...row }: PolicyRow): AidPolicy => ({
  ...row,
  annualCap: money(annualCapFen),
  secondReviewAbove: money(secondReviewAboveFen),
  tiers: (tiers ?? []).map(({ tier, fromExpenseFen, sharePercent, yearlyMaximumFen }) => ({
    tier: tier as AidTierName,
    fromExpense: money(fromExpenseFen),
    sharePercent,
    yearlyMaximum: money(yearlyMaximumFen),
  })),
});

/** A policy as the rules use it, in fen. */
export interface PolicyInForce {
  readonly id: string;
  readonly number: number;
  readonly annualCapFen: bigint;
  readonly secondReviewAboveFen: bigint;
  readonly appealDays: number;
  readonly tiers: readonly Tier[];
  /** The same, as the API shows it. */
  readonly shown: AidPolicy;
}

const known = new WeakMap<Database, LRUCache<string, PolicyInForce>>();

function inForceOf(database: Database): LRUCache<string, PolicyInForce> {
  let found = known.get(database);
  if (!found) {
    found = new LRUCache({ max: 1_000 });
    known.set(database, found);
  }
  return found;
}

/** Reads funds and policies, which anybody may read. */
export class PolicyLoader {
  private readonly funds: DataLoader<string, Fund | null>;
  private readonly diseasesOfFunds: DataLoader<string, readonly string[]>;

  constructor(private readonly database: Database) {
    this.funds = new DataLoader(async (ids) => {
      const found = new Map((await database.publicRows<Fund>(FUNDS, [ids])).map((fund) => [fund.id, fund]));
      return ids.map((id) => found.get(id) ?? null);
    });
    this.diseasesOfFunds = new DataLoader(async (ids) => {
      const rows = await database.publicRows<{ fundId: string; ids: string[] }>(DISEASES, [ids]);
      const found = new Map(rows.map((row) => [row.fundId, row.ids]));
      return ids.map((id) => found.get(id) ?? []);
    });
  }

  fund(id: string): Promise<Fund | null> {
    return this.funds.load(id);
  }

  /** After a change the next read must not answer from before it. */
  forgetFund(id: string): void {
    this.funds.clear(id);
  }

  /** Oldest first; one more than the page holds where there are more. */
  fundPage({ after, first }: Page): Promise<Fund[]> {
    return this.database.publicRows<Fund>(FUND_PAGE, [after, first + 1]);
  }

  async countFunds(): Promise<number> {
    return this.database.publicCount(COUNT_FUNDS);
  }

  /** Ids of the diseases that a fund is for. */
  diseasesOf(fundId: string): Promise<readonly string[]> {
    return this.diseasesOfFunds.load(fundId);
  }

  /** Id of the open fund for a disease, of several the one for fewest diseases; null when there is none. */
  async openFundFor(diseaseId: string): Promise<string | null> {
    const [row] = await this.database.publicRows<{ id: string }>(OPEN_FUND, [diseaseId]);
    return row?.id ?? null;
  }

  /** @param day YYYY-MM-DD in Shanghai */
  async inForce(day: string): Promise<PolicyInForce | null> {
    const remembered = inForceOf(this.database);
    const found = remembered.get(day) ?? (await this.readInForce(day));
    // policies are published for days to come only, so what is in force on a day that has come stays so
    if (found && day <= shanghaiDay(new Date())) remembered.set(day, found);
    return found;
  }

  private async readInForce(day: string): Promise<PolicyInForce | null> {
    const [row] = await this.database.publicRows<PolicyRow>(POLICY, [day]);
    if (!row) return null;
    return {
      id: row.id,
      number: row.number,
      annualCapFen: BigInt(row.annualCapFen),
      secondReviewAboveFen: BigInt(row.secondReviewAboveFen),
      appealDays: row.appealDays,
      tiers: (row.tiers ?? []).map(({ fromExpenseFen, yearlyMaximumFen, ...tier }) => ({
        ...tier,
        fromExpenseFen: BigInt(fromExpenseFen),
        yearlyMaximumFen: BigInt(yearlyMaximumFen),
      })),
      shown: shown(row),
    };
  }

  /** A version of the rules, in force or not. */
  async policy(id: string): Promise<AidPolicy | null> {
    const [row] = await this.database.publicRows<PolicyRow>(POLICY_BY_ID, [id]);
    return row ? shown(row) : null;
  }

  /** Newest first; one more than the page holds where there are more. */
  async policyPage({ after, first }: Page): Promise<AidPolicy[]> {
    return (await this.database.publicRows<PolicyRow>(POLICIES, [after, first + 1])).map(shown);
  }

  async countPolicies(): Promise<number> {
    return this.database.publicCount(COUNT_POLICIES);
  }
}
