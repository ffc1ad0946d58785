import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseSecret } from '../scripts/prepare.js';
import { Database } from '../subgraphs/common/database.js';
import type { Identity } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { servingUrl } from '../subgraphs/common/migrate.js';
import * as rowRules from '../subgraphs/common/row-rules.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { readFieldKeys } from '../subgraphs/common/sealed.js';
import { readSettings } from '../subgraphs/common/settings.js';
import { Subgraph, type SubgraphDefinition } from '../subgraphs/common/subgraph.js';
import { patient } from '../subgraphs/patient/index.js';
import { ACTORS, type Actor, type CareCase, makeCareCase, SIDE, TREATING } from './care-case.js';
import { asked, byReference } from './questions.js';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from './subgraphs.js';
import { sumOf } from './whole-database.js';

/**
 * Who sees and changes what of a patient. Run twice: as it is, and with the services' own checks switched off
 * (`tests/no-row-rules.ts`), where row-level security must give the same.
 */

const NOWHERE = '01934a3c-5800-7000-8000-00000000ffff';
const without = (actors: readonly Actor[]) => ACTORS.filter((actor) => !actors.includes(actor));

let on: SubgraphsUnderTest;
let about: CareCase;
beforeAll(async () => {
  on = await openSubgraphs(`patient_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  about = await makeCareCase(on.admin);
});
afterAll(() => on?.stop());

const sql = async (text: string, values: unknown[] = []) => (await on.admin.query(text, values)).rows;
const ask = (actor: Actor, query: string, variables: object): Promise<Answer> =>
  on.execute('patient', about.identities[actor], query, variables);

const everything = (): Promise<string> => sumOf(on.admin, 'patient');

/** A question about a record, who gets an answer, and where in the answer it stands. */
interface Look {
  readonly what: string;
  readonly query: string;
  readonly id: () => string;
  readonly seenBy: readonly Actor[];
  readonly found: (data: Answer) => unknown;
}

const LOOKS: readonly Look[] = [
  {
    what: 'a patient',
    query: 'query($id: ID!) { patient(id: $id) { id displayName } }',
    id: () => about.patientId,
    seenBy: [...SIDE, ...TREATING, 'the reviewer'],
    found: ({ patient }) => patient,
  },
  {
    what: 'a patient’s birthday',
    query: 'query($id: ID!) { patient(id: $id) { birthDate sex region } }',
    id: () => about.patientId,
    seenBy: SIDE,
    found: ({ patient }) => patient?.birthDate ?? null,
  },
  {
    what: 'a patient by reference',
    query: byReference('Patient', 'displayName'),
    id: () => about.patientId,
    seenBy: [...SIDE, ...TREATING, 'the reviewer'],
    found: ({ _entities }) => _entities?.[0] ?? null,
  },
  {
    what: 'a patient’s diagnoses',
    query: 'query($id: ID!) { patient(id: $id) { diagnoses { id status } } }',
    id: () => about.patientId,
    seenBy: [...SIDE, ...TREATING, 'the reviewer'],
    found: ({ patient }) => patient?.diagnoses ?? null,
  },
  {
    what: 'a diagnosis by reference',
    query: byReference('Diagnosis', 'status history { status }'),
    id: () => about.diagnosisId,
    seenBy: [...SIDE, ...TREATING, 'a physician of the hospital', 'the hospital'],
    found: ({ _entities }) => _entities?.[0] ?? null,
  },
  {
    what: 'a payout account',
    query: 'query($id: ID!) { patient(id: $id) { payoutAccount { maskedNumber } } }',
    id: () => about.patientId,
    seenBy: SIDE,
    found: ({ patient }) => patient?.payoutAccount ?? null,
  },
  {
    what: 'who opened a record in an emergency',
    query: 'query($id: ID!) { patient(id: $id) { emergencyAccesses { nodes { reason } } } }',
    id: () => about.patientId,
    seenBy: SIDE,
    found: ({ patient }) => patient?.emergencyAccesses?.nodes[0] ?? null,
  },
  {
    what: 'what a patient agreed to',
    query: 'query($id: ID!) { patient(id: $id) { consents { nodes { purpose } } } }',
    id: () => about.patientId,
    seenBy: [...SIDE, ...TREATING],
    found: ({ patient }) => patient?.consents?.nodes[0] ?? null,
  },
  {
    what: 'who acts for a patient',
    query: 'query($id: ID!) { patient(id: $id) { caregivers { nodes { scopes } } } }',
    id: () => about.patientId,
    seenBy: SIDE,
    found: ({ patient }) => patient?.caregivers?.nodes[0] ?? null,
  },
  {
    what: 'who was invited to act for a patient',
    query: 'query($id: ID!) { patient(id: $id) { careInvitations { nodes { scopes } } } }',
    id: () => about.patientId,
    seenBy: ['the patient'],
    found: ({ patient }) => patient?.careInvitations?.nodes[0] ?? null,
  },
  {
    what: 'who read a record',
    query: 'query($id: ID!) { patient(id: $id) { accessLog { nodes { role } } } }',
    id: () => about.patientId,
    seenBy: SIDE,
    found: ({ patient }) => patient?.accessLog?.nodes[0] ?? null,
  },
];

/** Something that is done to a record, and who may. */
interface Deed {
  readonly what: string;
  readonly mutation: string;
  /** About the case's record, a new one for each who may do it. */
  readonly id: () => string | Promise<string>;
  readonly input: (id: string) => object;
  readonly doneBy: readonly Actor[];
  /** Makes undone what was done, where the next could not do it again. */
  readonly undo?: () => Promise<unknown>;
}

let catalog: { diseaseId: string; hospitalId: string };
beforeAll(async () => {
  const [row] = await sql(
    'select (select id from catalog.disease limit 1) as "diseaseId", (select id from catalog.hospital limit 1) as "hospitalId"',
  );
  catalog = row;
  const { input: account } = DEEDS.find(({ mutation }) => mutation === 'setPayoutAccount') as Deed;
  const { expectedVersion: _, ...first } = account(about.patientId) as Record<string, unknown>;
  await ask(
    'the patient',
    'mutation($input: SetPayoutAccountInput!) { setPayoutAccount(input: $input) { __typename } }',
    {
      input: { ...first, idempotencyKey: crypto.randomUUID() },
    },
  );
  await ask('a caregiver', 'query($id: ID!) { patient(id: $id) { id } }', { id: about.patientId });
});

const DEEDS: readonly Deed[] = [
  {
    what: 'a diagnosis is reported',
    mutation: 'reportDiagnosis',
    id: () => about.patientId,
    input: (patientId) => ({ patientId, ...catalog, diagnosedOn: '2026-01-05' }),
    doneBy: ['the patient', 'a caregiver', 'a caregiver who may see and care'],
  },
  {
    what: 'a diagnosis is decided',
    mutation: 'decideDiagnosis',
    id: () => about.report(),
    input: (diagnosisId) => ({ diagnosisId, decision: 'VERIFY', expectedVersion: 1 }),
    doneBy: ['the hospital', 'a physician of the hospital', 'the reviewer'],
  },
  {
    what: 'a payout account is set',
    mutation: 'setPayoutAccount',
    id: () => about.patientId,
    input: (patientId) => ({
      patientId,
      holderName: 'Case',
      accountNumber: '6222000000000000',
      bankCode: '999000000001',
      expectedVersion: 1,
    }),
    doneBy: ['the patient', 'a caregiver', 'a caregiver who may see and apply'],
    undo: () => sql('update patient.payout_account set version = 1 where patient_id = $1', [about.patientId]),
  },
  {
    what: 'a consent is given',
    mutation: 'giveConsent',
    id: () => about.patientId,
    input: (patientId) => ({ patientId, purpose: 'COMMUNITY_PROFILE', textNumber: 1 }),
    doneBy: ['the patient', 'a caregiver', 'a caregiver who may see and care'],
    undo: () => sql(`delete from patient.consent where purpose = 'COMMUNITY_PROFILE'`),
  },
  {
    what: 'a consent is withdrawn',
    mutation: 'withdrawConsent',
    id: () => consenting(),
    input: (consentId) => ({ consentId, expectedVersion: 1 }),
    doneBy: ['the patient', 'a caregiver', 'a caregiver who may see and care'],
  },
  {
    what: 'somebody is invited to see a record',
    mutation: 'inviteCaregiver',
    id: () => about.patientId,
    input: (patientId) => ({ patientId, scopes: ['VIEW'] }),
    doneBy: SIDE,
  },
  {
    what: 'somebody is invited to do everything for a patient',
    mutation: 'inviteCaregiver',
    id: () => about.patientId,
    input: (patientId) => ({ patientId, scopes: ['VIEW', 'APPLY', 'ORDER', 'CARE'] }),
    doneBy: ['the patient', 'a caregiver'],
  },
  {
    what: 'an invitation is taken back',
    mutation: 'withdrawCareInvitation',
    id: () => invited(),
    input: (careInvitationId) => ({ careInvitationId, expectedVersion: 1 }),
    doneBy: ['the patient'],
  },
  {
    what: 'a caregiver is given other scopes',
    mutation: 'changeCare',
    id: () => caring(),
    input: (careRelationshipId) => ({ careRelationshipId, scopes: ['VIEW', 'ORDER'], expectedVersion: 1 }),
    doneBy: ['the patient'],
  },
  {
    what: 'a caregiver is revoked',
    mutation: 'revokeCare',
    id: () => caring(),
    input: (careRelationshipId) => ({ careRelationshipId, expectedVersion: 1 }),
    doneBy: ['the patient'],
  },
  {
    what: 'a record is opened in an emergency',
    mutation: 'openRecordInEmergency',
    id: () => about.patientId,
    input: (patientId) => ({ patientId, reason: 'Unconscious, brought in by others.' }),
    doneBy: [
      'a treating physician without consent',
      'a physician whose treatment is over',
      'a physician whose emergency is over',
      'a physician of the hospital',
      'another physician',
    ],
    undo: () => sql(`delete from patient.emergency_access where at > now() - interval '10 minutes'`),
  },
];

/** An invitation of the patient's. @returns its id */
async function invited(): Promise<string> {
  const id = newId();
  await sql(
    `insert into patient.care_invitation (id, patient_id, kind, code_index, scopes, invited_by, created_at, expires_at)
     values ($1::uuid, $2, 'CAREGIVER', rpad(md5($1::text), 43, 'x'), '{VIEW}', $3, now(), now() + interval '1 day')`,
    [id, about.patientId, about.identities['the patient'].subject],
  );
  return id;
}
/** Somebody more who cares for the patient. @returns the relationship's id */
async function caring(): Promise<string> {
  const id = newId();
  await sql(
    `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
     values ($1::uuid, $2, $3, 'aunt ' || $1::text, '{VIEW}', now())`,
    [id, about.patientId, about.identities['the patient'].subject],
  );
  return id;
}
/** A consent of the patient's that holds. @returns its id */
async function consenting(): Promise<string> {
  const id = newId();
  await sql(`delete from patient.consent where purpose = 'RESEARCH_STATISTICS'`);
  await sql(
    `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by) values ($1, $2, 'RESEARCH_STATISTICS', 1, now(), 'x')`,
    [id, about.patientId],
  );
  return id;
}
beforeAll(invited);

const mutate = (actor: Actor, { mutation, input }: Deed, id: string): Promise<Answer> => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  return ask(
    actor,
    `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message path } } }`,
    {
      input: { ...input(id), idempotencyKey: crypto.randomUUID() },
    },
  );
};
/** Refused as a value or as an error, in no other way, and in words that name no table. */
function expectRefused({ data, errors }: Answer, mutation: string): void {
  const codes = [data?.[mutation]?.code, ...(errors ?? []).map((error: Answer) => error.extensions.code)].filter(
    Boolean,
  );
  expect(codes).toHaveLength(1);
  expect(['NOT_FOUND', 'NOT_ALLOWED', 'FORBIDDEN']).toContain(codes[0]);
  expect(JSON.stringify({ data, errors })).not.toMatch(
    /row-level|policy|\brelation\b|permission denied|diagnosis_|payout_account|emergency_access/,
  );
}

describe.each(LOOKS)('$what', (look) => {
  const { query, id, seenBy, found } = look;
  test.each(seenBy)('is seen by %s', async (actor) => {
    const { data } = await ask(actor, query, asked(query, id()));
    expect(found(data ?? {})).not.toBeNull();
  });

  test.each(without(seenBy))('is not seen by %s, who cannot tell it from none', async (actor) => {
    const there = await ask(actor, query, asked(query, id()));
    expect(found(there.data ?? {}) ?? null).toBeNull();
    // who sees the patient, but not this of them, knows that there is one
    const face = LOOKS[0] as Look;
    if (face.seenBy.includes(actor)) return;
    expect(there).toEqual(await ask(actor, query, asked(query, NOWHERE)));
  });
});

describe.each(DEEDS)('$what', (deed) => {
  test.each(deed.doneBy)('by %s', async (actor) => {
    const before = await everything();
    const { data, errors } = await mutate(actor, deed, await deed.id());
    expect(errors).toBeUndefined();
    expect(data[deed.mutation].code).toBeUndefined();
    expect(await everything()).not.toBe(before);
    await deed.undo?.();
  });

  test.each(without(deed.doneBy))('by %s it is not, and nothing is changed', async (actor) => {
    const id = await deed.id();
    const before = await everything();
    const there = await mutate(actor, deed, id);
    expectRefused(there, deed.mutation);
    expect(await everything()).toBe(before);
    // who sees something of the patient, or acts for them, knows that there is one
    if (actor === 'a caregiver without the right to see' || LOOKS.some((look) => look.seenBy.includes(actor))) return;
    expect(there).toEqual(await mutate(actor, deed, NOWHERE));
  });
});

describe('registering', () => {
  const REGISTER =
    'mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { __typename ... on UserError { code } } }';
  test.each([
    ['somebody who is no patient registers as one', person('newcomer', 'CAREGIVER'), 'SELF'],
    ['somebody who is no caregiver registers somebody else', person('newcomer', 'PATIENT'), 'DEPENDANT'],
  ] as const)('%s: nothing is made', async (_, identity, relation) => {
    const before = await everything();
    const input = {
      relation,
      displayName: 'New',
      birthDate: '2000-01-01',
      sex: 'OTHER',
      region: 'X',
      idempotencyKey: crypto.randomUUID(),
    };
    expectRefused(await on.execute('patient', identity, REGISTER, { input }), 'registerPatient');
    expect(await everything()).toBe(before);
  });
});

describe('the very next request, over the same connection,', () => {
  let one: Subgraph;
  beforeAll(async () => {
    const settings = readSettings({ KEYS_DIR: process.env.TEST_KEYS_DIR });
    const url = new URL(servingUrl(process.env.TEST_ADMIN_URL as string, 'patient', databaseSecret(settings)));
    url.pathname = `/${(await sql('select current_database() as name'))[0].name}`;
    const database = await Database.open({
      name: 'patient',
      url: url.href,
      entities: patient.entities,
      maxConnections: 1,
    });
    const others =
      (_: string, caller: { identity: Identity }) =>
      (name: string, query: string, variables: Record<string, unknown>) =>
        on
          .get(name as 'fund')
          .request({
            identity: { ...caller.identity, scopes: [...caller.identity.scopes, 'service:patient'], via: 'patient' },
            locale: Locale.EN,
            trace: '',
          })
          .execute({ query, variables })
          .then(({ data }) => data);
    one = await Subgraph.open(
      patient as unknown as SubgraphDefinition,
      database,
      others as never,
      readFieldKeys(settings.keysDir),
    );
  });
  afterAll(() => one?.close());

  const looks = async (actor: Actor) => {
    const query = 'query($id: ID!) { patient(id: $id) { displayName } }';
    const { data } = await one
      .request({ identity: about.identities[actor], locale: Locale.EN, trace: '' })
      .execute({ query, variables: { id: about.patientId } });
    return (data as Answer)?.patient;
  };

  const revoke = (revoked: string) =>
    sql(`update patient.care_relationship set revoked_at = ${revoked} where caregiver_subject = $1`, [
      about.identities['a caregiver'].subject,
    ]);
  const withdraw = (purpose: string) =>
    sql(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'x' where purpose = $2 and patient_id = $1 and withdrawn_at is null`,
      [about.patientId, purpose],
    );
  const give = (purpose: string, recipient: Actor | null) =>
    sql(
      `insert into patient.consent (id, patient_id, purpose, recipient_id, text_number, given_at, given_by) values ($1, $2, $3, $4, 1, now(), 'x')`,
      [newId(), about.patientId, purpose, recipient && about.physicianIds[recipient]],
    );
  test.each<[Actor, () => Promise<unknown>, () => Promise<unknown>]>([
    ['a caregiver', () => revoke('now()'), () => revoke('null')],
    ['the reviewer', () => withdraw('AID_REVIEW'), () => give('AID_REVIEW', null)],
    ['the treating physician', () => withdraw('TREATMENT'), () => give('TREATMENT', 'the treating physician')],
  ])('shows %s nothing any more when it was taken back', async (actor, takeBack, giveAgain) => {
    expect(await looks(actor)).not.toBeNull();
    await takeBack();
    expect(await looks(actor)).toBeNull();
    expect(await looks('the patient')).not.toBeNull();
    await giveAgain();
    expect(await looks(actor)).not.toBeNull();
  });

  test('is that of somebody else, and shows none of what the one before saw', async () => {
    const order: Actor[] = [
      'a caregiver',
      'another patient',
      'the patient',
      'nobody',
      'the reviewer',
      'another reviewer',
      'the treating physician',
      'another physician',
    ];
    for (const actor of order)
      expect([actor, Boolean(await looks(actor))]).toEqual([actor, !/another|nobody/.test(actor)]);
  });
});

test('the services’ own checks are on, or off, as this run says', () => {
  const off = (globalThis as { ROW_RULES?: string }).ROW_RULES === 'off';
  expect('letThrough' in rowRules).toBe(off);
  // and there was something that they would have refused
  if (off) expect((rowRules as unknown as { letThrough: number }).letThrough).toBeGreaterThan(20);
});
