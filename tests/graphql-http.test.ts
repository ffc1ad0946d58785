import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import type { OperationsManifest } from '../gateway/documents/trusted-documents.js';
import { startOneProcess } from '../gateway/one-process.js';
import type { RunningApi } from '../gateway/serve.js';
import { databaseSecret } from '../scripts/prepare.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { type ApiUnderTest, startApi } from './api.js';
import { Wire } from './wire.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';
const CATALOG = '{ disease(catalogNo: 31) { catalogNo } }';
const MANIFEST = JSON.parse(readFileSync(join(PROJECT_ROOT, 'schema/operations.json'), 'utf8')) as OperationsManifest;
const idOf = (operation: string) => Object.entries(MANIFEST).find(([, { name }]) => name === operation)?.[0] as string;
const OVERVIEW = idOf('ApplicationOverview');
const MISSING = '01934a3c-5800-7000-8000-00000000ffff';

/** What every client of ours sends: it says who it is, and that it is no page of another origin. */
const CLIENT = {
  'apollographql-client-name': 'tests',
  'apollographql-client-version': '1',
  'apollo-require-preflight': 'true',
};

let api: ApiUnderTest;
/** The same API, as it is run in production. */
let production: RunningApi;
let partnersToken: string;

beforeAll(async () => {
  api = await startApi('one process', 'graphql_http');
  partnersToken = (await api.person('sponsor')).token as string;
  const settings = readSettings({
    NODE_ENV: 'production',
    PORT: '0',
    KEYS_DIR: api.keysDir,
    ISSUER_URL: `${api.url}/oidc`,
    AUTOMATIC_PERSISTED_QUERIES: 'on',
    REQUEST_LOG: 'off',
  });
  const secret = databaseSecret(settings);
  production = await startOneProcess(settings, (name) => servingUrl(api.adminUrl, name, secret));
});
afterAll(async () => {
  await production?.close();
  await api?.stop();
});

const asking = (
  url: string,
  { path = '/graphql', headers: more = {} }: { path?: string; headers?: Record<string, string> } = {},
) => {
  const wire = new Wire(url);
  return {
    post: (body: object, headers: Record<string, string> = {}) =>
      wire.send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...CLIENT, ...more, ...headers },
        body: JSON.stringify(body),
      }),
    get: (params: Record<string, string>, headers: Record<string, string> = CLIENT) =>
      wire.send(`${path}?${new URLSearchParams(params)}`, { headers: { ...more, ...headers } }),
  };
};

