import { type Attack, type AttackClass, holds, refused, same } from './attack.js';
import { CLIENT, MISSING, type Target } from './target.js';

const QUERY = '{ disease(catalogNo: 31) { catalogNo } }';
const JSON_QUERY = JSON.stringify({ query: QUERY });
const MUTATION = `mutation { withdrawStory(input: { idempotencyKey: "a", storyId: "${MISSING}", expectedVersion: 1 }) { __typename } }`;
const PREFLIGHT = { 'apollo-require-preflight': 'yes' };
const search = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

const posts = (
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  status: number | readonly number[],
): Attack => ({
  name,
  run: async (target) =>
    refused(await target.post(body, { as: 'patient', headers }), { status, code: 'BAD_USER_INPUT' }),
});
const gets = (
  name: string,
  path: string,
  headers: Record<string, string>,
  status: number | readonly number[],
): Attack => ({
  name,
  run: async (target) =>
    refused(await target.send(path, { headers: { ...CLIENT, ...headers } }), { status, code: 'BAD_USER_INPUT' }),
});

const utf16 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'utf16le'));

/** Nothing of somebody's may be read by a page of another origin that a browser has open. */
async function foreignPage(target: Target): Promise<void> {
  const { headers } = await target.post(JSON_QUERY, { headers: { origin: 'https://evil.example', cookie: 'a=b' } });
  holds(
    headers.get('access-control-allow-credentials') === null,
    'a foreign page may send what the browser knows of us',
  );
  const preflight = await target.send('/graphql', {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  });
  holds(preflight.headers.get('access-control-allow-credentials') === null, 'a foreign page may send credentials');
}

const forged = (name: string, headers: Record<string, string>): Attack => ({
  name,
  run: async (target) => {
    const plain = await target.ask('{ me { roles } applications { totalCount } }');
    const claimed = await target.ask('{ me { roles } applications { totalCount } }', {}, { headers });
    same(claimed.body.data, plain.body.data, 'believed what the headers claim');
  },
});

