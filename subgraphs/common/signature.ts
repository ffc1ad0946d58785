import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from './files.js';
import type { Identity } from './identity.js';
import { Locale } from './scalars.js';
import { SUBGRAPH_NAMES } from './settings.js';

/** Who may sign: the gateway, and each subgraph when it asks another. */
export const SIGNERS = ['gateway', ...SUBGRAPH_NAMES] as const;

/** What travels with a request from the gateway to a subgraph, signed. */
export interface Caller {
  readonly identity: Identity;
  readonly locale: Locale;
  /** `traceparent` of the request, by W3C Trace Context. */
  readonly trace: string;
}

interface Claims extends Caller {
  readonly iss: string;
  readonly aud: string;
  readonly exp: number;
  readonly jti: string;
  /** SHA-256 of the body, base64url: the signature holds for this query and these variables only. */
  readonly bod: string;
}

/**
 * What is signed of a request whose body streams by and so is not known yet: what it asks for, and how long its body is. What the
 * body must be, the path's own secret says.
 */
export const requestHead = (method: string, path: string, contentLength: string | undefined): string =>
  `${method} ${path} ${contentLength ?? 'no length'}`;

const LIFETIME_SECONDS = 30;
const HEADER = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'care-internal+jwt' })).toString('base64url');
const bodyHash = (body: string): string => hash('sha256', body, 'base64url');

/** Makes the internal key pairs in `folder` that are not there yet: `<signer>.private.pem` (mode 0600) and `<signer>.public.pem`. */
export function makeInternalKeys(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const signer of SIGNERS) {
    const privateFile = join(folder, `${signer}.private.pem`);
    if (!existsSync(privateFile)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      writeOnce(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600);
    }
    // made from what is in the folder, for another process may have been first
    const publicKey = createPublicKey(readFileSync(privateFile));
    writeOnce(join(folder, `${signer}.public.pem`), publicKey.export({ type: 'spki', format: 'pem' }) as string, 0o644);
  }
}

/** Signs requests in the name of `signer`, with the private key in `folder`. */
export class Signer {
  private readonly key: KeyObject;

  constructor(
    private readonly signer: string,
    folder: string,
  ) {
    this.key = createPrivateKey(readFileSync(join(folder, `${signer}.private.pem`)));
  }

  /**
   * A JWS (EdDSA, compact) good for one request with this body to this subgraph, for 30 seconds.
   *
   * @param body the whole body, or the `requestHead` of a request whose body streams
   */
  sign(audience: string, body: string, caller: Caller): string {
    const claims: Claims = {
      ...caller,
      iss: this.signer,
      aud: audience,
      exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS,
      jti: randomUUID(),
      bod: bodyHash(body),
    };
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${sign(null, Buffer.from(signed), this.key).toString('base64url')}`;
  }
}

/** A request without a good signature. Its message says only that. */
export class BadSignature extends Error {}

/**
 * Checks that a request comes from the gateway or a subgraph, is meant for us, is whole, fresh and seen for the first time.
 *
 * Each process remembers for itself what it has seen: whoever overhears the inner network could send the very same
 * request once more to each other replica, for 30 seconds. A read tells them what they have overheard. A change carries an
 * idempotency key, or sets what it has set before, so over all replicas it is done once. To remember in one place would
 * cost every fetch a round trip.
 */
export class SignatureVerifier {
  private readonly keys = new Map<string, KeyObject>();
  private seen = new Set<string>();
  private seenBefore = new Set<string>();
  private turned = Date.now();

  constructor(
    private readonly audience: string,
    folder: string,
  ) {
    for (const signer of SIGNERS)
      this.keys.set(signer, createPublicKey(readFileSync(join(folder, `${signer}.public.pem`))));
  }

  /** @throws {BadSignature} */
  verify(token: string | undefined, body: string): Caller {
    const [header, payload, signature, ...rest] = (token ?? '').split('.');
    if (header !== HEADER || !payload || !signature || rest.length > 0) throw new BadSignature();
    const claims = parseClaims(payload);
    const key = this.keys.get(claims.iss);
    const genuine = key && verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    const now = Date.now() / 1000;
    if (!genuine || claims.aud !== this.audience || claims.bod !== bodyHash(body)) throw new BadSignature();
    if (!(claims.exp > now && claims.exp <= now + LIFETIME_SECONDS + 1) || !this.isFirst(claims.jti))
      throw new BadSignature();
    // a subgraph speaks only as itself: its own scope, whatever it claims
    if (claims.iss !== 'gateway' && claims.identity.via !== claims.iss) throw new BadSignature();
    if (claims.iss === 'gateway' && claims.identity.system) throw new BadSignature();
    const scopes = claims.identity.scopes.filter(
      (scope) => !scope.startsWith('service:') || scope === `service:${claims.iss}`,
    );
    return { identity: { ...claims.identity, scopes }, locale: claims.locale, trace: claims.trace };
  }

  /** Remembers for one to two lifetimes, in two sets that take turns, so that nothing has to be searched. */
  private isFirst(jti: string): boolean {
    if (Date.now() - this.turned > (LIFETIME_SECONDS + 1) * 1000) {
      this.seenBefore = this.seen;
      this.seen = new Set();
      this.turned = Date.now();
    }
    if (this.seen.has(jti) || this.seenBefore.has(jti)) return false;
    this.seen.add(jti);
    return true;
  }
}

function parseClaims(payload: string): Claims {
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    if (typeof claims?.jti === 'string' && typeof claims.identity?.subject === 'string') return claims;
  } catch {
    // said below in the one way
  }
  throw new BadSignature();
}
