import type { Client } from 'pg';
import { DEMO_PARTNERS } from '../../gateway/identity/demo-people.js';
import { DEMO_HOSPITAL_ID } from '../../subgraphs/catalog/demo.js';
import { Refusal } from '../../subgraphs/common/refusal.js';
import type { SeedDisease, SeedHospital, SeedMedicine, SeedPolicy, SeedWorld } from '../../subgraphs/common/seed.js';
import { DEMO_POLICY_ID, GENERAL_FUND_ID } from '../../subgraphs/fund/demo.js';

/** Reads what patients' rows point to. Always in the same order, as choices are made by place. */
export async function readWorld(client: Client): Promise<SeedWorld> {
  const read = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, values)).rows;
  const diseases = await read<SeedDisease>(
    `select id, catalog_no as "catalogNo", name_en as "nameEn" from catalog.disease join fund.fund_disease on disease_id = id
     where fund_id = $1 order by catalog_no`,
    [GENERAL_FUND_ID],
  );
  const hospitals = await read<SeedHospital>(
    `select id, organisation_id as "organisationId", province from catalog.hospital where in_2024 order by id`,
  );
  const sold = await read<{ id: string; priceFen: string; cold: boolean; treats: string[] }>(
    `select id, price_fen as "priceFen", storage = 'COLD_2_8' as cold,
       array(select disease_id::text from catalog.medicine_disease where medicine_id = id) as treats
     from catalog.medicine where sold_online and price_fen is not null order by id`,
  );
  const [policy] = await read<{
    id: string;
    number: number;
    cap: string;
    second: string;
    tiers: { tier: string; from: string; share: number; most: string }[];
  }>(
    `select id, number, annual_cap_fen as cap, second_review_above_fen as second,
       (select json_agg(json_build_object('tier', tier, 'from', from_expense_fen::text, 'share', share_percent,
          'most', yearly_maximum_fen::text) order by tier) from fund.aid_tier where policy_id = id) as tiers
     from fund.aid_policy where id = $1`,
    [DEMO_POLICY_ID],
  );
  const demoHospital = hospitals.find(({ id }) => id === DEMO_HOSPITAL_ID);
  const carrier = DEMO_PARTNERS.find(({ roles }) => roles.includes('CARRIER'));
  if (!policy || !demoHospital || !carrier || diseases.length === 0 || sold.length === 0) {
    throw new Refusal('The catalog or the fund of this database is not the demo’s, so nothing can be seeded into it.');
  }
  const medicines = sold.map(({ id, priceFen, cold, treats }) => ({ id, priceFen: BigInt(priceFen), cold, treats }));
  const medicinesByDisease = new Map<string, SeedMedicine[]>();
  for (const medicine of medicines) {
    for (const disease of medicine.treats) {
      medicinesByDisease.set(disease, [...(medicinesByDisease.get(disease) ?? []), medicine]);
    }
  }
  const shownPolicy: SeedPolicy = {
    id: policy.id,
    number: policy.number,
    annualCapFen: BigInt(policy.cap),
    secondReviewAboveFen: BigInt(policy.second),
    tiers: policy.tiers.map(({ tier, from, share, most }) => ({
      tier,
      fromExpenseFen: BigInt(from),
      sharePercent: share,
      yearlyMaximumFen: BigInt(most),
    })),
  };
  return {
    diseases,
    hospitals,
    demoHospital,
    medicines,
    medicinesByDisease,
    fundId: GENERAL_FUND_ID,
    policy: shownPolicy,
    carrierId: carrier.organisation,
  };
}
