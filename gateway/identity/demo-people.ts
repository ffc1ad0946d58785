/** Who can sign in at the development issuer. The catalog seeds the partners' organisations under the same ids. */
import { ALL_SCOPES, effectiveScopes, type Role } from '../../subgraphs/common/identity.js';

/** The public client that people sign in with (authorization code + PKCE, no secret). */
export const DEMO_APP = 'demo-app';

export interface DemoPerson {
  /** What one types and clicks: `npm run token -- patient`. */
  readonly name: string;
  readonly displayName: string;
  /** What this person is there to try out, in one line. */
  readonly purpose: string;
  readonly roles: readonly Role[];
  /** The `sub` of the person's tokens. */
  readonly subject: string;
}

/** A partner, with two programs: one proves itself by a secret, its OAuth client id is its `name`; see `keyClientOf` for the other. */
export interface DemoPartner extends DemoPerson {
  /** Organisation id of the catalog (UUIDv7). */
  readonly organisation: string;
}

const person = (name: string, displayName: string, role: Role, purpose: string): DemoPerson => ({
  name,
  displayName,
  purpose,
  roles: [role],
  subject: `demo-${name}`,
});

const partner = (
  name: string,
  displayName: string,
  role: Role,
  organisation: string,
  purpose: string,
): DemoPartner => ({ ...person(name, displayName, role, purpose), organisation });

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('patient', 'Lin Yue', 'PATIENT', 'Has a verified diagnosis, applies for aid, orders medicine'),
  person('other-patient', 'Zhao Ming', 'PATIENT', 'A stranger to everybody else: must never see their records'),
  person(
    'new-patient',
    'He Xue',
    'PATIENT',
    'Has just come: a draft to hand in, a first grant to claim on, a care plan',
  ),
  person('caregiver', 'Lin Hua', 'CAREGIVER', 'Acts for a patient within an active care relationship'),
  person('physician', 'Dr. Chen Rui', 'PHYSICIAN', 'Verifies diagnoses, gives care, writes prescriptions'),
  person('reviewer', 'Wang Fang', 'REVIEWER', 'Reviews applications and claims'),
  person('second-reviewer', 'Liu Yang', 'REVIEWER', 'The other pair of eyes where two must decide'),
  person('third-reviewer', 'Tan Mei', 'REVIEWER', 'Looks at large grants a second time, and hears appeals'),
  person('fourth-reviewer', 'Qian Bo', 'REVIEWER', 'Hears appeals that the others have decided on before'),
  person('finance', 'Sun Li', 'FINANCE', 'Keeps the ledger, pays claims, never sees a full name'),
  person('second-finance', 'Ma Jun', 'FINANCE', 'Releases what the other finance officer has approved'),
  person('pharmacist', 'Xu Jing', 'PHARMACIST', 'Checks prescriptions and dispenses orders'),
  person('moderator', 'He Min', 'MODERATOR', 'Moderates the community without knowing who is behind a pseudonym'),
  person('second-moderator', 'Luo Yan', 'MODERATOR', 'Hears appeals against what the other moderator has decided'),
  person('admin', 'Gao Wei', 'ADMIN', 'Keeps catalog, policies and directory; sees no patient'),
];

export const DEMO_PARTNERS: readonly DemoPartner[] = [
  partner(
    'sponsor',
    'Sponsor',
    'SPONSOR',
    '01934a3c-5800-7000-8000-00000000a001',
    'Contributes and reads its own reports',
  ),
  partner(
    'other-sponsor',
    'Other sponsor',
    'SPONSOR',
    '01934a3c-5800-7000-8000-00000000a002',
    'Must not see what the first one gave',
  ),
  partner(
    'hospital',
    'Hospital',
    'HOSPITAL',
    '01934a3c-5800-7000-8000-00000000a003',
    'Verifies diagnoses that name it',
  ),
  partner('carrier', 'Carrier', 'CARRIER', '01934a3c-5800-7000-8000-00000000a004', 'Reports where its shipments are'),
  partner(
    'merchant',
    'Merchant',
    'MERCHANT',
    '01934a3c-5800-7000-8000-00000000a005',
    'Passes on contributions made at its tills',
  ),
];

/** Every scope that the roles allow, sorted: the most a token for them can hold. */
export const scopesOf = (roles: readonly Role[]): string[] => effectiveScopes(roles, ALL_SCOPES);

/** The client of a demo partner that proves itself by a key (`private_key_jwt`), for example `carrier-key`. */
export const keyClientOf = ({ name }: Pick<DemoPartner, 'name'>): string => `${name}-key`;

/** The demo partner whose client it is, by a secret or a key. */
export const partnerOfClient = (clientId: string): DemoPartner | undefined =>
  DEMO_PARTNERS.find((partner) => [partner.name, keyClientOf(partner)].includes(clientId));

/** The client secret of a demo partner. Derived from its name, hence no secret at all: development only. */
export const demoSecret = (partnerName: string): string => `demo-secret-of-${partnerName}`;
