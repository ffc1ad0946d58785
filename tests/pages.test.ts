import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { DEMO_PARTNERS, DEMO_PEOPLE } from '../gateway/identity/demo-people.js';
import { startOneProcess } from '../gateway/one-process.js';
import { Pages } from '../gateway/pages/pages.js';
import type { RunningApi } from '../gateway/serve.js';
import { readSupergraphs } from '../gateway/supergraphs.js';
import { databaseSecret } from '../scripts/prepare.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { type ApiUnderTest, startApi } from './api.js';
import { Person } from './client.js';
import { Wire } from './wire.js';

const PAGES = ['/', '/explorer', '/map', '/sandbox'] as const;
const SANDBOX_CDN = 'https://sandbox.embed.apollographql.com';
const names = (people: readonly { name: string }[]) => people.map(({ name }) => name);

/** Of somebody else's API. */
const PLANETS = composeServices([
  {
    name: 'planets',
    url: 'http://planets.example',
    typeDefs: parse('type Query { planet: Planet } type Planet @key(fields: "name") { name: String! }'),
  },
]).supergraphSdl as string;

let api: ApiUnderTest;
/** The same API, as it is run in production. */
let production: RunningApi;
/** The pages alone, of a server whose people sign in at an issuer of its owner's. */
let ownIssuer: Server;
let served = readSupergraphs();

beforeAll(async () => {
  api = await startApi('one process', 'pages');
  const settings = readSettings({
    NODE_ENV: 'production',
    PORT: '0',
    KEYS_DIR: api.keysDir,
    ISSUER_URL: `${api.url}/oidc`,
    REQUEST_LOG: 'off',
  });
  production = await startOneProcess(settings, (name) => servingUrl(api.adminUrl, name, databaseSecret(settings)));
  const pages = new Pages({ supergraphs: () => served, production: false });
  ownIssuer = createServer(async (request, response) => {
    if (!(await pages.answer((request.url ?? '').split('?')[0] ?? '', request, response)))
      response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => ownIssuer.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  ownIssuer?.close();
  await production?.close();
  await api?.stop();
});

const ownIssuerUrl = () => `http://127.0.0.1:${(ownIssuer.address() as AddressInfo).port}`;
const get = (url: string, path: string, headers: Record<string, string> = {}) => new Wire(url).send(path, { headers });
const page = async (url: string, path: string) => (await get(url, path, { accept: 'text/html' })).text;

describe('every page', () => {
  test.each(PAGES)('%s has a policy that lets it load nothing from elsewhere', async (path) => {
    const { status, type, headers } = await get(api.url, path);
    expect({ status, type }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
        const [name = '', ...sources] = rule.split(' ');
        return [name, sources] as const;
      }),
    );
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('style-src')).toEqual(["'self'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    const elsewhere = [...policy].filter(([, sources]) =>
      sources.some((each) => !/^('none'|'self'|data:)$/.test(each)),
    );
    const framed = path === '/sandbox' ? { 'connect-src': ["'self'", SANDBOX_CDN], 'frame-src': [SANDBOX_CDN] } : {};
    expect(Object.fromEntries(elsewhere)).toEqual(framed);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test.each(PAGES)('%s asks its own server alone, and has nothing in it that the policy would refuse', async (path) => {
    const html = await page(api.url, path);
    const asked = [...html.matchAll(/<(?:script|link|img)[^>]*\b(?:src|href)="([^"]+)"/g)].map(
      ([, address]) => address,
    );
    expect(asked.filter((address) => !address?.startsWith('/pages/'))).toEqual([]);
    for (const address of asked) expect((await get(api.url, address as string)).status).toBe(200);
    expect(html).not.toMatch(/\sstyle=|<style|\son\w+=|javascript:/i);
    expect(html.match(/<script(?! type="module" src=| type="application\/json")/g)).toBeNull();
  });

  test('what it is made of is sent once, and again only when it is another', async () => {
    const first = await get(api.url, '/pages/page.css');
    expect(first.type).toBe('text/css; charset=utf-8');
    const tag = first.headers.get('etag') as string;
    const again = await get(api.url, '/pages/page.css', { 'if-none-match': tag });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    expect((await get(api.url, '/pages/home.css', { 'if-none-match': tag })).status).toBe(200);
  });

  test.each([
    '/pages/../package.json',
    '/pages/../scripts/start.js',
    '/pages/%2e%2e/scripts/start.js',
    '/pages//etc/passwd',
  ])('%s leads to nothing', async (path) => {
    const status = await new Promise((resolve, reject) =>
      // not by `fetch`, which would tidy the path up
      request(`${api.url}`, { path }, async (answer) => {
        expect(await text(answer)).toContain('There is nothing here');
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end(),
    );
    expect(status).toBe(404);
  });
});

describe('the first page', () => {
  test('says of each subgraph what it owns, and to what of others it adds', async () => {
    const html = await page(api.url, '/');
    const part = (name: string) =>
      (html.split(`<li data-of="${name}">`)[1]?.split('</li>')[0] ?? '').replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    expect(part('fund')).toMatch(/Owns .*\bApplication, .*Claim.*Adds fields to Patient/);
    expect(part('pharmacy')).toMatch(/Owns .*DrugOrder.*Adds fields to Application, Medicine, Patient/);
    expect(part('patient')).toMatch(/Owns .*\bPatient\b/);
    expect(part('catalog')).toMatch(/Owns Disease, Hospital, Medicine, Organisation/);
    expect(part('community')).toMatch(/Owns .*Story.*Adds fields to Disease/);
  });

  test('marks where the main query goes on in another subgraph', async () => {
    const html = await page(api.url, '/');
    const seams = [...html.matchAll(/<span class="line" data-of="(\w+)">\s*(\w+)[^\n]*<b>\1<\/b>/g)];
    expect(seams.map(([, owner, field]) => `${owner} ${field}`)).toEqual(
      expect.arrayContaining([
        'fund application',
        'catalog catalogNo',
        'community stories',
        'patient displayName',
        'pharmacy drugOrders',
      ]),
    );
  });

  test('offers a token of each demo person and partner, and leads to the explorer as them', async () => {
    const html = await page(api.url, '/');
    const everybody = [...names(DEMO_PEOPLE), ...names(DEMO_PARTNERS)];
    expect([...html.matchAll(/data-token-of="([\w-]+)"/g)].map(([, name]) => name)).toEqual(everybody);
    for (const name of everybody) expect(html).toMatch(new RegExp(`href="/explorer\\?as=${name}["&]`));
    expect(html).toContain('/explorer?as=patient&#38;example=ApplicationOverview');
  });

  test('shows the supergraph that is served just now', async () => {
    expect(await page(ownIssuerUrl(), '/')).toContain('ApplicationOverview');
    served = { api: PLANETS };
    const html = await page(ownIssuerUrl(), '/');
    served = readSupergraphs();
    expect(html).not.toContain('ApplicationOverview');
    expect(html).toContain('<a href="/map#Planet">Planet</a>');
  });
});

describe('in production', () => {
  test('there is the first page alone', async () => {
    expect(await page(production.url, '/')).toContain('Rare disease care');
    for (const path of [
      '/explorer',
      '/map',
      '/sandbox',
      '/demo/token?name=patient',
      '/pages/explorer.js',
      '/pages/map.js',
      '/pages/home.js',
    ])
      expect({ path, status: (await get(production.url, path)).status }).toEqual({ path, status: 404 });
    expect((await get(production.url, '/graphql', { accept: 'text/html' })).status).toBe(400);
  });

  test('it leads to the API and its health, and tells nothing of the schema or of demo people', async () => {
    const html = await page(production.url, '/');
    expect([...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, path]) => path)).toEqual([
      '/',
      '/graphql',
      '/health/ready',
    ]);
    expect(html).not.toContain('<script');
    const words = html.replace(/<[^>]+>/g, ' ');
    const told = [
      ...names(DEMO_PEOPLE),
      ...names(DEMO_PARTNERS),
      'fund',
      'catalog',
      'pharmacy',
      'demo',
      'Application',
      'oidc',
    ];
    expect(told.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(words))).toEqual([]);
  });
});

