import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../tests/subgraphs.js';
import { ALL_SCOPES, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { CareUnderTest, OTHERS, type PatientUnderTest, PHYSICIAN } from './care-under-test.js';

/**
 * Who sees and changes what patients answer, note and plan. Run twice: as it is, and with the services' own checks switched off
 * (`tests/no-row-rules.ts`). Everybody here holds every scope, so that nothing but whose record it is can refuse them.
 */

const scoped = (identity: Identity): Identity => ({ ...identity, scopes: ALL_SCOPES });

let care: CareUnderTest;
let patient: PatientUnderTest;
let plan: Answer;
let caring: Identity;
let viewing: Identity;
let blind: Identity;
let revoked: Identity;

const MUTATION_INPUTS: Readonly<Record<string, () => object>> = {
  answerQuestionnaire: () => ({
    patientId: patient.id,
    code: 'wellbeing',
    version: 1,
    answers: ['rested', 'strength', 'enjoyed', 'held_back', 'worried'].map((item) => ({ item, value: '2' })),
  }),
  recordDiaryEntry: () => ({ patientId: patient.id, on: care.day(2), symptoms: [{ code: 'pain', severity: 1 }] }),
  completeCareTask: () => ({ taskId: plan.tasks[0].id, occurrenceOn: care.today }),
  skipCareTask: () => ({ taskId: plan.tasks[0].id, occurrenceOn: care.today }),
  createCarePlan: () => ({
    patientId: patient.id,
    diseaseId: care.diseaseId,
    stage: 'ACTIVE',
    title: 'x',
    goals: [],
    tasks: [],
  }),
  changeCarePlan: () => ({ carePlanId: plan.id, title: 'Changed', expectedVersion: plan.version }),
  endCarePlan: () => ({ carePlanId: plan.id, expectedVersion: plan.version }),
};
const OF_PATIENT = ['answerQuestionnaire', 'recordDiaryEntry', 'completeCareTask', 'skipCareTask'];
const OF_PHYSICIAN = ['createCarePlan', 'changeCarePlan', 'endCarePlan'];

const mutate = (who: Identity, mutation: string): Promise<Answer> =>
  care.api.execute(
    'patient',
    scoped(who),
    `mutation ($input: ${mutation.replace(/^./, (first) => first.toUpperCase())}Input!) {
       ${mutation}(input: $input) { __typename ... on UserError { code } } }`,
    { input: { idempotencyKey: newId(), ...MUTATION_INPUTS[mutation]?.() } },
  );

/** Nothing was done, whether the service said so or the database did. */
async function expectRefused(who: Identity, mutation: string): Promise<void> {
  const before = await everything();
  const { data, errors } = await mutate(who, mutation);
  expect([mutation, data?.[mutation]?.code ?? errors?.[0].extensions.code]).toEqual([
    mutation,
    expect.stringMatching(/^(NOT_FOUND|FORBIDDEN)$/),
  ]);
  expect(JSON.stringify({ data, errors })).not.toMatch(
    /row-level|policy|relation|permission denied|care_task|diary_entry/,
  );
  expect(await everything()).toBe(before);
}

const TABLES = [
  'questionnaire_result',
  'diary_entry',
  'diary_episode',
  'care_plan',
  'care_task',
  'care_task_mark',
  'treatment',
];

async function everything(): Promise<string> {
  const sums = TABLES.map(
    (table) => `select md5(coalesce(string_agg(t::text, ';' order by t::text), '')) as sum from patient.${table} t`,
  );
  return JSON.stringify((await care.api.admin.query(sums.join(' union all '))).rows);
}

const LOOK = `query ($id: ID!, $plan: ID!, $from: Date!, $to: Date!) {
  carePlan(id: $plan) { id title tasks { id } progress { due } }
  patient(id: $id) { questionnaireResults { totalCount nodes { score } } diary(from: $from, to: $to) { note } diaryTrend { recentMean }
    carePlans { totalCount nodes { id } } }
  patientsToLookAt { nodes { patient { id } } } }`;
const look = async (who: Identity): Promise<Answer> =>
  (
    await care.api.execute('patient', scoped(who), LOOK, {
      id: patient.id,
      plan: plan.id,
      from: care.day(20),
      to: care.today,
    })
  ).data;
/** How much of each is seen. */
async function sees(who: Identity): Promise<object> {
  const { carePlan, patient: seen, patientsToLookAt } = await look(who);
  return {
    plan: carePlan !== null,
    results: seen?.questionnaireResults?.totalCount ?? 0,
    diary: seen?.diary?.length ?? 0,
    mean: seen?.diaryTrend?.recentMean ?? null,
    plans: seen?.carePlans?.nodes.length ?? 0,
    worklist: patientsToLookAt.nodes.some((node: Answer) => node.patient?.id === patient.id),
  };
}
const NOTHING = { plan: false, results: 0, diary: 0, mean: null, plans: 0, worklist: false };
const ALL = { plan: true, results: 1, diary: 1, mean: 9, plans: 1, worklist: false };

beforeAll(async () => {
  care = await CareUnderTest.open(`care_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  patient = await care.patient();
  await care.treat(patient);
  [caring, viewing, blind, revoked] = [
    await care.caregiver(patient, 'VIEW', 'CARE'),
    await care.caregiver(patient, 'VIEW', 'APPLY', 'ORDER'),
    await care.caregiver(patient, 'APPLY', 'ORDER'),
    await care.caregiver(patient, 'VIEW', 'CARE'),
  ];
  await care.revoke(revoked);
  await care.diary(patient, [[0, 9]]);
  const task = { title: 'Walk', kind: 'EXERCISE', firstDueOn: care.today };
  plan = await care.change(
    PHYSICIAN,
    'createCarePlan',
    { patientId: patient.id, diseaseId: care.diseaseId, stage: 'ACTIVE', title: 'A plan', goals: [], tasks: [task] },
    'CarePlan',
    'id version tasks { id }',
  );
  expect((await mutate(patient.identity, 'answerQuestionnaire')).data.answerQuestionnaire.__typename).toBe(
    'QuestionnaireResult',
  );
});
afterAll(() => care?.stop());

describe('what a patient answers, notes and plans', () => {
  test('is seen by the patient, caregivers who may see, and the physician who treats them', async () => {
    for (const who of [patient.identity, caring, viewing, PHYSICIAN]) expect(await sees(who)).toEqual(ALL);
  });

  test.each(OTHERS)('is not seen by %s', async (_, who) => {
    expect(await sees(who)).toEqual(NOTHING);
  });

  test('is not seen by caregivers who may not see, or may no longer', async () => {
    for (const who of [blind, revoked]) expect(await sees(who)).toEqual(NOTHING);
  });

  test.each(OTHERS)('is not changed by %s', async (_, who) => {
    for (const mutation of [...OF_PATIENT, ...OF_PHYSICIAN]) await expectRefused(who, mutation);
  });

  test('is not changed by caregivers who may not care, or may no longer', async () => {
    for (const who of [viewing, blind, revoked]) {
      for (const mutation of [...OF_PATIENT, ...OF_PHYSICIAN]) await expectRefused(who, mutation);
    }
  });

  test('is answered, noted and marked by no physician, and planned by no patient', async () => {
    for (const mutation of OF_PATIENT) await expectRefused(PHYSICIAN, mutation);
    for (const who of [patient.identity, caring]) {
      for (const mutation of OF_PHYSICIAN) await expectRefused(who, mutation);
    }
  });

  test('is neither seen nor changed any more by the physician from the moment at which consent is withdrawn', async () => {
    await care.withdraw(patient);
    expect(await sees(PHYSICIAN)).toEqual(NOTHING);
    for (const mutation of [...OF_PATIENT, ...OF_PHYSICIAN]) await expectRefused(PHYSICIAN, mutation);
    await care.consent(patient);
    expect(await sees(PHYSICIAN)).toEqual(ALL);
  });

  test('is changed by those whose it is to change', async () => {
    for (const mutation of OF_PATIENT.slice(1)) {
      const { data } = await mutate(caring, mutation);
      expect([mutation, data[mutation].code]).toEqual([mutation, undefined]);
    }
    for (const mutation of ['createCarePlan', 'changeCarePlan']) {
      const { data } = await mutate(PHYSICIAN, mutation);
      expect([mutation, data[mutation].__typename]).toEqual([mutation, 'CarePlan']);
    }
  });
});
