import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../scripts/ports.js';
import { askOverHttp } from '../subgraphs/common/asking.js';
import { ROLE_SCOPES } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { patientId } from '../subgraphs/common/seed.js';
import { SUBGRAPH_NAMES } from '../subgraphs/common/settings.js';
import { Signer } from '../subgraphs/common/signature.js';
import { checkDigit } from '../subgraphs/patient/identity/identity.rules.js';
import { env, WAYS, type Way } from './api.js';
import { type Answer, Person } from './client.js';
import { copyDatabase } from './cluster.js';
import { FUND_STORY, FundStory } from './fund-story.js';
import { Program } from './program.js';
import { contentOf, wholeDatabase } from './whole-database.js';

const withCheckDigit = (digits: string): string => digits + checkDigit(digits);

/** Nobody and nothing has these. What is shown of them masked is not among them. */
const SECRET = {
  legalName: '欧阳测试明文',
  nationalId: withCheckDigit('99999820190807002'),
  phone: '17788990011',
  address: '虚构省无名市明文大道四百零四号',
  insuranceNote: 'policy nowhere-77310-xyz',
  holderName: 'Plaintext Holder 明文户',
  accountNumber: '6229990000001357913',
  licenceNumber: 'LIC9PLAINTEXT2468',
} as const;

/** What is refused, and must not be kept for that. */
const REFUSED = {
  nationalId: `${SECRET.nationalId.slice(0, -2)}${SECRET.nationalId.at(-2) === '2' ? '4' : '2'}${SECRET.nationalId.at(-1)}`,
  bornOtherwise: withCheckDigit('99999820180706002'),
  otherSex: withCheckDigit('99999820190807003'),
  another: withCheckDigit('99999820190807004'),
  phone: '27788990022',
  accountNumber: '622999000000135x',
  holderName: 'Refused\u0007Holder',
} as const;

/** From the story of the fund: it goes to the bank. */
const OF_THE_STORY = { accountNumber: '6222000000008888', holderName: 'Story Family' };

/** A text as it may stand somewhere: plain, escaped, in the usual encodings wherever it begins, and as what can be tried out. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // without the signs at both ends, which its neighbours have a part in
    const inner = whole.slice(offset === 0 ? 0 : offset + 1, whole.length - 1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const hash = createHash(name).update(text).digest();
    return [hash.toString('hex'), hash.toString('base64').replace(/=+$/, ''), hash.toString('base64url')];
  });
  const hex = bytes.toString('hex');
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...hashes,
  ];
}

const LOOKED_FOR = [...Object.values(SECRET), ...Object.values(REFUSED), ...Object.values(OF_THE_STORY)].flatMap(
  (text) => formsOf(text).map((form) => [text, form] as const),
);
/** What of all that stands in a text. */
const foundIn = (text: string): string[] => [
  ...new Set(LOOKED_FOR.filter(([, form]) => text.includes(form)).map(([of]) => of)),
];

interface Running {
  readonly url: string;
  readonly adminUrl: string;
  /** Where metrics are given. */
  readonly origins: readonly string[];
  readonly programs: readonly Program[];
}

const folder = mkdtempSync(join(tmpdir(), 'care-plain-'));

/** The API in processes of its own, whose output can be read. */
async function start(way: Way): Promise<Running> {
  const adminUrl = await copyDatabase(env('TEST_ADMIN_URL'), `no_plaintext_${process.pid}_${way.replace(' ', '_')}`);
  const common = {
    NODE_ENV: 'test',
    DATABASE_URL: adminUrl,
    KEYS_DIR: env('TEST_KEYS_DIR'),
    DATA_DIR: join(folder, way),
    LOG_LEVEL: 'debug',
  };
  if (way === 'one process') {
    const program = new Program('start.js', [], { ...common, PORT: '0' });
    await program.says(/Stop with Ctrl-C/);
    const url = /http:\/\/localhost:\d+/.exec(program.said)?.[0] as string;
    return { url, adminUrl, origins: [url], programs: [program] };
  }
  const ports = await freePorts(SUBGRAPH_NAMES.length + 1);
  const urls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name, index) => [name, `http://127.0.0.1:${ports[index]}/graphql`]),
  );
  const environment = { ...common, SUBGRAPH_URLS: JSON.stringify(urls), PORT: String(ports.at(-1)) };
  const programs = [
    new Program('gateway.js', [], environment),
    ...SUBGRAPH_NAMES.map((name) => new Program('subgraph.js', [name], environment)),
  ];
  await Promise.all(programs.map((program) => program.says(/is ready at /)));
  const url = `http://localhost:${ports.at(-1)}`;
  return { url, adminUrl, origins: [url, ...Object.values(urls).map((each) => new URL(each).origin)], programs };
}

