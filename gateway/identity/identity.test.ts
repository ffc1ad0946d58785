import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, exportJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { Adapter } from 'oidc-provider';
import '../../tests/own-realm.js';
import { ANONYMOUS, ROLE_SCOPES } from '../../subgraphs/common/identity.js';
import { createAdapter } from './adapter.js';
import { DEMO_APP, DEMO_PARTNERS, DEMO_PEOPLE, demoSecret, keyClientOf } from './demo-people.js';
import { discoverIssuer } from './discovery.js';
import { createIssuer, type Issuer } from './issuer.js';
import { CLIENT_KEYS, type IssuerKeys, loadOrCreateClientKeys, loadOrCreateKeys } from './keys.js';
import { accessTokenFor } from './sign-in.js';
import { MemorySignIns } from './sign-ins.js';
import { API_AUDIENCE, createVerifier, Unauthenticated, type Verifier, type VerifierOptions } from './verify.js';

const NOW = Math.floor(Date.now() / 1000);
const servers: Server[] = [];
let folder: string;
let keys: IssuerKeys;
let clientKeys: ReadonlyMap<string, JWK>;
let issuer: Issuer;
let base: string;
let verifier: Verifier;

/** A server on a free port, closed at the end. */
async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

const start = (signIn: IssuerKeys, url: string): Issuer =>
  createIssuer({
    issuerUrl: `${url}/oidc`,
    people: DEMO_PEOPLE,
    partners: DEMO_PARTNERS,
    clientKeys,
    signIns: new MemorySignIns(),
    ...signIn,
  });

const verifierWith = (changes: Partial<VerifierOptions> = {}): Verifier =>
  createVerifier({
    issuer: `${base}/oidc`,
    audience: API_AUDIENCE,
    jwks: issuer.jwks,
    clockToleranceSeconds: 30,
    ...changes,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'));
  keys = await loadOrCreateKeys(folder);
  clientKeys = await loadOrCreateClientKeys(join(folder, CLIENT_KEYS), DEMO_PARTNERS.map(keyClientOf));
  base = await listen((request, response) => issuer.handle(request, response));
  issuer = start(keys, base);
  verifier = verifierWith();
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

/** A token as the issuer would sign it, but for the changes; a claim set to undefined is left out. */
function forge(
  claims: Record<string, unknown> = {},
  header: Partial<JWTHeaderParameters> = {},
  key: JWK | KeyObject | Uint8Array = keys.signingKeys[0]!,
): Promise<string> {
  const payload = {
    iss: `${base}/oidc`,
    aud: API_AUDIENCE,
    sub: 'demo-patient',
    iat: NOW,
    exp: NOW + 3600,
    roles: ['PATIENT'],
    scope: 'patient:self',
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keys.signingKeys[0]!.kid, ...header })
    .sign(key);
}

const bearer = (token: string): string => `Bearer ${token}`;

const refused = (reason: string) => expect.objectContaining({ name: 'Unauthenticated', reason });

/** Opens a sign-in of the demo app. */
const authorize = (changes: Record<string, string> = {}, cookie = ''): Promise<Response> => {
  const query = new URLSearchParams({
    client_id: DEMO_APP,
    response_type: 'code',
    redirect_uri: 'http://localhost:5173/callback',
    scope: 'openid profile patient:self fund:review',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changes,
  });
  return fetch(`${base}/oidc/auth?${query}`, { redirect: 'manual', headers: { cookie } });
};

/** What a browser would send back of the cookies whose names start so; of two of one name, the later. */
const cookiesOf = (answer: Response, names = ''): string => {
  const pairs = answer.headers
    .getSetCookie()
    .map((line) => /^([^=]+)=([^;]*)/.exec(line)?.slice(1) as [string, string]);
  return [...new Map(pairs)]
    .filter(([name]) => name.startsWith(names))
    .map((pair) => pair.join('='))
    .join('; ');
};

/** Signs in by hand up to the redirect to the app. */
async function codeFor(name: string, changes: Record<string, string> = {}, before = '') {
  const opened = await authorize(changes, before);
  const page = new URL(opened.headers.get('location') ?? '', base).href;
  const chosen = await fetch(page, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ person: name }),
    headers: { cookie: cookiesOf(opened) },
  });
  const resumed = await fetch(chosen.headers.get('location') ?? '', {
    redirect: 'manual',
    headers: { cookie: [before, cookiesOf(opened, 'demo_sign_in')].filter(Boolean).join('; ') },
  });
  const callback = new URL(resumed.headers.get('location') ?? '', base);
  const session = cookiesOf(resumed, 'demo_session');
  return { callback, code: callback.searchParams.get('code') ?? '', session, cookies: cookiesOf(resumed) };
}

