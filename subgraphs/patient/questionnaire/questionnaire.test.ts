import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { person } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import {
  CareUnderTest,
  OTHER_PHYSICIAN,
  OTHERS,
  type PatientUnderTest,
  PHYSICIAN,
} from '../care-plan/care-under-test.js';

const CALM = {
  blood: 'NEVER',
  loose_stools_last: 'NOT_AT_ALL',
  belly_pain: '0',
  woken_at_night: 'NO',
  weight_lost_kg: '0',
  fever: 'NO',
};
const BAD = { ...CALM, blood: 'REPEATEDLY', loose_stools_last: 'OVER_FOUR_WEEKS', belly_pain: '9' };
const answers = (given: Record<string, string>) => Object.entries(given).map(([item, value]) => ({ item, value }));

const FIELDS = `id questionnaire { code version newest } answeredAt score band { code redFlag } nextStep(locale: ZH) answers { item value }`;
const RESULTS = `query ($id: ID!, $first: Int! = 20, $after: ID, $code: String) { patient(id: $id) {
  questionnaireResults(first: $first, after: $after, code: $code) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id questionnaire { code version } score band { code } nextStep } } } }`;

describe('questionnaires', () => {
  let care: CareUnderTest;
  let patient: PatientUnderTest;
  beforeAll(async () => {
    care = await CareUnderTest.open('questionnaire');
    patient = await care.patient();
  });
  afterAll(() => care?.stop());

  const answer = (who: Identity, { id }: PatientUnderTest, given = CALM, version = 2, more: object = {}) =>
    care.change(
      who,
      'answerQuestionnaire',
      { patientId: id, code: 'early-ibd', version, answers: answers(given), ...more },
      'QuestionnaireResult',
      FIELDS,
    );
  const results = async (who: Identity, { id }: PatientUnderTest, variables: object = {}) =>
    (await care.ask(who, RESULTS, { id, ...variables })).patient?.questionnaireResults;

  test('are there for anybody, in two languages, and say that they are not for clinical use', async () => {
    const all = await care.ask(
      ANONYMOUS,
      `{ questionnaires { code version newest title(locale: ZH) label labelZh: label(locale: ZH) forClinicalUse
           items { code text required kind min max options { value text(locale: ZH) points } } bands { from to nextStep } } }`,
    );
    expect(all.questionnaires.map((each: { code: string; version: number }) => [each.code, each.version])).toEqual([
      ['early-ibd', 2],
      ['wellbeing', 1],
    ]);
    for (const each of all.questionnaires) {
      expect(each).toMatchObject({
        newest: true,
        forClinicalUse: false,
        label: 'Demonstration, not for clinical use',
        labelZh: '演示用途，不可用于临床',
      });
    }
    const old = await care.ask(
      ANONYMOUS,
      '{ questionnaire(code: "early-ibd", version: 1) { version newest items { code } } }',
    );
    expect(old.questionnaire).toMatchObject({ version: 1, newest: false });
    expect((await care.ask(ANONYMOUS, '{ questionnaire(code: "none") { code } }')).questionnaire).toBeNull();
  });

  test('can be tried by anybody, and nothing is stored', async () => {
    const score = (code: string, version: number, given: object[]) =>
      care.ask(
        ANONYMOUS,
        `query ($code: String!, $version: Int!, $answers: [QuestionnaireAnswerInput!]!) {
           scoreQuestionnaire(code: $code, version: $version, answers: $answers) { __typename
             ... on UserError { path } ... on QuestionnaireScore { score band { code redFlag } nextStep questionnaire { label } } } }`,
        { code, version, answers: given },
      );
    const rows = async () =>
      (await care.api.admin.query('select count(*) from patient.questionnaire_result')).rows[0].count;
    const before = await rows();
    expect((await score('early-ibd', 2, answers(BAD))).scoreQuestionnaire).toEqual({
      __typename: 'QuestionnaireScore',
      score: 12,
      band: { code: 'MANY_SIGNS', redFlag: true },
      nextStep: expect.stringContaining('See a doctor within days'),
      questionnaire: { label: 'Demonstration, not for clinical use' },
    });
    expect((await score('early-ibd', 9, [])).scoreQuestionnaire).toEqual({ __typename: 'NotFound', path: ['code'] });
    expect((await score('early-ibd', 2, [{ item: 'x', value: '' }])).scoreQuestionnaire).toEqual({
      __typename: 'InvalidInput',
      path: ['answers', '0', 'item'],
    });
    expect(await rows()).toBe(before);
  });

  test('keep what was answered, with score, band and what to do next', async () => {
    expect(await answer(patient.identity, patient, BAD)).toEqual({
      __typename: 'QuestionnaireResult',
      id: expect.any(String),
      questionnaire: { code: 'early-ibd', version: 2, newest: true },
      answeredAt: expect.any(String),
      score: 12,
      band: { code: 'MANY_SIGNS', redFlag: true },
      nextStep: expect.stringContaining('请在几天内就医'),
      answers: answers(BAD),
    });
  });

  test('read old results by the version of then', async () => {
    const somebody = await care.patient();
    // 9 points are many signs by the first version, and some by the second
    const nine = { ...CALM, blood: 'REPEATEDLY', loose_stools_last: 'OVER_FOUR_WEEKS' };
    const old = await answer(somebody.identity, somebody, nine, 1);
    const now = await answer(somebody.identity, somebody, nine, 2);
    expect([old.score, now.score]).toEqual([9, 9]);
    const { nodes } = await results(somebody.identity, somebody);
    expect(nodes.map((each: typeof old) => [each.id, each.questionnaire.version, each.band.code])).toEqual([
      [now.id, 2, 'SOME_SIGNS'],
      [old.id, 1, 'MANY_SIGNS'],
    ]);
  });

  test('are listed newest first, page by page, and by questionnaire', async () => {
    const somebody = await care.patient();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await answer(somebody.identity, somebody)).id);
    const first = await results(somebody.identity, somebody, { first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await results(somebody.identity, somebody, { first: 2, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect(await results(somebody.identity, somebody, { code: 'wellbeing' })).toMatchObject({
      totalCount: 0,
      nodes: [],
    });
  });

  test('refuse unknown items, items twice, missing ones, ten thousand, and versions that do not exist', async () => {
    const somebody = await care.patient();
    const path = async (given: object[], version = 2) =>
      care.change(
        somebody.identity,
        'answerQuestionnaire',
        { patientId: somebody.id, code: 'early-ibd', version, answers: given },
        'QuestionnaireResult',
        'id',
      );
    const calm = answers(CALM);
    expect(await path([...calm, { item: 'ghost', value: 'YES' }])).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'answers', '6', 'item'],
    });
    expect(await path([...calm, calm[0] as object])).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'answers', '6', 'item'],
    });
    expect(await path(calm.slice(1))).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'answers'] });
    expect(await path(Array(10_000).fill(calm[0]))).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'answers'],
    });
    expect(await path(calm, 0)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'code'] });
    expect(await care.count('questionnaire_result', somebody)).toBe(0);
  });

  test('are answered once a key', async () => {
    const somebody = await care.patient();
    const idempotencyKey = newId();
    const [one, other] = await Promise.all(
      [1, 2].map(() => answer(somebody.identity, somebody, CALM, 2, { idempotencyKey })),
    );
    expect(other.id).toBe(one.id);
    expect(await answer(somebody.identity, somebody, BAD, 2, { idempotencyKey })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await care.count('questionnaire_result', somebody)).toBe(1);
  });

  test('are answered and seen by a caregiver as far as their scopes go, until these are revoked', async () => {
    const somebody = await care.patient();
    const caring = await care.caregiver(somebody, 'VIEW', 'CARE');
    const viewing = await care.caregiver(somebody, 'VIEW');
    const ordering = await care.caregiver(somebody, 'ORDER', 'APPLY');
    expect(await answer(caring, somebody)).toMatchObject({ __typename: 'QuestionnaireResult' });
    expect(await answer(viewing, somebody)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'patientId'] });
    expect(await answer(ordering, somebody)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await results(viewing, somebody)).nodes).toHaveLength(1);
    expect(await results(ordering, somebody)).toBeUndefined();
    await care.revoke(caring);
    expect(await answer(caring, somebody)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await results(caring, somebody)).toBeUndefined();
    expect(await care.count('questionnaire_result', somebody)).toBe(1);
  });

  test('are seen by a physician who treats the patient while they consent, and the access log says so', async () => {
    const somebody = await care.patient();
    await answer(somebody.identity, somebody);
    expect(await results(PHYSICIAN, somebody)).toBeUndefined();
    await care.treat(somebody);
    expect((await results(PHYSICIAN, somebody)).nodes).toHaveLength(1);
    expect(await results(OTHER_PHYSICIAN, somebody)).toBeUndefined();
    expect(await care.log(somebody)).toContain('demo-physician QuestionnaireResult TREATMENT');
    await care.withdraw(somebody);
    expect(await results(PHYSICIAN, somebody)).toBeUndefined();
  });

  test.each(OTHERS)('show nothing to %s, also in the database', async (_, who) => {
    await answer(patient.identity, patient);
    await care.treat(patient);
    const client = await care.api.serving('patient');
    await client.query(
      `select set_config('app.subject', $1, false), set_config('app.roles', $2, false), set_config('app.organisation', $3, false)`,
      [who.subject, who.roles.join(','), who.organisation ?? ''],
    );
    expect((await client.query('select from questionnaire_result where patient_id = $1', [patient.id])).rowCount).toBe(
      0,
    );
    const insert = `insert into questionnaire_result (id, patient_id, questionnaire, questionnaire_version, answers, score, band, red_flag, answered_at, answered_by)
      values (uuidv7(), $1, 'early-ibd', 1, '[]', 0, 'FEW_SIGNS', false, now(), $2)`;
    await expect(client.query(insert, [patient.id, who.subject])).rejects.toThrow('row-level security');
  });

  test('are never changed or deleted, and never answered in the name of another', async () => {
    const client = await care.api.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', 'PATIENT', false)`, [
      patient.identity.subject,
    ]);
    for (const text of ['update questionnaire_result set score = 0', 'delete from questionnaire_result']) {
      await expect(client.query(text)).rejects.toThrow('permission denied');
    }
    await expect(
      client.query(
        `insert into questionnaire_result (id, patient_id, questionnaire, questionnaire_version, answers, score, band, red_flag, answered_at, answered_by)
         values (uuidv7(), $1, 'early-ibd', 1, '[]', 0, 'FEW_SIGNS', false, now(), 'somebody-else')`,
        [patient.id],
      ),
    ).rejects.toThrow('row-level security');
  });

  test('a client without the scope may not answer', async () => {
    const { errors } = await care.api.execute(
      'patient',
      { ...person('demo-patient', 'PATIENT'), scopes: [] },
      'mutation ($input: AnswerQuestionnaireInput!) { answerQuestionnaire(input: $input) { __typename } }',
      { input: { patientId: patient.id, code: 'early-ibd', version: 2, answers: [], idempotencyKey: newId() } },
    );
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
  });
});
