import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { fixedId } from '../common/ids.js';
import { seedNumber } from '../common/seed.js';
import { payoutBatchOf, type SeedTransfer } from './seed.js';

export const GENERAL_FUND_ID = fixedId('fund', 'GENERAL');
export const DEMO_POLICY_ID = fixedId('aid-policy', 1);

/** The first national list: catalog numbers 1 to 121. */
const FIRST_LIST = Array.from({ length: 121 }, (_, index) => index + 1);

const CONTRIBUTED_AT = '2025-01-02T02:00:00Z';

const yuan = (amount: number): bigint => BigInt(amount) * 100n;

/** The published programme gives no figures for the tiers: these are the demo's. */
const TIERS = [
  { tier: 'I', from: yuan(5_000), share: 30, most: yuan(10_000) },
  { tier: 'II', from: yuan(30_000), share: 40, most: yuan(30_000) },
  { tier: 'III', from: yuan(100_000), share: 50, most: yuan(50_000) },
] as const;

/** Several parties give. The organisations are the demo's partners. */
const CONTRIBUTIONS = [
  { source: 'PLATFORM', organisationId: null, fen: yuan(6_000_000), cleared: true },
  { source: 'CHARITY', organisationId: null, fen: yuan(2_500_000), cleared: true },
  { source: 'SPONSOR', organisationId: '01934a3c-5800-7000-8000-00000000a001', fen: yuan(1_500_000), cleared: true },
  { source: 'MERCHANT', organisationId: '01934a3c-5800-7000-8000-00000000a005', fen: 1_234_567n, cleared: true },
  { source: 'SPONSOR', organisationId: '01934a3c-5800-7000-8000-00000000a002', fen: yuan(500_000), cleared: false },
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
  for (const [index, { source, organisationId, fen, cleared }] of CONTRIBUTIONS.entries()) {
    const id = fixedId('contribution', index);
    await client.query(
      `insert into fund.contribution
         (id, number, fund_id, source, organisation_id, amount_fen, status, recorded_by, pledged_at, cleared_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'demo-finance', $8, $9) on conflict do nothing`,
      [
        id,
        `CT-2025-${String(index + 1).padStart(6, '0')}`,
        GENERAL_FUND_ID,
        source,
        organisationId,
        fen,
        cleared ? 'CLEARED' : 'PLEDGED',
        CONTRIBUTED_AT,
        cleared ? CONTRIBUTED_AT : null,
      ],
    );
    if (cleared) await recordContribution(client, id, fen);
  }
  await makePayoutBatch(client, 0);
}

/** @param i of the patients whose claims were paid in it, one */
const makePayoutBatch = (client: Client, i: number) => {
  const { id, number } = payoutBatchOf(i);
  return client.query(
    `insert into fund.payout_batch (id, number, fund_id, status, created_by, created_at, released_by, released_at, sent_at, answered_at)
     values ($1, $2, $3, 'ANSWERED', 'demo-finance', $4, 'demo-second-finance', $4, $4, $4) on conflict do nothing`,
    [id, number, GENERAL_FUND_ID, CONTRIBUTED_AT],
  );
};

const recordContribution = (client: Client, id: string, fen: bigint) =>
  client.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject, at)
     values (uuidv7(), $1, 'CONTRIBUTION', 'OUTSIDE', 'AVAILABLE', $2, $3, 'system:seed', $4) on conflict do nothing`,
    [GENERAL_FUND_ID, fen, id, CONTRIBUTED_AT],
  );

/**
 * Gives the fund what a number of seeded patients cost it, so that its available money stays as it was, and makes the batch in
 * which they were paid.
 *
 * @param patients their numbers, all of one batch: from one up to, and without, another
 * @param transfers of those patients, in the same transaction; where the session loads as a replica, the ledger's
 *   trigger does not see them, and the balances are changed here
 */
export async function fundSeededPatients(
  client: Client,
  [from, to]: readonly [number, number],
  transfers: readonly SeedTransfer[],
): Promise<void> {
  await makePayoutBatch(client, seedNumber(from));
  const key = `${from}-${to}`;
  const moved = new Map<string, bigint>();
  for (const { from: giver, to: taker, fen } of transfers) {
    moved.set(giver, (moved.get(giver) ?? 0n) - fen);
    moved.set(taker, (moved.get(taker) ?? 0n) + fen);
  }
  const cost = -(moved.get('AVAILABLE') ?? 0n);
  if (cost <= 0n) return;
  const id = fixedId('seed-contribution', key);
  await client.query(
    `insert into fund.contribution (id, number, fund_id, source, amount_fen, status, recorded_by, pledged_at, cleared_at)
     values ($1, $2, $3, 'PUBLIC', $4, 'CLEARED', 'system:seed', $5, $5)`,
    [id, `CT-SEED-${key}`, GENERAL_FUND_ID, cost, CONTRIBUTED_AT],
  );
  await recordContribution(client, id, cost);
  const { rows } = await client.query<{ role: string }>("select current_setting('session_replication_role') as role");
  if (rows[0]?.role !== 'replica') return;
  moved.set('AVAILABLE', 0n);
  moved.set('OUTSIDE', -cost);
  const changes = [...moved].map(
    ([account, fen]) => `${account.toLowerCase()}_fen = ${account.toLowerCase()}_fen + ${fen}`,
  );
  await client.query(`update fund.fund_balance set ${changes.join(', ')} where fund_id = $1`, [GENERAL_FUND_ID]);
}