describe('GraphQL over HTTP', () => {
  test.each([
    ['people', () => ({ url: `${api.url}/graphql` })],
    ['partners', () => ({ url: `${api.url}/partner/graphql`, token: partnersToken })],
    ['partners in production', () => ({ url: `${production.url}/partner/graphql`, token: partnersToken })],
  ])('is spoken with %s as the specification has it: each of its audits is content', async (_, endpoint) => {
    const { url, token }: { url: string; token?: string } = endpoint();
    const headers = { ...CLIENT, ...(token && { authorization: `Bearer ${token}` }) };
    const fetchFn = (address: string, init: RequestInit = {}) =>
      fetch(address, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } });
    const results = await Promise.all(serverAudits({ url, fetchFn }).map(({ fn }) => fn()));
    expect(results.length).toBeGreaterThan(60);
    expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  });

  test.each([
    ['application/json', JSON_TYPE],
    ['application/graphql-response+json', GRAPHQL_TYPE],
    ['application/graphql-response+json, application/json;q=0.9', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0.5, application/json', JSON_TYPE],
    ['application/graphql-response+json;q=0.5, */*;q=0.1', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0, */*', JSON_TYPE],
    ['text/html, application/*;q=0.2', JSON_TYPE],
    ['Application/GraphQL-Response+JSON; charset="UTF-8"', GRAPHQL_TYPE],
    ['*/*', JSON_TYPE],
  ])('Accept: %s is answered by %s', async (accept, type) => {
    expect(await asking(api.url).post({ query: CATALOG }, { accept })).toMatchObject({ status: 200, type });
  });

  test.each([
    'text/html',
    'application/xml',
    'application/json;q=0',
    'application/json; charset=utf-16',
    'application/graphql-response+json;q=2',
    ',',
    `${'a/b,'.repeat(400)}*/*`,
  ])('an Accept that takes nothing that we make (%#) gets 406, and nothing is executed', async (accept) => {
    const { status, type, body } = await asking(api.url).post({ query: CATALOG }, { accept });
    expect({ status, type, data: body.data }).toEqual({ status: 406, type: JSON_TYPE, data: undefined });
  });

  test('what does not fit has 400, but 200 for those who ask for application/json by name', async () => {
    const { post } = asking(api.url);
    for (const body of [
      { query: '{' },
      { query: '{ nothing }' },
      { query: 'query($n: Int!) { disease(catalogNo: $n) { id } }' },
    ]) {
      for (const [accept, status, type] of [
        ['*/*', 400, JSON_TYPE],
        ['application/graphql-response+json', 400, GRAPHQL_TYPE],
        ['application/json', 200, JSON_TYPE],
      ] as const) {
        const sent = await post(body, { accept });
        expect({ status: sent.status, type: sent.type }).toEqual({ status, type });
        expect('data' in sent.body).toBe(false);
        expect(sent.body.errors).toMatchObject([
          { extensions: { code: 'BAD_USER_INPUT', traceId: expect.any(String) } },
        ]);
      }
    }
  });

  test('a refusal before the execution is of the type that was asked for', async () => {
    const { post } = asking(api.url, { headers: { authorization: 'Bearer x' } });
    const accept = 'application/graphql-response+json';
    expect(await post({ query: CATALOG }, { accept })).toMatchObject({ status: 401, type: GRAPHQL_TYPE });
    expect(await post({ query: CATALOG }, { accept: 'application/json' })).toMatchObject({
      status: 401,
      type: JSON_TYPE,
    });
  });

  test.each([
    [400, 'nothing that a browser asks for first', {}],
    [400, 'a type that forms have', { 'content-type': 'application/x-www-form-urlencoded' }],
    [400, 'a type that is none', { 'content-type': ';application/json' }],
    [415, 'an odd type', { ...CLIENT, 'content-type': 'application/octet-stream;x' }],
    [200, 'the type of JSON', { 'content-type': 'application/json' }],
  ])('a GET gets %p with %s', async (status, _, headers: Record<string, string>) => {
    expect(await asking(api.url).get({ query: CATALOG }, headers)).toMatchObject({ status });
  });

  test('a mutation by GET is told that it is sent by POST', async () => {
    const query = `mutation Change { withdrawStory(input: { idempotencyKey: "a", storyId: "${MISSING}", expectedVersion: 1 }) { __typename } }`;
    const sent = await asking(api.url).get({ query: `${query} query Look ${CATALOG}`, operationName: 'Change' });
    expect(sent.status).toBe(405);
    expect(sent.headers.get('allow')).toBe('POST');
    const read = await asking(api.url).get({ query: `${query} query Look ${CATALOG}`, operationName: 'Look' });
    expect(read.body.data).toEqual({ disease: { catalogNo: 31 } });
  });

  test('whoever comes with a browser is led to the explorer, but not in production', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml' };
    const page = await new Wire(api.url).send('/graphql', { headers });
    expect(page.status).toBe(302);
    expect(page.headers.get('location')).toBe('/explorer');
    const none = await new Wire(production.url).send('/graphql', { headers });
    expect(none).toMatchObject({ status: 400, type: JSON_TYPE });
  });
});

