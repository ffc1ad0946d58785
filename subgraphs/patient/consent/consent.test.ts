import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';

const patient = person('demo-patient', 'PATIENT');
const other = person('demo-other-patient', 'PATIENT');
const caregiver = person('demo-caregiver', 'CAREGIVER');
const ME = patientId(0);
const CHILD = patientId(2);

let api: SubgraphsUnderTest;
beforeAll(async () => {
  api = await openSubgraphs('consent');
});
afterAll(() => api?.stop());

async function ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await api.execute('patient', who, query, variables);
  expect(errors).toBeUndefined();
  return data;
}
const mutation = (name: string) => `mutation($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
  result: ${name}(input: $input) { __typename
    ... on Consent { id purpose recipientId text { number } textOutdated byCaregiver withdrawnAt allowedActions version }
    ${name === 'giveConsent' ? '... on ConsentTextOutdated { current { number text(locale: EN) } }' : ''}
    ... on UserError { code message path } } }`;
const give = async (who: Identity, input: object): Promise<Answer> =>
  (
    await ask(who, mutation('giveConsent'), {
      input: { textNumber: 1, idempotencyKey: newId(), ...input },
    })
  ).result;
const withdraw = async (who: Identity, { id, version }: { id: string; version: number }): Promise<Answer> =>
  (
    await ask(who, mutation('withdrawConsent'), {
      input: { consentId: id, expectedVersion: version, idempotencyKey: newId() },
    })
  ).result;
const consents = async (who: Identity, id: string): Promise<Answer[]> =>
  (
    await ask(
      who,
      'query($id: ID!) { patient(id: $id) { consents(first: 100) { totalCount nodes { id purpose recipientId text { number } textOutdated byCaregiver withdrawnAt version } } } }',
      { id },
    )
  ).patient?.consents.nodes;
const given = async (purpose: string, id = ME): Promise<boolean> => {
  const asking = { subject: 'demo-reviewer', roles: ['REVIEWER'], scopes: ['service:fund'], via: 'fund' } as Identity;
  const query = 'query($id: ID!, $purpose: ConsentPurpose!) { consentGiven(patientId: $id, purpose: $purpose) }';
  return (await ask(asking, query, { id, purpose })).consentGiven;
};
const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;

test('anybody reads the texts: one of each purpose, in both languages', async () => {
  const { data } = await api.execute(
    'patient',
    { subject: '', roles: [], scopes: [] },
    '{ consentTexts { purpose number textEn en: text(locale: EN) zh: text(locale: ZH) effectiveFrom } }',
  );
  expect(data.consentTexts.map(({ purpose, number }: Answer) => [purpose, number])).toEqual([
    ['TREATMENT', 1],
    ['AID_REVIEW', 1],
    ['SHARE_WITH_PHARMACY', 1],
    ['COMMUNITY_PROFILE', 1],
    ['RESEARCH_STATISTICS', 1],
  ]);
  for (const { textEn, en, zh } of data.consentTexts) {
    expect(en).toBe(textEn);
    expect(zh).toMatch(/[。]$/);
  }
});

