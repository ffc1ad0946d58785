import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { DEMO_PHYSICIAN_ID } from '../demo.js';
import { CareUnderTest, OTHER_PHYSICIAN, type PatientUnderTest, PHYSICIAN } from './care-under-test.js';

const QUERY = `query ($first: Int! = 20, $after: ID) { patientsToLookAt(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
  nodes { patient { id } reasons { kind symptom { code } from to questionnaire { code version } band { code } taskId missed since } } } }`;

describe('the worklist of a physician', () => {
  let care: CareUnderTest;
  beforeAll(async () => {
    care = await CareUnderTest.open('worklist');
    // what the demo brings is left out
    await care.api.admin.query('delete from patient.treatment');
  });
  afterAll(() => care?.stop());

  const list = async (who: Identity = PHYSICIAN, variables: object = {}): Promise<Answer> =>
    (await care.ask(who, QUERY, variables)).patientsToLookAt;
  const on = async (patient: PatientUnderTest): Promise<Answer> =>
    (await list()).nodes.find((node: Answer) => node.patient.id === patient.id)?.reasons;
  const treated = async (): Promise<PatientUnderTest> => {
    const patient = await care.patient();
    await care.treat(patient);
    return patient;
  };
  /** Two weeks of one severity, then a week of another. */
  const diary = (patient: PatientUnderTest, before: number, recent: number) =>
    care.diary(
      patient,
      Array.from({ length: 21 }, (_, ago) => [ago, ago < 7 ? recent : before] as const),
    );
  const result = (patient: PatientUnderTest, redFlag: boolean, daysAgo: number) =>
    care.api.admin.query(
      `insert into patient.questionnaire_result (id, patient_id, questionnaire, questionnaire_version, answers, score, band, red_flag, answered_at, answered_by)
       values ($1, $2, 'early-ibd', 1, '[]', 0, $3, $4, now() - make_interval(days => $5), 'x')`,
      [newId(), patient.id, redFlag ? 'MANY_SIGNS' : 'FEW_SIGNS', redFlag, daysAgo],
    );
  const task = async (patient: PatientUnderTest, daysAgo: number): Promise<string> => {
    const [plan, id] = [newId(), newId()];
    await care.api.admin.query(
      `insert into patient.care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
       values ($1, $2, $3, $4, 'ACTIVE', 'x', '{}', 'ACTIVE', now())`,
      [plan, patient.id, DEMO_PHYSICIAN_ID, care.diseaseId],
    );
    await care.api.admin.query(
      `insert into patient.care_task (id, care_plan_id, patient_id, place, title, kind, first_due_on) values ($1, $2, $3, 1, 'x', 'VISIT', $4)`,
      [id, plan, patient.id, care.day(daysAgo)],
    );
    return id;
  };
  const nothing = {
    symptom: null,
    from: null,
    to: null,
    questionnaire: null,
    band: null,
    taskId: null,
    missed: null,
    since: null,
  };

  test('says why, as data', async () => {
    const patient = await treated();
    await diary(patient, 2, 6);
    await result(patient, true, 0);
    const taskId = await task(patient, 5);
    expect(await on(patient)).toEqual([
      {
        ...nothing,
        kind: 'RED_FLAG',
        questionnaire: { code: 'early-ibd', version: 1 },
        band: { code: 'MANY_SIGNS' },
        since: care.today,
      },
      { ...nothing, kind: 'DIARY_WORSE', from: 2, to: 6 },
      { ...nothing, kind: 'DIARY_WORSE', symptom: { code: 'pain' }, from: 2, to: 6 },
      { ...nothing, kind: 'TASK_OVERDUE', taskId, missed: 1, since: care.day(5) },
    ]);
  });

  test('says of a diary what its trend says', async () => {
    const query =
      'query ($id: ID!) { patient(id: $id) { diaryTrend { direction recentMean beforeMean symptoms { direction recentMean beforeMean } } } }';
    for (const [before, recent] of [
      [2, 4],
      [2, 3],
      [3, 3],
      [5, 2],
      [0, 10],
    ] as const) {
      const patient = await treated();
      await diary(patient, before, recent);
      const { diaryTrend } = (await care.ask(PHYSICIAN, query, { id: patient.id })).patient;
      const worse = [diaryTrend, ...diaryTrend.symptoms].filter(({ direction }) => direction === 'WORSE');
      const reasons = (await on(patient)) ?? [];
      expect(reasons.map(({ from, to }: Answer) => [from, to])).toEqual(
        worse.map(({ beforeMean, recentMean }) => [beforeMean, recentMean]),
      );
    }
  });

  test('leaves out who is well: old flags, newer answers, marked tasks', async () => {
    const [old, newer, marked] = [await treated(), await treated(), await treated()];
    await result(old, true, 31);
    await result(newer, true, 3);
    await result(newer, false, 1);
    const taskId = await task(marked, 5);
    await care.api.admin.query(
      `insert into patient.care_task_mark (task_id, patient_id, occurrence_on, outcome, marked_by) values ($1, $2, $3, 'SKIPPED', 'x')`,
      [taskId, marked.id, care.day(5)],
    );
    for (const patient of [old, newer, marked]) expect(await on(patient)).toBeUndefined();
  });

  test('holds those alone whom the physician treats, with their consent, now', async () => {
    const patient = await care.patient();
    await diary(patient, 1, 9);
    expect(await on(patient)).toBeUndefined();
    await care.treat(patient);
    expect(await on(patient)).toHaveLength(2);
    expect((await list(OTHER_PHYSICIAN)).totalCount).toBe(0);
    expect((await list(person('nobody', 'PHYSICIAN'))).totalCount).toBe(0);
    await care.withdraw(patient);
    expect(await on(patient)).toBeUndefined();
    await care.consent(patient);
    await care.api.admin.query(
      `update patient.treatment set until = now() - interval '1 second' where patient_id = $1`,
      [patient.id],
    );
    expect(await on(patient)).toBeUndefined();
    // who was opened in an emergency is no patient of theirs
    await care.api.admin.query(
      `insert into patient.emergency_access (id, patient_id, physician_id, reason, until)
       values (uuidv7(), $1, $2, 'Found unconscious, needs help', now() + interval '1 hour')`,
      [patient.id, DEMO_PHYSICIAN_ID],
    );
    expect(await on(patient)).toBeUndefined();
  });

  test('leaves an entry in the access log for each patient of the page, and for no other', async () => {
    const [worst, other] = [await treated(), await treated()];
    await care.api.admin.query('delete from patient.treatment where patient_id <> all($1)', [[worst.id, other.id]]);
    await result(worst, true, 0);
    await diary(other, 1, 9);
    const page = await list(PHYSICIAN, { first: 1 });
    expect(page.nodes.map((node: Answer) => node.patient.id)).toEqual([worst.id]);
    expect(await care.log(worst)).toContain('demo-physician PatientToLookAt TREATMENT');
    expect(await care.log(other)).toEqual([]);
    const rest = await list(PHYSICIAN, { first: 1, after: page.pageInfo.endCursor });
    expect([page.pageInfo.hasNextPage, rest.pageInfo.hasNextPage, rest.totalCount]).toEqual([true, false, 2]);
    expect(rest.nodes.map((node: Answer) => node.patient.id)).toEqual([other.id]);
  });

  test('is for who gives care', async () => {
    for (const who of [
      person('demo-patient', 'PATIENT'),
      person('demo-admin', 'ADMIN'),
      person('demo-reviewer', 'REVIEWER'),
    ]) {
      const { errors } = await care.api.execute('patient', who, '{ patientsToLookAt { totalCount } }');
      expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
    }
  });
});

test('the demo brings its physician a patient to look at', async () => {
  const care = await CareUnderTest.open('worklist_demo');
  try {
    const { nodes } = (await care.ask(PHYSICIAN, QUERY)).patientsToLookAt;
    expect(nodes).toHaveLength(1);
    expect(nodes[0].reasons.map(({ kind }: Answer) => kind)).toContain('DIARY_WORSE');
  } finally {
    await care.stop();
  }
});
