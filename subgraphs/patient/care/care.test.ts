import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { wholeDatabase } from '../../../tests/whole-database.js';
import { diseaseId } from '../../catalog/import.js';
import type { Identity, Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { PatientContext } from '../context.js';
import { handOver, tellOfCareEnds } from './care.jobs.js';
import { CareScope } from './care.js';
import { MOST_CODES_AN_HOUR } from './care-code.rules.js';

const ALL = Object.values(CareScope);
const { VIEW, APPLY, ORDER, CARE } = CareScope;

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('care');
});
afterAll(() => api?.stop());

/** Somebody nobody has met. */
const somebody = (role: Role = 'CAREGIVER'): Identity => person(`${role}-${newId()}`, role);
const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;

async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await api.execute('patient', who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

const RELATIONSHIP = 'id state scopes label mine expiresAt revokedAt allowedActions version';
const INVITATION = 'id kind state invitationCode scopes careUntil mine allowedActions version';
const SELECTIONS: Readonly<Record<string, string>> = {
  inviteCaregiver: `... on CareInvitation { ${INVITATION} } ... on MoreThanYouHave { scopes until }`,
  inviteToTakeOver: `... on CareInvitation { ${INVITATION} }`,
  acceptCareInvitation: `... on AcceptedCare { patient { id } care { ${RELATIONSHIP} } } ... on TooManyCodes { retryAt }`,
  withdrawCareInvitation: `... on CareInvitation { ${INVITATION} } ... on CareInvitationClosed { state }`,
  revokeCare: `... on CareRelationship { ${RELATIONSHIP} } ... on CareEnded { state }`,
  changeCare: `... on CareRelationship { ${RELATIONSHIP} } ... on CareEnded { state } ... on MoreThanYouHave { scopes until }`,
  registerPatient: '... on Patient { id }',
  giveConsent: '... on Consent { id }',
};
async function does(who: Identity, mutation: string, input: object): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on UserError { code message path } ${SELECTIONS[mutation]} } }`;
  return (await ask(who, query, { input: { idempotencyKey: newId(), ...input } })).result;
}

const yearsAgo = (years: number, days = 0): string => {
  const day = new Date(Date.now() + 8 * 3_600_000);
  day.setUTCFullYear(day.getUTCFullYear() - years);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
};
async function registered(who: Identity, birthDate = '1990-01-01'): Promise<string> {
  const relation = who.roles.includes('PATIENT') ? 'SELF' : 'DEPENDANT';
  const who_ = { relation, displayName: 'Somebody', birthDate, sex: 'OTHER', region: 'Gansu' };
  return (await does(who, 'registerPatient', who_)).id;
}
const invite = (who: Identity, patientId: string, scopes: readonly CareScope[] = ALL, expiresOn?: string) =>
  does(who, 'inviteCaregiver', { patientId, scopes, expiresOn });
const accept = (who: Identity, code: string, label: string | null = 'Aunt Li') =>
  does(who, 'acceptCareInvitation', { code, label });
const act = (who: Identity, mutation: string, { id, version }: { id: string; version: number }, input: object = {}) =>
  does(who, mutation, { careRelationshipId: id, expectedVersion: version, ...input });

/** Lets somebody act for the patient, and gives the relationship. */
async function lets(giver: Identity, patientId: string, who: Identity, scopes?: readonly CareScope[], on?: string) {
  const { invitationCode: code } = await invite(giver, patientId, scopes, on);
  const { care } = await accept(who, code);
  expect(care).toMatchObject({ state: 'ACTIVE', mine: true });
  return care;
}
const caregiversSeen = async (who: Identity, id: string): Promise<Answer[] | undefined> =>
  (
    await ask(who, `query($id: ID!) { patient(id: $id) { caregivers { totalCount nodes { ${RELATIONSHIP} } } } }`, {
      id,
    })
  ).patient?.caregivers.nodes;
const invitationsSeen = async (who: Identity, id: string): Promise<Answer[] | undefined> =>
  (await ask(who, `query($id: ID!) { patient(id: $id) { careInvitations { nodes { ${INVITATION} } } } }`, { id }))
    .patient?.careInvitations.nodes;
const sees = async (who: Identity, id: string): Promise<boolean> =>
  (await ask(who, 'query($id: ID!) { patient(id: $id) { id } }', { id })).patient !== null;
const job = (work: (context: PatientContext) => Promise<void>) =>
  api.get('patient').asItself((context) => work(context as PatientContext));

describe('an invitation', () => {
  test('is accepted with its code by a caregiver, who then acts within its scopes; the patient is told', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const aunt = somebody();
    const key = newId();
    const input = { patientId: id, scopes: [ORDER, VIEW], idempotencyKey: key };
    const made = await does(patient, 'inviteCaregiver', input);
    expect(made).toMatchObject({
      kind: 'CAREGIVER',
      state: 'OPEN',
      scopes: [VIEW, ORDER],
      mine: true,
      careUntil: null,
      allowedActions: ['WITHDRAW'],
      invitationCode: expect.stringMatching(/^[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}$/),
    });
    // who lost the answer asks again and gets it; nobody else and nowhere else
    expect((await does(patient, 'inviteCaregiver', input)).invitationCode).toBe(made.invitationCode);
    expect(await invitationsSeen(patient, id)).toEqual(
      [{ ...made, invitationCode: null, __typename: undefined }].map(without),
    );
    expect(await sees(aunt, id)).toBe(false);
    expect(await accept(aunt, made.invitationCode, null)).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'label'],
    });

    const accepted = await accept(aunt, made.invitationCode.toLowerCase().replaceAll('-', ' '), ' Aunt Li ');
    expect(accepted).toMatchObject({
      __typename: 'AcceptedCare',
      patient: { id },
      care: { state: 'ACTIVE', scopes: [VIEW, ORDER], label: 'Aunt Li', mine: true, allowedActions: ['REVOKE'] },
    });
    expect(await sees(aunt, id)).toBe(true);
    expect((await ask(aunt, '{ me { patients { id } } }')).me.patients).toEqual([{ id }]);
    expect(await caregiversSeen(patient, id)).toMatchObject([{ mine: false, allowedActions: ['CHANGE', 'REVOKE'] }]);
    // she may not care
    const consent = { patientId: id, purpose: 'TREATMENT', textNumber: 1 };
    expect(await does(aunt, 'giveConsent', consent)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await sql('select kind, about_id from patient.notice where patient_id = $1', [id])).toEqual([
      { kind: 'CARE_INVITATION_ACCEPTED', about_id: accepted.care.id },
    ]);
    expect(await invitationsSeen(patient, id)).toMatchObject([{ state: 'ACCEPTED', allowedActions: [] }]);
    expect(await invitationsSeen(aunt, id)).toEqual([]);
  });

  test('is accepted once, also by two at the same time', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const { invitationCode: code } = await invite(patient, id);
    // all of them have begun before the first can go on
    await sql('begin');
    await sql('select from patient.patient where id = $1 for update', [id]);
    const accepting = Array.from({ length: 6 }, () => accept(somebody(), code));
    const waiting = `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await sql(waiting))[0].count < accepting.length) {
      await sleep(5);
      await sql('select pg_stat_clear_snapshot()');
    }
    await sql('commit');
    const answers = await Promise.all(accepting);
    const kinds = answers.map(({ __typename }) => __typename).sort();
    expect(kinds).toEqual(['AcceptedCare', ...Array(5).fill('CareCodeInvalid')]);
    expect(await sql('select from patient.care_relationship where patient_id = $1', [id])).toHaveLength(1);
    expect(await accept(somebody(), code)).toMatchObject({ __typename: 'CareCodeInvalid', code: 'NOT_FOUND' });
  });

  test('opens nothing for the patient, for who acts for them already, for a patient, or under another code', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const both = { ...patient, roles: ['PATIENT', 'CAREGIVER'] } as Identity;
    const { invitationCode: code } = await invite(patient, id);
    expect(await accept(both, code)).toMatchObject({ __typename: 'OwnInvitation' });
    expect(await accept(somebody('PATIENT'), code)).toMatchObject({ __typename: 'CareCodeInvalid' });
    const aunt = somebody();
    await lets(patient, id, aunt);
    expect(await accept(aunt, code)).toMatchObject({ __typename: 'OwnInvitation', code: 'NOT_ALLOWED' });
    expect(await accept(aunt, `${code.slice(0, -1)}${code.endsWith('0') ? '2' : '0'}`)).toMatchObject({
      __typename: 'CareCodeInvalid',
    });
    // and it is still there for whom it is
    expect(await accept(somebody(), code)).toMatchObject({ __typename: 'AcceptedCare' });
  });

  test('can be taken back, and ends after seven days', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const made = await invite(patient, id);
    const take = (who: Identity, { id: careInvitationId, version }: Answer) =>
      does(who, 'withdrawCareInvitation', { careInvitationId, expectedVersion: version });
    expect(await take(somebody(), made)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await take(patient, { ...made, version: 9 })).toMatchObject({ code: 'STALE_VERSION' });
    expect(await take(patient, made)).toMatchObject({ state: 'WITHDRAWN', allowedActions: [] });
    expect(await take(patient, made)).toMatchObject({ code: 'WRONG_STATE', state: 'WITHDRAWN' });
    expect(await accept(somebody(), made.invitationCode)).toMatchObject({ __typename: 'CareCodeInvalid' });
    const old = await invite(patient, id);
    await sql(
      `update patient.care_invitation set created_at = created_at - interval '7 days', expires_at = expires_at - interval '7 days' where id = $1`,
      [old.id],
    );
    expect(await accept(somebody(), old.invitationCode)).toMatchObject({ __typename: 'CareCodeInvalid' });
    expect(await take(patient, old)).toMatchObject({ state: 'EXPIRED' });
  });

  test('cannot be guessed: ten codes an hour are looked at, whatever comes of them, then none', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const { invitationCode: code } = await invite(patient, id);
    const guesser = somebody();
    const guesses = Array.from({ length: MOST_CODES_AN_HOUR + 3 }, () => accept(guesser, '00000-00000-00000'));
    const kinds = (await Promise.all(guesses)).map(({ __typename }) => __typename);
    expect(kinds.filter((kind) => kind === 'CareCodeInvalid')).toHaveLength(MOST_CODES_AN_HOUR);
    expect(kinds.filter((kind) => kind === 'TooManyCodes')).toHaveLength(3);
    expect(await accept(guesser, code)).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', retryAt: expect.anything() });
    await sql(`update patient.care_code_attempt set hour = hour - interval '1 hour' where caller = $1`, [
      guesser.subject,
    ]);
    expect(await accept(guesser, code)).toMatchObject({ __typename: 'AcceptedCare' });
  });

  test('leaves its code nowhere in the database', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const { invitationCode: code } = await invite(patient, id);
    await accept(somebody(), code);
    for (const [name, text] of await wholeDatabase(api.admin, ['patient', 'patient_jobs'])) {
      expect([name, text.includes(code), text.includes(code.replaceAll('-', ''))]).toEqual([name, false, false]);
    }
  });
});

