/** Where an OpenID issuer elsewhere has its keys. */
import { z } from 'zod';
import { Refusal } from '../../subgraphs/common/refusal.js';

const TIMEOUT_SECONDS = 5;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

export interface DiscoveredIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: URL;
}

/**
 * Reads `<url>/.well-known/openid-configuration`. Throws, saying which setting to look at, when the issuer does not answer, calls
 * itself by another name (its tokens would all be refused later) or has its keys on a less protected address than its own.
 */
export async function discoverIssuer(url: string): Promise<DiscoveredIssuer> {
  const address = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000) })
    .then(async (answer) => (answer.ok ? metadata.parse(await answer.json()) : undefined))
    .catch(() => undefined);
  if (!found)
    throw new Refusal(`The issuer ${url} does not answer with OpenID metadata at ${address}. Check the issuer's URL.`);
  if (found.issuer !== url) throw new Refusal(`The issuer ${url} calls itself ${found.issuer}. Configure that URL.`);
  const jwksUri = new URL(found.jwks_uri);
  if (new URL(url).protocol === 'https:' && jwksUri.protocol !== 'https:') {
    throw new Refusal(`The issuer ${url} has its keys at ${jwksUri.href}, without TLS. Use another issuer.`);
  }
  return { issuer: found.issuer, jwksUri };
}
