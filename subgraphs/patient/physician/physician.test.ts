import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { DEMO_HOSPITAL_ID } from '../../catalog/demo.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { DEMO_PHYSICIAN_ID } from '../demo.js';

const admin = person('demo-admin', 'ADMIN');
const LICENCE = '110000000012345';
const SHOWN = '__typename ... on Physician { id status version allowedActions licenceNumber reason languages title }';
const FAILED = '... on UserError { code path message }';

let under: SubgraphsUnderTest;
let diseaseId: string;
let otherHospitalId: string;
beforeAll(async () => {
  under = await openSubgraphs('physician');
  const one = async (sql: string) => (await under.admin.query(sql)).rows[0].id;
  diseaseId = await one('select id from catalog.disease where catalog_no = 31');
  otherHospitalId = await one(`select id from catalog.hospital where id <> '${DEMO_HOSPITAL_ID}' order by id limit 1`);
});
afterAll(() => under?.stop());

const ask = (who: Identity, query: string, variables: object = {}): Promise<Answer> =>
  under.execute('patient', who, query, variables);

async function does(who: Identity, mutation: string, input: object): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const stale = mutation === 'registerPhysician' ? '' : '... on StaleVersion { currentVersion }';
  const { data, errors } = await ask(
    who,
    `mutation($input: ${type}!) { result: ${mutation}(input: $input) { ${SHOWN} ${FAILED} ${stale} } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  return data?.result ?? errors;
}
const entry = (change: object = {}) => ({
  nameZh: '王医生',
  title: '主任医师',
  licenceNumber: LICENCE,
  hospitalId: DEMO_HOSPITAL_ID,
  diseaseIds: [diseaseId],
  languages: ['zh', 'EN'],
  ...change,
});
const physicianOf = (subject: string) => person(subject, 'PHYSICIAN');
const decide = (physicianId: string, decision: string, expectedVersion: number, change: object = {}) =>
  does(admin, 'decidePhysician', { physicianId, decision, expectedVersion, ...change });
const publicly = async (id: string) =>
  (await ask(ANONYMOUS, 'query($id: ID!) { physician(id: $id) { id verified name(locale: EN) } }', { id })).data
    .physician;
const inQueue = async (who = admin): Promise<Answer[]> =>
  (await ask(who, '{ physiciansToDecide(first: 100) { nodes { id licenceNumber } totalCount } }')).data
    .physiciansToDecide.nodes;

describe('a physician', () => {
  test('registers, is verified by an administrator, and only then found by patients', async () => {
    const who = physicianOf('physician-a');
    const registered = await does(who, 'registerPhysician', entry());
    expect(registered).toMatchObject({
      status: 'PENDING',
      licenceNumber: LICENCE,
      languages: ['zh', 'en'],
      allowedActions: ['CHANGE'],
    });
    expect(await publicly(registered.id)).toBeNull();
    expect(await inQueue()).toContainEqual({ id: registered.id, licenceNumber: '**** 2345' });

    expect(await decide(registered.id, 'VERIFY', registered.version + 1)).toMatchObject({
      code: 'STALE_VERSION',
      currentVersion: registered.version,
    });
    expect(await decide(registered.id, 'VERIFY', registered.version)).toMatchObject({ status: 'VERIFIED' });
    expect(await publicly(registered.id)).toEqual({ id: registered.id, verified: true, name: '王医生' });
    const me = await ask(who, '{ me { physician { id status licenceNumber allowedActions } } }');
    expect(me.data.me.physician).toEqual({
      id: registered.id,
      status: 'VERIFIED',
      licenceNumber: LICENCE,
      allowedActions: ['CHANGE', 'SET_HOURS'],
    });
  });

  test('registers once, and so does a licence, however it is written', async () => {
    const who = physicianOf('physician-b');
    const licenceNumber = 'ab-123 456';
    const first = await does(who, 'registerPhysician', entry({ licenceNumber, idempotencyKey: 'once' }));
    expect(first).toMatchObject({ status: 'PENDING', licenceNumber: 'AB123456' });
    const again = await does(who, 'registerPhysician', entry({ licenceNumber, idempotencyKey: 'once' }));
    expect(again.id).toBe(first.id);
    expect(await does(who, 'registerPhysician', entry({ licenceNumber: 'OTHER999' }))).toMatchObject({
      code: 'ALREADY_REGISTERED',
    });
    expect(
      await does(physicianOf('physician-c'), 'registerPhysician', entry({ licenceNumber: 'ＡＢ123456' })),
    ).toMatchObject({ code: 'ALREADY_REGISTERED' });
  });

  test('changes languages as they like, but another hospital is looked at again', async () => {
    const who = physicianOf('physician-d');
    const { id, version } = await does(who, 'registerPhysician', entry({ licenceNumber: 'DDDDDD1' }));
    await decide(id, 'VERIFY', version);
    const changed = await does(who, 'changePhysician', {
      languages: ['de'],
      title: '教授',
      expectedVersion: version + 1,
    });
    expect(changed).toMatchObject({ status: 'VERIFIED', languages: ['de'], title: '教授' });
    expect(await does(who, 'changePhysician', { title: 'x', expectedVersion: version })).toMatchObject({
      code: 'STALE_VERSION',
    });
    const moved = await does(who, 'changePhysician', { hospitalId: otherHospitalId, expectedVersion: changed.version });
    expect(moved).toMatchObject({ status: 'PENDING' });
    expect(await publicly(id)).toBeNull();
  });

  test('is refused with a reason, which they read, and asks again by a change', async () => {
    const who = physicianOf('physician-e');
    const { id, version } = await does(who, 'registerPhysician', entry({ licenceNumber: 'EEEEEE1' }));
    expect(await decide(id, 'REFUSE', version)).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'reason'] });
    const refused = await decide(id, 'REFUSE', version, { reason: 'No such number.' });
    expect(refused).toMatchObject({ status: 'REFUSED', reason: 'No such number.', allowedActions: [] });
    expect(await decide(id, 'VERIFY', refused.version)).toMatchObject({ code: 'WRONG_STATE' });
    const me = await ask(who, '{ me { physician { reason } } }');
    expect(me.data.me.physician.reason).toBe('No such number.');
    const changed = await does(who, 'changePhysician', { licenceNumber: 'EEEEEE2', expectedVersion: refused.version });
    expect(changed).toMatchObject({ status: 'PENDING', reason: null, licenceNumber: 'EEEEEE2' });
  });

  test('does not decide about themselves, also as an administrator', async () => {
    const both: Identity = {
      subject: 'physician-f',
      roles: ['PHYSICIAN', 'ADMIN'],
      scopes: ['care:provide', 'directory:write'],
    };
    const { id, version } = await does(both, 'registerPhysician', entry({ licenceNumber: 'FFFFFF1' }));
    const decided = await does(both, 'decidePhysician', {
      physicianId: id,
      decision: 'VERIFY',
      expectedVersion: version,
    });
    expect(decided).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await publicly(id)).toBeNull();
  });

  test.each([
    ['nameZh', '  '],
    ['nameZh', 'x'.repeat(101)],
    ['title', ''],
    ['licenceNumber', '12345'],
    ['licenceNumber', `1'; drop table physician`],
    ['languages', []],
    ['languages', ['klingon']],
    ['diseaseIds', []],
    ['diseaseIds', ['01934a3c-5800-7000-8000-00000000dead']],
    ['hospitalId', '01934a3c-5800-7000-8000-00000000dead'],
  ])('is refused for their %s: %j', async (field, value) => {
    const refused = await does(physicianOf('physician-g'), 'registerPhysician', entry({ [field]: value }));
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
  });

  test('keeps the licence from everybody else, in answers and in the database', async () => {
    const query = 'query($id: ID!) { physician(id: $id) { licenceNumber reason status } }';
    const seen = await ask(physicianOf('physician-a'), query, { id: DEMO_PHYSICIAN_ID });
    expect(seen.data.physician).toEqual({ licenceNumber: null, reason: null, status: 'VERIFIED' });
    const patient = await ask(person('demo-patient', 'PATIENT'), query, { id: DEMO_PHYSICIAN_ID });
    expect(patient.errors[0].extensions.code).toBe('FORBIDDEN');
    const { rows } = await under.admin.query(
      `select (select string_agg(p::text, ' ') from patient.physician p) || (select string_agg(k::text, ' ') from patient.idempotency_key k) as all`,
    );
    for (const secret of [LICENCE, 'AB123456', 'DEMO00000000001']) expect(rows[0].all).not.toContain(secret);
  });
});