/** As a list shows it. */
function without({ __typename: _, ...rest }: Answer): Answer {
  return rest;
}

describe('a caregiver', () => {
  test('grants no more than they have, and for no longer; not one whose own care is over', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const aunt = somebody();
    const end = yearsAgo(-1);
    const care = await lets(patient, id, aunt, [VIEW, ORDER], end);
    const more = await invite(aunt, id, [VIEW, APPLY], yearsAgo(0, 7));
    expect(more).toMatchObject({ __typename: 'MoreThanYouHave', code: 'NOT_ALLOWED', scopes: [VIEW, ORDER] });
    expect(new Date(more.until).toISOString()).toBe(new Date(care.expiresAt).toISOString());
    expect(await invite(aunt, id, ALL)).toMatchObject({ __typename: 'MoreThanYouHave' });
    expect(await invite(aunt, id, [VIEW], yearsAgo(-1, 1))).toMatchObject({ __typename: 'MoreThanYouHave' });
    expect(await invite(aunt, id, [ORDER])).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'scopes'] });
    expect(await sql('select from patient.care_invitation where patient_id = $1', [id])).toHaveLength(1);

    const cousin = somebody();
    const { invitationCode: code } = await invite(aunt, id, [VIEW]);
    const { care: passedOn } = await accept(cousin, code);
    expect(passedOn).toMatchObject({ scopes: [VIEW], expiresAt: care.expiresAt });
    // what the aunt had granted and nobody taken up is worth nothing once she has it no more
    const open = await invite(aunt, id, [VIEW, ORDER]);
    const changed = await act(patient, 'changeCare', care, { scopes: [VIEW] });
    expect(changed).toMatchObject({ scopes: [VIEW], version: care.version + 1 });
    expect(await accept(somebody(), open.invitationCode)).toMatchObject({ __typename: 'CareCodeInvalid' });
    const last = await invite(aunt, id, [VIEW]);
    await act(patient, 'revokeCare', changed);
    expect(await accept(somebody(), last.invitationCode)).toMatchObject({ __typename: 'CareCodeInvalid' });
    expect(await invite(aunt, id, [VIEW])).toEqual(await invite(aunt, newId(), [VIEW]));
  });

  test('is revoked at once: the next request is refused, and no write gets in behind it', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const aunt = somebody();
    const care = await lets(patient, id, aunt);
    expect(await sees(aunt, id)).toBe(true);
    const consents = () => does(aunt, 'giveConsent', { patientId: id, purpose: 'COMMUNITY_PROFILE', textNumber: 1 });
    // one whose transaction begins before the revocation is done, and is not allowed any more when it writes, fails as a whole
    const racing = () => consents().catch(() => ({ __typename: 'NotFound' }));
    const [revoked, ...written] = await Promise.all([act(patient, 'revokeCare', care), racing(), racing(), racing()]);
    expect(revoked).toMatchObject({ state: 'REVOKED', allowedActions: [] });
    // null: it was given, and revoked before it could be shown
    for (const each of written) expect(['Consent', 'NotFound', undefined]).toContain(each?.__typename);
    expect(await sees(aunt, id)).toBe(false);
    expect(await consents()).toMatchObject({ code: 'NOT_FOUND' });
    expect((await ask(aunt, '{ me { patients { id } } }')).me.patients).toEqual([]);
    expect(await act(patient, 'revokeCare', revoked)).toMatchObject({ code: 'WRONG_STATE', state: 'REVOKED' });
    // and may be invited anew
    await lets(patient, id, aunt, [VIEW]);
    expect(await sees(aunt, id)).toBe(true);
  });

  test('gives up what is their own, and cannot change it; strangers find nothing', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const aunt = somebody();
    const care = await lets(patient, id, aunt, [VIEW]);
    expect(await act(aunt, 'changeCare', care, { scopes: ALL })).toMatchObject({ code: 'NOT_FOUND' });
    const stranger = await act(somebody(), 'revokeCare', care);
    expect(stranger).toEqual(await act(somebody(), 'revokeCare', { id: newId(), version: 1 }));
    // of a patient with a sign-in, one caregiver does not revoke the other
    const uncle = somebody();
    await lets(patient, id, uncle);
    expect(await act(uncle, 'revokeCare', care)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await act(aunt, 'revokeCare', { ...care, version: 8 })).toMatchObject({ code: 'STALE_VERSION' });
    expect(await act(aunt, 'revokeCare', care)).toMatchObject({ state: 'REVOKED' });
    expect(await sees(aunt, id)).toBe(false);
  });

  test('with all scopes acts for a child in this too, for the others', async () => {
    const mother = somebody();
    const id = await registered(mother, yearsAgo(6));
    const aunt = somebody();
    const care = await lets(mother, id, aunt, [VIEW]);
    expect(
      await act(
        aunt,
        'revokeCare',
        (await caregiversSeen(aunt, id))?.find(({ mine }) => !mine),
      ),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
    const changed = await act(mother, 'changeCare', care, { scopes: [VIEW, CARE] });
    expect(changed).toMatchObject({ scopes: [VIEW, CARE] });
    expect(await act(mother, 'revokeCare', changed)).toMatchObject({ state: 'REVOKED' });
  });

  test('who has signed in as something else may do nothing for them, and still decides nothing about them', async () => {
    const mother = somebody();
    const id = await registered(mother, yearsAgo(6));
    const reviewer = { ...person(mother.subject, 'REVIEWER'), scopes: ['service:fund'], via: 'fund' };
    const query = 'query($id: ID!) { careStanding(patientId: $id) { mayView mayApply mayOrder } patientsInCare }';
    expect(await ask(reviewer, query, { id })).toEqual({
      careStanding: { mayView: false, mayApply: false, mayOrder: false },
      patientsInCare: [id],
    });
  });
});