describe('A trusted document', () => {
  const variables = { id: MISSING };

  test('is run by its id, by POST and by GET, with the variables and the name of the operation', async () => {
    const { token } = await api.person('patient');
    const { post, get } = asking(api.url, { headers: { authorization: `Bearer ${token}` } });
    const answered = { status: 200, body: { data: { application: null } } };
    expect(await post({ documentId: OVERVIEW, variables })).toMatchObject(answered);
    expect(await post({ documentId: OVERVIEW, variables, operationName: 'ApplicationOverview' })).toMatchObject(
      answered,
    );
    expect(await get({ documentId: OVERVIEW, variables: JSON.stringify(variables) })).toMatchObject(answered);
  });

  test.each([
    ['an id that is not listed', { documentId: `sha256:${'a'.repeat(64)}` }],
    ['an id that is a path', { documentId: '../../package.json' }],
    ['an id that is __proto__', { documentId: '__proto__' }],
    ['an id that is a number', { documentId: 1 }],
    ['a query beside it', { documentId: OVERVIEW, query: CATALOG }],
    ['the name of another operation', { documentId: OVERVIEW, operationName: 'Other', variables }],
  ])('is not run by %s', async (_, body) => {
    const sent = await asking(api.url).post(body);
    expect(sent).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } });
    expect(sent.body.data).toBeUndefined();
  });

  test('is run where it belongs: those of partners for partners, those of people for people', async () => {
    const { token } = await api.person('patient');
    const people = asking(api.url, { headers: { authorization: `Bearer ${token}` } });
    const partners = asking(api.url, {
      path: '/partner/graphql',
      headers: { authorization: `Bearer ${partnersToken}` },
    });
    const ofPartners = { documentId: idOf('Contributions'), variables: { first: 1 } };
    const { body } = await partners.post(ofPartners);
    expect(body).toMatchObject({ data: { contributions: { nodes: [{}] } } });
    expect(body.errors).toBeUndefined();
    for (const sent of [await people.post(ofPartners), await partners.post({ documentId: OVERVIEW, variables })]) {
      expect(sent.status).toBe(400);
      expect(sent.body.errors).toMatchObject([{ message: expect.stringContaining('is run at') }]);
    }
  });
});

describe('A query that a client wants to be remembered by its hash', () => {
  const sha256Hash = 'a'.repeat(64);
  const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

  test('is not, unless the server is set so: clients are told to send the query', async () => {
    for (const body of [{ extensions: persisted(sha256Hash) }, { query: CATALOG, extensions: persisted(sha256Hash) }]) {
      const sent = await asking(api.url).post(body);
      expect(sent.status).toBe(400);
      expect(sent.body.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }]);
    }
  });

  test('is, where the server is set so, under its own hash alone, and what it costs is counted each time', async () => {
    const { post } = asking(production.url);
    expect(await post({ query: CATALOG, extensions: persisted(sha256Hash) })).toMatchObject({ status: 400 });
    expect((await post({ extensions: persisted(sha256Hash) })).body.errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ]);
    const own = createHash('sha256').update(CATALOG).digest('hex');
    await post({ query: CATALOG, extensions: persisted(own) });
    const { body } = await post({ extensions: persisted(own) });
    expect(body.data).toEqual({ disease: { catalogNo: 31 } });
    expect(body.extensions?.cost).toBeDefined();
  });
});