export const protocol: AttackClass = {
  name: 'Protocol',
  attacks: [
    posts('a batch', `[${JSON_QUERY},${JSON_QUERY}]`, {}, 400),
    posts('an empty batch', '[]', {}, 400),
    gets('a mutation by GET', search(MUTATION), PREFLIGHT, 405),
    gets('a GET that any page could send', search(QUERY), {}, 400),
    gets('a GET said to be text', search(QUERY), { 'content-type': 'text/plain' }, 400),
    gets('a GET said to be a form', search(QUERY), { 'content-type': 'application/x-www-form-urlencoded' }, [400, 415]),
    gets(
      'a GET with an odd content type',
      search(QUERY),
      { 'content-type': 'application/octet-stream;x', ...PREFLIGHT },
      415,
    ),
    posts('a POST of text', JSON_QUERY, { 'content-type': 'text/plain' }, [400, 415]),
    posts(
      'a POST of a form',
      'query=%7Bme%7Broles%7D%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      [400, 415],
    ),
    posts('a POST of a form with files', JSON_QUERY, { 'content-type': 'multipart/form-data; boundary=x' }, [400, 415]),
    posts('a POST without a type', new Uint8Array(Buffer.from(JSON_QUERY)), { 'content-type': '' }, [400, 415]),
    posts('UTF-7', '+AHsAIg-', { 'content-type': 'application/json; charset=utf-7' }, 415),
    posts('UTF-16', utf16(JSON_QUERY), { 'content-type': 'application/json; charset=utf-16' }, 415),
    posts('UTF-16 that is not said to be', utf16(JSON_QUERY), {}, 400),
    posts('malformed JSON', '{"query": ', {}, 400),
    posts('JSON that ends early', JSON_QUERY.slice(0, -1), {}, 400),
    posts('100,000 nested brackets of JSON', '['.repeat(100_000), {}, 400),
    posts('no body', '', {}, 400),
    posts('null', 'null', {}, 400),
    posts('a query that is a number', '{"query":1}', {}, 400),
    posts('a query that is an object', '{"query":{"$ne":""}}', {}, 400),
    posts('variables that are a text', `{"query":"${QUERY}","variables":"{}"}`, {}, 400),
    posts('variables that are a list', `{"query":"${QUERY}","variables":[1]}`, {}, 400),
    posts('extensions that are a text', `{"query":"${QUERY}","extensions":"x"}`, {}, 400),
    posts('two operations and no name', JSON.stringify({ query: `query A ${QUERY} query B ${QUERY}` }), {}, 400),
    posts('the name of no operation', JSON.stringify({ query: `query A ${QUERY}`, operationName: 'B' }), {}, 400),
    posts('a subscription', JSON.stringify({ query: 'subscription { me { roles } }' }), {}, 400),
    posts('NUL in a text', JSON.stringify({ query: '{ diseases(search: "a\0b") { totalCount } }' }), {}, 400),
    posts(
      'an id of a document that nobody has listed',
      JSON.stringify({ documentId: `sha256:${'a'.repeat(64)}` }),
      {},
      400,
    ),
    posts(
      'an id of a document beside a query',
      JSON.stringify({ documentId: `sha256:${'a'.repeat(64)}`, query: QUERY }),
      {},
      400,
    ),
    posts('an id of a document that is a path', JSON.stringify({ documentId: '../../package.json' }), {}, 400),
    posts('an id of a document that is __proto__', JSON.stringify({ documentId: '__proto__' }), {}, 400),
    {
      name: 'a document to be registered by its hash',
      run: async (target) => {
        const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
        const reply = await target.post(JSON.stringify({ query: QUERY, extensions }));
        refused(reply, { status: 400, code: 'PERSISTED_QUERY_NOT_SUPPORTED' });
      },
    },
    {
      name: 'a hash of a document that nobody has registered',
      run: async (target) => {
        const body = { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } };
        refused(await target.post(JSON.stringify(body)), { status: [200, 400] });
      },
    },
    posts('__proto__ as an alias', JSON.stringify({ query: '{ __proto__: disease(catalogNo: 31) { id } }' }), {}, 400),
    posts(
      '__proto__ as a variable',
      '{"query":"query($__proto__: Int) { disease(catalogNo: $__proto__) { id } }","variables":{"__proto__":31}}',
      {},
      400,
    ),
    {
      name: '__proto__ and constructor in the body and in variables',
      run: async (target) => {
        const body = `{"query":"${QUERY}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`;
        const { body: answer } = await target.post(body);
        same(answer.data, { disease: { catalogNo: 31 } }, 'own data only');
        holds(!('polluted' in (await target.ask('{ me { polluted: roles } }')).headers), 'the prototype was changed');
      },
    },
    {
      name: 'constructor, toString and hasOwnProperty as aliases',
      run: async (target) => {
        const query = '{ constructor: disease(catalogNo: 31) { toString: catalogNo hasOwnProperty: catalogNo } }';
        const { text } = await target.ask(query);
        holds(text.includes('{"constructor":{"toString":31,"hasOwnProperty":31}}'), text.slice(0, 200));
      },
    },
    posts('the entries that only the gateway uses', JSON.stringify({ query: '{ _service { sdl } }' }), {}, 400),
    posts(
      'entities asked for by reference',
      JSON.stringify({
        query: `{ _entities(representations: [{ __typename: "Patient", id: "${MISSING}" }]) { __typename } }`,
      }),
      {},
      400,
    ),
    posts(
      'a question that only subgraphs ask each other',
      JSON.stringify({
        query: `{ verifiedDiagnosis(patientId: "${MISSING}", diseaseId: "${MISSING}") { diagnosedOn } }`,
      }),
      {},
      400,
    ),
    forged('forged x-user-id and x-roles', {
      'x-user-id': 'demo-admin',
      'x-roles': 'ADMIN',
      'x-scopes': 'catalog:write',
    }),
    forged('a forged identity of subgraphs', {
      'x-identity': Buffer.from('{"subject":"demo-patient"}').toString('base64url'),
    }),
    forged('forged x-forwarded headers', {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-user': 'demo-admin',
      forwarded: 'for=127.0.0.1',
    }),
    {
      name: 'a signature as the gateway makes them, at the gateway',
      run: async (target) => {
        const { status } = await target.ask(QUERY, {}, { headers: { authorization: 'Signed a.b.c' } });
        holds(status === 401, `status ${status}`);
      },
    },
    {
      name: 'line breaks in the name of the operation',
      run: async (target) => {
        const body = JSON.stringify({ query: QUERY, operationName: 'A\r\n{"level":60}\r\n' });
        refused(await target.post(body), { status: 400, code: 'BAD_USER_INPUT' });
      },
    },
    { name: 'a foreign page with credentials', run: foreignPage },
    {
      name: 'a client that takes nothing that we make',
      run: async (target) =>
        refused(await target.post(JSON_QUERY, { headers: { accept: 'application/xml' } }), { status: 406 }),
    },
    ...['PUT', 'DELETE', 'PATCH'].map(
      (method): Attack => ({
        name: `the method ${method}`,
        run: async (target) =>
          refused(await target.send('/graphql', { method, headers: PREFLIGHT }), {
            status: 405,
            code: 'BAD_USER_INPUT',
          }),
      }),
    ),
    ...[
      '/.env',
      '/graphql/../metrics/x',
      '/%2e%2e/%2e%2e/etc/passwd',
      '//',
      '/%',
      '/documents/../keys',
      '/graphql/',
    ].map(
      (path): Attack => ({
        name: `the path ${path}`,
        run: async (target) => {
          const reply = await target.raw([`GET ${path} HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n`], 5, 5_000);
          holds([401, 403, 404, 405].includes(reply.status), `status ${reply.status}`);
        },
      }),
    ),
    {
      name: 'two lengths for one body (request smuggling)',
      run: async (target) => {
        const reply = await target.raw(
          [
            'POST /graphql HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n',
          ],
          5,
          5_000,
        );
        holds(reply.status === 400, `status ${reply.status}`);
      },
    },
    {
      name: 'a head of 100 kB',
      run: async (target) => {
        const reply = await target.raw(
          [`GET /graphql HTTP/1.1\r\nHost: a\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
          5,
          5_000,
        );
        holds(reply.status === 431, `status ${reply.status}`);
      },
    },
    {
      name: 'a traceparent that would break a log or a statement',
      run: async (target) => {
        const reply = await target.ask(QUERY, {}, { headers: { traceparent: "00-'*/; drop table x; --" } });
        holds(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(reply.headers.get('traceparent') ?? ''), 'taken as it came');
      },
    },
  ],
};
