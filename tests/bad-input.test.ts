import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { patientId } from '../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { Person } from './client.js';
import { Forge, inSeconds, strangersKey } from './forge.js';
import { until } from './until.js';
import { type Sent, Wire } from './wire.js';

/** What clients are promised in `extensions.code`. */
const PROMISED = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'TOO_EXPENSIVE',
  'SUBGRAPH_UNAVAILABLE',
  'BAD_USER_INPUT',
  'INTERNAL',
];

/** How we are built: code, hosts, the database and its tables. */
const INSIDES =
  /\n\s+at |node_modules|file:|\.[jt]s:\d|127\.0\.0\.1|localhost|postgres|\bselect\b.+\bfrom\b|insert into|violates|relation "|idempotency_key|care_relationship|application_event|drug_order\b|subgraph/i;

const ME = '{ me { roles } }';
const CATALOG = '{ disease(catalogNo: 31) { nameEn } }';
const LOOKUPS = [
  'application',
  'disease',
  'drugOrder',
  'fund',
  'hospital',
  'medicine',
  'organisation',
  'patient',
  'post',
  'prescription',
  'question',
  'story',
];

describe.each(WAYS)('bad input in %s', (way) => {
  let api: ApiUnderTest;
  let patient: Person;
  let wire: Wire;

  beforeAll(async () => {
    api = await startApi(way, 'bad_input');
    wire = new Wire(api.url);
    patient = await api.person('patient');
  });
  afterAll(() => api?.stop());

  const post = (body: string, headers: Record<string, string> = {}, path = '/graphql') =>
    wire.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${patient.token}`, ...headers },
      body,
    });
  const ask = (query: string, variables: unknown = {}, headers: Record<string, string> = {}, path = '/graphql') =>
    post(JSON.stringify({ query, variables }), headers, path);
  const get = (query: string, headers: Record<string, string> = {}) =>
    wire.send(`/graphql?query=${encodeURIComponent(query)}`, { headers });

  const codes = ({ body }: Sent) => body.errors?.map(({ extensions }) => extensions.code);

  describe('tokens', () => {
    let forge: Forge;
    beforeAll(() => {
      forge = new Forge(api);
    });

    test('one that is complete and in time is taken', async () => {
      const { status, body } = await ask(ME, {}, { authorization: `Bearer ${await forge.signed({})}` });
      expect(status).toBe(200);
      expect(body.data).toEqual({ me: { roles: ['PATIENT'] } });
    });

    test.each<[string, () => string | Promise<string>]>([
      ['that is none', () => 'abc'],
      ['that has expired', () => forge.signed({ exp: inSeconds(-60) })],
      ['that is not valid yet', () => forge.signed({ nbf: inSeconds(60) })],
      ['that never expires', () => forge.signed({ exp: undefined })],
      ['without a signature', () => forge.unsigned()],
      ['whose claims were changed', () => forge.changed({ roles: ['ADMIN'] })],
      ['signed by somebody else', () => forge.signed({}, { by: strangersKey() })],
      ['signed with the public key as a secret', () => forge.signedWithPublicKey()],
      [
        'that says where its key is',
        () => forge.signed({}, { by: strangersKey(), header: { kid: 'x', jku: api.url } }),
      ],
      ['of another issuer', () => forge.signed({ iss: 'https://elsewhere.example' })],
      ['for another API', () => forge.signed({ aud: 'https://other.example' })],
      ['that is an ID token', () => forge.signed({}, { header: { typ: 'JWT' } })],
      ['of nobody', () => forge.signed({ sub: '' })],
      ['of what does things by itself', () => forge.signed({ sub: 'system:fund' })],
    ])('one %s is refused with 401', async (_, token) => {
      const sent = await ask(CATALOG, {}, { authorization: `Bearer ${await token()}` });
      expect(sent).toMatchObject({ status: 401, type: 'application/json; charset=utf-8' });
      expect(sent.body.data).toBeUndefined();
      expect(codes(sent)).toEqual(['UNAUTHENTICATED']);
      expect(sent.headers.get('www-authenticate')).toBe('Bearer');
    });

    test('a user name and password are refused with 401', async () => {
      expect(await ask(ME, {}, { authorization: 'Basic YTpi' })).toMatchObject({ status: 401 });
    });

    test('headers that claim an identity are no token', async () => {
      const sent = await wire.send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-id': 'demo-admin', 'x-roles': 'ADMIN' },
        body: JSON.stringify({ query: ME }),
      });
      expect(sent.body.data).toEqual({ me: null });
      expect(codes(sent)).toEqual(['UNAUTHENTICATED']);
    });

    test('a scope that the token lacks costs the field that needs it, and no other', async () => {
      const narrow = await forge.signed({ scope: 'patient:self' });
      const sent = await ask(
        `{ me { roles } applications { nodes { id } } disease(catalogNo: 31) { catalogNo } }`,
        {},
        { authorization: `Bearer ${narrow}` },
      );
      expect(sent.body.data).toEqual({ me: { roles: ['PATIENT'] }, applications: null, disease: { catalogNo: 31 } });
      expect(sent.body.errors).toMatchObject([{ path: ['applications'], extensions: { code: 'FORBIDDEN' } }]);
    });

    test('a scope that the role does not allow is no use in a token', async () => {
      const greedy = await forge.signed({ scope: 'patient:self diagnosis:verify fund:review service:fund' });
      const sent = await ask('{ diagnosesToDecide { nodes { id } } }', {}, { authorization: `Bearer ${greedy}` });
      expect(sent.body.data).toEqual({ diagnosesToDecide: null });
      expect(codes(sent)).toEqual(['FORBIDDEN']);
    });
  });

  describe('arguments', () => {
    test.each([
      'abc',
      '',
      'null',
      "' or 1=1 --",
      '01934a3c-5800-7000-8000-00000000ffff;',
      '１２３',
    ])('an id that cannot be one (%p) is BAD_USER_INPUT in every look-up', async (id) => {
      const fields = LOOKUPS.map((name) => `${name}(id: $id) { id }`).join(' ');
      const sent = await ask(`query($id: ID!) { ${fields} }`, { id });
      expect(sent.body.data).toEqual(Object.fromEntries(LOOKUPS.map((name) => [name, null])));
      expect(codes(sent)).toEqual(LOOKUPS.map(() => 'BAD_USER_INPUT'));
      expect(sent.body.errors?.map(({ path }) => String(path)).sort()).toEqual(LOOKUPS);
    });

    test('a variable that has a default and must not be null may be left out', async () => {
      const { body } = await ask('query($first: Int! = 2) { diseases(first: $first) { nodes { id } } }');
      expect(body.data?.diseases).toMatchObject({ nodes: [{}, {}] });
    });

    test('an id in capitals is the same id', async () => {
      const id = '01934A3C-5800-7000-8000-00000000FFFF';
      expect((await ask('query($id: ID!) { patient(id: $id) { id } }', { id })).body.data).toEqual({ patient: null });
    });

    test('a malformed id in a mutation is BAD_USER_INPUT', async () => {
      const { errors } = await patient.mutate('submitApplication', { applicationId: 'x', expectedVersion: 1 }, '');
      expect(errors).toMatchObject([{ path: ['submitApplication'], extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    test.each([
      -1,
      0,
      101,
      99_999_999,
      2 ** 31,
      -(2 ** 31) - 1,
      1.5,
      'ten',
      null,
    ])('a page of %p entries is BAD_USER_INPUT, inline and as a variable', async (first) => {
      const lists = ['applications', 'stories', 'diseases', 'hospitals', 'medicines', 'myStories', 'prescriptions'];
      const inline = lists.map((name) => `${name}(first: ${JSON.stringify(first)}) { nodes { id } }`);
      const variable = lists.map((name) => `${name}(first: $first) { nodes { id } }`);
      const nested = 'disease(catalogNo: 31) { stories(first: $first) { nodes { id } } }';
      for (const sent of [
        await ask(`{ ${inline.join(' ')} }`),
        await ask(`query($first: Int!) { ${variable.join(' ')} }`, { first }),
        await ask(`query($first: Int!) { ${nested} }`, { first }),
      ]) {
        expect(new Set(codes(sent))).toEqual(new Set(['BAD_USER_INPUT']));
        expect(sent.text).not.toContain('"nodes"');
      }
    });

    test('a cursor that no list gave out is BAD_USER_INPUT', async () => {
      const sent = await ask('{ stories(after: "bm9uZQ") { nodes { id } } }');
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test.each([
      ['inline', '{ disease(catalogNo: 31) { name(locale: FR) } }', {}],
      ['in a variable', 'query($l: Locale) { disease(catalogNo: 31) { name(locale: $l) } }', { l: 'FR' }],
      [
        'in an input',
        'mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { __typename } }',
        {
          input: {
            idempotencyKey: 'a',
            relation: 'BOSS',
            displayName: 'A',
            birthDate: '2000-01-01',
            sex: 'F',
            region: 'B',
          },
        },
      ],
    ])('an enum value that there is not, %s, is BAD_USER_INPUT with 400', async (_, query, variables) => {
      const sent = await ask(query, variables);
      expect(sent.status).toBe(400);
      expect(new Set(codes(sent))).toEqual(new Set(['BAD_USER_INPUT']));
    });

    test.each([
      ['an unknown field', '{ nothing }', {}],
      ['a field without its selection', '{ me }', {}],
      ['a missing variable', 'query($id: ID!) { patient(id: $id) { id } }', {}],
      ['a variable of the wrong type', 'query($id: ID!) { patient(id: $id) { id } }', { id: { or: 1 } }],
      ['a query that is cut off', '{ me {', {}],
      ['an empty query', '', {}],
      ['the entry that the gateway uses', '{ _entities(representations: []) { __typename } _service { sdl } }', {}],
      ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', {}],
      ['a subscription', 'subscription { me { roles } }', {}],
    ])('%s is BAD_USER_INPUT with 400', async (_, query, variables) => {
      const sent = await ask(query, variables);
      expect(sent).toMatchObject({ status: 400, type: 'application/json; charset=utf-8' });
      expect(new Set(codes(sent))).toEqual(new Set(['BAD_USER_INPUT']));
    });

    test.each([
      ['two operations and no name', { query: `query A ${ME} query B ${ME}` }],
      ['the name of no operation', { query: `query A ${ME}`, operationName: 'B' }],
      ['variables that are text', { query: ME, variables: '{}' }],
      ['variables that are a list', { query: ME, variables: [] }],
      ['a query that is a number', { query: 1 }],
      ['a name that is a number', { query: ME, operationName: 1 }],
      ['no query', {}],
      ['a document id', { documentId: 'a'.repeat(64) }],
    ])('%s is BAD_USER_INPUT with 400', async (_, body) => {
      const sent = await post(JSON.stringify(body));
      expect(sent.status).toBe(400);
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test.each([
      '"1e309"',
      '"NaN"',
      '"-"',
      '"0x10"',
      '""',
      '1',
      '1.5',
    ])('an amount of %s is BAD_USER_INPUT', async (amount) => {
      const id = '01934a3c-5800-7000-8000-00000000ffff';
      const input = `{ idempotencyKey: "a", patientId: "${id}", diseaseId: "${id}", expectedExpense: { amount: ${amount}, currency: CNY } }`;
      const sent = await ask(`mutation { draftApplication(input: ${input}) { __typename } }`);
      expect(new Set(codes(sent))).toEqual(new Set(['BAD_USER_INPUT']));
    });
  });

  describe('HTTP', () => {
    const json = JSON.stringify({ query: ME });
    const PREFLIGHT = { 'apollo-require-preflight': 'yes' };

    test.each([
      ['malformed JSON', '{"query": ', {}, 400],
      ['an empty body', '', {}, 400],
      ['a body that is null', 'null', {}, 400],
      ['a body that is text', '"x"', {}, 400],
      ['a batch', `[${json},${json}]`, {}, 400],
      ['an empty batch', '[]', {}, 400],
      ['text', json, { 'content-type': 'text/plain' }, 400],
      ['a form', 'query=%7Bme%7Broles%7D%7D', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
      ['a form with files', json, { 'content-type': 'multipart/form-data; boundary=x' }, 400],
      ['a query that is no JSON', ME, { 'content-type': 'application/graphql' }, 400],
      ['UTF-16', json, { 'content-type': 'application/json; charset=utf-16' }, 415],
      ['UTF-7', json, { 'content-type': 'application/json; charset="utf-7"' }, 415],
      ['a body compressed in a way of its own', json, { 'content-encoding': 'br' }, 415],
      ['a body over 256 KiB', JSON.stringify({ query: ME, variables: { x: 'x'.repeat(256 * 1024) } }), {}, 413],
      ['a client that takes XML only', json, { accept: 'application/xml' }, 406],
    ])('%s gets JSON and a 4xx', async (_, body, headers: Record<string, string>, status) => {
      const sent = await post(body, headers);
      expect(sent).toMatchObject({ status, type: 'application/json; charset=utf-8' });
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test('a body over 256 KiB that does not say its length gets 413', async () => {
      const chunk = new TextEncoder().encode('x'.repeat(64 * 1024));
      let left = 5;
      const body = new ReadableStream({
        pull: (stream) => (left-- > 0 ? stream.enqueue(chunk) : stream.close()),
      });
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' as const };
      expect(await wire.send('/graphql', init)).toMatchObject({ status: 413 });
    });

    test('a query by GET needs the header that a browser cannot send from a foreign page', async () => {
      expect(await get(CATALOG)).toMatchObject({ status: 400 });
      expect(await get(CATALOG, { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
      const sent = await get(CATALOG, PREFLIGHT);
      expect(sent.body.data).toEqual({ disease: { nameEn: expect.any(String) } });
    });

    test('a mutation by GET gets 405 and changes nothing', async () => {
      const id = '01934a3c-5800-7000-8000-00000000ffff';
      const sent = await get(
        `mutation { withdrawStory(input: { idempotencyKey: "a", storyId: "${id}", expectedVersion: 1 }) { __typename } }`,
        PREFLIGHT,
      );
      expect(sent.status).toBe(405);
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
      expect(sent.body.data).toBeUndefined();
    });

    test.each([
      '&variables=x',
      '&variables=[]',
      '&extensions=x',
      '&query=b',
    ])('a GET with parameters that cannot be read (%s) gets JSON 400', async (more) => {
      const sent = await wire.send(`/graphql?query=${encodeURIComponent(CATALOG)}${more}`, { headers: PREFLIGHT });
      expect(sent.status).toBe(400);
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test.each(['PUT', 'DELETE', 'PATCH'])('%s gets JSON 405', async (method) => {
      const sent = await wire.send('/graphql', {
        method,
        headers: { 'content-type': 'application/json', ...PREFLIGHT },
      });
      expect(sent).toMatchObject({ status: 405, type: 'application/json; charset=utf-8' });
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test.each([
      '/nothing',
      '/graphql/',
      '/GraphQL',
      '/health',
      '/.env',
      '/%',
      '//',
    ])('a path that there is not (%s) gets JSON 404', async (path) => {
      const sent = await wire.send(path, { headers: { accept: 'text/html' } });
      expect(sent).toMatchObject({ status: 404, type: 'application/json; charset=utf-8' });
      expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
    });

    test('application/graphql-response+json is answered when asked for, refusals too', async () => {
      const headers = { accept: 'application/graphql-response+json' };
      const type = 'application/graphql-response+json; charset=utf-8';
      expect(await ask(ME, {}, headers)).toMatchObject({ status: 200, type });
      expect(await ask('{ nothing }', {}, headers)).toMatchObject({ status: 400, type });
      expect(await ask('{ patient(id: "x") { id } }', {}, headers)).toMatchObject({ status: 200, type });
      expect(await get(CATALOG, { ...headers, ...PREFLIGHT })).toMatchObject({ status: 200, type });
    });

    test('a traceparent is taken, echoed with a span of ours, and stands in every error', async () => {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
      for (const sent of [
        await ask('{ patient(id: "x") { id } }', {}, { traceparent }),
        await ask('{ nothing }', {}, { traceparent }),
        await post('[]', { traceparent }),
        await post('{', { traceparent }),
        await ask(ME, {}, { traceparent, authorization: 'Bearer x' }),
        await wire.send('/nothing', { headers: { traceparent } }),
      ]) {
        expect(sent.body.errors?.map(({ extensions }) => extensions.traceId)).toEqual([traceId]);
        if (sent.status === 404) continue;
        expect(sent.headers.get('traceparent')).toMatch(
          new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
        );
      }
    });

    test.each([
      '',
      'x',
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      '00-4bf9\'"-00f067aa0ba902b7-01',
    ])('a traceparent that is none (%p) is replaced', async (traceparent) => {
      const { headers } = await ask(ME, {}, { traceparent });
      expect(headers.get('traceparent')).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    });
  });

  describe('names that JavaScript takes for something else', () => {
    test('__proto__ as an alias, a variable or in a GET is refused, not lost', async () => {
      for (const sent of [
        await ask('{ __proto__: disease(catalogNo: 31) { nameEn } }'),
        await ask('{ disease(catalogNo: 31) { __proto__: nameEn } }'),
        await post(
          '{"query":"query($__proto__: ID!) { patient(id: $__proto__) { id } }","variables":{"__proto__":"01934a3c-5800-7000-8000-00000000ffff"}}',
        ),
        await get('{ __proto__: disease(catalogNo: 31) { nameEn } }', { 'apollo-require-preflight': 'yes' }),
      ]) {
        expect(sent.status).toBe(400);
        expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
      }
    });

    test('__proto__ as a text is a text', async () => {
      const sent = await ask('{ diseases(search: "__proto__") { nodes { id } } }');
      expect(sent.body.errors).toBeUndefined();
    });

    test('__proto__ in the body or in variables changes no object', async () => {
      await post(`{"query":"${ME}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`);
      await post(`{"query":"${ME}","variables":{"__proto__":{"polluted":1}}}`);
      const input = '{"idempotencyKey":"a","__proto__":{"polluted":1},"diseaseId":"a","title":"a","body":"a"}';
      const sent = await post(
        `{"query":"mutation($input: PublishStoryInput!) { publishStory(input: $input) { __typename } }","variables":{"input":${input}}}`,
      );
      expect(sent.status).toBe(400);
      expect('polluted' in {}).toBe(false);
    });

    test('constructor, toString and hasOwnProperty are aliases like others', async () => {
      const sent = await ask(
        '{ constructor: disease(catalogNo: 31) { toString: catalogNo hasOwnProperty: catalogNo valueOf: catalogNo } }',
      );
      expect(sent.body.data).toEqual({ constructor: { toString: 31, hasOwnProperty: 31, valueOf: 31 } });
    });
  });

  describe('what the database could not take', () => {
    test('a NUL in a text is refused, written in JSON or in GraphQL', async () => {
      const query = 'query($text: String) { diseases(search: $text) { totalCount } }';
      expect((await ask(query, { text: 'a\0b' })).status).toBe(400);
      expect((await ask('{ diseases(search: "a\\u0000b") { totalCount } }')).status).toBe(400);
    });

    test('a day before the year 1000 is refused', async () => {
      expect(codes(await ask('{ aidPolicy(on: "0000-01-01") { number } }'))).toEqual(['BAD_USER_INPUT']);
    });
  });

  describe('medicine', () => {
    const DAY = 86_400_000;
    const ahead = (days: number): string => shanghaiDay(new Date(Date.now() + days * DAY));
    const people = new Map<string, Person>();
    let medicines: readonly string[];
    let parcels: { underWay: string; delivered: string };
    /** An order that was paid too late. */
    let late: string;

    const sql = (text: string, values: unknown[] = []) =>
      withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);

    beforeAll(async () => {
      for (const name of ['pharmacist', 'physician', 'carrier']) people.set(name, await api.person(name));
      people.set('patient', patient);
      const sold = await sql(
        `select id from catalog.medicine where sold_online and price_fen is not null order by id limit 2`,
      );
      medicines = sold.map(({ id }) => id);
      const lot = newId();
      await sql(
        `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at) values ($1::uuid, $2, 'BAD-INPUT', current_date + 20, now())`,
        [lot, medicines[0]],
      );
      await sql(
        `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject) values ($1, 'RECEIPT', 100, 0, 'test')`,
        [lot],
      );
      await sql(
        `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
         select gen_random_uuid(), $1, 'SHARE_WITH_PHARMACY', 1, now(), 'demo-patient'
         where not exists (select from patient.consent where patient_id = $1 and purpose = 'SHARE_WITH_PHARMACY' and withdrawn_at is null)`,
        [patientId(0)],
      );
      const parcel = async (status: string) => {
        const [row] = await sql(
          `select s.id from pharmacy.shipment s join pharmacy.drug_order o on o.id = s.order_id where patient_id = $1 and s.status = $2 limit 1`,
          [patientId(0), status],
        );
        return row?.id as string;
      };
      parcels = { underWay: await parcel('IN_TRANSIT'), delivered: await parcel('DELIVERED') };
      late = await cancelledWhilePaying();
    });

    /** What a mutation with one `input` says. */
    async function says(name: string, mutation: string, input: object, selection: string) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const document = `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message path } ${selection} } }`;
      const { token, path } = people.get(name) as Person;
      const sent = await ask(
        document,
        { input: /^report/.test(mutation) ? input : { idempotencyKey: newId(), ...input } },
        { authorization: `Bearer ${token}` },
        path,
      );
      return { sent, said: sent.body.data?.[mutation] };
    }

    /** A prescription of ten packages. @returns its id */
    async function prescription(over: Partial<Record<string, unknown>> = {}): Promise<string> {
      const row = {
        patient_id: patientId(0),
        patient_subject: 'demo-patient',
        physician_subject: 'demo-physician',
        medicine_id: medicines[0],
        status: 'APPROVED',
        used: 0,
        valid_until: ahead(30),
        ...over,
      };
      const id = newId();
      await sql(
        `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose,
           quantity, refills, used, valid_until, status, issued_at, checked_at, checked_by, check_reason, withdrawn_at, withdraw_reason)
         values ($1, 'RP-2026-' || (900000 + nextval('pharmacy.prescription_number')), $2, $3, gen_random_uuid(), $4, $5, 'One a day', 10, 0, $6,
           $7, $8::text, now() - interval '60 days', case when $8 <> 'ISSUED' then now() end, case when $8 <> 'ISSUED' then 'test' end,
           case when $8 <> 'ISSUED' then 'Seen.' end, case when $8 = 'WITHDRAWN' then now() end, case when $8 = 'WITHDRAWN' then 'Better not.' end)`,
        [id, ...Object.values(row).slice(0, 4), row.used, row.valid_until, row.status],
      );
      return id;
    }

    const orders = async (prescriptionId: string | undefined, quantity: unknown = 1) =>
      says(
        'patient',
        'placeDrugOrder',
        { patientId: patientId(0), lines: [{ medicineId: medicines[0], quantity, prescriptionId }] },
        '... on DrugOrder { id status version } ... on PrescriptionNotUsable { problems { problem left } }',
      );

    test.each<[string, string, () => Promise<string | undefined> | undefined]>([
      ['no prescription', 'MISSING', () => undefined],
      ['one that there is not', 'UNKNOWN', async () => newId()],
      [
        'somebody else’s',
        'UNKNOWN',
        () => prescription({ patient_id: patientId(1), patient_subject: 'demo-other-patient' }),
      ],
      ['one for another medicine', 'OTHER_MEDICINE', () => prescription({ medicine_id: medicines[1] })],
      ['one that nobody has checked', 'NOT_CHECKED', () => prescription({ status: 'ISSUED' })],
      ['one that was refused', 'REFUSED', () => prescription({ status: 'REFUSED' })],
      ['one that was withdrawn', 'WITHDRAWN', () => prescription({ status: 'WITHDRAWN' })],
      ['one that has expired', 'EXPIRED', () => prescription({ valid_until: ahead(-1) })],
      ['one that is used up', 'NOT_ENOUGH_LEFT', () => prescription({ used: 10 })],
    ])('ordered by %s is refused: %s', async (_, problem, made) => {
      const { said } = await orders(await made());
      expect(said).toMatchObject({
        __typename: 'PrescriptionNotUsable',
        code: 'PRESCRIPTION_NOT_USABLE',
        problems: [{ problem }],
      });
    });

    test.each([
      0,
      -1,
      101,
      10 ** 9,
    ])('ordered, prescribed or received in a quantity of %p is refused', async (quantity) => {
      const [medicineId] = medicines;
      const prescribed = { patientId: patientId(0), medicineId, dose: 'One a day', refills: 0, validUntil: ahead(9) };
      expect((await orders(await prescription(), quantity)).said).toMatchObject({ code: 'INVALID_INPUT' });
      const issued = await says('physician', 'issuePrescription', { ...prescribed, quantity }, '');
      expect(issued.said).toMatchObject({ code: 'INVALID_INPUT' });
      const lot = { medicineId, lot: newId(), expiresOn: ahead(300), quantity: quantity === 101 ? 10_001 : quantity };
      const received = await says('pharmacist', 'receiveStock', lot, '');
      expect(received.said).toMatchObject({ code: 'INVALID_INPUT' });
    });

    test.each([2 ** 31, 1.5, '1', null])('ordered in a quantity of %p is BAD_USER_INPUT', async (quantity) => {
      expect(codes((await orders(await prescription(), quantity)).sent)).toEqual(['BAD_USER_INPUT']);
    });

    const placed = async (): Promise<{ id: string; version: number }> => {
      const { said } = await orders(await prescription());
      expect(said).toMatchObject({ __typename: 'DrugOrder', status: 'PLACED' });
      return said as never;
    };
    const pays = ({ id, version }: { id: string; version: number }, paymentToken: string) =>
      says(
        'patient',
        'payDrugOrder',
        { orderId: id, expectedVersion: version, paymentToken },
        '... on DrugOrder { id version }',
      );
    /** An order when all is said and done about its money. */
    async function settled(id: string) {
      const look = async () => {
        const { data } = await patient.ask(
          `query($id: ID!) { drugOrder(id: $id) { status total { amount } payments {
            status amount { amount } charged { amount } refunded { amount } refunds { status cause amount { amount } } } } }`,
          { id },
        );
        return data.drugOrder;
      };
      const isDone = ({ status, refunds }: { status: string; refunds: { status: string }[] }) =>
        status !== 'PENDING' && refunds.every((each) => each.status === 'DONE');
      await until(look, ({ payments }) => payments.length > 0 && payments.every(isDone), { seconds: 20, everyMs: 100 });
      // an order and its payments are not read at the same moment
      return look();
    }

    test('paid with an answer that comes twice is paid once', async () => {
      const order = await placed();
      await pays(order, 'sim_twice');
      expect(await settled(order.id)).toMatchObject({ status: 'PAID', payments: [{ status: 'PAID', refunds: [] }] });
      const again = await pays({ ...order, version: order.version + 1 }, 'sim_pay');
      expect(['WRONG_STATE', 'STALE_VERSION']).toContain((again.said as { code: string }).code);
    });

    test('paid with another amount is not paid, and all of it goes back', async () => {
      const order = await placed();
      await pays(order, 'sim_other_amount');
      const { status, payments } = await settled(order.id);
      expect(status).toBe('PLACED');
      const [{ charged, refunded }] = payments;
      expect(payments).toMatchObject([
        { status: 'NOT_ACCEPTED', refunded: charged, refunds: [{ cause: 'NOT_ACCEPTED', status: 'DONE' }] },
      ]);
      expect(refunded).toEqual(charged);
    });

    /** Begun before the other tests of medicine: the answer takes seconds. @returns the order's id */
    async function cancelledWhilePaying(): Promise<string> {
      const order = await placed();
      const { said } = await pays(order, 'sim_late');
      const { version } = said as { version: number };
      const cancelled = await says(
        'patient',
        'cancelDrugOrder',
        { orderId: order.id, expectedVersion: version },
        '... on DrugOrder { status }',
      );
      expect(cancelled.said).toMatchObject({ status: 'CANCELLED' });
      return order.id;
    }
    test.each([
      ['nothing', ''],
      ['a space', ' '],
      ['two words', 'a b'],
      ['201 letters', 'x'.repeat(201)],
      ['characters of another script', '令牌'],
    ])('paid with what is no token, %s, is refused', async (_, token) => {
      expect((await pays(await placed(), token)).said).toMatchObject({ code: 'INVALID_INPUT' });
    });

    test('paid with a token that nobody knows is not paid', async () => {
      const order = await placed();
      await pays(order, 'x'.repeat(200));
      expect(await settled(order.id)).toMatchObject({ status: 'PLACED', payments: [{ status: 'REFUSED' }] });
    });

    const MINUTE = 60_000;
    const at = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();
    const log = (over: object = {}) => ({
      shipmentId: parcels.underWay,
      startedAt: at(-30),
      seconds: [0, 300],
      celsius: [5, 5],
      ...over,
    });
    const reports = (logs: readonly object[]) =>
      says(
        'carrier',
        'reportTemperatures',
        { logs },
        '... on ShipmentReport { accepted repeated refused { index problem explanation } }',
      );

    test.each<[string, string, () => object]>([
      ['from the future', 'FROM_THE_FUTURE', () => log({ startedAt: at(30) })],
      ['of −300 °C', 'IMPOSSIBLE_TEMPERATURE', () => log({ celsius: [-300, -300] })],
      ['of a thousand degrees', 'IMPOSSIBLE_TEMPERATURE', () => log({ celsius: [1_000, 1e300] })],
      ['from before it was packed', 'BEFORE_PACKING', () => log({ startedAt: '2020-01-01T00:00:00Z' })],
      ['of a parcel that is delivered', 'AFTER_DELIVERY', () => log({ shipmentId: parcels.delivered })],
      ['of a parcel that there is not', 'UNKNOWN_SHIPMENT', () => log({ shipmentId: newId() })],
    ])('readings %s are refused (%s), and the good ones beside them kept', async (_, problem, bad) => {
      const [before] = await sql('select status, quarantined_at from pharmacy.shipment where id = $1', [
        parcels.delivered,
      ]);
      const good = log({ startedAt: at(-10 - Math.random()), seconds: [0], celsius: [4] });
      const { said } = await reports([bad(), good]);
      expect(said).toMatchObject({ __typename: 'ShipmentReport', accepted: 1 });
      const { refused } = said as { refused: { index: number; problem: string; explanation: string }[] };
      expect(refused.length).toBeGreaterThan(0);
      for (const each of refused)
        expect(each).toMatchObject({ index: 0, problem, explanation: expect.stringMatching(/\w/) });
      const kept = await sql('select status, quarantined_at from pharmacy.shipment where id = $1', [parcels.delivered]);
      expect(kept).toEqual([before]);
    });

    test.each<[string, object]>([
      ['times and temperatures that are not as many', { celsius: [5] }],
      ['no readings', { seconds: [], celsius: [] }],
    ])('readings with %s change nothing', async (_, over) => {
      const count = () => sql('select count(*)::int as count from pharmacy.temperature_reading');
      const before = await count();
      const { said } = await reports([log(over)]);
      expect((said as { accepted?: number }).accepted ?? 0).toBe(0);
      expect(await count()).toEqual(before);
    });

    test('more readings or events than a call takes are refused', async () => {
      const many = Array.from({ length: 10_001 }, (_, index) => index);
      const readings = await reports([log({ startedAt: at(-300), seconds: many, celsius: many.map(() => 5) })]);
      expect(
        [(readings.said as { code?: string })?.code, ...(codes(readings.sent) ?? [])].filter(Boolean),
      ).toHaveLength(1);
      const event = { shipmentId: parcels.underWay, kind: 'AT_HUB', at: at(-5) };
      const events = await says('carrier', 'reportShipmentEvents', { events: Array(501).fill(event) }, '');
      expect([(events.said as { code?: string })?.code, ...(codes(events.sent) ?? [])].filter(Boolean)).toHaveLength(1);
    });

    test.each<[string, string, () => object]>([
      ['from the future', 'FROM_THE_FUTURE', () => ({ at: at(30) })],
      ['of a parcel that there is not', 'UNKNOWN_SHIPMENT', () => ({ shipmentId: newId() })],
    ])('events %s are refused: %s', async (_, problem, over) => {
      const event = { shipmentId: parcels.underWay, kind: 'DELIVERED', at: at(-1), ...over() };
      const { said } = await says(
        'carrier',
        'reportShipmentEvents',
        { events: [event] },
        '... on ShipmentReport { accepted refused { index problem } }',
      );
      expect(said).toMatchObject({ accepted: 0, refused: [{ index: 0, problem }] });
      const [row] = await sql('select status from pharmacy.shipment where id = $1', [parcels.underWay]);
      expect(row).toMatchObject({ status: 'IN_TRANSIT' });
    });

    test.each<[string, string, string, () => object]>([
      [
        'recalled of a lot that there is not',
        'recallLot',
        'NOT_FOUND',
        () => ({ lot: 'NO-SUCH-LOT', reason: 'Why not.' }),
      ],
      ['recalled of no lot', 'recallLot', 'INVALID_INPUT', () => ({ lot: '  ', reason: 'Why not.' })],
      ['recalled without a reason', 'recallLot', 'INVALID_INPUT', () => ({ lot: 'BAD-INPUT', reason: ' ' })],
      [
        'received with another expiry than the lot has',
        'receiveStock',
        'INVALID_INPUT',
        () => ({ lot: 'BAD-INPUT', expiresOn: ahead(21), quantity: 1 }),
      ],
      [
        'received when it has expired',
        'receiveStock',
        'INVALID_INPUT',
        () => ({ lot: 'TOO-OLD', expiresOn: ahead(-1), quantity: 1 }),
      ],
      [
        'said to be there in sixty-one days',
        'setMedicineTerms',
        'INVALID_INPUT',
        () => ({ deliveryDays: 61, allowanceMinutes: 60, expectedVersion: 0 }),
      ],
    ])('%s is refused', async (_, mutation, code, input) => {
      const { said } = await says('pharmacist', mutation, { medicineId: medicines[0], ...input() }, '');
      expect(said).toMatchObject({ code });
    });

    test('paid too late, when the order was cancelled, is not paid, and all of it goes back', async () => {
      const { status, total, payments } = await settled(late);
      expect(status).toBe('CANCELLED');
      expect(payments).toMatchObject([
        { status: 'NOT_ACCEPTED', refunded: total, refunds: [{ cause: 'NOT_ACCEPTED' }] },
      ]);
    });
  });

  describe('the community', () => {
    const people = new Map<string, Person>();
    let diseaseId: string;
    /** Signed in as the patient who writes here, and a moderator as well. */
    let both: Person;

    const sql = (text: string, values: unknown[] = []) =>
      withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);

    beforeAll(async () => {
      for (const name of ['other-patient', 'caregiver', 'physician', 'moderator', 'second-moderator'])
        people.set(name, await api.person(name));
      people.set('patient', patient);
      const claims = { roles: ['PATIENT', 'MODERATOR'], scope: 'patient:self community:write community:moderate' };
      both = new Person(api.url, await new Forge(api).signed({ ...claims, exp: inSeconds(3_600) }));
      people.set('both', both);
      [{ id: diseaseId }] = (await sql('select id from catalog.disease where catalog_no = 31')) as [{ id: string }];
    });
    // more is written and reported here than one may in a day
    beforeEach(async () => {
      await sql(
        `update community.post set published_at = published_at - interval '3 days' where published_at > now() - interval '2 days'`,
      );
      await sql(`update community.report set at = at - interval '3 days' where at > now() - interval '2 days'`);
    });

    /** Does something as somebody, on the wire. @returns what the mutation said, or the top-level codes */
    async function says(name: string, mutation: string, input: object, selection = '', keyed = true) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const query = `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message path } ${selection} } }`;
      const sent = await ask(
        query,
        { input: { ...(keyed && { idempotencyKey: newId() }), ...input } },
        { authorization: `Bearer ${people.get(name)?.token}` },
      );
      return { sent, said: (sent.body.data?.[mutation] ?? {}) as Record<string, never>, codes: codes(sent) ?? [] };
    }
    const VERSIONED = '... on Post { id version status }';
    /** Something that the patient, or somebody else, has published. */
    async function written(mutation: string, input: object, by = 'patient'): Promise<{ id: string; version: number }> {
      const { said, sent } = await says(by, mutation, input, VERSIONED);
      if (!said.id) throw new Error(sent.text);
      return said as unknown as { id: string; version: number };
    }
    const asks = () => written('askQuestion', { diseaseId, title: 'What is it?', body: 'I would like to know.' });
    const tells = (body = 'What I have to tell.') => written('publishStory', { diseaseId, title: 'A story', body });
    const sees = (id: string, selection: string, by = patient) =>
      by.ask(`query($id: ID!) { post(id: $id) { ${selection} } }`, { id });

    const EMPTY: readonly [string, string][] = [
      ['nothing', ''],
      ['spaces', '   \n\t '],
      ['wide spaces', '\u3000\u00a0\u2003'],
      ['control characters', '\u0001\u0002\u001b\u007f\u0085'],
      ['marks that turn the direction of text', '\u202e\u2066\u2069'],
      ['halves of characters', '\ud83d\ud83d'],
      ['signs without width', '\u200b\u200b\ufeff'],
    ];
    const TEXTS: readonly [mutation: string, field: string, most: number][] = [
      ['publishStory', 'title', 120],
      ['publishStory', 'body', 20_000],
      ['askQuestion', 'title', 120],
      ['askQuestion', 'body', 20_000],
      ['answerQuestion', 'body', 10_000],
      ['addComment', 'body', 5_000],
    ];
    describe.each(TEXTS)('%s with a %s', (mutation, field, most) => {
      let about: object;
      beforeAll(async () => {
        about = mutation.endsWith('Question') && mutation.startsWith('answer') ? { questionId: (await asks()).id } : {};
        if (mutation === 'addComment') about = { onId: (await asks()).id };
        if (/^(publish|ask)/.test(mutation)) about = { diseaseId, title: 'A title', body: 'A text' };
        if (mutation === 'answerQuestion' || mutation === 'addComment') about = { ...about, body: 'A text' };
      });
      test.each(EMPTY)('of %s is refused, with its path', async (_, text) => {
        const { said } = await says('patient', mutation, { ...about, [field]: text });
        expect(said).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
      });
      test('of a sign more than it may have is refused, of as many taken', async () => {
        const { said } = await says('other-patient', mutation, { ...about, [field]: '语'.repeat(most + 1) });
        expect(said).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
        const { said: taken } = await says(
          'other-patient',
          mutation,
          { ...about, [field]: '语'.repeat(most) },
          VERSIONED,
        );
        expect(taken).toMatchObject({ status: 'PUBLISHED' });
      });
      test('with a NUL in it is refused', async () => {
        expect((await says('patient', mutation, { ...about, [field]: 'a\0b' })).sent.status).toBe(400);
      });
    });

    test('a story of 1 MB is 413', async () => {
      const { sent } = await says('patient', 'publishStory', { diseaseId, title: 'Long', body: 'x'.repeat(1_000_000) });
      expect(sent.status).toBe(413);
    });

    test.each([
      ['quotes', '> '.repeat(9_000)],
      ['quotes without spaces', '>'.repeat(10_000)],
      ['lists', '- '.repeat(9_000)],
      ['brackets', '['.repeat(10_000)],
      ['links', '[a]('.repeat(4_000)],
      ['emphasis', '*a **a '.repeat(2_500)],
      ['code', '`'.repeat(10_000)],
      ['HTML', '<div>'.repeat(3_900)],
      ['entities', '&#x1F600;'.repeat(2_000)],
      ['tables', '|'.repeat(10_000)],
      ['headings', '# '.repeat(9_000)],
    ])('10,000 nested %s are a story like others', async (_, text) => {
      const { id } = await tells(`${text}x`);
      const { data, errors } = await sees(id, 'body bodyHtml');
      expect(errors).toEqual([]);
      expect(data.post.body).toBe(`${text}x`.trim());
      expect(data.post.bodyHtml.length).toBeGreaterThan(0);
      expect(data.post.bodyHtml).not.toMatch(/<(?:div|script)/iu);
    });

    test('reacting twice counts once, and to oneself not at all', async () => {
      const { id } = await tells();
      const reacts = (by: string, kind = 'HELPFUL') => says(by, 'react', { postId: id, kind }, VERSIONED, false);
      for (let i = 0; i < 3; i++) expect((await reacts('caregiver')).said).toMatchObject({ status: 'PUBLISHED' });
      await Promise.all(Array.from({ length: 8 }, () => reacts('other-patient')));
      expect((await reacts('patient')).said).toMatchObject({ code: 'NOT_ALLOWED' });
      expect((await reacts('caregiver', 'LIKE')).codes).toEqual(['BAD_USER_INPUT']);
      expect((await sees(id, 'reactions { helpful thanks withYou }')).data.post.reactions).toEqual({
        helpful: 2,
        thanks: 0,
        withYou: 0,
      });
    });

    test('a reaction that there was not is taken back, and nothing happens', async () => {
      const { id } = await tells();
      const { said } = await says('caregiver', 'takeBackReaction', { postId: id }, VERSIONED, false);
      expect(said).toMatchObject({ status: 'PUBLISHED' });
    });

    test('nobody reports themselves, or the same twice, or what there is not', async () => {
      const { id } = await tells();
      const reports = (by: string, postId = id) => says(by, 'reportPost', { postId, reason: 'SPAM' });
      expect((await reports('patient')).said).toMatchObject({ code: 'NOT_ALLOWED' });
      expect((await reports('caregiver')).said.code).toBeUndefined();
      const again = await Promise.all([reports('caregiver'), reports('caregiver')]);
      expect(again.map(({ said }) => said.__typename)).toEqual(['PostAlreadyReported', 'PostAlreadyReported']);
      expect((await reports('caregiver', newId())).said).toMatchObject({ code: 'NOT_FOUND' });
      const [{ count }] = (await sql('select count(*)::int as count from community.report where post_id = $1', [
        id,
      ])) as [{ count: number }];
      expect(count).toBe(1);
    });

    test('a report with a note of 501 signs, or for a reason that there is not, is refused', async () => {
      const { id: postId } = await tells();
      const long = await says('caregiver', 'reportPost', { postId, reason: 'SPAM', note: 'x'.repeat(501) });
      expect(long.said).toMatchObject({ code: 'INVALID_INPUT' });
      const other = await says('caregiver', 'reportPost', { postId, reason: 'BORING' });
      expect(other.codes).toEqual(['BAD_USER_INPUT']);
    });

    /** A story of the patient's, reported, and its case. */
    async function reported(): Promise<{ postId: string; caseId: string; expectedVersion: number }> {
      const { id: postId } = await tells();
      await says('caregiver', 'reportPost', { postId, reason: 'SPAM' });
      const [{ id, version }] = (await sql('select id, version from community.moderation_case where post_id = $1', [
        postId,
      ])) as [{ id: string; version: number }];
      return { postId, caseId: id, expectedVersion: version };
    }
    const REMOVE = { action: 'REMOVE', rule: 'SPAM', reason: 'It sells something.' };

    test('nobody moderates their own post, or hears their own appeal', async () => {
      const { postId, ...of } = await reported();
      const own = await says('both', 'decideCase', { ...of, action: 'KEEP', rule: 'NOTHING_WRONG', reason: 'Mine.' });
      expect(['NOT_FOUND', 'NOT_ALLOWED']).toContain(own.said.code);
      const escalated = await says('both', 'escalateCase', { ...of, reason: 'Mine.' });
      expect(['NOT_FOUND', 'NOT_ALLOWED']).toContain(escalated.said.code);
      expect((await sees(postId, 'status')).data.post).toEqual({ status: 'PUBLISHED' });
      await says('moderator', 'decideCase', { ...of, ...REMOVE });
      await says('patient', 'appealDecision', { caseId: of.caseId, text: 'It does not.' });
      const [{ version }] = (await sql('select version from community.moderation_case where id = $1', [of.caseId])) as [
        { version: number },
      ];
      const heard = await says('both', 'decideAppeal', {
        ...{ caseId: of.caseId, outcome: 'OVERTURNED', reason: 'Mine.', expectedVersion: version },
      });
      expect(['NOT_FOUND', 'NOT_ALLOWED']).toContain(heard.said.code);
      expect((await sees(postId, 'status')).data.post).toEqual({ status: 'REMOVED' });
    });

    test('what was removed is not edited, published, reported, reacted to or written under', async () => {
      const { postId, ...of } = await reported();
      expect((await says('moderator', 'decideCase', { ...of, ...REMOVE })).said.code).toBeUndefined();
      const { data } = await sees(postId, 'version allowedActions');
      expect(data.post.allowedActions).toEqual(['DELETE', 'APPEAL']);
      const chosen = { postId, expectedVersion: data.post.version };
      const edited = await says('patient', 'editPost', { ...chosen, title: 'New', body: 'New' });
      expect(edited.said).toMatchObject({ code: 'WRONG_STATE' });
      expect((await says('patient', 'publishDraft', chosen)).said).toMatchObject({ code: 'WRONG_STATE' });
      const stranger = await Promise.all([
        says('caregiver', 'addComment', { onId: postId, body: 'There?' }),
        says('caregiver', 'react', { postId, kind: 'THANKS' }, '', false),
        says('caregiver', 'reportPost', { postId, reason: 'SPAM' }),
      ]);
      expect(stranger.map(({ said }) => said.code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    });

    test.each<[string, object]>([
      ['a suspension without an end', { action: 'SUSPEND' }],
      ['of no day', { action: 'SUSPEND', days: 0 }],
      ['of a day less than none', { action: 'SUSPEND', days: -1 }],
      ['of 366 days', { action: 'SUSPEND', days: 366 }],
      ['of 31 days by one moderator alone', { action: 'SUSPEND', days: 31 }],
      ['of something else, with days', { days: 3 }],
      ['to keep it, for a rule that it breaks', { action: 'KEEP' }],
      ['to remove it although nothing is wrong', { rule: 'NOTHING_WRONG' }],
      ['without a reason', { reason: ' ' }],
      ['with a reason of 501 signs', { reason: 'x'.repeat(501) }],
    ])('a decision %s is refused, and nothing is decided', async (_, over) => {
      const { postId, ...of } = await reported();
      const { said } = await says('moderator', 'decideCase', { ...of, ...REMOVE, ...over });
      expect(['INVALID_INPUT', 'NOT_ALLOWED']).toContain(said.code);
      expect((await sees(postId, 'status')).data.post).toEqual({ status: 'PUBLISHED' });
    });

    test('a closed question is not answered, closed again or opened', async () => {
      const { id: questionId, version } = await asks();
      await says('patient', 'closeQuestion', { questionId, expectedVersion: version });
      const late = await says('caregiver', 'answerQuestion', { questionId, body: 'Late.' });
      expect(late.said).toMatchObject({ __typename: 'QuestionClosed' });
      const { data } = await sees(questionId, 'version ... on Question { answerCount }');
      expect(data.post.answerCount).toBe(0);
      const again = await says('patient', 'closeQuestion', { questionId, expectedVersion: data.post.version });
      expect(again.said.code).toBeDefined();
    });

    test('an answer to another question is not accepted, nor a comment, nor a question answered that is none', async () => {
      const [one, other] = [await asks(), await asks()];
      const answer = await written('answerQuestion', { questionId: other.id, body: 'So it is.' }, 'caregiver');
      const comment = await written('addComment', { onId: one.id, body: 'Me too.' }, 'caregiver');
      for (const answerId of [answer.id, comment.id, one.id, newId()]) {
        const { version } = (await sees(one.id, 'version')).data.post;
        const { said } = await says('patient', 'acceptAnswer', {
          questionId: one.id,
          answerId,
          expectedVersion: version,
        });
        expect(['NOT_FOUND', 'INVALID_INPUT']).toContain(said.code);
      }
      const { id: storyId } = await tells();
      const answered = await says('caregiver', 'answerQuestion', { questionId: storyId, body: 'An answer.' });
      expect(answered.said).toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a thread of seven is refused by its depth', async () => {
      let on = (await tells()).id;
      for (let depth = 1; depth <= 6; depth++)
        on = (await written('addComment', { onId: on, body: `${depth}` }, 'other-patient')).id;
      const { said } = await says('other-patient', 'addComment', { onId: on, body: '7' });
      expect(said).toMatchObject({ __typename: 'ThreadTooDeep' });
    });

    test.each([
      ['nothing', ''],
      ['spaces', ' \u3000 '],
      ['a letter', 'a'],
      ['one Chinese character', '病'],
      ['marks alone', '%%__--'],
      ['101 characters', 'ab'.repeat(51)],
      ['eleven words', 'aa bb cc dd ee ff gg hh ii jj kk'],
    ])('a search for %s is BAD_USER_INPUT, or as if none was made', async (_, search) => {
      const sent = await ask(
        'query($search: String) { posts(filter: { search: $search }, first: 5) { nodes { id } } }',
        {
          search,
        },
      );
      if (sent.body.errors) expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
      else expect(search.trim()).toBe('');
    });
    test.each([
      "zzor'1'='1' --",
      'zz%',
      'zz_',
      '\\',
      'zz\\%',
      "zz'; drop table post; --",
      '(((((',
      'zz & | !',
      '\u202ezz',
    ])('a search for %p finds nothing, and breaks nothing', async (search) => {
      const sent = await ask(
        'query($search: String) { posts(filter: { search: $search }, first: 5) { nodes { id } } }',
        {
          search,
        },
      );
      if (sent.body.errors) expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
      else expect(sent.body.data).toEqual({ posts: { nodes: [] } });
    });

    test('pages of no size, and cursors of other lists, are BAD_USER_INPUT', async () => {
      for (const first of [0, -1, 101, 2 ** 31]) {
        const sent = await ask(
          `{ posts(first: ${first}) { nodes { id } } moderationLog(first: ${first}) { nodes { day } } }`,
        );
        expect(new Set(codes(sent))).toEqual(new Set(['BAD_USER_INPUT']));
      }
      for (const after of ['bm9uZQ', 'x', Buffer.from('c1:nothing').toString('base64url')]) {
        const sent = await ask('query($after: ID) { posts(after: $after) { nodes { id } } }', { after });
        expect(codes(sent)).toEqual(['BAD_USER_INPUT']);
      }
    });

    test.each([
      ['a phone number', '13800001299'],
      ['one letter', 'x'],
      ['31 letters', 'x'.repeat(31)],
      ['line breaks', 'a\nb\nc'],
      ['marks', '<b>me</b>'],
    ])('a pseudonym of %s is refused, wherever one chooses it', async (_, pseudonym) => {
      for (const [mutation, more] of [
        ['publishStory', {}],
        ['askQuestion', {}],
        ['saveDraft', { kind: 'STORY' }],
      ] as const) {
        const name = `newcomer-${newId()}`;
        const claims = { sub: name, roles: ['PATIENT'], scope: 'community:write' };
        people.set(name, new Person(api.url, await new Forge(api).signed(claims)));
        const input = { diseaseId, title: 'Hello', body: 'I am new here.', pseudonym, ...more };
        const { said } = await says(name, mutation, input);
        expect([mutation, ['INVALID_INPUT', 'TEXT_NOT_PUBLISHABLE']]).toEqual([
          mutation,
          expect.arrayContaining([said.code]),
        ]);
        expect(await sql('select from community.member where subject = $1', [name])).toEqual([]);
      }
    });

    test('no way of publishing lets a telephone number through', async () => {
      const call = 'Call １３8-0000-1297.';
      const [question, told, hidden] = [await asks(), await tells(), await reported()];
      await says('moderator', 'decideCase', { ...hidden, postId: undefined, ...REMOVE, action: 'HIDE' });
      const version = async (postId: string) => (await sees(postId, 'version')).data.post.version as number;
      const text = { title: 'A title', body: 'A text' };
      const { said } = await says(
        'patient',
        'saveDraft',
        { kind: 'STORY', diseaseId, title: 'Draft', body: call },
        '... on SavedDraft { draft { id version } }',
      );
      const { id: postId, version: expectedVersion } = said.draft as unknown as { id: string; version: number };
      const ways: readonly [string, object][] = [
        ['publishStory', { diseaseId, ...text, title: call }],
        ['publishStory', { diseaseId, ...text, body: call }],
        ['askQuestion', { diseaseId, ...text, title: call }],
        ['askQuestion', { diseaseId, ...text, body: call }],
        ['answerQuestion', { questionId: question.id, body: call }],
        ['addComment', { onId: told.id, body: call }],
        ['editPost', { postId: told.id, ...text, title: call, expectedVersion: told.version }],
        ['editPost', { postId: told.id, body: call, expectedVersion: told.version }],
        ['editPost', { postId: hidden.postId, body: call, expectedVersion: await version(hidden.postId) }],
        ['publishDraft', { postId, expectedVersion }],
      ];
      for (const [mutation, input] of ways) {
        const { said: refused } = await says(
          'patient',
          mutation,
          input,
          '... on TextNotPublishable { findings { kind } }',
        );
        expect([mutation, refused]).toMatchObject([
          mutation,
          { code: 'TEXT_NOT_PUBLISHABLE', findings: [{ kind: 'PHONE' }] },
        ]);
      }
    });

    test('a text is refused for what stands in it, and the answer does not repeat it', async () => {
      const body = 'Call 13800001298 or write to somebody@example.com.';
      const { said, sent } = await says(
        'patient',
        'publishStory',
        { diseaseId, title: 'A story', body },
        '... on TextNotPublishable { findings { kind explanation } }',
      );
      expect(said).toMatchObject({ code: 'TEXT_NOT_PUBLISHABLE', findings: [{ kind: 'PHONE' }, { kind: 'EMAIL' }] });
      expect(sent.text).not.toMatch(/13800001298|somebody@/u);
    });

    test('a newcomer may not flood, and is told when to go on', async () => {
      const name = `flood-${newId()}`;
      people.set(
        name,
        new Person(api.url, await new Forge(api).signed({ sub: name, roles: ['PATIENT'], scope: 'community:write' })),
      );
      const tries = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          says(
            name,
            'publishStory',
            { diseaseId, title: `Story ${i}`, body: 'I am new here.' },
            '... on PostingLimitReached { retryAt }',
          ),
        ),
      );
      const refused = tries.filter(({ said }) => said.__typename === 'PostingLimitReached');
      expect(refused).toHaveLength(5);
      for (const { said } of refused) expect(Date.parse(String(said.retryAt))).toBeGreaterThan(Date.now());
    });
  });

  describe('of all the answers above', () => {
    test('every error has a promised code and the trace id', () => {
      const errors = wire.answers.flatMap(({ body }) => body.errors ?? []);
      expect(errors.length).toBeGreaterThan(200);
      for (const { extensions } of errors) {
        expect(PROMISED).toContain(extensions.code);
        expect(extensions.traceId).toMatch(/^[0-9a-f]{32}$/);
      }
    });

    test('none is a fault of ours: no 5xx, no INTERNAL', () => {
      expect(wire.answers.filter(({ status, text }) => status >= 500 || text.includes('"INTERNAL"'))).toEqual([]);
    });

    test('none shows a stack, a table, a host or SQL', () => {
      expect(wire.answers.map(({ text }) => INSIDES.exec(text)?.[0]).filter(Boolean)).toEqual([]);
    });

    test('none is HTML', () => {
      expect(wire.answers.filter(({ type }) => !/^application\/(graphql-response\+)?json/.test(type))).toEqual([]);
    });

    test('none has hurt: the next ordinary request is answered', async () => {
      expect((await patient.ask(CATALOG)).errors).toEqual([]);
    });
  });
});
