import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as openid from 'openid-client';

/** The public client that front ends sign in with in development: no secret, any port of this machine. */
const CLIENT_ID = 'demo-app';
const SCOPE = 'openid patient:self fund:apply pharmacy:order';

/**
 * Signs somebody in by the authorization code flow with PKCE.
 *
 * @param issuer its URL: the development issuer is at `/oidc` of the API
 * @param as a demo person, who is then signed in without a browser; left out: whoever follows the address that is printed
 * @returns an access token
 */
export async function signIn(issuer: URL, as?: string): Promise<string> {
  const isOfThisMachine = ['localhost', '127.0.0.1'].includes(issuer.hostname);
  const server = await openid.discovery(issuer, CLIENT_ID, undefined, openid.None(), {
    // an issuer elsewhere must speak TLS
    execute: isOfThisMachine ? [openid.allowInsecureRequests] : [],
  });
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const callback = await listenForCallback();
  try {
    const page = openid.buildAuthorizationUrl(server, {
      redirect_uri: callback.address,
      scope: SCOPE,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    if (as === undefined) console.log(`Sign in here, in a browser on this machine:\n\n  ${page.href}\n`);
    const cameBack = as === undefined ? await callback.comes : await chooseDemoPerson(page, as);
    const tokens = await openid.authorizationCodeGrant(server, cameBack, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    return tokens.access_token;
  } finally {
    callback.close();
  }
}

/** Waits at an address of this machine for the browser to come back with the code. */
async function listenForCallback() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const comes = new Promise<URL>((resolve) => {
    server.on('request', ({ url = '/' }, response) => {
      const { href, pathname } = new URL(url, address);
      if (pathname !== '/callback') return void response.writeHead(404).end();
      response.setHeader('connection', 'close');
      response.end('You can close this page and go back to the terminal.');
      resolve(new URL(href));
    });
  });
  return { address, comes, close: () => server.close() };
}

/** What somebody does in the browser at the development issuer: opens the page, clicks on a person, is sent back. */
async function chooseDemoPerson(page: URL, person: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const follow = async (url: URL, body?: URLSearchParams): Promise<URL> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null)
      throw new Error(`Nobody is called ${person} here, or the issuer is not the development one.`);
    return new URL(location, url);
  };
  const list = await follow(page);
  const chosen = await follow(list, new URLSearchParams({ person }));
  return follow(chosen);
}