describe('In production', () => {
  let patientsToken: string;
  beforeAll(async () => {
    patientsToken = (await api.person('patient')).token as string;
  });

  /** Probes of a guesser, each wrong in another way. */
  const PROBES: readonly [string, string, object?][] = [
    ['introspection', getIntrospectionQuery()],
    ['a type by its name', '{ __type(name: "Patient") { fields { name } } }'],
    ['a field with a typing error', '{ diseas(catalogNo: 31) { id } }'],
    ['a field of a field', '{ disease(catalogNo: 31) { nameE } }'],
    ['an argument', '{ disease(catalogNumber: 31) { id } }'],
    ['an argument left out', '{ patient { id } }'],
    ['no selection', '{ disease(catalogNo: 31) }'],
    ['a selection too many', '{ disease(catalogNo: 31) { id { id } } }'],
    ['a value of another kind', '{ disease(catalogNo: "x") { id } }'],
    ['an enum value', '{ disease(catalogNo: 31) { name(locale: FR) } }'],
    ['a type in a fragment', '{ ... on Patien { id } }'],
    ['a fragment that does not fit', '{ disease(catalogNo: 31) { ... on Hospital { id } } }'],
    ['a fragment on a scalar', '{ disease(catalogNo: 31) { ... on ID { id } } }'],
    ['an input', 'mutation { followDisease(input: {}) { __typename } }'],
    ['an input field', 'mutation { followDisease(input: { diseas: 1 }) { __typename } }'],
    ['a variable of another type', 'query($id: Int) { patient(id: $id) { id } }'],
    ['a variable of no input type', 'query($id: Disease) { patient(id: $id) { id } }'],
    ['fields that conflict', '{ a: disease(catalogNo: 31) { id } a: disease(catalogNo: 32) { id } }'],
    ['a directive', '{ disease(catalogNo: 31) @includ(if: true) { id } }'],
    ['the entries of the gateway', '{ _service { sdl } _entities(representations: []) { __typename } }'],
    ['a variable left out', 'query($input: FollowDiseaseInput!) { __typename }'],
    [
      'variables: an input field',
      'mutation($input: FollowDiseaseInput!) { followDisease(input: $input) { __typename } }',
      { input: { diseas: 'x' } },
    ],
    ['variables: a kind', 'query($n: Int!) { disease(catalogNo: $n) { id } }', { n: 'x' }],
    ['variables: an enum value', 'query($l: Locale) { disease(catalogNo: 31) { name(locale: $l) } }', { l: 'FR' }],
    [
      'an amount inline',
      `mutation { draftApplication(input: { idempotencyKey: "a", patientId: "${MISSING}", diseaseId: "${MISSING}", expectedExpense: { amount: "1e309", currency: CNY } }) { __typename } }`,
    ],
  ];

  const schema = buildSchema(readFileSync(join(PROJECT_ROOT, 'schema/api.graphql'), 'utf8'));
  /** Those that are no ordinary words. */
  const NAMES = Object.values(schema.getTypeMap())
    .flatMap((type) => [type.name, ...('getFields' in type ? Object.keys(type.getFields()) : [])])
    .filter((name) => /^[A-Z]|[a-z][A-Z]/.test(name));

  test.each(PROBES)('a guesser learns no name from %s', async (_, query, variables = {}) => {
    const { post } = asking(production.url, { headers: { authorization: `Bearer ${patientsToken}` } });
    const { text, body } = await post({ query, variables });
    expect(body.errors?.length).toBeGreaterThan(0);
    for (const { message, extensions } of body.errors ?? []) {
      expect(message).not.toMatch(/Did you mean|Apollo|graphql-js/);
      const words = new Set(message.match(/\w+/g));
      expect(NAMES.filter((name) => words.has(name) && !query.includes(name))).toEqual([]);
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', traceId: expect.any(String) });
    }
    expect(text).not.toContain('valueCompletion');
  });
});

describe('An error', () => {
  test('repeats no value of a variable, and says where it stood', async () => {
    const { token } = await api.person('patient');
    const { post } = asking(api.url, { headers: { authorization: `Bearer ${token}` } });
    const secret = 'Zhang San 13800001299';
    for (const [type, query, value] of [
      ['Int', 'query($v: Int!) { disease(catalogNo: $v) { id } }', secret],
      ['Locale', 'query($v: Locale) { disease(catalogNo: 31) { name(locale: $v) } }', secret],
      ['ID', 'query($v: ID!) { patient(id: $v) { id } }', { [secret]: secret }],
      [
        'RegisterPatientInput',
        'mutation($v: RegisterPatientInput!) { registerPatient(input: $v) { __typename } }',
        { relation: secret, [secret]: 1 },
      ],
      [
        'DraftApplicationInput',
        'mutation($v: DraftApplicationInput!) { draftApplication(input: $v) { __typename } }',
        {
          idempotencyKey: 'a',
          patientId: MISSING,
          diseaseId: MISSING,
          expectedExpense: { amount: secret, currency: 'CNY' },
        },
      ],
    ] as const) {
      const sent = await post({ query, variables: { v: value } });
      expect(sent.body.errors?.length).toBeGreaterThan(0);
      expect(new Set(sent.body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
      expect(sent.text).not.toContain(secret);
      if (type === 'RegisterPatientInput')
        expect(sent.text).toContain('at relation a value of PatientRelation! is expected');
    }
  });
});