describe('a token of the demo', () => {
  const tokenOf = async (name: string) => (await get(api.url, `/demo/token?name=${name}`)).text;

  test('is what its person signs in with', async () => {
    const { data } = await new Person(api.url, await tokenOf('patient')).ask(
      '{ applications(first: 1) { nodes { number } } }',
    );
    expect(data.applications.nodes).toHaveLength(1);
    const stranger = await new Person(api.url, await tokenOf('other-patient')).ask(
      '{ applications(first: 1) { nodes { number } } }',
    );
    expect(stranger.data.applications.nodes).not.toEqual(data.applications.nodes);
  });

  test.each(['sponsor', 'sponsor-key'])('opens the partners’ schema to %s', async (name) => {
    const partner = new Person(api.url, await tokenOf(name), '/partner/graphql');
    expect((await partner.ask('{ contributions(first: 1) { nodes { status } } }')).errors).toEqual([]);
  });

  test('is refused to pages of other origins, other ports of this machine included', async () => {
    for (const from of ['cross-site', 'same-site']) {
      const { status, text } = await get(api.url, '/demo/token?name=patient', { 'sec-fetch-site': from });
      expect({ status, text }).toEqual({ status: 403, text: 'Ask from a page of this server.' });
    }
    const own = await get(api.url, '/demo/token?name=patient', {
      'sec-fetch-site': 'same-origin',
      origin: 'http://evil.example',
    });
    expect(own.status).toBe(200);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
    expect(own.headers.get('cache-control')).toBe('no-store');
  });

  test('is refused where the server was reached by a name that leads here only for the moment', async () => {
    // fetch always names the host that it asks
    const asked = request(`${api.url}/demo/token?name=patient`, {
      headers: { host: 'evil.example', 'sec-fetch-site': 'same-origin' },
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  test('of a name that nobody has is a sentence with the names that there are', async () => {
    const { status, type, text } = await get(api.url, '/demo/token?name=nobody');
    expect({ status, type }).toEqual({ status: 404, type: 'text/plain; charset=utf-8' });
    expect(text).toMatch(/^Nobody is called nobody\. There are patient, .*carrier, .*merchant-key\.$/);
  });

  test('is not there where people sign in at an issuer of one’s own', async () => {
    expect((await get(ownIssuerUrl(), '/demo/token?name=patient')).status).toBe(404);
    const html = await page(ownIssuerUrl(), '/');
    expect(html).not.toContain('data-token-of');
    expect(html).toContain('issuer of your own');
  });
});

test('a browser at /graphql is led to the explorer, a client is told what to send', async () => {
  const { status, headers } = await get(api.url, '/graphql', { accept: 'text/html,application/xhtml+xml' });
  expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: '/explorer' });
  const told = await get(api.url, '/graphql', { accept: 'application/json' });
  expect(told.status).toBe(400);
  expect(told.text).toContain('Send a query');
});