const exchange = (code: string, changes: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${base}/oidc/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: DEMO_APP,
      redirect_uri: 'http://localhost:5173/callback',
      code,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      ...changes,
    }),
  });

interface TokenAnswer {
  access_token: string;
  id_token: string;
  error?: string;
}

const bodyOf = async (answer: Response): Promise<TokenAnswer> => (await answer.json()) as TokenAnswer;

const clientCredentials = (name: string, secret: string, form: Record<string, string> = {}) =>
  fetch(`${base}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });

describe('the issuer', () => {
  test.each(DEMO_PEOPLE)('gives $name exactly the scopes of $roles', async ({ name, roles, subject }) => {
    const identity = await verifier.verify(bearer(await accessTokenFor(name, base)));
    const scopes = [...roles.flatMap((role) => ROLE_SCOPES[role])].sort();
    expect(identity).toEqual({ subject, roles, scopes });
  });

  test.each(
    DEMO_PARTNERS.flatMap((partner) => [partner.name, keyClientOf(partner)].map((client) => ({ client, ...partner }))),
  )('gives $client its organisation and no more than the scopes of $roles', async ({ client, ...partner }) => {
    const token = await accessTokenFor(client, base, folder);
    const scopes = [...partner.roles.flatMap((role) => ROLE_SCOPES[role])].sort();
    const { subject, roles, organisation } = partner;
    expect(await verifier.verify(bearer(token))).toEqual({ subject, roles, scopes, organisation });
    expect(decodeJwt<{ scope: string }>(token).scope.split(' ').sort()).toEqual(scopes);
  });

  test('makes ES256 access tokens of type at+jwt that live for an hour', async () => {
    const token = await accessTokenFor('patient', base);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys.signingKeys[0]?.kid });
    const { iat = 0, exp = 0, iss, aud } = decodeJwt(token);
    expect({ lifetime: exp - iat, iss, aud }).toEqual({ lifetime: 3600, iss: `${base}/oidc`, aud: API_AUDIENCE });
  });

  test('grants an app no more than it asked for', async () => {
    const { code } = await codeFor('patient', { scope: 'openid patient:self fund:review' });
    const { access_token } = await bodyOf(await exchange(code));
    expect(decodeJwt(access_token).scope).toBe('patient:self');
  });

  test('signs a person in within 50 ms', async () => {
    await accessTokenFor('patient', base);
    const started = performance.now();
    for (let i = 0; i < 20; i += 1) await accessTokenFor('patient', base);
    expect((performance.now() - started) / 20).toBeLessThan(50);
  });

  test('refuses a wrong code verifier', async () => {
    const { code } = await codeFor('patient');
    const answer = await exchange(code, { code_verifier: 'a'.repeat(43) });
    expect([answer.status, (await bodyOf(answer)).error]).toEqual([400, 'invalid_grant']);
  });

  test('refuses a sign-in without PKCE', async () => {
    const answer = await authorize({ code_challenge: '', code_challenge_method: '' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });

  test('takes a code once', async () => {
    const { code } = await codeFor('patient');
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(400);
  });

  test.each([
    'http://localhost:4000/demo/callback',
    'http://127.0.0.1:4000/demo/callback',
    'http://localhost:9/callback',
  ])('sends people back to %s', async (redirect_uri) => {
    const { callback } = await codeFor('patient', { redirect_uri });
    expect(`${callback.origin}${callback.pathname}`).toBe(redirect_uri);
  });

  test.each([
    'https://evil.example/callback',
    'http://localhost.evil.example/callback',
    'http://localhost@evil.example/callback',
  ])('does not send people to %s', async (redirect_uri) => {
    const answer = await authorize({ redirect_uri });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  test('refuses a partner with a wrong secret, or with the app’s way in', async () => {
    expect((await clientCredentials('sponsor', 'guess')).status).toBe(401);
    expect((await exchange('x', { client_id: 'sponsor' })).status).toBe(401);
    expect((await exchange('x', { grant_type: 'client_credentials' })).status).toBe(400);
  });

  test('gives a partner’s program what it asks for, when it was granted that, and not more', async () => {
    const ask = async (scope: string) => {
      const answer = await clientCredentials('sponsor', demoSecret('sponsor'), { scope });
      return { status: answer.status, ...((await answer.json()) as object) } as { status: number } & TokenAnswer;
    };
    const narrow = await ask('sponsor:report');
    expect(decodeJwt(narrow.access_token).scope).toBe('sponsor:report');
    expect(decodeJwt((await ask('')).access_token).scope).toBeUndefined();
    for (const more of ['fund:finance', 'sponsor:report fund:finance', 'sponsor:report openid', 'everything']) {
      const refused = await ask(more);
      expect(refused).toMatchObject({ status: 400, error: 'invalid_scope' });
      expect(refused.access_token).toBeUndefined();
    }
  });

  test('makes no token for another service', async () => {
    const answer = await clientCredentials('sponsor', demoSecret('sponsor'), { resource: 'https://elsewhere.example' });
    expect([answer.status, (await bodyOf(answer)).error]).toEqual([400, 'invalid_target']);
  });

  test('lists every demo person on a page without a script or anything from elsewhere', async () => {
    const opened = await authorize();
    const page = await fetch(new URL(opened.headers.get('location') ?? '', base), {
      headers: { cookie: cookiesOf(opened) },
    });
    const html = await page.text();
    for (const { name } of DEMO_PEOPLE) expect(html).toContain(`<button name="person" value="${name}">`);
    expect(html).toContain('Development sign-in: demo people only');
    expect(html).not.toMatch(/<script|https?:|@import|url\(/);
  });

  test('asks again who it is, and lets the next person in without signing out', async () => {
    const first = await codeFor('patient');
    const second = await codeFor('reviewer', {}, first.session);
    const { access_token } = await bodyOf(await exchange(second.code));
    expect(decodeJwt(access_token).sub).toBe('demo-reviewer');
  });

  test('gives consent by itself, even when the app wants it asked', async () => {
    const first = await codeFor('patient', { prompt: 'consent' });
    expect(first.callback.pathname).toMatch(/^\/oidc\/interaction\//);
    const consented = await fetch(first.callback, { redirect: 'manual', headers: { cookie: first.cookies } });
    const resumed = await fetch(consented.headers.get('location') ?? '', {
      redirect: 'manual',
      headers: { cookie: first.cookies },
    });
    expect(resumed.headers.get('location')).toContain('/callback?code=');
  });

  test('renews silently for whoever is signed in, and for nobody else', async () => {
    const { session } = await codeFor('patient');
    const renewed = await authorize({ prompt: 'none' }, session);
    expect(renewed.headers.get('location')).toContain('/callback?code=');
    const stranger = await authorize({ prompt: 'none' });
    expect(stranger.headers.get('location')).toContain('error=login_required');
  });

  test('tells the app the name and the roles in the ID token', async () => {
    const { code } = await codeFor('patient');
    const { id_token } = await bodyOf(await exchange(code));
    expect(decodeJwt(id_token)).toMatchObject({ sub: 'demo-patient', aud: DEMO_APP, roles: ['PATIENT'] });
  });

  test('lets pages of this machine, and no others, ask for tokens', async () => {
    const own = await exchange((await codeFor('patient')).code, {}, { origin: 'http://localhost:5173' });
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:5173']);
    const foreign = await exchange((await codeFor('patient')).code, {}, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([400, null]);
  });

  test('answers a stale or unknown sign-in with a page', async () => {
    for (const [path, status] of [
      ['/oidc/interaction/unknown', 400],
      ['/oidc/auth/unknown', 400],
      ['/oidc/nothing', 404],
      ['/oidc', 404],
    ] as const) {
      expect((await fetch(base + path)).status).toBe(status);
    }
  });

  test('publishes no private key', async () => {
    const published = (await (await fetch(`${base}/oidc/jwks`)).json()) as { keys: JWK[] };
    expect(published.keys.map(({ kid }) => kid)).toEqual([keys.signingKeys[0]?.kid]);
    for (const key of [...published.keys, ...issuer.jwks.keys]) expect(key.d).toBeUndefined();
  });

  test('does not start with NODE_ENV=production', () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      expect(() => start(keys, base)).toThrow('does not run with NODE_ENV=production');
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  test('starts without a word on the console', () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((method) => jest.spyOn(console, method));
    start(keys, base);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

describe('a partner’s program that proves itself by a key', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const carriersKey = () => clientKeys.get('carrier-key') as JWK;

  /** An assertion as `carrier-key` would sign it, but for the changes; a claim set to undefined is left out. */
  const assertion = (
    claims: Record<string, unknown> = {},
    header: JWTHeaderParameters = { alg: 'ES256' },
    key: JWK | KeyObject | Uint8Array = carriersKey(),
  ): Promise<string> => {
    const payload = {
      iss: 'carrier-key',
      sub: 'carrier-key',
      aud: `${base}/oidc`,
      jti: crypto.randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...claims,
    };
    return new SignJWT(payload).setProtectedHeader(header).sign(key);
  };

  const show = async (client_assertion: string, form: Record<string, string> = {}) => {
    const answer = await fetch(`${base}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'shipment:report',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
        ...form,
      }),
    });
    return { status: answer.status, ...((await answer.json()) as object) } as { status: number } & Partial<TokenAnswer>;
  };

  const invalid = { status: 401, error: 'invalid_client' };

  test('gets a token for an assertion of five minutes, at the issuer or its token endpoint', async () => {
    const { status, access_token = '' } = await show(await assertion({ exp: now() + 300 }));
    expect([status, decodeJwt(access_token).scope]).toEqual([200, 'shipment:report']);
    expect((await show(await assertion({ aud: `${base}/oidc/token` }))).status).toBe(200);
  });

  test.each<[string, () => Promise<string>]>([
    ['that is good for more than five minutes', () => assertion({ exp: now() + 330 })],
    ['that was made ten minutes ago and still goes on', () => assertion({ iat: now() - 600 })],
    ['that has expired', () => assertion({ iat: now() - 120, exp: now() - 60 })],
    ['that never expires', () => assertion({ exp: undefined })],
    ['that is not good yet', () => assertion({ nbf: now() + 45 })],
    ['without a name of its own', () => assertion({ jti: undefined })],
    ['for another server', () => assertion({ aud: 'https://elsewhere.example' })],
    ['for another server too', () => assertion({ aud: ['https://elsewhere.example', `${base}/oidc`] })],
    ['for the API', () => assertion({ aud: API_AUDIENCE })],
    ['of another client', () => assertion({ iss: 'sponsor-key', sub: 'sponsor-key' })],
    ['of a client that has a secret', () => assertion({ iss: 'carrier', sub: 'carrier' })],
    ['of a client that there is not', () => assertion({ iss: 'nobody-key', sub: 'nobody-key' })],
    ['in the name of another', () => assertion({ iss: 'sponsor-key' })],
    ['signed by another partner', () => assertion({}, { alg: 'ES256' }, clientKeys.get('sponsor-key'))],
    ['signed by the issuer', () => assertion({}, { alg: 'ES256' }, keys.signingKeys[0])],
    [
      'signed with the public key as a secret',
      () => assertion({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(carriersKey().x))),
    ],
    [
      'signed in another way',
      () => assertion({}, { alg: 'RS256' }, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    ],
    [
      'without a signature',
      async () =>
        `${[{ alg: 'none' }, decodeJwt(await assertion())]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.')}.`,
    ],
  ])('gets none for one %s', async (_, made) => {
    expect(await show(await made())).toMatchObject(invalid);
  });

  test('gets one token for one assertion, also when it comes many times at once', async () => {
    const used = await assertion();
    const answers = await Promise.all(Array.from({ length: 20 }, () => show(used)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const each of answers.filter(({ status }) => status !== 200)) expect(each).toMatchObject(invalid);
    expect(await show(used)).toMatchObject(invalid);
  });

  test('cannot use one again because many others have signed in meanwhile', async () => {
    const adapterOf = createAdapter(new MemorySignIns()) as (model: string) => Adapter;
    const used = adapterOf('ReplayDetection');
    await used.upsert('an assertion', {}, 300);
    const sessions = adapterOf('Session');
    for (let each = 0; each <= 20_000; each += 1) await sessions.upsert(`session ${each}`, {}, 300);
    expect(await used.find('an assertion')).toBeDefined();
    await expect(used.upsert('an assertion', {}, 300)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  test('is granted no more than with a secret', async () => {
    expect(await show(await assertion(), { scope: 'shipment:report fund:finance' })).toMatchObject({
      status: 400,
      error: 'invalid_scope',
    });
  });

  test('keeps its key over a restart, where nobody else can read it', async () => {
    const place = join(folder, CLIENT_KEYS);
    const names = DEMO_PARTNERS.map(keyClientOf);
    expect(await loadOrCreateClientKeys(place, names)).toEqual(clientKeys);
    expect(await readdir(place)).toEqual(names.map((name) => `${name}.json`).sort());
    expect((await stat(join(place, 'carrier-key.json'))).mode & 0o777).toBe(0o600);
  });

  test('is told where its key should be when there is none', async () => {
    await expect(accessTokenFor('carrier-key', base, join(folder, 'nowhere'))).rejects.toThrow('KEYS_DIR');
  });
});

describe('the keys', () => {
  test('let a token of the start before still be good', async () => {
    const token = await accessTokenFor('patient', base);
    const restarted = start(await loadOrCreateKeys(folder), base);
    const identity = await verifierWith({ jwks: restarted.jwks }).verify(bearer(token));
    expect(identity.subject).toBe('demo-patient');
  });

  test('are the same for processes that start at once, and nobody else can read them', async () => {
    const fresh = join(folder, 'fresh');
    const all = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKeys(fresh)));
    expect(new Set(all.map((found) => JSON.stringify(found))).size).toBe(1);
    expect(await readdir(fresh)).toEqual(['issuer-keys.json']);
    expect((await stat(join(fresh, 'issuer-keys.json'))).mode & 0o777).toBe(0o600);
  });

  test('are not replaced when their file is damaged', async () => {
    const damaged = await mkdtemp(join(folder, 'damaged-'));
    await writeFile(join(damaged, 'issuer-keys.json'), '{"signingKeys": []}');
    await expect(loadOrCreateKeys(damaged)).rejects.toThrow('is not a key file of the issuer');
  });
});

describe('the verifier', () => {
  test('takes nobody’s header for nobody', async () => {
    expect(await verifier.verify(undefined)).toBe(ANONYMOUS);
  });

  test.each([
    ['an empty header', ''],
    ['no token', 'Bearer'],
    ['something else than a JWT', 'Bearer x'],
    ['a password', 'Basic cGF0aWVudDo='],
    ['two tokens', 'Bearer a.b.c d.e.f'],
    ['a token of 9,000 characters', `Bearer ${'a'.repeat(9000)}.b.c`],
    ['a token that is not JSON', 'Bearer a.b.c'],
  ])('refuses %s', async (_what, header) => {
    await expect(verifier.verify(header)).rejects.toThrow(refused('MALFORMED'));
  });

  test('knows its own token', async () => {
    expect((await verifier.verify(bearer(await forge()))).scopes).toEqual(['patient:self']);
  });

  test('drops unknown roles, and scopes that no role allows', async () => {
    const token = await forge({
      roles: ['PATIENT', 'ROOT', 7],
      scope: 'patient:self fund:finance nonsense patient:self',
    });
    expect(await verifier.verify(bearer(token))).toEqual({
      subject: 'demo-patient',
      roles: ['PATIENT'],
      scopes: ['patient:self'],
    });
  });

  test('never repeats a token or a claim in what it says', async () => {
    const token = await forge({ exp: NOW - 3600, sub: 'a-person' });
    const error: unknown = await verifier.verify(bearer(token)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Unauthenticated);
    expect((error as Unauthenticated).message).toBe('The access token has expired. Sign in again.');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/a-person|eyJ/);
  });

  test('35: refuses alg none', async () => {
    const [, payload] = (await forge()).split('.');
    for (const alg of ['none', 'None', 'NONE']) {
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url');
      await expect(verifier.verify(bearer(`${header}.${payload}.`))).rejects.toThrow(refused('BAD_ALGORITHM'));
    }
  });

  test('36: refuses HS256 signed with the public key', async () => {
    const text = JSON.stringify(issuer.jwks.keys[0]);
    for (const secret of [text, JSON.stringify(issuer.jwks), text.padEnd(300)]) {
      const token = await forge({}, { alg: 'HS256' }, Buffer.from(secret));
      await expect(verifier.verify(bearer(token))).rejects.toThrow(refused('BAD_ALGORITHM'));
    }
  });

  test.each([
    ['another audience', { aud: 'https://elsewhere.example' }, 'WRONG_AUDIENCE'],
    ['no audience', { aud: undefined }, 'INCOMPLETE'],
    ['another issuer', { iss: 'https://evil.example' }, 'WRONG_ISSUER'],
    ['no issuer', { iss: undefined }, 'INCOMPLETE'],
    ['no expiry', { exp: undefined }, 'INCOMPLETE'],
    ['an expiry in words', { exp: 'tomorrow' }, 'INCOMPLETE'],
    ['no subject', { sub: undefined }, 'INCOMPLETE'],
    ['an empty subject', { sub: '' }, 'INCOMPLETE'],
    ['a number as subject', { sub: 7 }, 'INCOMPLETE'],
    ['roles that are no list', { roles: 'ADMIN' }, 'INCOMPLETE'],
    ['an organisation that is no text', { organisation: {} }, 'INCOMPLETE'],
  ])('37: refuses a token with %s', async (_what, claims, reason) => {
    await expect(verifier.verify(bearer(await forge(claims)))).rejects.toThrow(refused(reason));
  });

  test.each(['JWT', undefined, 'logout+jwt'])('37: refuses a token of type %s', async (typ) => {
    await expect(verifier.verify(bearer(await forge({}, { typ })))).rejects.toThrow(refused('WRONG_TYPE'));
  });

  test.each([
    ['takes a token that expired 29 s ago', { exp: NOW - 29 }, undefined],
    ['refuses a token that expired 30 s ago', { exp: NOW - 30 }, 'EXPIRED'],
    ['refuses a token that expired an hour ago', { exp: NOW - 3600 }, 'EXPIRED'],
    ['takes a token that is valid in 30 s', { nbf: NOW + 30 }, undefined],
    ['refuses a token that is valid in 31 s', { nbf: NOW + 31 }, 'NOT_YET_VALID'],
  ])('38: %s', async (_fact, claims, reason) => {
    const verified = verifierWith({ now: () => NOW * 1000 }).verify(bearer(await forge(claims)));
    if (reason) await expect(verified).rejects.toThrow(refused(reason));
    else expect((await verified).subject).toBe('demo-patient');
  });

  test('38: refuses a remembered token from the moment it expires', async () => {
    let seconds = NOW;
    const clocked = verifierWith({ now: () => seconds * 1000 });
    const token = bearer(await forge({ exp: NOW + 10 }));
    const first = await clocked.verify(token);
    seconds = NOW + 39;
    expect(await clocked.verify(token)).toBe(first);
    seconds = NOW + 40;
    await expect(clocked.verify(token)).rejects.toThrow(refused('EXPIRED'));
    await expect(clocked.verify(token)).rejects.toThrow(refused('EXPIRED'));
  });

  test('39: refuses invented key ids', async () => {
    for (const kid of ['../../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', '', 'x'.repeat(2000)]) {
      await expect(verifier.verify(bearer(await forge({}, { kid })))).rejects.toThrow(refused('BAD_SIGNATURE'));
    }
  });

  test('39: takes no key from a token’s header, and opens none of its addresses', async () => {
    let visits = 0;
    const trap = await listen((_request, response) => {
      visits += 1;
      response.end('{}');
    });
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = await exportJWK(own.publicKey);
    const kid = keys.signingKeys[0]!.kid;
    for (const header of [{ jwk }, { jku: trap }, { x5u: trap }, { x5c: ['MIIB'] }, { jwk, jku: trap, kid: 'own' }]) {
      const token = await forge({ roles: ['ADMIN'] }, { kid, ...header } as JWTHeaderParameters, own.privateKey);
      await expect(verifier.verify(bearer(token))).rejects.toThrow(refused('BAD_SIGNATURE'));
    }
    expect(visits).toBe(0);
  });

  test('39: refuses a token whose claims were changed', async () => {
    const [header, , signature] = (await forge()).split('.');
    const [, payload] = (await forge({ roles: ['ADMIN'] })).split('.');
    await expect(verifier.verify(bearer(`${header}.${payload}.${signature}`))).rejects.toThrow(
      refused('BAD_SIGNATURE'),
    );
  });

  test('41: refuses an ID token', async () => {
    const { code } = await codeFor('patient');
    const { id_token } = await bodyOf(await exchange(code));
    await expect(verifier.verify(bearer(id_token))).rejects.toThrow(Unauthenticated);
    const aimedAtUs = await forge(decodeJwt(id_token), { typ: 'JWT' });
    await expect(verifier.verify(bearer(aimedAtUs))).rejects.toThrow(Unauthenticated);
  });

  test('remembers at most 10,000 tokens', async () => {
    const hasty = verifierWith({ jwks: issuer.jwks });
    const first = bearer(await forge({ jti: 'first' }));
    const before = await hasty.verify(first);
    for (let i = 0; i < 10_000; i += 1) await hasty.verify(bearer(await forge({ jti: String(i) })));
    expect(await hasty.verify(first)).not.toBe(before);
  });
});

