import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';

const patient = person('demo-patient', 'PATIENT');
const newcomer = person('shows-nothing-yet', 'PATIENT');

let api: SubgraphsUnderTest;
let own: string[];
beforeAll(async () => {
  api = await openSubgraphs('shown_disease');
  own = (
    await sql('select distinct disease_id as id from patient.diagnosis where patient_id = $1', [patientId(0)])
  ).map(({ id }) => id);
});
afterAll(() => api?.stop());

const sql = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await api.admin.query(text, values)).rows;
const mutate = async (who: Identity, text: string, variables: object = {}): Promise<Answer> => {
  const { data, errors } = await api.execute('community', who, text, variables);
  expect(errors).toBeUndefined();
  return data.result;
};
const RESULT = `{ __typename ... on CommunityMember { pseudonym shownDisease { id } } ... on UserError { code path message }`;
const show = (who: Identity, diseaseId: string) =>
  mutate(
    who,
    `mutation($input: ShowDiseaseInput!) { result: showDisease(input: $input) ${RESULT} ... on ConsentMissing { purpose } } }`,
    { input: { diseaseId } },
  );
const hide = (who: Identity) => mutate(who, `mutation { result: hideDisease ${RESULT} } }`);
/** As anybody sees it, beside what they wrote. */
async function seen(): Promise<string | null> {
  const [{ id }] = await sql(
    `select p.id from community.post p join community.member m on m.id = member_id
     where subject = 'demo-patient' and kind = 'STORY' and status = 'PUBLISHED' limit 1`,
  );
  const { data, errors } = await api.execute(
    'community',
    ANONYMOUS,
    'query($id: ID!) { story(id: $id) { author { disease { id } } } }',
    { id },
  );
  expect(errors).toBeUndefined();
  return data.story.author.disease?.id ?? null;
}
const consent = (agrees: boolean) =>
  agrees
    ? sql(
        `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
         values (uuidv7(), $1, 'COMMUNITY_PROFILE', 1, now(), 'demo-patient')`,
        [patientId(0)],
      )
    : sql(
        `update patient.consent set withdrawn_at = now(), withdrawn_by = 'demo-patient'
         where patient_id = $1 and purpose = 'COMMUNITY_PROFILE' and withdrawn_at is null`,
        [patientId(0)],
      );

describe('a disease', () => {
  test('is not shown without the consent of its patient', async () => {
    expect(await show(patient, own[0] as string)).toMatchObject({
      ...{ __typename: 'ConsentMissing', code: 'CONSENT_MISSING', purpose: 'COMMUNITY_PROFILE' },
    });
    expect(await seen()).toBeNull();
    expect(await show(person('demo-caregiver', 'CAREGIVER'), own[0] as string)).toMatchObject({
      __typename: 'ConsentMissing',
    });
  });

  test('is shown beside the pseudonym when it is the patient’s own, and another one in its place', async () => {
    await consent(true);
    expect(own.length).toBeGreaterThan(1);
    for (const id of own) {
      expect(await show(patient, id)).toMatchObject({ __typename: 'CommunityMember', shownDisease: { id } });
      expect(await seen()).toBe(id);
    }
  });

  test('of nobody, or of others, is not shown', async () => {
    const [{ id: another }] = await sql('select id from catalog.disease where id <> all($1) limit 1', [own]);
    const refused = await show(patient, another);
    expect(refused).toMatchObject({ __typename: 'NotAllowed', path: ['input', 'diseaseId'] });
    expect(await show(patient, newId())).toEqual(refused);
    expect(await seen()).toBe(own.at(-1));
  });

  test('is hidden, however often one says so, also by who is suspended, who shows none', async () => {
    const [id] = own as [string];
    await sql(`update community.member set suspended_until = now() + interval '1 day' where subject = 'demo-patient'`);
    for (const _ of [1, 2]) expect(await hide(patient)).toMatchObject({ shownDisease: null });
    expect(await seen()).toBeNull();
    expect(await show(patient, id)).toMatchObject({ code: 'MEMBER_SUSPENDED' });
    await sql(`update community.member set suspended_until = null where subject = 'demo-patient'`);
    expect(await show(patient, id)).toMatchObject({ shownDisease: { id } });
  });

  test('is hidden by nobody who shows nothing, and showing nothing makes nobody a member', async () => {
    expect(await hide(newcomer)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await show(newcomer, own[0] as string)).toMatchObject({ code: 'CONSENT_MISSING' });
    expect(await sql(`select from community.member where subject = 'shows-nothing-yet'`)).toEqual([]);
  });

  test('of one member is changed by nobody else', async () => {
    const client = await api.serving('community');
    await client.query(`select set_config('app.subject', 'demo-other-patient', false)`);
    await client.query('select show_disease($1)', [own[0]]);
    expect(await sql(`select shown_disease_id as id from community.member where subject = 'demo-patient'`)).toEqual([
      { id: own[0] },
    ]);
    await expect(client.query('update member set shown_disease_id = null')).rejects.toThrow('permission denied');
    await consent(false);
  });
});
