import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { fixedId } from '../common/ids.js';

export const GENERAL_FUND_ID = fixedId('fund', 'GENERAL');
export const DEMO_POLICY_ID = fixedId('aid-policy', 1);

/** The first national list: catalog numbers 1 to 121. */
const FIRST_LIST = Array.from({ length: 121 }, (_, index) => index + 1);

const yuan = (amount: number): bigint => BigInt(amount) * 100n;

/** The published programme gives no figures for the tiers: these are the demo's. */
const TIERS = [
  { tier: 'I', from: yuan(5_000), share: 30, most: yuan(10_000) },
  { tier: 'II', from: yuan(30_000), share: 40, most: yuan(30_000) },
  { tier: 'III', from: yuan(100_000), share: 50, most: yuan(50_000) },
] as const;

const DOCUMENTS = ['IDENTITY', 'DIAGNOSIS_CERTIFICATE', 'MEDICAL_RECORD', 'PRESCRIPTION', 'INVOICE', 'INCOME_PROOF'];

/**
 * Makes the general fund, for every disease of the first list, and the first aid policy. What is there is left as it is,
 * so doing it again changes nothing.
 *
 * @param client a connection of the fund's owner or an administrator, in a transaction or not
 */
export async function importDemoFund(client: Client): Promise<void> {
  await client.query(
    `insert into fund.fund (id, code, name_en, name_zh, status) values ($1, 'GENERAL', $2, $3, 'OPEN') on conflict do nothing`,
    [GENERAL_FUND_ID, 'General Rare Disease Fund', '罕见病关爱基金（演示）'],
  );
  await client.query(
    `insert into fund.fund_disease (fund_id, disease_id) select $1, unnest($2::uuid[]) on conflict do nothing`,
    [GENERAL_FUND_ID, FIRST_LIST.map(diseaseId)],
  );
  await client.query(
    `insert into fund.aid_policy
       (id, number, effective_from, annual_cap_fen, look_back_days, required_documents, second_review_above_fen, demo)
     values ($1, 1, '2020-01-01', $2, 180, $3, $4, true) on conflict do nothing`,
    [DEMO_POLICY_ID, yuan(50_000), DOCUMENTS, yuan(30_000)],
  );
  await client.query(
    `insert into fund.aid_tier (policy_id, tier, from_expense_fen, share_percent, yearly_maximum_fen)
     select $1, * from unnest($2::text[], $3::bigint[], $4::int[], $5::bigint[]) on conflict do nothing`,
    [
      DEMO_POLICY_ID,
      TIERS.map(({ tier }) => tier),
      TIERS.map(({ from }) => from),
      TIERS.map(({ share }) => share),
      TIERS.map(({ most }) => most),
    ],
  );
}
