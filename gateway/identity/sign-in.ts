/** Access tokens of the demo people and partners over HTTP, got as a browser or a partner's program gets them. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { ALL_SCOPES } from '../../subgraphs/common/identity.js';
import {
  DEMO_APP,
  DEMO_PARTNERS,
  DEMO_PEOPLE,
  type DemoPartner,
  demoSecret,
  keyClientOf,
  partnerOfClient,
  scopesOf,
} from './demo-people.js';
import { CLIENT_KEYS, readClientKey } from './keys.js';
import { API_AUDIENCE } from './verify.js';

/** The name is none of the demo people's or partners'. */
export class UnknownName extends Error {
  override readonly name = 'UnknownName';
  readonly names = [...DEMO_PEOPLE, ...DEMO_PARTNERS].map(({ name }) => name).concat(DEMO_PARTNERS.map(keyClientOf));
}

/** Nobody answers at the address. */
export class NotRunning extends Error {
  override readonly name = 'NotRunning';
}

/** The issuer answered, but not with what was expected; the message says at which step. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
}

/** Never opened: the code is read off the redirect. The issuer takes any port of localhost. */
const CALLBACK = 'http://localhost/demo/callback';

const tokenAnswer = z.object({ access_token: z.string() });
const discovered = z.object({ issuer: z.string() });

/** Seconds that a client's assertion is good for: it is sent at once. */
const ASSERTION_LIFETIME = 60;

/**
 * An access token of 1 hour with every scope that `name` may have, from the embedded issuer of the API at `baseUrl`
 * (`http://localhost:4000`). Throws UnknownName, NotRunning or SignInFailed.
 *
 * @param keysDir where the API keeps its keys; only for clients that prove themselves by one, such as `carrier-key`
 */
export async function accessTokenFor(name: string, baseUrl: string, keysDir?: string): Promise<string> {
  const issuer = new URL('/oidc', baseUrl).href;
  if (DEMO_PEOPLE.some((person) => person.name === name)) return signIn(name, issuer);
  const partner = partnerOfClient(name);
  if (partner?.name === name) return tokenBySecret(partner, issuer);
  if (partner) return tokenByKey(partner, issuer, keysDir);
  throw new UnknownName(`Nobody is called ${name}.`);
}

async function signIn(name: string, issuer: string): Promise<string> {
  const browser = new Browser();
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');

  const request = new URLSearchParams({
    client_id: DEMO_APP,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: ['openid', ...ALL_SCOPES].join(' '),
    resource: API_AUDIENCE,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const page = await browser.follow(`${issuer}/auth?${request}`);
  const resume = await browser.follow(page, new URLSearchParams({ person: name }));
  const callback = new URL(await browser.follow(resume));

  const code = callback.searchParams.get('code');
  if (!code || callback.searchParams.get('state') !== state)
    throw new SignInFailed('The issuer sent no code for this sign-in.');
  return askForToken(issuer, {
    grant_type: 'authorization_code',
    client_id: DEMO_APP,
    redirect_uri: CALLBACK,
    code,
    code_verifier: verifier,
  });
}

const grantTo = ({ roles }: DemoPartner) => ({
  grant_type: 'client_credentials',
  scope: scopesOf(roles).join(' '),
  resource: API_AUDIENCE,
});

const tokenBySecret = (partner: DemoPartner, issuer: string): Promise<string> =>
  askForToken(issuer, grantTo(partner), {
    authorization: `Basic ${Buffer.from(`${partner.name}:${demoSecret(partner.name)}`).toString('base64')}`,
  });

async function tokenByKey(partner: DemoPartner, issuer: string, keysDir: string | undefined): Promise<string> {
  const client = keyClientOf(partner);
  const key = keysDir === undefined ? undefined : await readClientKey(join(keysDir, CLIENT_KEYS), client);
  if (!key)
    throw new SignInFailed(
      `There is no key of ${client} here. Say where the API keeps its keys: KEYS_DIR, or DATA_DIR.`,
    );
  return askForToken(issuer, {
    ...grantTo(partner),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .setIssuer(client)
      .setSubject(client)
      .setAudience(await nameOf(issuer))
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${ASSERTION_LIFETIME} s`)
      .sign(await importJWK(key, 'ES256')),
  });
}

/** The issuer's own name, which may differ from the address that it is reached at. */
async function nameOf(issuer: string): Promise<string> {
  const answer = await send(`${issuer}/.well-known/openid-configuration`, {});
  const body = discovered.safeParse(await answer.json().catch(() => undefined));
  if (!body.success) throw new SignInFailed(`The issuer does not say who it is (status ${answer.status}).`);
  return body.data.issuer;
}

async function askForToken(
  issuer: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await send(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form), headers });
  const body = tokenAnswer.safeParse(await answer.json().catch(() => undefined));
  if (!body.success) throw new SignInFailed(`The issuer gave no token (status ${answer.status}).`);
  return body.data.access_token;
}

/** As much of a browser as a sign-in needs: keeps cookies and hands out redirects one by one. */
class Browser {
  readonly #cookies = new Map<string, string>();

  /** Opens a page, or posts a form to it, and returns where it redirects to. */
  async follow(url: string, form?: URLSearchParams): Promise<string> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await send(url, { method: form ? 'POST' : 'GET', body: form, headers: cookie ? { cookie } : {} });
    await answer.body?.cancel();
    for (const line of answer.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) this.#cookies.set(key, value);
    }
    const location = answer.headers.get('location');
    if (!location) throw new SignInFailed(`The sign-in stopped at ${new URL(url).pathname} (status ${answer.status}).`);
    return new URL(location, url).href;
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch(() => {
    throw new NotRunning(
      `Nothing answers at ${new URL(url).origin}. Start the API first (npm start) or name its address with --url.`,
    );
  });
}
