/** From an Authorization header to an Identity, or a refusal that says what to do. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { ANONYMOUS, effectiveScopes, type Identity, isRole } from '../../subgraphs/common/identity.js';
import { remoteKeys } from './remote-keys.js';

/** The `aud` that a token for this API has. */
export const API_AUDIENCE = 'https://api.rare-disease-care.example';

export const ALLOWED_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;

const REFUSALS = {
  MALFORMED: 'The Authorization header must be "Bearer" and one access token. Send it again in that form.',
  EXPIRED: 'The access token has expired. Sign in again.',
  NOT_YET_VALID: 'The access token is not valid yet. Check the clock of this machine and sign in again.',
  WRONG_ISSUER: 'The access token was issued by somebody else. Sign in at the issuer of this API.',
  WRONG_AUDIENCE: 'The access token is meant for another service. Sign in again and ask for this API as the resource.',
  WRONG_TYPE: 'This is not an access token. Send the access token of the sign-in, not its ID token.',
  INCOMPLETE: 'The access token lacks a claim or has one of the wrong kind. Ask the issuer for a complete one.',
  BAD_ALGORITHM: 'The access token is signed in a way that is not accepted here. Sign in again.',
  BAD_SIGNATURE: "The access token's signature cannot be confirmed. Sign in again.",
  KEYS_UNAVAILABLE: "The issuer's keys cannot be reached at the moment. Try again in a few seconds.",
} as const;

export type Refusal = keyof typeof REFUSALS;

/** The caller sent something that does not prove who they are. The message says what to do and never repeats the token. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
  /** KEYS_UNAVAILABLE is no fault of the caller's; all others are. */
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(REFUSALS[reason]);
    this.reason = reason;
  }
}

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The issuer's public keys, or where to get them. */
  readonly jwks: JSONWebKeySet | URL;
  readonly clockToleranceSeconds: number;
  readonly algorithms?: readonly string[];
  /** Remote keys only: an unknown key id leads to at most one fetch in this time. Default 30. */
  readonly coolDownSeconds?: number;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

export interface Verifier {
  /** ANONYMOUS without a header; otherwise whoever the token names. Throws Unauthenticated. */
  verify(authorizationHeader: string | undefined): Promise<Identity>;
}

interface Verified {
  /** Has been found out. */
  readonly identity: Promise<Identity>;
  /** Milliseconds since 1970, tolerance included. */
  readonly expiresAt: number;
}

const NOBODY = Promise.resolve(ANONYMOUS);

/** A verification costs some hundred microseconds, and a client sends the same token for an hour. */
const MOST_REMEMBERED = 10_000;

/** No honest token is longer, and Node's limit for all headers together is 16 kB. */
const MOST_TOKEN_CHARACTERS = 8_192;

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i;

export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, clockToleranceSeconds, now = Date.now } = options;
  const keys: JWTVerifyGetKey =
    options.jwks instanceof URL
      ? remoteKeys(options.jwks, { coolDownSeconds: options.coolDownSeconds ?? 30 })
      : createLocalJWKSet(options.jwks);
  /** By the header. */
  const remembered = new LRUCache<string, Verified>({ max: MOST_REMEMBERED });

  async function check(header: string): Promise<Identity> {
    const token = BEARER.exec(header)?.[1];
    if (token === undefined || token.length > MOST_TOKEN_CHARACTERS) throw new Unauthenticated('MALFORMED');
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      typ: 'at+jwt',
      algorithms: [...(options.algorithms ?? ALLOWED_ALGORITHMS)],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
    }).catch((error: unknown) => {
      // Without the cause: jose's errors carry the token's claims, and errors end up in logs.
      throw new Unauthenticated(refusalOf(error));
    });
    const identity = identityOf(payload);
    const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
    remembered.set(header, { identity: Promise.resolve(identity), expiresAt });
    return identity;
  }

  return {
    verify(header) {
      if (header === undefined) return NOBODY;
      const known = remembered.get(header);
      if (!known) return check(header);
      if (known.expiresAt > now()) return known.identity;
      remembered.delete(header);
      return Promise.reject(new Unauthenticated('EXPIRED'));
    },
  };
}

function identityOf(claims: JWTPayload): Identity {
  const { sub, roles: claimed = [], scope = '', organisation } = claims;
  // An empty subject would pass for somebody who has not signed in.
  // And one of our own names for what is done by itself must not be a person's.
  if (typeof sub !== 'string' || sub === '' || sub.startsWith('system:')) throw new Unauthenticated('INCOMPLETE');
  if (!Array.isArray(claimed) || typeof scope !== 'string') throw new Unauthenticated('INCOMPLETE');
  if (organisation !== undefined && typeof organisation !== 'string') throw new Unauthenticated('INCOMPLETE');

  const roles = [...new Set(claimed.filter(isRole))];
  const scopes = effectiveScopes(roles, [...new Set(scope.split(' '))]);
  return Object.freeze({
    subject: sub,
    roles: Object.freeze(roles),
    scopes: Object.freeze(scopes),
    ...(organisation === undefined ? {} : { organisation }),
  });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return 'EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) return refusalOfClaim(error);
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'BAD_ALGORITHM';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'MALFORMED';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'BAD_SIGNATURE';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'BAD_SIGNATURE';
  return 'KEYS_UNAVAILABLE';
}

function refusalOfClaim({ claim, reason }: errors.JWTClaimValidationFailed): Refusal {
  if (claim === 'typ') return 'WRONG_TYPE';
  if (reason !== 'check_failed') return 'INCOMPLETE';
  if (claim === 'nbf' || claim === 'iat') return 'NOT_YET_VALID';
  if (claim === 'iss') return 'WRONG_ISSUER';
  if (claim === 'aud') return 'WRONG_AUDIENCE';
  return 'INCOMPLETE';
}