describe('coming of age', () => {
  const ends = async (id: string) =>
    (await sql('select expires_at from patient.care_relationship where patient_id = $1 order by id', [id])).map(
      ({ expires_at }) => (expires_at as Date | null)?.toISOString() ?? null,
    );
  const bornOn = (id: string, day: string) =>
    sql('update patient.patient set birth_date = $2 where id = $1', [id, day]);

  /** As if it had been registered years before. */
  const longAgo = (id: string) =>
    sql(`update patient.care_relationship set granted_at = granted_at - interval '5 years' where patient_id = $1`, [
      id,
    ]);

  test('ends what others do for a child, by the registration, by invitations, and when the birthday is corrected', async () => {
    const mother = somebody();
    const id = await registered(mother, '2019-03-10');
    expect(await ends(id)).toEqual(['2037-03-09T16:00:00.000Z']);
    const late = await invite(mother, id, [VIEW], '2037-03-10');
    expect(late).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'expiresOn'] });
    const aunt = somebody();
    await lets(mother, id, aunt, [VIEW]);
    await lets(mother, id, somebody(), [VIEW], yearsAgo(-1));
    const uncleEnd = (await ends(id))[2];
    await bornOn(id, '2018-03-10');
    expect(await ends(id)).toEqual(['2036-03-09T16:00:00.000Z', '2036-03-09T16:00:00.000Z', uncleEnd]);
    await bornOn(id, '2020-03-10');
    expect(await ends(id)).toEqual(['2038-03-09T16:00:00.000Z', '2038-03-09T16:00:00.000Z', uncleEnd]);
    // also by hand
    await sql('update patient.care_relationship set expires_at = null where patient_id = $1', [id]);
    expect(new Set(await ends(id))).toEqual(new Set(['2038-03-09T16:00:00.000Z']));
    await sql(`update patient.care_relationship set expires_at = '2100-01-01' where patient_id = $1`, [id]);
    expect(new Set(await ends(id))).toEqual(new Set(['2038-03-09T16:00:00.000Z']));
  });

  test('does not end what somebody does for a patient who was of age before', async () => {
    expect(await ends(await registered(somebody(), '1950-01-01'))).toEqual([null]);
  });

  test('is told 90 days before, once', async () => {
    const mother = somebody();
    const id = await registered(mother, yearsAgo(18, 80));
    const other = await registered(mother, yearsAgo(18, 100));
    for (let i = 0; i < 2; i++) await job((context) => tellOfCareEnds({}, context));
    const told = await sql(
      `select patient_id, happens_at from patient.notice where kind = 'CARE_ENDS_SOON' and patient_id = any($1)`,
      [[id, other]],
    );
    expect(told.map(({ patient_id, happens_at }) => [patient_id, happens_at.toISOString()])).toEqual([
      [id, (await ends(id))[0]],
    ]);
  });

  test('leaves to who cared the handing over alone, for a year; the grown-up then has all that was done for them', async () => {
    const mother = somebody();
    const id = await registered(mother, yearsAgo(17));
    await does(mother, 'giveConsent', { patientId: id, purpose: 'AID_REVIEW', textNumber: 1 });
    const drafted = await api.execute(
      'fund',
      mother,
      'mutation($input: DraftApplicationInput!) { draftApplication(input: $input) { ... on Application { id } } }',
      {
        input: {
          patientId: id,
          diseaseId: diseaseId(31),
          expectedExpense: { amount: '40000', currency: 'CNY' },
          idempotencyKey: newId(),
        },
      },
    );
    const application = drafted.data.draftApplication.id;
    const order = newId();
    await sql(
      `insert into pharmacy.drug_order (id, number, patient_id, status, placed_at) values ($1, 'RX-2026-900000', $2, 'PLACED', now())`,
      [order, id],
    );
    const prescription = newId();
    await sql(
      `insert into pharmacy.prescription (id, number, patient_id, physician_id, physician_subject, medicine_id, dose, quantity, refills, valid_until, status, issued_at)
       values ($1, 'RP-2026-900000', $2, uuidv7(), 'demo-physician', uuidv7(), 'X', 1, 0, now()::date + 1, 'ISSUED', now())`,
      [prescription, id],
    );
    await sql(`select pharmacy.tell('PATIENT', 'ORDER_SHIPPED', $1, '', $1, null)`, [order]);

    await longAgo(id);
    await bornOn(id, yearsAgo(18, -1));
    expect(await sees(mother, id)).toBe(false);
    expect((await ask(mother, '{ me { patients { id } handovers { patientId until } } }')).me).toMatchObject({
      patients: [],
      handovers: [{ patientId: id }],
    });
    expect(await invite(mother, id, [VIEW])).toMatchObject({ code: 'NOT_FOUND' });
    const made = await does(mother, 'inviteToTakeOver', { patientId: id });
    expect(made).toMatchObject({ kind: 'SELF', scopes: [], state: 'OPEN' });

    expect(await accept(somebody(), made.invitationCode)).toMatchObject({ __typename: 'CareCodeInvalid' });
    expect(await accept({ ...mother, roles: ['PATIENT'] }, made.invitationCode, null)).toMatchObject({
      __typename: 'OwnInvitation',
    });
    const known = somebody('PATIENT');
    await registered(known);
    expect(await accept(known, made.invitationCode, null)).toMatchObject({ code: 'ALREADY_REGISTERED' });
    const grown = somebody('PATIENT');
    expect(await accept(grown, made.invitationCode, null)).toMatchObject({ patient: { id }, care: null });
    expect((await ask(grown, '{ me { patient { id } } }')).me.patient).toEqual({ id });
    expect((await ask(mother, '{ me { handovers { patientId } } }')).me.handovers).toEqual([]);
    expect(await caregiversSeen(grown, id)).toMatchObject([{ state: 'ENDED', mine: false }]);

    const theirs = async () => {
      const one = await api.execute('fund', grown, 'query($id: ID!) { application(id: $id) { id allowedActions } }', {
        id: application,
      });
      const { data } = await api.execute(
        'pharmacy',
        grown,
        `query($order: ID!, $prescription: ID!) { drugOrder(id: $order) { id } prescription(id: $prescription) { id }
          pharmacyNotices { nodes { aboutId } } }`,
        { order, prescription },
      );
      return [one.data.application, data.drugOrder, data.prescription, ...data.pharmacyNotices.nodes];
    };
    expect(await theirs()).toEqual([null, null, null]);
    expect(
      await sql(
        `select count(*)::int as count from patient_jobs._private_jobs job join patient_jobs._private_tasks task on task.id = task_id
         where identifier = 'hand-over' and payload::text like '%' || $1 || '%'`,
        [id],
      ),
    ).toEqual([{ count: 2 }]);
    for (let i = 0; i < 2; i++) await job((context) => handOver({ patientId: id }, context));
    expect(await theirs()).toEqual([
      { id: application, allowedActions: ['SUBMIT', 'WITHDRAW'] },
      { id: order },
      { id: prescription },
      { aboutId: order },
    ]);
    // and lets the mother go on
    await lets(grown, id, mother, [VIEW, APPLY]);
    expect(await sees(mother, id)).toBe(true);
  });

  test('can be handed over before it too, then who cares goes on; a year after it no longer', async () => {
    const mother = somebody();
    const young = await registered(mother, yearsAgo(15));
    const aunt = somebody();
    await lets(mother, young, aunt, [VIEW]);
    expect(await does(aunt, 'inviteToTakeOver', { patientId: young })).toMatchObject({ code: 'NOT_FOUND' });
    const made = await does(mother, 'inviteToTakeOver', { patientId: young });
    const second = await does(mother, 'inviteToTakeOver', { patientId: young });
    const teenager = somebody('PATIENT');
    expect(await accept(teenager, made.invitationCode, null)).toMatchObject({ patient: { id: young } });
    expect(await accept(somebody('PATIENT'), second.invitationCode, null)).toMatchObject({
      __typename: 'CareCodeInvalid',
    });
    expect(await sees(mother, young)).toBe(true);
    const [motherCare] = (await caregiversSeen(teenager, young))?.filter(({ label }) => label === null) ?? [];
    expect(motherCare.allowedActions).toEqual(['CHANGE', 'REVOKE']);
    expect(await does(mother, 'inviteToTakeOver', { patientId: young })).toMatchObject({ code: 'NOT_FOUND' });

    const old = await registered(mother, yearsAgo(17));
    await longAgo(old);
    await bornOn(old, yearsAgo(19, -1));
    expect((await ask(mother, '{ me { handovers { patientId } } }')).me.handovers).toEqual([]);
    expect(await does(mother, 'inviteToTakeOver', { patientId: old })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what is told between subgraphs', () => {
  test('of a handover nobody else can say', async () => {
    const [{ id: patientId }] = await sql(
      'select patient_id as id from fund.application where patient_subject is null limit 1',
    );
    for (const who of [
      person('thief', 'PATIENT'),
      { ...person('thief', 'PATIENT'), scopes: ['service:patient'], via: 'patient' },
    ]) {
      await api.execute('fund', who, 'mutation($p: ID!) { applicationsTakenOver(patientId: $p, subject: "thief") }', {
        p: patientId,
      });
      await api.execute('pharmacy', who, 'mutation($p: ID!) { ordersTakenOver(patientId: $p, subject: "thief") }', {
        p: patientId,
      });
    }
    expect(await sql(`select from fund.application where patient_subject = 'thief'`)).toEqual([]);
    expect(await sql(`select from pharmacy.drug_order where patient_subject = 'thief'`)).toEqual([]);
  });
});

describe('the database alone', () => {
  const as = async ({ subject, roles }: Identity) => {
    const client = await api.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      subject,
      roles.join(),
    ]);
    return client;
  };

  test('lets nobody begin to act for somebody, or give themselves more', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const child = await registered(somebody(), yearsAgo(3));
    const aunt = somebody();
    const care = await lets(patient, id, aunt, [VIEW], yearsAgo(-1));
    const client = await as(aunt);
    await expect(
      client.query(
        `insert into care_relationship (id, patient_id, caregiver_subject, scopes, granted_at) values (uuidv7(), $1, $2, '{VIEW}', now())`,
        [child, aunt.subject],
      ),
    ).rejects.toThrow('permission denied');
    await client.query('select begin_care(uuidv7(), $1), begin_care(uuidv7(), $2)', [id, child]);
    expect(await sees(aunt, child)).toBe(false);
    for (const change of [`scopes = '{VIEW,CARE}'`, 'expires_at = null', `scopes = '{VIEW}'`])
      await expect(client.query(`update care_relationship set ${change}`)).rejects.toThrow('row-level security');
    await expect(client.query(`update care_relationship set caregiver_subject = 'x'`)).rejects.toThrow(
      'permission denied',
    );
    await act(patient, 'revokeCare', care);
    const undone = await client.query('update care_relationship set revoked_at = null');
    expect(undone.rowCount).toBe(0);
  });

  test('lets nobody invite to more than they have, nor say that an invitation was accepted', async () => {
    const patient = somebody('PATIENT');
    const id = await registered(patient);
    const aunt = somebody();
    await lets(patient, id, aunt, [VIEW, ORDER], yearsAgo(-1));
    const client = await as(aunt);
    const insert = (scopes: string, until: string | null, kind = 'CAREGIVER') =>
      client.query(
        `insert into care_invitation (id, patient_id, kind, code_index, scopes, care_until, invited_by, created_at, expires_at)
         values (uuidv7(), $1, $2, rpad(md5(random()::text), 43, 'x'), $3, $4, $5, now(), now() + interval '1 day')`,
        [id, kind, scopes, until, aunt.subject],
      );
    await expect(insert('{VIEW,APPLY}', yearsAgo(0, 9))).rejects.toThrow('row-level security');
    await expect(insert('{VIEW}', null)).rejects.toThrow('row-level security');
    await expect(insert('{VIEW}', yearsAgo(-2))).rejects.toThrow('row-level security');
    await expect(insert('{}', null, 'SELF')).rejects.toThrow('row-level security');
    await insert('{VIEW}', yearsAgo(0, 9));
    await expect(client.query('update care_invitation set accepted_at = now()')).rejects.toThrow('permission denied');
    await expect(client.query('delete from care_code_attempt')).rejects.toThrow('permission denied');
    const { rows } = await client.query(`select outcome from accept_care_invitation('x', uuidv7(), 'x')`);
    expect(rows).toEqual([{ outcome: 'INVALID' }]);
  });
});

