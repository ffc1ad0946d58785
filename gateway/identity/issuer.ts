/** The embedded OpenID issuer for development: people sign in by a click, partners by a well-known secret or a key. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JSONWebKeySet, JWK } from 'jose';
import {
  type AccountClaims,
  type ClientCredentials,
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import { ALL_SCOPES } from '../../subgraphs/common/identity.js';
import { createAdapter } from './adapter.js';
import { DEMO_APP, type DemoPartner, type DemoPerson, demoSecret, keyClientOf, scopesOf } from './demo-people.js';
import { errorPage, PAGE_HEADERS, signInPage } from './sign-in-page.js';
import type { SignIns } from './sign-ins.js';
import { API_AUDIENCE } from './verify.js';

export interface IssuerOptions {
  /** `http://localhost:<port>/oidc`: the `iss` of the tokens; its path is where the issuer is mounted. */
  readonly issuerUrl: string;
  readonly people: readonly DemoPerson[];
  readonly partners: readonly DemoPartner[];
  /** The keys (private or public, ES256) of the clients that prove themselves by one, by client id. */
  readonly clientKeys: ReadonlyMap<string, JWK>;
  /** Private ES256 keys; the first one signs. */
  readonly signingKeys: readonly JWK[];
  readonly cookieKeys: readonly string[];
  readonly signIns: SignIns;
  /** Told of faults of the issuer itself, never of a client's mistakes. Default: one line on stderr. */
  readonly onError?: (error: Error) => void;
}

export interface Issuer {
  /** Answers everything below the issuer's path. For `node:http`: `if (req.url.startsWith('/oidc/')) issuer.handle(req, res)`. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The public keys, for a verifier in the same process. */
  readonly jwks: JSONWebKeySet;
}

const HOUR = 3600;

/** What a client signs to prove itself may be good for so many seconds: as long as it is kept from being used again. */
const LONGEST_ASSERTION = 300;

/** Where an app may run: any port of this machine, these paths. A front end has its callback at one of them. */
const CALLBACK_PATHS = ['/demo/callback', '/callback', '/auth/callback', '/'];
const LOOPBACKS = ['localhost', '127.0.0.1'];

/** The form holds one short name. */
const MOST_FORM_CHARACTERS = 1024;

/**
 * An issuer whose sessions and codes live in `signIns`. Where that forgets them, tokens stay valid as long as the keys are kept.
 * Throws with NODE_ENV=production: anybody can sign in as anybody here.
 */
export function createIssuer(options: IssuerOptions): Issuer {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The embedded issuer lets anybody sign in as anybody and does not run with NODE_ENV=production. Configure an OpenID issuer.',
    );
  }
  const mount = new URL(options.issuerUrl).pathname.replace(/\/$/, '');
  const signInPath = `${mount}/interaction/`;
  const reportError = options.onError ?? ((error: Error) => console.error(`Embedded issuer: ${error.message}`));

  const provider = new Provider(options.issuerUrl, configurationOf(options, mount));
  provider.on('server_error', (_context, error) => reportError(error));
  // What is left to Koa are connections that clients break off; it would print a stack for each.
  provider.silent = true;
  const answerProtocol = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (!isHost(request.headers.host)) return sendPage(response, 400, 'Bad request', 'The Host header is not a host.');
    if (url.startsWith(signInPath)) return signIn(request, response);
    if (!url.startsWith(`${mount}/`)) return sendPage(response, 404, 'Not found', 'There is nothing at this address.');
    // As Express does when it mounts: oidc-provider routes by `url` and takes the mount path from `originalUrl`.
    await answerProtocol(Object.assign(request, { originalUrl: url, url: url.slice(mount.length) }), response);
  }

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await provider.interactionDetails(request, response);
    if (interaction.prompt.name === 'consent') return provider.interactionFinished(request, response, { consent: {} });
    if (request.method === 'GET') {
      response.writeHead(200, PAGE_HEADERS).end(signInPage(options.people));
      return;
    }
    if (request.method !== 'POST') return sendPage(response, 405, 'Method not allowed', 'Open this page in a browser.');

    const chosen = (await readForm(request)).get('person');
    const person = options.people.find(({ name }) => name === chosen);
    if (!person) return sendPage(response, 400, 'Nobody of that name', 'Go back and choose one of the people listed.');

    if (interaction.session?.accountId && interaction.session.accountId !== person.subject) {
      // Whoever was signed in before is signed out here; left to oidc-provider, it would take a page with a script.
      await (await provider.Session.findByUid(interaction.session.uid))?.destroy();
      interaction.session = undefined;
      await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
    }
    return provider.interactionFinished(request, response, { login: { accountId: person.subject } });
  }

  return {
    handle(request, response) {
      answer(request, response).catch((error: Error) => {
        if (response.headersSent || response.destroyed) return response.destroy();
        if (error instanceof errors.SessionNotFound)
          return sendPage(response, 400, 'This sign-in is over', 'Go back to the app and sign in again.');
        reportError(error);
        return sendPage(response, 500, 'The sign-in failed', 'Go back to the app and try again.');
      });
    },
    jwks: { keys: options.signingKeys.map(publicPart) },
  };
}

