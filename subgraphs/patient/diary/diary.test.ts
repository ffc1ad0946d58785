import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import {
  CareUnderTest,
  OTHER_PHYSICIAN,
  OTHERS,
  type PatientUnderTest,
  PHYSICIAN,
} from '../care-plan/care-under-test.js';

const FIELDS = 'id on symptoms { symptom { code name(locale: ZH) } severity } note version';

describe('the diary', () => {
  let care: CareUnderTest;
  beforeAll(async () => {
    care = await CareUnderTest.open('diary');
  });
  afterAll(() => care?.stop());

  const record = (who: Identity, { id }: PatientUnderTest, pain: number, more: object = {}): Promise<Answer> =>
    care.change(
      who,
      'recordDiaryEntry',
      { patientId: id, on: care.today, symptoms: [{ code: 'pain', severity: pain }], ...more },
      'DiaryEntry',
      FIELDS,
    );
  const read = async (who: Identity, { id }: PatientUnderTest, from = care.day(30), to = care.today): Promise<Answer> =>
    (
      await care.ask(
        who,
        `query ($id: ID!, $from: Date!, $to: Date!) { patient(id: $id) { diary(from: $from, to: $to) { ${FIELDS} } } }`,
        { id, from, to },
      )
    ).patient?.diary;
  const trend = async (who: Identity, { id }: PatientUnderTest, days = 30): Promise<Answer> =>
    (
      await care.ask(
        who,
        `query ($id: ID!, $days: Int!) { patient(id: $id) { diaryTrend(days: $days) { direction recentMean beforeMean recentEntries beforeEntries
           points { on severity } symptoms { symptom { code } direction points { on severity } } } } }`,
        { id, days },
      )
    ).patient?.diaryTrend;
  const told = async ({ id }: PatientUnderTest): Promise<Answer[]> =>
    (
      await care.api.admin.query(
        `select physician_id, about_id from patient.notice where kind = 'DIARY_GOT_WORSE' and patient_id = $1`,
        [id],
      )
    ).rows;

  test('knows a vocabulary that anybody may read', async () => {
    const { symptoms } = await care.ask(ANONYMOUS, '{ symptoms { code name nameZh sinceVersion } }');
    expect(symptoms).toContainEqual({ code: 'pain', name: 'Pain', nameZh: '疼痛', sinceVersion: 1 });
  });

  test('holds one entry a day, which can be changed by who knows its version', async () => {
    const patient = await care.patient();
    const first = await record(patient.identity, patient, 3, { note: '好' });
    expect(first).toEqual({
      __typename: 'DiaryEntry',
      id: expect.any(String),
      on: care.today,
      symptoms: [{ symptom: { code: 'pain', name: '疼痛' }, severity: 3 }],
      note: '好',
      version: 1,
    });
    expect(await record(patient.identity, patient, 4)).toMatchObject({
      __typename: 'StaleVersion',
      code: 'STALE_VERSION',
    });
    const changed = await record(patient.identity, patient, 4, { expectedVersion: 1 });
    expect(changed).toMatchObject({ id: first.id, version: 2, note: null, symptoms: [{ severity: 4 }] });
    expect(await record(patient.identity, patient, 5, { on: care.day(1), expectedVersion: 1 })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'expectedVersion'],
    });
    expect(await read(patient.identity, patient)).toHaveLength(1);
  });

  test('takes one of many who write the same day at once', async () => {
    const patient = await care.patient();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, pain) => record(patient.identity, patient, pain)));
    expect(answers.filter(({ __typename }) => __typename === 'DiaryEntry')).toHaveLength(1);
    expect(answers.filter(({ __typename }) => __typename === 'StaleVersion')).toHaveLength(7);
    expect(await care.count('diary_entry', patient)).toBe(1);
  });

  test('writes once a key', async () => {
    const patient = await care.patient();
    const idempotencyKey = newId();
    const [one, again] = [
      await record(patient.identity, patient, 3, { idempotencyKey }),
      await record(patient.identity, patient, 3, { idempotencyKey }),
    ];
    expect([again.id, again.version]).toEqual([one.id, 1]);
    expect(await record(patient.identity, patient, 4, { idempotencyKey })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  test('refuses tomorrow, long ago, severities outside 0 to 10, unknown symptoms and long notes', async () => {
    const patient = await care.patient();
    const path = async (more: object) => (await record(patient.identity, patient, 3, more)).path;
    expect(await path({ on: care.day(-1) })).toEqual(['input', 'on']);
    expect(await path({ on: '2999-12-31' })).toEqual(['input', 'on']);
    expect(await path({ on: care.day(31) })).toEqual(['input', 'on']);
    for (const severity of [11, -1]) {
      expect(await path({ symptoms: [{ code: 'pain', severity }] })).toEqual(['input', 'symptoms', '0', 'severity']);
    }
    expect(await path({ symptoms: [{ code: 'envy', severity: 1 }] })).toEqual(['input', 'symptoms', '0', 'code']);
    expect(await path({ note: 'x'.repeat(1_000_000) })).toEqual(['input', 'note']);
    expect(await path({ symptoms: [], note: '' })).toEqual(['input', 'symptoms']);
    await expect(record(patient.identity, patient, 1, { on: '2026-02-30' })).rejects.toThrow(
      'A day is one that exists',
    );
    expect(await care.count('diary_entry', patient)).toBe(0);
  });

  test('is read for a year at most, forwards', async () => {
    const patient = await care.patient();
    await expect(read(patient.identity, patient, care.today, care.day(1))).rejects.toThrow('must not be after');
    await expect(read(patient.identity, patient, '1000-01-01', '2999-12-31')).rejects.toThrow('At most 366 days');
    await expect(trend(patient.identity, patient, 0)).rejects.toThrow('from 1 to 366');
    await expect(trend(patient.identity, patient, 10_000)).rejects.toThrow('from 1 to 366');
    expect(await read(patient.identity, patient, care.day(365), care.today)).toEqual([]);
  });

  test('tells where the symptoms go, with points for a chart', async () => {
    const patient = await care.patient();
    await care.diary(
      patient,
      Array.from({ length: 20 }, (_, ago) => [ago, ago < 7 ? 6 : 3] as const),
    );
    expect(await trend(patient.identity, patient, 2)).toEqual({
      direction: 'WORSE',
      recentMean: 6,
      beforeMean: 3,
      recentEntries: 7,
      beforeEntries: 13,
      points: [
        { on: care.day(1), severity: 6 },
        { on: care.today, severity: 6 },
      ],
      symptoms: [
        {
          symptom: { code: 'pain' },
          direction: 'WORSE',
          points: [
            { on: care.day(1), severity: 6 },
            { on: care.today, severity: 6 },
          ],
        },
      ],
    });
    const nobody = await care.patient();
    expect(await trend(nobody.identity, nobody)).toMatchObject({
      direction: 'TOO_FEW_ENTRIES',
      recentMean: null,
      points: [],
      symptoms: [],
    });
  });

  test('tells those who treat the patient when it got worse, once an episode', async () => {
    const patient = await care.patient();
    await care.treat(patient);
    await care.diary(patient, [...Array.from({ length: 10 }, (_, n) => [n + 8, 2] as const), [2, 2], [1, 9]]);
    expect(await told(patient)).toEqual([]);
    const tipping = await record(patient.identity, patient, 9);
    expect(await told(patient)).toEqual([{ physician_id: expect.any(String), about_id: tipping.id }]);
    // still the same episode
    await record(patient.identity, patient, 9, { on: care.day(3) });
    await record(patient.identity, patient, 10, { expectedVersion: 1 });
    expect(await told(patient)).toHaveLength(1);
    // over: and then worse again, by another entry
    await record(patient.identity, patient, 0, { expectedVersion: 2 });
    await record(patient.identity, patient, 0, { on: care.day(3), expectedVersion: 1 });
    const { rows } = await care.api.admin.query(
      'select ended_on::text from patient.diary_episode where patient_id = $1',
      [patient.id],
    );
    expect(rows).toEqual([{ ended_on: care.today }]);
    const again = await record(patient.identity, patient, 10, { on: care.day(4) });
    await record(patient.identity, patient, 10, { on: care.day(3), expectedVersion: 2 });
    expect((await told(patient)).map(({ about_id }) => about_id)).toContain(tipping.id);
    expect(await told(patient)).toHaveLength(2);
    expect(again.version).toBe(1);
  });

  test('tells nobody who does not treat the patient, or without their consent', async () => {
    const patient = await care.patient();
    await care.treat(patient);
    await care.withdraw(patient);
    await care.diary(patient, [...Array.from({ length: 10 }, (_, n) => [n + 8, 1] as const), [2, 9], [1, 9]]);
    await record(patient.identity, patient, 9);
    expect(await told(patient)).toEqual([]);
  });

  test('is written and read by a caregiver as far as their scopes go, until these are revoked', async () => {
    const patient = await care.patient();
    const caring = await care.caregiver(patient, 'VIEW', 'CARE');
    const viewing = await care.caregiver(patient, 'VIEW');
    expect(await record(caring, patient, 3)).toMatchObject({ __typename: 'DiaryEntry' });
    expect(await record(viewing, patient, 4, { expectedVersion: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await read(viewing, patient)).toHaveLength(1);
    await care.revoke(caring);
    expect(await record(caring, patient, 5, { expectedVersion: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await read(caring, patient)).toBeUndefined();
    expect(await care.log(patient)).toContain(`${viewing.subject} Diary CARE`);
  });

  test('is read, not written, by a physician who treats the patient while they consent', async () => {
    const patient = await care.patient();
    await record(patient.identity, patient, 3);
    expect(await read(PHYSICIAN, patient)).toBeUndefined();
    await care.treat(patient);
    expect(await read(PHYSICIAN, patient)).toHaveLength(1);
    expect((await trend(PHYSICIAN, patient)).recentMean).toBe(3);
    expect(await read(OTHER_PHYSICIAN, patient)).toBeUndefined();
    expect(await record({ ...PHYSICIAN, scopes: ['patient:self'] }, patient, 9, { expectedVersion: 1 })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await care.log(patient)).toContain('demo-physician Diary TREATMENT');
    await care.withdraw(patient);
    expect(await read(PHYSICIAN, patient)).toBeUndefined();
  });

  test.each([
    ...OTHERS,
    ['the physician who treats them', PHYSICIAN] as const,
  ])('cannot be written by %s, also in the database', async (_, who) => {
    const patient = await care.patient();
    await care.treat(patient);
    await care.diary(patient, [[0, 5]]);
    const client = await care.api.serving('patient');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      who.subject,
      who.roles.join(','),
    ]);
    const { rowCount } = await client.query('select from diary_entry where patient_id = $1', [patient.id]);
    expect(rowCount).toBe(who === PHYSICIAN ? 1 : 0);
    expect(
      (await client.query(`update diary_entry set symptoms = '{}' where patient_id = $1`, [patient.id])).rowCount,
    ).toBe(0);
    await expect(
      client.query(
        `insert into diary_entry (id, patient_id, day, symptoms, vocabulary, recorded_at, changed_at) values (uuidv7(), $1, '2020-01-01', '{}', 1, now(), now())`,
        [patient.id],
      ),
    ).rejects.toThrow('row-level security');
    await expect(client.query('delete from diary_entry')).rejects.toThrow('permission denied');
    await expect(client.query('update diary_entry set patient_id = patient_id')).rejects.toThrow('permission denied');
  });

  test('takes no severity outside 0 to 10 in the database either', async () => {
    const patient = await care.patient();
    for (const symptoms of ['{"pain": 11}', '{"pain": -1}', '{"pain": 1.5}', '{"pain": "3"}', '{"pain": null}', '[]']) {
      const insert = care.api.admin.query(
        `insert into patient.diary_entry (id, patient_id, day, symptoms, vocabulary, recorded_at, changed_at) values ($1, $2, '2026-01-01', $3, 1, now(), now())`,
        [newId(), patient.id, symptoms],
      );
      await expect(insert).rejects.toThrow('violates check constraint');
    }
  });

  test('a client without the scope may not write', async () => {
    const { errors } = await care.api.execute(
      'patient',
      { ...person('demo-patient', 'PATIENT'), scopes: [] },
      'mutation ($input: RecordDiaryEntryInput!) { recordDiaryEntry(input: $input) { __typename } }',
      { input: { patientId: newId(), on: care.today, symptoms: [], idempotencyKey: newId() } },
    );
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
  });
});
