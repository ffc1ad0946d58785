import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type RunningPostgres, startPostgres } from '../../scripts/postgres.js';
import { until } from '../../tests/until.js';
import { askInProcess } from '../common/asking.js';
import { Database } from '../common/database.js';
import { ANONYMOUS } from '../common/identity.js';
import { drift, migrate, prepareServer, servingUrl } from '../common/migrate.js';
import { Locale } from '../common/scalars.js';
import { readFieldKeys } from '../common/sealed.js';
import { Subgraph } from '../common/subgraph.js';
import { DEMO_HOSPITAL_ID, importDemoOrganisations, setDemoPrices } from './demo.js';
import { diseaseId, importCatalog, medicineId } from './import.js';
import { catalog as definition } from './index.js';
import { BadReferenceData, readReferenceData } from './reference-data.js';

const SECRET = 'test';
let folder: string;
let server: RunningPostgres;
let client: Client;
let catalog: Subgraph;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'care-catalog-'));
  server = await startPostgres({ folder, durable: false });
  await prepareServer(server.url, SECRET);
  await migrate(definition as never, server.url, SECRET);
  client = new Client({ connectionString: server.url });
  await client.connect();
  const { name, entities } = definition;
  const database = await Database.open({
    name,
    url: servingUrl(server.url, name, SECRET),
    entities,
    maxConnections: 4,
  });
  const fieldKeys = readFieldKeys(process.env.TEST_KEYS_DIR as string);
  catalog = await Subgraph.open(definition as never, database, askInProcess(new Map()), fieldKeys);
  await importCatalog(client);
  await importDemoOrganisations(client);
  await soon(
    async () =>
      (await ask('{ organisation(id: "01934a3c-5800-7000-8000-00000000a005") { id } }')).organisation !== null,
  );
});