/** Every row of every table as text, and what the server knows of its statements. */
async function dump(adminUrl: string): Promise<ReadonlyMap<string, string>> {
  return withClient(adminUrl, async (client) => {
    const content = await wholeDatabase(client);
    for (const name of ['pg_stat_activity', 'pg_prepared_statements', 'pg_stats'])
      content.set(`pg_catalog.${name}`, await contentOf(client, `pg_catalog.${name}`));
    return content;
  });
}

afterAll(async () => {
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('what is looked for', () => {
  test.each(Object.values(SECRET))('would be found as it is, or encoded in something: %s', (text) => {
    const around = Buffer.from(`{"before":"x","value":"${text}","after":1}`);
    for (const form of [
      around.toString(),
      around.toString('base64'),
      around.toString('base64url'),
      around.toString('hex'),
    ])
      expect(foundIn(form)).toContain(text);
    expect(foundIn(Buffer.from(`é${text}`).toString('base64'))).toContain(text);
    expect(foundIn(createHash('sha256').update(text).digest('hex'))).toContain(text);
    expect(foundIn('')).toEqual([]);
  });
});

describe.each(WAYS)('what identifies somebody, in %s', (way) => {
  let running: Running;
  let caregiver: Person;
  let child = '';
  const refusals: string[] = [];

  const named = (name: string) => Person.named(name, running.url);
  /** Keeps what was answered to somebody who was refused. */
  const refused = (answer: Answer): Answer => {
    refusals.push(JSON.stringify([answer.data, answer.errors, answer.extensions, [...answer.headers]]));
    return answer;
  };
  const register = async (birthDate: string) => {
    const who = { relation: 'DEPENDANT', displayName: 'Dumped', birthDate, sex: 'FEMALE', region: 'Nowhere' };
    return (await caregiver.does('registerPatient', who, '... on Patient { id }')).id as string;
  };
  const identity = (change: object = {}) => ({
    patientId: child,
    legalName: SECRET.legalName,
    nationalId: SECRET.nationalId,
    phone: SECRET.phone,
    address: SECRET.address,
    insurance: 'COMMERCIAL',
    insuranceNote: SECRET.insuranceNote,
    ...change,
  });
  const account = (change: object = {}) => ({
    patientId: child,
    holderName: SECRET.holderName,
    accountNumber: SECRET.accountNumber,
    bankCode: '999000000001',
    ...change,
  });

  beforeAll(async () => {
    running = await start(way);
    caregiver = await named('caregiver');
  });
  afterAll(() => Promise.all((running?.programs ?? []).map((program) => program.end('SIGTERM'))));

  test('is told and read back in clear by those whom it concerns', async () => {
    child = await register('2019-08-07');
    expect(await caregiver.does('setPatientIdentity', identity(), '... on PatientIdentity { version }')).toMatchObject({
      version: 1,
    });
    expect(await caregiver.does('setPayoutAccount', account(), '... on PayoutAccount { version }')).toMatchObject({
      version: 1,
    });
    const { data } = await caregiver.ask(
      'query($id: ID!) { patientIdentity(patientId: $id) { legalName nationalId phone address insuranceNote } }',
      {
        id: child,
      },
    );
    const { legalName, nationalId, phone, address, insuranceNote } = SECRET;
    expect(data.patientIdentity).toEqual({ legalName, nationalId, phone, address, insuranceNote });
  });

  test('is told to the pharmacist who sends them a parcel, and to nobody else who sees the order', async () => {
    const order = newId();
    await withClient(running.adminUrl, async (client) => {
      await client.query(
        `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
         values (uuidv7(), $1, 'SHARE_WITH_PHARMACY', 1, now(), 'demo-caregiver') on conflict do nothing`,
        [child],
      );
      await client.query(
        `insert into pharmacy.drug_order (id, number, patient_id, status, placed_at) values ($1, 'RX-2026-800000', $2, 'PAID', now())`,
        [order, child],
      );
    });
    const ask = async (name: string) =>
      (await named(name)).ask('query($id: ID!) { drugOrder(id: $id) { delivery { name phone address } } }', {
        id: order,
      });
    const { legalName, phone, address } = SECRET;
    expect((await ask('pharmacist')).data.drugOrder.delivery).toEqual({ name: legalName, phone, address });
    for (const name of ['caregiver', 'other-patient', 'reviewer', 'carrier']) refused(await ask(name));
    for (const text of refusals) expect(foundIn(text)).toEqual([]);
  });

  test('is refused in many ways, and quoted in none of them', async () => {
    const idempotencyKey = crypto.randomUUID();
    const set = async (mutation: string, input: Record<string, unknown>, person = caregiver) =>
      refused(await person.mutate(mutation, { idempotencyKey: crypto.randomUUID(), ...input }, '')).data?.[mutation]
        ?.code ?? null;
    const again = { expectedVersion: 1 };
    const answers = [
      await set('setPatientIdentity', identity({ nationalId: REFUSED.nationalId })),
      await set('setPatientIdentity', identity({ ...again, nationalId: REFUSED.bornOtherwise })),
      await set('setPatientIdentity', identity({ ...again, nationalId: REFUSED.otherSex })),
      await set('setPatientIdentity', identity({ phone: REFUSED.phone })),
      await set('setPatientIdentity', identity()),
      await set('setPatientIdentity', identity({ ...again, nationalId: REFUSED.another })),
      await set('setPatientIdentity', identity({ ...again, idempotencyKey })),
      await set('setPatientIdentity', identity({ ...again, idempotencyKey, phone: '17788990033' })),
      await set('setPayoutAccount', account({ ...again, accountNumber: REFUSED.accountNumber })),
      await set('setPayoutAccount', account({ ...again, holderName: REFUSED.holderName })),
      await set('setPayoutAccount', account()),
    ];
    expect(answers).toEqual([
      ...Array.from({ length: 4 }, () => 'INVALID_INPUT'),
      'STALE_VERSION',
      'NOT_ALLOWED',
      null,
      'IDEMPOTENCY_CONFLICT',
      ...['INVALID_INPUT', 'INVALID_INPUT', 'STALE_VERSION'],
    ]);
    // another child with the same national id, until nothing is looked up any more
    const twin = await register('2019-08-07');
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push(await set('setPatientIdentity', identity({ patientId: twin })));
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'ALREADY_REGISTERED'), 'TOO_MANY_ATTEMPTS']);
    // by those whom it does not concern
    for (const name of ['other-patient', 'reviewer', 'finance', 'admin']) {
      const person = await named(name);
      expect(['NOT_FOUND', null]).toContain(await set('setPatientIdentity', identity(), person));
      expect(['NOT_FOUND', null]).toContain(await set('setPayoutAccount', account(), person));
      refused(await person.ask('query($id: ID!) { patientIdentity(patientId: $id) { nationalId } }', { id: child }));
    }
    // requests that are wrong in form: in the text, in the variables, in a name
    const { nationalId, accountNumber, phone } = SECRET;
    for (const [query, variables] of [
      [
        `mutation { setPatientIdentity(input: { patientId: "${child}", nationalId: "${nationalId}", telephone: "${phone}" }) { __typename } }`,
        {},
      ],
      [`mutation { setPayoutAccount(input: { accountNumber: "${accountNumber}" `, {}],
      [
        'mutation($input: SetPatientIdentityInput!) { setPatientIdentity(input: $input) { __typename } }',
        { input: { ...identity(), nationalId: { is: nationalId } } },
      ],
      [
        'mutation($input: SetPayoutAccountInput!) { setPayoutAccount(input: $input) { __typename } }',
        { input: { accountNumber: [accountNumber, 7] } },
      ],
      ['query($id: ID!) { patient(id: $id) { id } patientIdentity(patientId: $id) { phone } }', { id: phone }],
      [`{ patient(id: "${nationalId}") { id } }`, {}],
    ] as const) {
      expect((await caregiver.ask(query, variables)).errors.length).toBeGreaterThan(0);
    }
    for (const text of refusals) expect(foundIn(text)).toEqual([]);
  });

  test('is a physician’s licence too', async () => {
    const physician = await named('physician');
    const { data, errors } = await physician.ask('{ me { physician { id version } } }');
    expect(errors).toEqual([]);
    const { version } = data.me.physician;
    const changed = await physician.does(
      'changePhysician',
      { licenceNumber: SECRET.licenceNumber, expectedVersion: version },
      '',
    );
    expect(changed.__typename).toBe('Physician');
    refused(
      await physician.mutate('changePhysician', { licenceNumber: SECRET.licenceNumber, expectedVersion: version }, ''),
    );
    for (const text of refusals) expect(foundIn(text)).toEqual([]);
  });

  test('cannot be read where it was moved, cut or changed: that is said clearly, and nothing is written over', async () => {
    const sql = (text: string, values: unknown[]) =>
      withClient(running.adminUrl, async (client) => (await client.query(text, values)).rows);
    const stored = async () =>
      (
        await sql(
          'select i.*, a.holder_sealed, a.account_sealed from patient.patient_identity i join patient.payout_account a using (patient_id) where patient_id = $1',
          [child],
        )
      )[0];
    const good = await stored();
    const columns = [
      ['patient_identity', 'phone_sealed'],
      ['patient_identity', 'national_id_sealed'],
      ['payout_account', 'account_sealed'],
      ['payout_account', 'holder_sealed'],
    ] as const;
    for (const [table, column] of columns) {
      const [{ other }] = await sql(`select ${column} as other from patient.${table} where patient_id = $1`, [
        patientId(0),
      ]);
      for (const bad of [other, good[column].slice(0, -3), good[column].replace(/^v1\.[^.]+/, 'v1.gone')]) {
        await sql(`update patient.${table} set ${column} = $2 where patient_id = $1`, [child, bad]);
        const before = await stored();
        const { version, account_version } = { version: before.version, account_version: 1 };
        const isIdentity = table === 'patient_identity';
        const shown = await caregiver.ask(
          'query($id: ID!) { patient(id: $id) { displayName identity { phone } payoutAccount { maskedNumber } } }',
          { id: child },
        );
        expect(shown.data.patient).toEqual({
          displayName: 'Dumped',
          identity: isIdentity ? null : { phone: '177****0011' },
          payoutAccount: { maskedNumber: '**** 7913' },
        });
        const write = isIdentity
          ? await caregiver.mutate('setPatientIdentity', identity({ expectedVersion: version }), '')
          : await caregiver.mutate('setPayoutAccount', account({ expectedVersion: account_version }), '');
        expect(write.data).toEqual({ [isIdentity ? 'setPatientIdentity' : 'setPayoutAccount']: null });
        for (const error of [...shown.errors, ...write.errors]) {
          expect(error.extensions).toEqual({ code: 'DATA_UNREADABLE', traceId: expect.any(String) });
          expect(error.message).toMatch(
            /^This value cannot be read at the moment. It has not been changed. Tell the operator/,
          );
        }
        expect([shown.errors.length, write.errors.length]).toEqual([isIdentity ? 1 : 0, 1]);
        expect(await stored()).toEqual(before);
      }
      await sql(`update patient.${table} set ${column} = $2 where patient_id = $1`, [child, good[column]]);
    }
  });

  // the jobs' process has a log of its own there, and accounts travel between processes
  if (way === 'many processes') {
    test('goes to the bank by jobs', async () => {
      const story = await FundStory.begin(named, new Person(running.url));
      for (const { run } of FUND_STORY) await run(story);
    });

    test('and a subgraph that asks for what cannot be read learns that, not that the other is down', async () => {
      const urls = new Map(
        running.origins.slice(1).map((origin, index) => [SUBGRAPH_NAMES[index] as string, `${origin}/graphql`]),
      );
      const ask = askOverHttp(
        (name) => [urls.get(name) as string],
        new Signer('fund', env('TEST_KEYS_DIR')),
        5_000,
      ).ask('fund', {
        identity: { subject: 'demo-finance', roles: ['FINANCE'], scopes: ROLE_SCOPES.FINANCE },
        locale: Locale.EN,
        trace: '',
      });
      const accounts = () =>
        ask<{ payoutAccounts: unknown[] }>(
          'patient',
          'query($ids: [ID!]!) { payoutAccounts(patientIds: $ids) { accountNumber } }',
          { ids: [child] },
        );
      expect((await accounts()).payoutAccounts).toEqual([{ accountNumber: SECRET.accountNumber }]);
      await withClient(running.adminUrl, async (client) => {
        await client.query(
          `update patient.payout_account set account_sealed = replace(account_sealed, 'v1.', 'v1.x') where patient_id = $1`,
          [child],
        );
        await expect(accounts()).rejects.toMatchObject({ extensions: { code: 'DATA_UNREADABLE' } });
        await client.query(
          `update patient.payout_account set account_sealed = replace(account_sealed, 'v1.x', 'v1.') where patient_id = $1`,
          [child],
        );
      });
    });
  }

  test('stands in no table, job, statement, log, trace or metric, neither plain nor encoded nor as a hash', async () => {
    const content = await dump(running.adminUrl);
    expect([...content.keys()]).toEqual(
      expect.arrayContaining([
        'patient.patient_identity',
        'fund.payout_batch',
        'patient.idempotency_key',
        'patient.access_log',
      ]),
    );
    expect([...content.keys()].filter((name) => /_jobs\./.test(name)).length).toBeGreaterThan(1);
    expect(content.get('patient.patient_identity')).toContain(child);
    for (const [name, text] of content) expect([name, foundIn(text)]).toEqual([name, []]);
    for (const origin of running.origins) {
      const metrics = await (await fetch(`${origin}/metrics`)).text();
      expect(metrics).toMatch(/^# HELP/m);
      expect(foundIn(metrics)).toEqual([]);
    }
    const said = running.programs.map((program) => program.said + program.complained).join('\n');
    // it is the log of what was done: what could not be opened stands in it
    expect(said).toContain('a sealed value cannot be opened');
    expect(foundIn(said)).toEqual([]);
    const serverLog = join(dirname(env('TEST_KEYS_DIR')), 'postgres/postgres.log');
    expect(existsSync(serverLog)).toBe(true);
    expect(foundIn(readFileSync(serverLog, 'utf8'))).toEqual([]);
  });
});