function configurationOf(options: IssuerOptions, mount: string): Configuration {
  const peopleBySubject = new Map(options.people.map((person) => [person.subject, person]));
  const partnersByClient = new Map(
    options.partners.flatMap((partner) => [partner.name, keyClientOf(partner)].map((id) => [id, partner] as const)),
  );
  const off = { enabled: false };

  return {
    adapter: createAdapter(options.signIns),
    jwks: { keys: options.signingKeys.map((key) => ({ ...key })) },
    cookies: {
      names: { session: 'demo_session', interaction: 'demo_sign_in', resume: 'demo_sign_in_resume' },
      keys: [...options.cookieKeys],
      long: { httpOnly: true, sameSite: 'lax', signed: true, path: mount || '/' },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['none', 'client_secret_basic', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
    assertJwtClientAuthClaimsAndHeader: (_context, claims) => assertShortAndForUs(claims),
    responseTypes: ['code'],
    clients: [
      {
        client_id: DEMO_APP,
        client_name: 'Demo app',
        // Native apps may come back to any port of the loopback addresses (RFC 8252, section 7.3).
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: LOOPBACKS.flatMap((host) => CALLBACK_PATHS.map((path) => `http://${host}${path}`)),
      },
      ...options.partners.flatMap((partner) => clientsOf(partner, options.clientKeys)),
    ],
    clientBasedCORS: (_context, origin, client) => client.clientId === DEMO_APP && isLoopbackOrigin(origin),
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
      rpInitiatedLogout: off,
      userinfo: off,
      resourceIndicators: {
        enabled: true,
        // This issuer serves one API, so an app need not name it.
        defaultResource: () => API_AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo(context, resource, client) {
          if (resource !== API_AUDIENCE) throw new errors.InvalidTarget();
          const partner = partnersByClient.get(client.clientId);
          const scopes = partner ? scopesOf(partner.roles) : ALL_SCOPES;
          if (partner) assertGranted(context, scopes);
          return {
            audience: API_AUDIENCE,
            scope: scopes.join(' '),
            accessTokenTTL: HOUR,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    extraTokenClaims(_context, token) {
      const partner = partnersByClient.get(token.clientId ?? '');
      if (partner) return { roles: partner.roles, organisation: partner.organisation };
      const person = 'accountId' in token ? peopleBySubject.get(token.accountId) : undefined;
      return { roles: person?.roles ?? [] };
    },
    formats: {
      customizers: {
        jwt(_context, token: ClientCredentials | object, parts) {
          // The stock `sub` of a client's token is its client id; here a subject looks alike for people and partners.
          const partner = 'clientId' in token ? partnersByClient.get(token.clientId ?? '') : undefined;
          if (partner) parts.payload.sub = partner.subject;
        },
      },
    },
    findAccount(_context, subject) {
      const person = peopleBySubject.get(subject);
      if (!person) return undefined;
      const claims: AccountClaims = { sub: subject, name: person.displayName, roles: person.roles };
      return { accountId: subject, claims: () => claims };
    },
    loadExistingGrant: (context) => grantSilently(context, peopleBySubject),
    interactions: {
      policy: alwaysAskWho(),
      url: (_context, interaction) => `${mount}/interaction/${interaction.uid}`,
    },
    renderError(context, out) {
      context.set(PAGE_HEADERS);
      context.body = errorPage('The sign-in failed', out.error_description ?? out.error);
    },
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      IdToken: HOUR,
      AuthorizationCode: 60,
      Interaction: HOUR,
      Grant: HOUR,
      Session: 24 * HOUR,
    },
  };
}

/** A partner's two clients. They stand for the same partner, and are granted the same. */
function clientsOf(partner: DemoPartner, clientKeys: ReadonlyMap<string, JWK>): ClientMetadata[] {
  const common = {
    client_name: partner.displayName,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  } satisfies Partial<ClientMetadata>;
  const bySecret: ClientMetadata = {
    ...common,
    client_id: partner.name,
    client_secret: demoSecret(partner.name),
    token_endpoint_auth_method: 'client_secret_basic',
  };
  const key = clientKeys.get(keyClientOf(partner));
  if (!key) return [bySecret];
  const byKey: ClientMetadata = {
    ...common,
    client_id: keyClientOf(partner),
    jwks: { keys: [publicPart(key)] },
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
  };
  return [bySecret, byKey];
}

/** A client that asks for more than it was granted is told so: narrowed silently, it would find out by failing later. */
function assertGranted({ oidc }: KoaContextWithOIDC, granted: readonly string[]): void {
  const asked = String(oidc.params?.scope ?? '').split(' ');
  const more = asked.filter((scope) => scope !== '' && !granted.includes(scope));
  if (more.length > 0)
    throw new errors.InvalidScope(
      `This client was granted ${granted.join(' ')}. Ask for these, or fewer.`,
      more.join(' '),
    );
}

/** @throws when it is good for too long, or for another server too, which could then use it here */
function assertShortAndForUs({ exp, iat, aud }: Record<string, unknown>): void {
  const now = Math.floor(Date.now() / 1000);
  const from = typeof iat === 'number' ? Math.min(iat, now) : now;
  if (Number(exp) - from > LONGEST_ASSERTION)
    throw new errors.InvalidClientAuth('the client assertion must not be good for more than 5 minutes');
  if (typeof aud !== 'string') throw new errors.InvalidClientAuth('the client assertion must have one audience (aud)');
}

/** Consent without a question: the app may ask for every scope and gets those that the person's roles allow. */
async function grantSilently({ oidc }: KoaContextWithOIDC, people: ReadonlyMap<string, DemoPerson>) {
  const { account, client, provider } = oidc;
  const person = account && people.get(account.accountId);
  if (!person || !client) return undefined;
  const allowed = scopesOf(person.roles);
  const grant = new provider.Grant({ accountId: person.subject, clientId: client.clientId });
  grant.addOIDCScope('openid profile');
  grant.addResourceScope(API_AUDIENCE, allowed);
  // Refused outright, for what is neither granted nor refused would be asked about.
  grant.rejectResourceScope(
    API_AUDIENCE,
    ALL_SCOPES.filter((scope) => !allowed.includes(scope)),
  );
  await grant.save();
  return grant;
}

/** People change roles all the time here, so every sign-in shows the list, except the silent ones (`prompt=none`). */
function alwaysAskWho() {
  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('choose_person', 'a demo person has to be chosen', ({ oidc }) => {
      const isSilent = oidc.prompts.has('none');
      return !isSilent && !oidc.result?.login;
    }),
  );
  policy.get('consent')?.checks.remove('native_client_prompt');
  return policy;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    // The rest of a longer one is read and dropped, so that the answer still reaches the sender.
    if (text.length < MOST_FORM_CHARACTERS) text += chunk;
  }
  return new URLSearchParams(text);
}

function sendPage(response: ServerResponse, status: number, title: string, explanation: string): void {
  response.writeHead(status, PAGE_HEADERS).end(errorPage(title, explanation));
}

/** A host that URLs can be built on; oidc-provider would answer 500 to any other. */
const isHost = (host: string | undefined): boolean => host !== undefined && URL.canParse(`http://${host}`);

const isLoopbackOrigin = (origin: string): boolean => LOOPBACKS.includes(URL.parse(origin)?.hostname ?? '');

const publicPart = ({ kty, crv, x, y, kid, alg, use }: JWK): JWK => ({ kty, crv, x, y, kid, alg, use });
