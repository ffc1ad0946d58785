import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../scripts/postgres.js';
import { catalog } from '../subgraphs/catalog/index.js';
import { askInProcess } from '../subgraphs/common/asking.js';
import { Database } from '../subgraphs/common/database.js';
import { drift, migrate, prepareServer, servingUrl } from '../subgraphs/common/migrate.js';
import { Subgraph } from '../subgraphs/common/subgraph.js';
import { patient } from '../subgraphs/patient/index.js';

const folder = await mkdtemp(join(tmpdir(), 'care-'));
const pg = await startPostgres({ folder, durable: false });
try {
  await prepareServer(pg.url, 's');
  const subgraphs = new Map<string, Subgraph>();
  for (const d of [catalog, patient] as never[] as import('../subgraphs/common/subgraph.js').SubgraphDefinition[]) {
    console.time(d.name);
    await migrate(d, pg.url, 's');
    console.timeEnd(d.name);
    console.log('drift', await drift(d, pg.url, 's'));
    const db = await Database.open({ name: d.name, url: servingUrl(pg.url, d.name, 's'), entities: d.entities, maxConnections: 5 });
    subgraphs.set(d.name, await Subgraph.open(d, db, askInProcess(subgraphs)));
  }
  const caller = { identity: { subject: 'demo-patient', roles: ['PATIENT'] as const, scopes: ['patient:self'] }, locale: 'EN' as never, trace: '' };
  const p = subgraphs.get('patient')!;
  const run = async (q: string, v = {}) => console.log(JSON.stringify(await p.request(caller).execute({ query: q, variables: v })));
  await run('{me{roles patient{id}}}');
  const m = `mutation($k:ID!,$b:Date!){registerPatient(input:{relation:SELF,displayName:"A",birthDate:$b,sex:FEMALE,region:"Beijing",idempotencyKey:$k}){__typename ... on Patient{id displayName birthDate version} ... on UserError{code message path}}}`;
  await run(m, { k: 'a', b: '2030-01-01' });
  await run(m, { k: 'a', b: '1990-01-01' });
  await run(m, { k: 'a', b: '1990-01-01' });
  await run(m, { k: 'a', b: '1990-01-02' });
  await run(m, { k: 'b', b: '1990-01-02' });
  await run('{me{roles patient{id displayName diagnoses{id}} patients{id}}}');
  await run('{careStanding(patientId:"1"){mayView}}');
  console.log(JSON.stringify(await subgraphs.get('catalog')!.request(caller).execute({ query: '{diseases(search:"x"){totalCount nodes{name(locale:ZH)}}}' })));
  for (const s of subgraphs.values()) await s.close();
} finally {
  await pg.stop();
  await rm(folder, { recursive: true });
}