describe('whatever is invited, accepted, changed and revoked', () => {
  const who = fc.nat({ max: 3 });
  const scopes = fc.subarray([APPLY, ORDER, CARE]).map((more) => [VIEW, ...more]);
  const on = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined });
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('invite' as const), who, scopes, on }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('accept' as const), who, of: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('change' as const), who, of: fc.nat(), scopes, on }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), who, of: fc.nat() }) },
  );
  type Held = { scopes: CareScope[]; until: number };

  test('nobody comes to have a scope that who granted it had not, nor for longer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(operation, { minLength: 5, maxLength: 14 }),
        async (child, operations) => {
          const people = [somebody(child ? 'CAREGIVER' : 'PATIENT'), somebody(), somebody(), somebody()];
          const first = people[0] as Identity;
          const id = await registered(first, child ? yearsAgo(5) : '1990-01-01');
          const invitations: { code: string; by: Identity }[] = [];
          const held = async (): Promise<Map<string, Held>> => {
            const rows = await sql(
              `select caregiver_subject as subject, scopes, coalesce(extract(epoch from expires_at), 'infinity')::float8 as until
             from patient.care_relationship where patient_id = $1 and revoked_at is null`,
              [id],
            );
            const found = new Map<string, Held>(rows.map(({ subject, ...rest }) => [subject, rest]));
            if (!child) found.set(first.subject, { scopes: ALL, until: Number.POSITIVE_INFINITY });
            return found;
          };
          for (const each of operations) {
            const before = await held();
            const actor = people[each.who] as Identity;
            let giver = actor;
            const day = 'on' in each && each.on !== undefined ? yearsAgo(0, each.on) : undefined;
            if (each.kind === 'invite') {
              const { invitationCode: code, __typename } = await invite(actor, id, each.scopes, day);
              if (__typename === 'CareInvitation') invitations.push({ code, by: actor });
            } else if (each.kind === 'accept') {
              const invitation = invitations[each.of % (invitations.length || 1)];
              if (!invitation) continue;
              giver = invitation.by;
              await accept(actor, invitation.code);
            } else {
              const seen = await caregiversSeen(first, id);
              const care = seen?.[each.of % (seen.length || 1)];
              if (!care) continue;
              if (each.kind === 'revoke') await act(actor, 'revokeCare', care);
              else await act(actor, 'changeCare', care, { scopes: each.scopes, expiresOn: day });
            }
            for (const [subject, now] of await held()) {
              const was = before.get(subject);
              const gained = now.scopes.filter((scope) => !was?.scopes.includes(scope));
              const longer = !was || now.until > was.until;
              if (gained.length === 0 && !longer) continue;
              const had = before.get(giver.subject);
              expect(had?.scopes).toEqual(expect.arrayContaining(gained));
              if (longer) expect(now.until).toBeLessThanOrEqual(had?.until ?? 0);
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
