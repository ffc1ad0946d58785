import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { Client } from 'pg';
import { DEMO_APP, scopesOf } from '../../gateway/identity/demo-people.js';
import type { IssuerKeys } from '../../gateway/identity/keys.js';
import { API_AUDIENCE } from '../../gateway/identity/verify.js';
import type { Role } from '../../subgraphs/common/identity.js';

/** A patient, and the application of theirs that they look at. */
export interface Caller {
  readonly subject: string;
  readonly applicationId: string;
}

/** Different patients with one of their applications each: picked without order, and the same at every run. */
export async function pickCallers(client: Client, count: number): Promise<Caller[]> {
  const { rows } = await client.query<Caller>(
    `select subject, id as "applicationId" from (
       select distinct on (patient_subject) patient_subject as subject, id
       from fund.application where patient_subject like 'seed-patient-%' order by patient_subject, md5(id::text)) picked
     order by md5(subject) limit $1`,
    [count],
  );
  return rows;
}

/** Access tokens as the embedded issuer at this address makes them for patients, one a caller. */
export const tokensFor = (callers: readonly Caller[], issuer: string, keys: IssuerKeys): Promise<string[]> =>
  Promise.all(callers.map(({ subject }) => tokenFor({ subject, role: 'PATIENT' }, issuer, keys)));

/** An access token as the embedded issuer at this address makes it for somebody in one role. */
export async function tokenFor(
  { subject, role, organisation }: { readonly subject: string; readonly role: Role; readonly organisation?: string },
  issuer: string,
  keys: IssuerKeys,
): Promise<string> {
  const [jwk] = keys.signingKeys;
  if (!jwk) throw new Error('The issuer has no key');
  return new SignJWT({ roles: [role], scope: scopesOf([role]).join(' '), client_id: DEMO_APP, organisation })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid })
    .setIssuer(issuer)
    .setAudience(API_AUDIENCE)
    .setSubject(subject)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(await importJWK(jwk, 'ES256'));
}
