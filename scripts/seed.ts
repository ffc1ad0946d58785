import { importDemoOrganisations, setDemoPrices } from '../subgraphs/catalog/demo.js';
import { withClient } from '../subgraphs/common/migrate.js';
export async function loadDemo(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (c) => {
    await importDemoOrganisations(c);
    await setDemoPrices(c);
    await c.query(`set search_path = fund`);
    await c.query(
      `insert into fund.fund values ('01934a3c-5800-7000-8000-0000000000f1','GENERAL','General','General','OPEN',1) on conflict do nothing`,
    );
    await c.query(
      `insert into fund.fund_disease select '01934a3c-5800-7000-8000-0000000000f1', id from catalog.disease where batch=1 on conflict do nothing`,
    );
    await c.query(
      `insert into fund.aid_policy values ('01934a3c-5800-7000-8000-0000000000f2',1,'2020-01-01',5000000,180,'{}',3000000,true) on conflict do nothing`,
    );
    await c.query(
      `insert into fund.aid_tier values ('01934a3c-5800-7000-8000-0000000000f2','I',500000,30,1000000,true) on conflict do nothing`.replace(
        ',true)',
        ')',
      ),
    );
    await c.query(
      `insert into fund.aid_tier values ('01934a3c-5800-7000-8000-0000000000f2','II',3000000,40,3000000) on conflict do nothing`,
    );
    await c.query(
      `insert into fund.aid_tier values ('01934a3c-5800-7000-8000-0000000000f2','III',10000000,50,5000000) on conflict do nothing`,
    );
  });
}