describe('the list of physicians', () => {
  const list = async (args: string): Promise<string[]> => {
    const { data } = await ask(ANONYMOUS, `{ physicians(${args}) { nodes { id nameEn } totalCount } }`);
    return data.physicians.nodes.map((node: Answer) => node.nameEn);
  };

  test('is for anybody, and is cut by disease, hospital and language', async () => {
    expect(await list('first: 100, language: "de"')).toEqual(['Song Lan (demo)']);
    expect(await list(`first: 100, diseaseId: "${diseaseId}", language: "zh"`)).toEqual(
      expect.arrayContaining(['Chen Rui (demo)', 'Gao Yuan (demo)']),
    );
    expect(await list(`first: 100, hospitalId: "${otherHospitalId}"`)).toEqual([]);
    const odd = await ask(ANONYMOUS, '{ physicians(language: "zh-Hans; drop") { nodes { id } } }');
    expect(odd.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('is not of those who wait, whom only administrators see', async () => {
    expect(
      (await ask(physicianOf('demo-physician'), '{ physiciansToDecide { nodes { id } } }')).errors[0].extensions.code,
    ).toBe('FORBIDDEN');
  });
});

describe('the table of physicians', () => {
  const as = async (subject: string, roles: string) => {
    const client = await under.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      subject,
      roles,
    ]);
    return client;
  };

  test('lets nobody verify themselves or change somebody else, whatever the code says', async () => {
    const own = await as('physician-b', 'PHYSICIAN');
    const verify = `update physician set status = 'VERIFIED', decided_at = now(), decided_by = 'me'`;
    await expect(own.query(verify)).rejects.toThrow('nobody verifies themselves');
    const insert = `insert into physician (id, subject, name_zh, title, licence_sealed, licence_index, hospital_id, languages, status, decided_at, created_at)
      values (uuidv7(), $1, 'x', 'x', 'v1.x', $1, uuidv7(), '{zh}', $2, case when $2 = 'VERIFIED' then now() end, now())`;
    const refused = 'violates row-level security policy';
    await expect(own.query(insert, ['somebody else', 'PENDING'])).rejects.toThrow(refused);
    await own.query(`select set_config('app.subject', 'physician-z', false)`);
    await expect(own.query(insert, ['physician-z', 'VERIFIED'])).rejects.toThrow(refused);
    expect((await own.query(`update physician set title = 'x' where id = $1`, [DEMO_PHYSICIAN_ID])).rowCount).toBe(0);
    const verified = await as('demo-physician', 'PHYSICIAN');
    await expect(verified.query(`update physician set hospital_id = $1`, [otherHospitalId])).rejects.toThrow(
      'nobody verifies themselves',
    );
    const administrator = await as('demo-admin', 'ADMIN');
    await expect(
      administrator.query(`update physician set name_zh = 'x' where id = $1`, [DEMO_PHYSICIAN_ID]),
    ).rejects.toThrow('changes nothing else');
    const stranger = await as('demo-patient', 'PATIENT');
    expect((await stranger.query(`update physician set title = 'x'`)).rowCount).toBe(0);
    await expect(stranger.query('delete from physician')).rejects.toThrow('permission denied');
  });
});
