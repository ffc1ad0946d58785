import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JWK, type JWTPayload, SignJWT } from 'jose';
import { API_AUDIENCE } from '../gateway/identity/verify.js';
import type { ApiUnderTest } from './api.js';

/** Seconds since 1970, so many from now. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

export const strangersKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const part = (of: unknown): string => Buffer.from(JSON.stringify(of)).toString('base64url');

/** Makes access tokens of the demo's patient, genuine ones and others. */
export class Forge {
  private readonly key: KeyObject;
  private readonly kid?: string;
  private readonly issuer: string;

  constructor({ keysDir, url }: Pick<ApiUnderTest, 'keysDir' | 'url'>) {
    const file = JSON.parse(readFileSync(join(keysDir, 'issuer/issuer-keys.json'), 'utf8')) as { signingKeys: JWK[] };
    const key = file.signingKeys[0] as JWK;
    this.key = createPrivateKey({ key, format: 'jwk' });
    this.kid = key.kid;
    this.issuer = `${url}/oidc`;
  }

  /** Genuine, but for what is said. */
  signed(changes: JWTPayload, { by = this.key, header = {} }: { by?: KeyObject; header?: object } = {}) {
    return new SignJWT({ ...this.claims(), ...changes })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.kid, ...header })
      .sign(by);
  }

  unsigned(): string {
    return `${part({ alg: 'none', typ: 'at+jwt' })}.${part(this.claims())}.`;
  }

  /** A genuine one with other claims under its signature. */
  async changed(changes: JWTPayload): Promise<string> {
    const [header, , signature] = (await this.signed({})).split('.');
    return `${header}.${part({ ...this.claims(), ...changes })}.${signature}`;
  }

  /** By HMAC: a verifier that lets the token choose would take the public key, which anybody has, for the secret. */
  signedWithPublicKey(): string {
    const text = `${part({ alg: 'HS256', typ: 'at+jwt', kid: this.kid })}.${part(this.claims())}`;
    const secret = createPublicKey(this.key).export({ type: 'spki', format: 'pem' });
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  private claims(): JWTPayload {
    return {
      sub: 'demo-patient',
      roles: ['PATIENT'],
      scope: 'patient:self fund:apply',
      iss: this.issuer,
      aud: API_AUDIENCE,
      exp: inSeconds(60),
    };
  }
}