afterAll(async () => {
  await catalog?.close();
  await client?.end();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
type Answer = any;

async function execute(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return catalog.request({ identity: ANONYMOUS, locale: Locale.EN, trace: '' }).execute({ query, variables });
}

async function ask(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const result = await execute(query, variables);
  expect(result.errors).toBeUndefined();
  return result.data;
}

async function rows(sql: string, values: unknown[] = []): Promise<Answer[]> {
  return (await client.query(sql, values)).rows;
}

/** Within two seconds. */
const soon = (holds: () => Promise<boolean>) => until(holds, Boolean, { seconds: 2 });

const versions = () =>
  rows(`select id, version, updated_at from catalog.disease union all select id, version, updated_at from catalog.hospital
        union all select id, version, updated_at from catalog.medicine union all select id, version, updated_at from catalog.organisation order by id`);

describe('the import', () => {
  test('brings 207 diseases, 419 recognised hospitals and 28 others, and 85 medicines', async () => {
    const data = await ask(`{
      diseases { totalCount } medicines { totalCount }
      recognised: hospitals(recognised: true) { totalCount } others: hospitals(recognised: false) { totalCount }
    }`);
    expect(data).toEqual({
      diseases: { totalCount: 207 },
      medicines: { totalCount: 85 },
      recognised: { totalCount: 419 },
      others: { totalCount: 28 },
    });
  });

  test('says of nothing that it was verified, and of a price nothing', async () => {
    const [found] = await rows(`select
      (select count(*)::int from catalog.disease where codes_verified) as codes,
      (select count(*)::int from catalog.medicine where label_verified) as labels,
      (select count(*)::int from catalog.medicine where nrdl_listed is null) as unknown,
      (select count(*)::int from catalog.medicine where price_demo and price_fen is null) as unpriced`);
    expect(found).toEqual({ codes: 0, labels: 0, unknown: 14, unpriced: 0 });
  });

  test('sells all online but the gene therapy', async () => {
    expect(await rows('select generic_name_en as name from catalog.medicine where not sold_online')).toEqual([
      { name: 'dalnacogene ponparvovec' },
    ]);
  });

  test('changes nothing, and tells nobody, when done again', async () => {
    const listener = new Client({ connectionString: server.url });
    await listener.connect();
    const heard: unknown[] = [];
    listener.on('notification', (notice) => heard.push(notice));
    await listener.query('listen catalog_changed');
    const before = await versions();
    expect(await importCatalog(client)).toEqual({ diseases: 0, hospitals: 0, medicines: 0 });
    await importDemoOrganisations(client);
    expect(await versions()).toEqual(before);
    await listener.query('select 1');
    await listener.end();
    expect(heard).toEqual([]);
  });

  test('does nothing twice when two do it at once', async () => {
    const other = new Client({ connectionString: server.url });
    await other.connect();
    await client.query("update catalog.disease set name_en = 'x' where catalog_no = 3");
    const done = await Promise.all([importCatalog(client), importCatalog(other)]);
    await other.end();
    expect(done.map(({ diseases }) => diseases).sort()).toEqual([0, 1]);
  });

  test('restores an entry that was changed, with a new version and the name of who did it', async () => {
    const find = () => rows('select version, name_en, updated_by from catalog.disease where catalog_no = 31');
    const [before] = await find();
    await client.query("update catalog.disease set name_en = 'Goucher' where catalog_no = 31");
    expect(await importCatalog(client, { by: 'somebody' })).toEqual({ diseases: 1, hospitals: 0, medicines: 0 });
    expect(await find()).toEqual([{ version: before.version + 1, name_en: before.name_en, updated_by: 'somebody' }]);
  });

  test('counts a change of what a medicine treats as a change of the medicine', async () => {
    const id = medicineId('imiglucerase', 'Cerezyme');
    const find = () => rows('select version from catalog.medicine where id = $1', [id]);
    const [before] = await find();
    await client.query('insert into catalog.medicine_disease values ($1, $2)', [id, diseaseId(1)]);
    expect(await importCatalog(client)).toEqual({ diseases: 0, hospitals: 0, medicines: 1 });
    expect(await find()).toEqual([{ version: before.version + 1 }]);
    expect(await rows('select disease_id from catalog.medicine_disease where medicine_id = $1', [id])).toEqual([
      { disease_id: diseaseId(31) },
    ]);
  });

  test('leaves everything as it was when it fails halfway', async () => {
    const data = readReferenceData();
    const [first] = data.diseases;
    const before = await versions();
    const broken = {
      ...data,
      diseases: [{ ...first!, nameEn: 'x' }],
      hospitals: [{ ...data.hospitals[0]!, role: 'X' as never }],
    };
    await expect(importCatalog(client, { data: broken })).rejects.toThrow('hospital_role_check');
    expect(await versions()).toEqual(before);
  });

  test('names file, row and field of what is wrong', async () => {
    const bad = await mkdtemp(join(tmpdir(), 'care-data-'));
    const disease = { catalogNo: 1, batch: 1, nameEn: 'A', nameZh: 'B' };
    const write = (...diseases: object[]) => writeFile(join(bad, 'diseases.json'), JSON.stringify(diseases));
    const reading = () => readReferenceData(bad);
    await write(disease, { ...disease, catalogNo: '2' });
    expect(reading).toThrow(/diseases\.json, row 2, catalogNo: /);
    await write(disease, { ...disease, surprise: 1 });
    expect(reading).toThrow(/diseases\.json, row 2, .*surprise/);
    await write(disease, disease);
    expect(reading).toThrow('diseases.json, row 2, row: 1 stands in row 1 already');
    await write(disease);
    await writeFile(join(bad, 'hospitals.json'), '[]');
    const medicine = {
      genericNameEn: 'a',
      genericNameZh: 'b',
      brandNameEn: null,
      manufacturer: 'c',
      coldChain: true,
      form: 'd',
      nrdlListed: null,
    };
    await writeFile(join(bad, 'medicines.json'), JSON.stringify([{ ...medicine, catalogNos: [2] }]));
    expect(reading).toThrow('medicines.json, row 1, catalogNos: there is no disease with the number 2');
    await writeFile(join(bad, 'medicines.json'), '{');
    expect(reading).toThrow(BadReferenceData);
    await rm(bad, { recursive: true });
  });
});

describe('the demo', () => {
  test('has the hospital partner answer for its hospital', async () => {
    expect(
      await ask('query ($id: ID!) { hospital(id: $id) { nameEn organisation { name kind demo } } }', {
        id: DEMO_HOSPITAL_ID,
      }),
    ).toEqual({
      hospital: {
        nameEn: 'Peking Union Medical College Hospital',
        organisation: { name: 'Hospital (demo)', kind: 'HOSPITAL_GROUP', demo: true },
      },
    });
  });

  test('shows the organisations of a kind, page by page', async () => {
    const list =
      'query ($kind: OrganisationKind, $first: Int, $after: ID) { organisations(kind: $kind, first: $first, after: $after) { totalCount nodes { name kind } pageInfo { hasNextPage endCursor } } }';
    const { organisations: carriers } = await ask(list, { kind: 'CARRIER' });
    expect(carriers).toMatchObject({ totalCount: 1, nodes: [{ name: 'Carrier (demo)', kind: 'CARRIER' }] });
    const { organisations: all } = await ask(list, {});
    const names: string[] = [];
    for (let after: string | null = null; ; ) {
      const { organisations: page } = await ask(list, { first: 2, after });
      names.push(...page.nodes.map(({ name }: { name: string }) => name));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(names).toEqual(all.nodes.map(({ name }: { name: string }) => name));
    expect(names).toHaveLength(all.totalCount);
  });

  test('invents prices once, in whole yuan from 200 to 30,000, and says that they are invented', async () => {
    const [known] = await rows('update catalog.medicine set price_fen = 12345 where id = $1 returning id', [
      medicineId('riluzole', 'Rilutek'),
    ]);
    expect(await setDemoPrices(client)).toBe(84);
    expect(await setDemoPrices(client)).toBe(0);
    expect(await importCatalog(client)).toEqual({ diseases: 0, hospitals: 0, medicines: 0 });
    const prices = await rows('select id, price_fen::int as fen, price_demo as demo from catalog.medicine');
    for (const { id, fen, demo } of prices) {
      if (id === known.id) expect([fen, demo]).toEqual([12345, false]);
      else expect([demo, fen % 100, fen >= 20_000, fen <= 3_000_000]).toEqual([true, 0, true, true]);
    }
    const query = 'query ($ids: [ID!]!) { medicinesById(ids: $ids) { price { demo amount { amount currency } } } }';
    await soon(async () => {
      const { medicinesById } = await ask(query, { ids: [known.id] });
      return medicinesById[0].price?.amount.amount === '123.45' && medicinesById[0].price.demo === false;
    });
  });
});

describe('search', () => {
  const numbers = async (search: string): Promise<number[]> =>
    (
      await ask('query ($search: String) { diseases(search: $search, first: 100) { nodes { catalogNo } } }', { search })
    ).diseases.nodes.map(({ catalogNo }: { catalogNo: number }) => catalogNo);

  test.each([
    ['an English name', 'gaucher disease', 31],
    ['the beginning of one', 'Gauch', 31],
    ['a typing error', 'Gauchr', 31],
    ['a Chinese name', '白化病', 2],
    ['a part of a Chinese name', '羟化酶', 1],
    ['a number of the list', '31', 31],
    ['an ORPHA code', 'ORPHA:90794', 1],
    ['an ORPHA code in small letters without its prefix', '90794', 1],
    ['the only ICD-10 code of a disease', 'E70.3', 2],
    ['one of several ICD-10 codes, in small letters', 'e76.2', 73],
    ['a text with spaces around', '  albinism ', 2],
  ])('finds a disease by %s, first', async (_, search, catalogNo) => {
    expect((await numbers(search))[0]).toBe(catalogNo);
  });

  test('puts exact matches before beginnings and parts', async () => {
    const medicines = await ask('{ medicines(search: "tafamidis") { nodes { genericNameEn } } }');
    expect(medicines.medicines.nodes.slice(0, 2)).toEqual([
      { genericNameEn: 'tafamidis' },
      { genericNameEn: 'tafamidis meglumine' },
    ]);
  });

  test('finds a medicine without a brand by its name, and one by its brand with a typing error', async () => {
    const query =
      'query ($search: String) { medicines(search: $search, first: 1) { nodes { genericNameEn brandNameEn } } }';
    expect((await ask(query, { search: 'penicilamine' })).medicines.nodes).toEqual([
      { genericNameEn: 'penicillamine', brandNameEn: null },
    ]);
    expect((await ask(query, { search: 'cerezime' })).medicines.nodes[0].genericNameEn).toBe('imiglucerase');
  });

  test('finds nothing for nonsense, and everything for nothing', async () => {
    expect(await numbers('qqqqxxxx')).toEqual([]);
    expect(await numbers('   ')).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect((await ask('{ diseases(search: null) { totalCount } }')).diseases.totalCount).toBe(207);
  });

  test('takes signs that mean something to SQL for themselves', async () => {
    for (const search of ["'", '%', '_', '\\', "'; drop table disease --", '😀']) await numbers(search);
    expect(await numbers('%')).toEqual([]);
  });

  test('narrows hospitals to a province and to the current network', async () => {
    const query = 'query ($province: String) { hospitals(province: $province, recognised: true) { totalCount } }';
    const [english, chinese] = [await ask(query, { province: 'Beijing' }), await ask(query, { province: '北京' })];
    expect(english).toEqual(chinese);
    expect(english.hospitals.totalCount).toBeGreaterThan(10);
  });

  test('narrows medicines to a disease', async () => {
    const query =
      'query ($diseaseId: ID) { medicines(diseaseId: $diseaseId) { totalCount nodes { treats { catalogNo } } } }';
    const { medicines } = await ask(query, { diseaseId: diseaseId(31) });
    expect(medicines).toEqual({ totalCount: 4, nodes: Array(4).fill({ treats: [{ catalogNo: 31 }] }) });
  });
});

describe('paging', () => {
  test.each([
    [null],
    ['hospital'],
    ['Shandng hosptal'],
  ])('through hospitals found by %j sees each once', async (search) => {
    const query = `query ($search: String, $first: Int!, $after: ID) {
      hospitals(search: $search, first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { hospitals }: Answer = await ask(query, { search, first: 17, after });
      expect(hospitals.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...hospitals.nodes.map(({ id }: { id: string }) => id));
      after = hospitals.pageInfo.endCursor;
      if (!hospitals.pageInfo.hasNextPage) {
        expect(seen.length).toBe(hospitals.totalCount);
        break;
      }
    }
    expect(seen.length).toBeGreaterThan(17);
    expect(new Set(seen).size).toBe(seen.length);
    if (search === null) expect(seen.length).toBe(447);
  });

  test.each([
    ['{ diseases(first: 0) { nodes { id } } }'],
    ['{ hospitals(first: -1) { nodes { id } } }'],
    ['{ medicines(first: 101) { nodes { id } } }'],
    ['{ diseases(after: "nonsense") { nodes { id } } }'],
    ['{ diseases(after: "") { nodes { id } } }'],
    ['{ disease(id: "nonsense") { id } }'],
    ['{ disease { id } }'],
    ['{ medicines(diseaseId: "1") { nodes { id } } }'],
    [`{ diseases(search: "${'x'.repeat(101)}") { nodes { id } } }`],
    ['{ diseases(search: "\\u0000") { nodes { id } } }'],
    ['{ hospitals(province: "\\u0000") { nodes { id } } }'],
    [`{ medicinesById(ids: [${`"${diseaseId(1)}",`.repeat(101)}]) { id } }`],
    ['{ medicinesById(ids: ["x"]) { id } }'],
  ])('%s is refused as BAD_USER_INPUT', async (query) => {
    const { data, errors } = await execute(query);
    expect(errors.map(({ extensions }: Answer) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(Object.values(data)).toEqual([null]);
  });
});

describe('reading', () => {
  test('gives medicines in the order asked for, null for one that there is not', async () => {
    const ids = [
      medicineId('riluzole', 'Rilutek'),
      diseaseId(1),
      medicineId('penicillamine', null),
      medicineId('riluzole', 'Rilutek'),
    ];
    const { medicinesById } = await ask('query ($ids: [ID!]!) { medicinesById(ids: $ids) { genericNameEn } }', { ids });
    expect(medicinesById.map((found: Answer) => found?.genericNameEn)).toEqual([
      'riluzole',
      undefined,
      'penicillamine',
      'riluzole',
    ]);
  });

  test('gives what is new as soon as the database has it', async () => {
    const query = '{ disease(catalogNo: 5) { nameEn } }';
    await client.query("update catalog.disease set name_en = 'Changed' where catalog_no = 5");
    await soon(async () => (await ask(query)).disease.nameEn === 'Changed');
    await importCatalog(client);
    await soon(async () => (await ask(query)).disease.nameEn === 'Angelman Syndrome');
  });

  test('goes on following the database after it dropped the connection', async () => {
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'care-catalog'",
    );
    await client.query("update catalog.disease set name_en = 'Again' where catalog_no = 5");
    await soon(async () => {
      const { data } = await execute('{ disease(catalogNo: 5) { nameEn } }');
      return data?.disease?.nameEn === 'Again';
    });
    await importCatalog(client);
    await soon(async () => (await ask('{ disease(catalogNo: 5) { nameEn } }')).disease.nameEn === 'Angelman Syndrome');
  });
});

test('entities say what the migrations made', async () => {
  expect(await drift(definition as never, server.url, SECRET)).not.toMatch(
    / add | policy |alter column|create |drop column/i,
  );
});
