import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, person } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { PatientContext } from '../context.js';
import { DEMO_CARE_PLAN_ID } from '../demo.js';
import { dayPlus } from '../diary/diary.rules.js';
import { remindOfCareTasks } from './care-plan.jobs.js';
import { isDueOn } from './care-plan.rules.js';
import { CareUnderTest, OTHER_PHYSICIAN, OTHERS, type PatientUnderTest, PHYSICIAN } from './care-under-test.js';

const FIELDS = `id stage title goals status version allowedActions endedAt disease { id } patient { id } physician { id nameZh }
  progress { due done skipped missed }
  tasks { id title description kind questionnaire { code } firstDueOn repeatsEveryDays until stoppedOn nextDueOn progress { due done } }`;

describe('care plans', () => {
  let care: CareUnderTest;
  beforeAll(async () => {
    care = await CareUnderTest.open('care_plan');
  });
  afterAll(() => care?.stop());

  const walk = () => ({ title: 'Walk', kind: 'EXERCISE', firstDueOn: care.today, repeatsEveryDays: 2 });
  const create = (patient: PatientUnderTest, more: object = {}, who: Identity = PHYSICIAN): Promise<Answer> =>
    care.change(
      who,
      'createCarePlan',
      {
        patientId: patient.id,
        diseaseId: care.diseaseId,
        stage: 'ACTIVE',
        title: 'A plan',
        goals: ['Less pain'],
        tasks: [walk()],
        ...more,
      },
      'CarePlan',
      FIELDS,
    );
  const change = (plan: Answer, more: object, who: Identity = PHYSICIAN): Promise<Answer> =>
    care.change(
      who,
      'changeCarePlan',
      { carePlanId: plan.id, expectedVersion: plan.version, ...more },
      'CarePlan',
      FIELDS,
    );
  const end = (plan: Answer, more: object = {}, who: Identity = PHYSICIAN): Promise<Answer> =>
    care.change(
      who,
      'endCarePlan',
      { carePlanId: plan.id, expectedVersion: plan.version, ...more },
      'CarePlan',
      FIELDS,
    );
  const mark = (
    who: Identity,
    taskId: string,
    occurrenceOn: string,
    mutation = 'completeCareTask',
    more: object = {},
  ): Promise<Answer> =>
    care.change(
      who,
      mutation,
      { taskId, occurrenceOn, ...more },
      'CareTask',
      'id nextDueOn progress { due done skipped missed }',
    );
  const read = async (who: Identity, id: string): Promise<Answer> =>
    (await care.ask(who, `query ($id: ID!) { carePlan(id: $id) { ${FIELDS} } }`, { id })).carePlan;
  const treated = async (): Promise<PatientUnderTest> => {
    const patient = await care.patient();
    await care.treat(patient);
    return patient;
  };
  /** A task that began some days ago: a physician can only plan from today on. */
  const begun = async (taskId: string, daysAgo: number) =>
    care.api.admin.query('update patient.care_task set first_due_on = $2 where id = $1', [taskId, care.day(daysAgo)]);

  test('are made by a physician who treats the patient', async () => {
    const patient = await treated();
    const tasks = [
      walk(),
      { title: 'How are you?', kind: 'QUESTIONNAIRE', questionnaireCode: 'wellbeing', firstDueOn: care.day(-7) },
    ];
    const plan = await create(patient, { tasks });
    expect(plan).toMatchObject({
      __typename: 'CarePlan',
      stage: 'ACTIVE',
      title: 'A plan',
      goals: ['Less pain'],
      status: 'ACTIVE',
      version: 1,
      allowedActions: ['CHANGE', 'END'],
      disease: { id: care.diseaseId },
      patient: { id: patient.id },
      physician: { nameZh: '陈睿（演示）' },
      tasks: [
        {
          title: 'Walk',
          kind: 'EXERCISE',
          questionnaire: null,
          repeatsEveryDays: 2,
          nextDueOn: care.today,
          stoppedOn: null,
        },
        {
          title: 'How are you?',
          questionnaire: { code: 'wellbeing' },
          repeatsEveryDays: null,
          nextDueOn: care.day(-7),
        },
      ],
    });
    expect(await read(patient.identity, plan.id)).toMatchObject({ id: plan.id, allowedActions: ['MARK_TASKS'] });
  });

  test('are not made for a patient whom the physician does not treat, or who has withdrawn their consent', async () => {
    const stranger = await care.patient();
    expect(await create(stranger)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'patientId'] });
    const patient = await treated();
    expect(await create(patient, {}, OTHER_PHYSICIAN)).toMatchObject({ code: 'NOT_FOUND' });
    await care.withdraw(patient);
    expect(await create(patient)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create({ ...patient, id: newId() })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await care.count('care_plan', patient)).toBe(0);
  });

  test('are not made because of an emergency alone: they would keep the record open when it is over', async () => {
    const patient = await care.patient();
    await care.api.admin.query(
      `insert into patient.emergency_access (id, patient_id, physician_id, reason, until)
       select uuidv7(), $1, id, 'Found unconscious, needs help', now() + interval '1 hour' from patient.physician where subject = 'demo-physician'`,
      [patient.id],
    );
    expect(await create(patient)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await care.count('care_plan', patient)).toBe(0);
  });

  test('are made once a key, and only of what is allowed', async () => {
    const patient = await treated();
    const idempotencyKey = newId();
    const [one, other] = await Promise.all([create(patient, { idempotencyKey }), create(patient, { idempotencyKey })]);
    expect(other.id).toBe(one.id);
    const path = async (more: object) => (await create(patient, more)).path;
    expect(await path({ diseaseId: newId() })).toEqual(['input', 'diseaseId']);
    expect(await path({ title: '' })).toEqual(['input', 'title']);
    expect(await path({ goals: Array(11).fill('x') })).toEqual(['input', 'goals']);
    expect(await path({ tasks: [{ ...walk(), repeatsEveryDays: 0 }] })).toEqual([
      'input',
      'tasks',
      '0',
      'repeatsEveryDays',
    ]);
    expect(await path({ tasks: [{ ...walk(), firstDueOn: '2999-12-31' }] })).toEqual([
      'input',
      'tasks',
      '0',
      'firstDueOn',
    ]);
    expect(await path({ tasks: [{ ...walk(), until: '2999-12-31' }] })).toEqual(['input', 'tasks', '0', 'until']);
    expect(await path({ tasks: Array(10_000).fill(walk()) })).toEqual(['input', 'tasks']);
    expect(await care.count('care_plan', patient)).toBe(1);
  });

  test('make the physician treat the patient while they run and for 90 days after', async () => {
    const patient = await treated();
    const plan = await create(patient);
    const until = async () =>
      (
        await care.api.admin.query('select until - now() as left, until from patient.treatment where source_id = $1', [
          plan.id,
        ])
      ).rows;
    expect(await until()).toEqual([{ left: null, until: null }]);
    await care.api.admin.query('delete from patient.treatment where patient_id = $1 and source_id <> $2', [
      patient.id,
      plan.id,
    ]);
    expect(await read(PHYSICIAN, plan.id)).not.toBeNull();
    const ended = await end(plan);
    expect((await until())[0].left.days).toBe(89);
    expect(await read(PHYSICIAN, plan.id)).toMatchObject({
      status: 'ENDED',
      version: ended.version,
      allowedActions: [],
    });
    await care.api.admin.query(`update patient.care_plan set ended_at = now() - interval '91 days' where id = $1`, [
      plan.id,
    ]);
    expect(await read(PHYSICIAN, plan.id)).toBeNull();
    expect(await read(patient.identity, plan.id)).toMatchObject({ status: 'ENDED' });
  });

  test('are changed by who made them and knows the version', async () => {
    const patient = await treated();
    const plan = await create(patient);
    const changed = await change(plan, { stage: 'REMISSION', title: 'Another', goals: [] });
    expect(changed).toMatchObject({
      stage: 'REMISSION',
      title: 'Another',
      goals: [],
      version: 2,
      tasks: [{ title: 'Walk' }],
    });
    expect(await change(plan, { title: 'Late' })).toMatchObject({ code: 'STALE_VERSION' });
    const tasks = await change(changed, { stopTaskIds: [plan.tasks[0].id], addTasks: [{ ...walk(), title: 'Swim' }] });
    expect(tasks).toMatchObject({
      title: 'Another',
      version: 3,
      tasks: [
        { title: 'Walk', stoppedOn: care.today, nextDueOn: null },
        { title: 'Swim', stoppedOn: null },
      ],
    });
    expect(await change(tasks, { stopTaskIds: [plan.tasks[0].id] })).toMatchObject({ path: ['input', 'stopTaskIds'] });
    expect(await change(tasks, { addTasks: Array(30).fill(walk()) })).toMatchObject({ path: ['input', 'addTasks'] });
  });

  test('are not changed or ended by others, the patient and another physician who treats them among these', async () => {
    const patient = await treated();
    const plan = await create(patient);
    const mine = await create(patient);
    await care.api.admin.query(
      `update patient.care_plan set physician_id = (select id from patient.physician where subject = 'demo-physician-2') where id = $1`,
      [plan.id],
    );
    expect(await read(PHYSICIAN, plan.id)).toMatchObject({ allowedActions: [] });
    for (const who of [PHYSICIAN, { ...patient.identity, scopes: ['care:provide'] }]) {
      expect(await change(plan, { title: 'Mine now' }, who)).toMatchObject({
        code: 'NOT_FOUND',
        path: ['input', 'carePlanId'],
      });
      expect(await end(plan, {}, who)).toMatchObject({ code: 'NOT_FOUND' });
    }
    // not even a task of another plan by way of an own one
    expect(await change(mine, { stopTaskIds: [plan.tasks[0].id] })).toMatchObject({ path: ['input', 'stopTaskIds'] });
  });

  test('are over when they have ended, also when it is said twice', async () => {
    const patient = await treated();
    const plan = await create(patient);
    const idempotencyKey = newId();
    const ended = await end(plan, { idempotencyKey });
    expect(ended).toMatchObject({
      status: 'ENDED',
      version: 2,
      endedAt: expect.any(String),
      tasks: [{ stoppedOn: care.today, nextDueOn: null }],
    });
    expect(await end(plan, { idempotencyKey })).toMatchObject({ status: 'ENDED', version: 2 });
    expect(await end(ended)).toMatchObject({ __typename: 'CarePlanEnded', code: 'WRONG_STATE' });
    expect(await change(ended, { title: 'Again' })).toMatchObject({ code: 'WRONG_STATE' });
  });

  test('are ended once by many who do so at once', async () => {
    const plan = await create(await treated());
    const answers = await Promise.all([end(plan), end(plan), end(plan), change(plan, { title: 'X' })]);
    expect(answers.filter(({ __typename }) => __typename === 'CarePlan')).toHaveLength(1);
  });

  test('have tasks that the patient marks, each day once, the last word counting', async () => {
    const patient = await treated();
    const [task] = (await create(patient)).tasks;
    await begun(task.id, 4);
    expect(await mark(patient.identity, task.id, care.today)).toEqual({
      __typename: 'CareTask',
      id: task.id,
      nextDueOn: care.day(-2),
      progress: { due: 3, done: 1, skipped: 0, missed: 2 },
    });
    await Promise.all([care.day(2), care.day(4)].map((day) => mark(patient.identity, task.id, day, 'skipCareTask')));
    const last = await mark(patient.identity, task.id, care.day(4));
    expect(last.progress).toEqual({ due: 3, done: 2, skipped: 1, missed: 0 });
    expect(await care.count('care_task_mark', patient)).toBe(3);
    const { carePlans } = (
      await care.ask(
        patient.identity,
        `query ($id: ID!, $from: Date!, $to: Date!) { patient(id: $id) { carePlans { totalCount nodes { tasks { occurrences(from: $from, to: $to) { on state } } } } } }`,
        { id: patient.id, from: care.day(10), to: care.day(-2) },
      )
    ).patient;
    expect(carePlans).toEqual({
      totalCount: 1,
      nodes: [
        {
          tasks: [
            {
              occurrences: [
                { on: care.day(4), state: 'DONE' },
                { on: care.day(2), state: 'SKIPPED' },
                { on: care.today, state: 'DONE' },
                { on: care.day(-2), state: 'UPCOMING' },
              ],
            },
          ],
        },
      ],
    });
  });

  test('have no task marked on a day to come, on one on which it is not due, or by others', async () => {
    const patient = await treated();
    const [task] = (await create(patient)).tasks;
    expect(await mark(patient.identity, task.id, care.day(-2))).toMatchObject({ path: ['input', 'occurrenceOn'] });
    expect(await mark(patient.identity, task.id, care.day(1))).toMatchObject({ path: ['input', 'occurrenceOn'] });
    expect(await mark(patient.identity, newId(), care.today)).toMatchObject({ code: 'NOT_FOUND' });
    const caring = await care.caregiver(patient, 'VIEW', 'CARE');
    const viewing = await care.caregiver(patient, 'VIEW');
    const both = { ...PHYSICIAN, scopes: ['patient:self', 'care:provide'] };
    for (const who of [viewing, both, person('demo-other-patient', 'PATIENT')]) {
      expect(await mark(who, task.id, care.today)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'taskId'] });
    }
    expect(await mark(caring, task.id, care.today)).toMatchObject({ __typename: 'CareTask' });
    await care.revoke(caring);
    expect(await mark(caring, task.id, care.today, 'skipCareTask')).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('are read with an entry in the access log', async () => {
    const patient = await treated();
    const plan = await create(patient);
    await read(PHYSICIAN, plan.id);
    expect(await care.log(patient)).toContain('demo-physician CarePlan TREATMENT');
    expect((await care.log(patient)).filter((entry) => entry.startsWith('patient-'))).toEqual([]);
  });

  test.each(OTHERS)('show nothing to %s and take nothing from them, also in the database', async (_, who) => {
    const patient = await treated();
    const plan = await create(patient);
    await mark(patient.identity, plan.tasks[0].id, care.today);
    const client = await care.api.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      who.subject,
      who.roles.join(','),
    ]);
    for (const table of ['care_plan', 'care_task', 'care_task_mark']) {
      expect((await client.query(`select from ${table} where patient_id = $1`, [patient.id])).rowCount).toBe(0);
      await expect(client.query(`delete from ${table}`)).rejects.toThrow('permission denied');
    }
    expect((await client.query(`update care_plan set title = 'x'`)).rowCount).toBe(0);
    expect(
      (await client.query('update care_task set stopped_on = now() where patient_id = $1', [patient.id])).rowCount,
    ).toBe(0);
    expect(
      (await client.query(`update care_task_mark set outcome = 'SKIPPED' where patient_id = $1`, [patient.id]))
        .rowCount,
    ).toBe(0);
    await expect(
      client.query(
        `insert into care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
         select uuidv7(), $1, id, id, 'ACTIVE', 'x', '{}', 'ACTIVE', now() from physician limit 1`,
        [patient.id],
      ),
    ).rejects.toThrow('row-level security');
    await expect(
      client.query(
        `insert into care_task (id, care_plan_id, patient_id, place, title, kind, first_due_on) values (uuidv7(), $1, $2, 9, 'x', 'VISIT', now())`,
        [plan.id, patient.id],
      ),
    ).rejects.toThrow('row-level security');
    await expect(
      client.query(
        `insert into care_task_mark (task_id, patient_id, occurrence_on, outcome, marked_by) values ($1, $2, '2020-01-01', 'DONE', caller_subject())`,
        [plan.tasks[0].id, patient.id],
      ),
    ).rejects.toThrow('row-level security');
    await expect(client.query('update treatment set until = null')).rejects.toThrow('permission denied');
  });

  test('a physician writes in the database in no other name, and in no plan but an own one', async () => {
    const patient = await treated();
    const plan = await create(patient);
    await care.api.admin.query(
      `update patient.care_plan set physician_id = (select id from patient.physician where subject = 'demo-physician-2') where id = $1`,
      [plan.id],
    );
    const client = await care.api.serving('patient');
    await client.query(
      `select set_config('app.subject', 'demo-physician', false), set_config('app.roles', 'PHYSICIAN', false)`,
    );
    expect((await client.query(`update care_plan set title = 'x' where id = $1`, [plan.id])).rowCount).toBe(0);
    expect(
      (await client.query('update care_task set stopped_on = now() where care_plan_id = $1', [plan.id])).rowCount,
    ).toBe(0);
    await expect(
      client.query(
        `insert into care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
         select uuidv7(), $1, id, id, 'ACTIVE', 'x', '{}', 'ACTIVE', now() from physician where subject = 'demo-physician-2'`,
        [patient.id],
      ),
    ).rejects.toThrow('row-level security');
    // nor in an own one for somebody whom they do not treat
    const stranger = await care.patient();
    await expect(
      client.query(
        `insert into care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
         values (uuidv7(), $1, caller_physician(), $1, 'ACTIVE', 'x', '{}', 'ACTIVE', now())`,
        [stranger.id],
      ),
    ).rejects.toThrow('row-level security');
    await expect(client.query('update care_plan set patient_id = patient_id')).rejects.toThrow('permission denied');
  });

  test('have tasks that are due when the rule and the database both say so', async () => {
    const days = fc.integer({ min: -40, max: 40 }).map((n) => dayPlus('2026-03-01', n));
    const schedule = fc.record({
      firstDueOn: days,
      repeatsEveryDays: fc.option(fc.integer({ min: 1, max: 30 })),
      until: fc.option(days),
      stoppedOn: fc.option(days),
    });
    const asked = fc.sample(fc.tuple(schedule, days), 500);
    const { rows } = await care.api.admin.query<{ due: boolean }>(
      `select patient.care_task_is_due(first, every, until, stopped, day) as due
       from unnest($1::date[], $2::int[], $3::date[], $4::date[], $5::date[]) with ordinality as asked (first, every, until, stopped, day, n) order by n`,
      [
        asked.map(([each]) => each.firstDueOn),
        asked.map(([each]) => each.repeatsEveryDays),
        asked.map(([each]) => each.until),
        asked.map(([each]) => each.stoppedOn),
        asked.map(([, day]) => day),
      ],
    );
    expect(rows.map(({ due }) => due)).toEqual(asked.map(([each, day]) => isDueOn(each, day)));
  });

  test('tell of what is due, once a task and day, and not of what was marked', async () => {
    const patient = await treated();
    const [due, marked, later] = (
      await create(patient, { tasks: [walk(), walk(), { ...walk(), firstDueOn: care.day(-1) }] })
    ).tasks;
    const over = await create(patient);
    await end(over);
    await mark(patient.identity, marked.id, care.today);
    const now = new Date(`${care.today}T07:00:00+08:00`);
    const remind = (at: Date) =>
      care.api.get('patient').asItself((context) => remindOfCareTasks({}, context as PatientContext, at));
    const told = async () =>
      (
        await care.api.admin.query(
          `select about_id, happens_at from patient.notice where kind = 'CARE_TASK_DUE' and patient_id = $1 and physician_id is null order by at`,
          [patient.id],
        )
      ).rows.map(({ about_id, happens_at }) => [about_id, happens_at.toISOString()]);
    await Promise.all([remind(now), remind(now)]);
    await remind(now);
    const today = new Date(`${care.today}T00:00:00+08:00`).toISOString();
    expect(await told()).toEqual([[due.id, today]]);
    await remind(new Date(now.getTime() + 86_400_000));
    const tomorrow = new Date(`${care.day(-1)}T00:00:00+08:00`).toISOString();
    expect(await told()).toEqual([
      [due.id, today],
      [later.id, tomorrow],
    ]);
  });

  test('name articles for the disease first, then for all, by the stage', async () => {
    const articles = async (id: string, first = 5) =>
      (
        await care.ask(
          person('demo-patient', 'PATIENT'),
          `query ($id: ID!, $first: Int!) { carePlan(id: $id) { articles(first: $first) { id } } }`,
          { id, first },
        )
      ).carePlan.articles;
    const found = await articles(DEMO_CARE_PLAN_ID);
    const { rows } = await care.api.admin.query(
      'select id, disease_id, stages, author_class from community.article where id = any($1)',
      [found.map(({ id }: Answer) => id)],
    );
    const inOrder = found.map(({ id }: Answer) => rows.find((row) => row.id === id));
    expect(inOrder.map((row: Answer) => row.disease_id)).toEqual([care.diseaseId, care.diseaseId, null, null, null]);
    expect(inOrder.every((row: Answer) => row.stages.includes('ACTIVE'))).toBe(true);
    expect(inOrder.slice(0, 2).map((row: Answer) => row.author_class)).toEqual(['PHYSICIAN', 'SPONSORED']);
    expect(await articles(DEMO_CARE_PLAN_ID, 1)).toEqual(found.slice(0, 1));
    await expect(articles(DEMO_CARE_PLAN_ID, 21)).rejects.toThrow('from 1 to 20');
  });
});