describe('with an issuer elsewhere', () => {
  /** An issuer whose keys and health the test decides. */
  async function elsewhere() {
    const state = { keys: issuer.jwks.keys, fetches: 0, status: 200 };
    const url = await listen((request, response) => {
      if (request.url?.startsWith('/keys')) state.fetches += 1;
      const body = request.url?.startsWith('/keys') ? { keys: state.keys } : { issuer: url, jwks_uri: `${url}/keys` };
      response.writeHead(state.status).end(JSON.stringify(body));
    });
    return { state, url };
  }

  test('40: a flood of unknown key ids fetches the keys once', async () => {
    const { state, url } = await elsewhere();
    const remote = verifierWith({ jwks: new URL(`${url}/keys`) });
    const flood = Array.from({ length: 50 }, (_, i) => forge({}, { kid: `unknown-${i}` }));
    for (const token of await Promise.all(flood)) {
      await expect(remote.verify(bearer(token))).rejects.toThrow(refused('BAD_SIGNATURE'));
    }
    expect(state.fetches).toBe(1);
    expect((await remote.verify(bearer(await forge()))).subject).toBe('demo-patient');
  });

  test('40: a failing issuer is asked once, and no token is believed meanwhile', async () => {
    const { state, url } = await elsewhere();
    state.status = 500;
    const remote = verifierWith({ jwks: new URL(`${url}/keys`) });
    for (let i = 0; i < 20; i += 1) {
      await expect(remote.verify(bearer(await forge()))).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    }
    expect(state.fetches).toBe(1);
  });

  test('40: rotation drops no valid token', async () => {
    const { state, url } = await elsewhere();
    const remote = verifierWith({ jwks: new URL(`${url}/keys`), coolDownSeconds: 0 });
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const nextJwk = { ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256', use: 'sig' };
    await remote.verify(bearer(await forge()));
    state.keys = [nextJwk, ...issuer.jwks.keys];
    const signedByNext = await forge({ jti: 'next' }, { kid: 'next' }, next.privateKey);
    expect((await remote.verify(bearer(signedByNext))).subject).toBe('demo-patient');
    expect((await remote.verify(bearer(await forge({ jti: 'old' })))).subject).toBe('demo-patient');
  });

  test('keys at hand go on serving while the issuer is down', async () => {
    const { state, url } = await elsewhere();
    const remote = verifierWith({ jwks: new URL(`${url}/keys`) });
    await remote.verify(bearer(await forge()));
    state.status = 503;
    const anHourLater = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const token = bearer(await forge({ iat: NOW + 3600, exp: NOW + 7200 }));
    expect((await remote.verify(token)).subject).toBe('demo-patient');
    anHourLater.mockRestore();
  });

  test('its keys are found by its metadata', async () => {
    const { url } = await elsewhere();
    expect(await discoverIssuer(url)).toEqual({ issuer: url, jwksUri: new URL(`${url}/keys`) });
    expect((await discoverIssuer(`${base}/oidc`)).jwksUri.href).toBe(`${base}/oidc/jwks`);
  });

  test('one that calls itself by another name, or does not answer, is refused at the start', async () => {
    const { state, url } = await elsewhere();
    await expect(discoverIssuer(`${url}/`)).rejects.toThrow('calls itself');
    state.status = 500;
    await expect(discoverIssuer(url)).rejects.toThrow("Check the issuer's URL");
  });
});

describe('signing in from a program', () => {
  test('an unknown name lists the names', async () => {
    await expect(accessTokenFor('nobody', base)).rejects.toMatchObject({
      name: 'UnknownName',
      names: expect.arrayContaining(['patient', 'sponsor']),
    });
  });

  test('a server that is not running is said in one sentence', async () => {
    await expect(accessTokenFor('patient', 'http://localhost:1')).rejects.toThrow(
      'Nothing answers at http://localhost:1.',
    );
  });
});