describe('a consent', () => {
  test('is given once, however often it is asked for, and stops holding when it is withdrawn', async () => {
    expect(await given('COMMUNITY_PROFILE')).toBe(false);
    const wanted = { patientId: ME, purpose: 'COMMUNITY_PROFILE' };
    const all = await Promise.all(Array.from({ length: 5 }, () => give(patient, wanted)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all[0]).toMatchObject({
      __typename: 'Consent',
      textOutdated: false,
      byCaregiver: false,
      withdrawnAt: null,
      allowedActions: ['WITHDRAW'],
    });
    expect(await given('COMMUNITY_PROFILE')).toBe(true);
    expect(await withdraw(patient, { ...all[0], version: 7 })).toMatchObject({ code: 'STALE_VERSION' });
    const ended = await withdraw(patient, all[0]);
    expect(ended).toMatchObject({ allowedActions: [], version: all[0].version + 1 });
    expect(ended.withdrawnAt).not.toBeNull();
    expect(await given('COMMUNITY_PROFILE')).toBe(false);
    expect(await withdraw(patient, ended)).toMatchObject({ code: 'WRONG_STATE' });
    const again = await give(patient, wanted);
    expect(again.id).not.toBe(all[0].id);
    const kept = (await consents(patient, ME)).filter(({ purpose }) => purpose === 'COMMUNITY_PROFILE');
    expect(kept.map(({ id }) => id)).toEqual([again.id, all[0].id]);
  });

  test('is given for a child by who may care, and not by who may only see; strangers find nobody', async () => {
    const wanted = { patientId: CHILD, purpose: 'RESEARCH_STATISTICS' };
    const made = await give(caregiver, wanted);
    expect(made).toMatchObject({ byCaregiver: true });
    await sql(`update patient.care_relationship set scopes = '{VIEW,APPLY,ORDER}' where patient_id = $1`, [CHILD]);
    try {
      expect(await give(caregiver, { ...wanted, purpose: 'COMMUNITY_PROFILE' })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await withdraw(caregiver, made)).toMatchObject({ code: 'NOT_FOUND' });
      expect((await consents(caregiver, CHILD)).map(({ id }) => id)).toContain(made.id);
    } finally {
      await sql(`update patient.care_relationship set scopes = '{VIEW,APPLY,ORDER,CARE}' where patient_id = $1`, [
        CHILD,
      ]);
    }
    const stranger = await give(other, wanted);
    expect(stranger).toEqual(await give(other, { ...wanted, patientId: newId() }));
    expect(stranger).toMatchObject({ code: 'NOT_FOUND' });
    expect(await withdraw(other, made)).toEqual(await withdraw(other, { id: newId(), version: 1 }));
    expect(await consents(other, CHILD)).toBeUndefined();
    expect(await withdraw(caregiver, made)).toMatchObject({ __typename: 'Consent' });
  });

  test('is to the newest text; one to an older text holds until the newer is agreed to', async () => {
    const wanted = { patientId: patientId(1), purpose: 'COMMUNITY_PROFILE' };
    const old = await give(other, wanted);
    await sql(
      `insert into patient.consent_text values ('COMMUNITY_PROFILE', 2, 'New words.', '新。', now()), ('COMMUNITY_PROFILE', 3, 'Later.', '以后。', now() + interval '1 day')`,
    );
    expect((await consents(other, patientId(1))).find(({ id }) => id === old.id)).toMatchObject({
      textOutdated: true,
      withdrawnAt: null,
    });
    expect(await given('COMMUNITY_PROFILE', patientId(1))).toBe(true);
    for (const textNumber of [1, 3])
      expect(await give(other, { ...wanted, textNumber })).toMatchObject({
        __typename: 'ConsentTextOutdated',
        code: 'CONSENT_TEXT_OUTDATED',
        current: { number: 2, text: 'New words.' },
      });
    const renewed = await Promise.all([1, 2, 3].map(() => give(other, { ...wanted, textNumber: 2 })));
    expect(new Set(renewed.map(({ id }) => id)).size).toBe(1);
    expect(renewed[0]).toMatchObject({ text: { number: 2 }, textOutdated: false });
    const [before] = (await consents(other, patientId(1))).filter(({ id }) => id === old.id);
    expect(before.withdrawnAt).not.toBeNull();
  });

  test('is limited to a recipient that there is, where its purpose has one', async () => {
    const wanted = { patientId: ME, purpose: 'RESEARCH_STATISTICS' };
    const invalid = { code: 'INVALID_INPUT', path: ['input', 'recipientId'] };
    expect(await give(patient, { ...wanted, recipientId: newId() })).toMatchObject(invalid);
    expect(await give(patient, { ...wanted, purpose: 'AID_REVIEW', recipientId: newId() })).toMatchObject(invalid);
    expect(await give(patient, { ...wanted, purpose: 'TREATMENT', recipientId: newId() })).toMatchObject(invalid);
    const [{ id: recipientId }] = await sql('select id from catalog.organisation order by id limit 1');
    expect(await give(patient, { ...wanted, recipientId })).toMatchObject({ recipientId });
    // to one of them is not to all
    expect(await given('RESEARCH_STATISTICS')).toBe(false);
  });

  test('can be given when registering', async () => {
    const { result } = await ask(
      person('new-here', 'PATIENT'),
      `mutation($input: RegisterPatientInput!) { result: registerPatient(input: $input) {
        ... on Patient { id consents { nodes { purpose text { number } byCaregiver } } } } }`,
      {
        input: {
          relation: 'SELF',
          displayName: 'New',
          birthDate: '1990-01-01',
          sex: 'OTHER',
          region: 'Gansu',
          consents: ['AID_REVIEW', 'SHARE_WITH_PHARMACY', 'AID_REVIEW'],
          idempotencyKey: newId(),
        },
      },
    );
    expect(result.consents.nodes.map(({ purpose }: Answer) => purpose).sort()).toEqual([
      'AID_REVIEW',
      'SHARE_WITH_PHARMACY',
    ]);
    expect(await given('AID_REVIEW', result.id)).toBe(true);
  });
});

describe('the database alone', () => {
  const as = async (identity: Identity) => {
    const client = await api.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      identity.subject,
      identity.roles.join(),
    ]);
    return client;
  };

  test('lets nobody change what was given, nor take a withdrawal back', async () => {
    const mine = await as(patient);
    for (const change of ['given_at = now()', `purpose = 'TREATMENT'`, 'text_number = 2', `given_by = 'x'`])
      await expect(mine.query(`update consent set ${change}`)).rejects.toThrow('permission denied');
    await expect(mine.query('delete from consent')).rejects.toThrow('permission denied');
    await expect(mine.query('update consent_text set text_en = $1', ['x'])).rejects.toThrow('permission denied');
    await expect(
      mine.query(`update consent set withdrawn_at = null, withdrawn_by = null where withdrawn_at is not null`),
    ).rejects.toThrow(/row-level security|stays as it is/);
    await expect(
      mine.query(`update consent set withdrawn_at = now() + interval '1 day' where withdrawn_at is not null`),
    ).rejects.toThrow('stays as it is');
  });

  test('lets nobody agree for somebody whom they do not act for, nor in the name of another', async () => {
    const insert = (by: string) =>
      `insert into consent (id, patient_id, purpose, text_number, given_at, given_by) values (uuidv7(), '${ME}', 'TREATMENT', 1, now(), '${by}')`;
    const stranger = await as(other);
    await expect(stranger.query(insert(other.subject))).rejects.toThrow('row-level security');
    const mine = await as(patient);
    await expect(mine.query(insert('demo-caregiver'))).rejects.toThrow('row-level security');
    const updated = await stranger.query(
      `update consent set withdrawn_at = now(), withdrawn_by = 'x' where patient_id = '${ME}'`,
    );
    expect(updated.rowCount).toBe(0);
  });
});
