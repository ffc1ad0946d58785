import type { Client } from 'pg';
import { shanghaiDay } from '../common/calendar.js';
import { CareStage } from '../common/care-stage.js';
import { fixedId } from '../common/ids.js';
import { blindIndex, type FieldKeys, seal } from '../common/sealed.js';
import { DEMO_PATIENTS, joinedAt, moment, patientId, type SeedWorld } from '../common/seed.js';
import { CareTaskKind } from './care-plan/care-plan.enums.js';
import { dayPlus } from './diary/diary.rules.js';
import { VOCABULARY_VERSION } from './diary/symptoms.js';
import { identityPlaces, NATIONAL_ID_INDEX } from './identity/identity.entity.js';
import { checkDigit } from './identity/identity.rules.js';
import { sealedPlaces } from './payout-account/payout-account.entity.js';
import { masked } from './payout-account/payout-account.rules.js';
import { licenceIndex, licencePlace } from './physician/physician.entity.js';
import { wellbeing1 } from './questionnaire/definitions/wellbeing.js';
import { bandOf, checkAnswers, scoreOf } from './questionnaire/questionnaire.rules.js';

/** Whose accounts they are: the child's is the caregiver's. */
const HOLDERS = ['Demo Patient', 'Demo Other Patient', 'Demo Caregiver'] as const;
/** What would stand on their identity cards. */
const LEGAL_NAMES = ['演示·患者甲', '演示·患者乙', 'Demo Child'] as const;
/** No bank has this code, and no card these numbers: they are made up. */
const BANK_CODE = '999000000001';
const accountNumber = (i: number): string => `622200000000000000${i + 1}`;

/**
 * Gives the demo patients a payout account. What is there is left as it is, and who is not there gets none.
 *
 * @param client a connection of an administrator, in a transaction or not
 */
export async function importDemoPayoutAccounts(client: Client, fieldKeys: FieldKeys): Promise<void> {
  for (let i = 0; i < DEMO_PATIENTS; i++) {
    await insertAccount(client, fieldKeys, patientId(i), HOLDERS[i] as string, accountNumber(i), moment(joinedAt(i)));
  }
}

/** Gives a patient of the demo a payout account, unless they have one or are not there. */
export async function insertAccount(
  client: Client,
  fieldKeys: FieldKeys,
  patient: string,
  holderName: string,
  number: string,
  at: string,
): Promise<void> {
  const { holder, account } = sealedPlaces(patient);
  await client.query(
    `insert into patient.payout_account (patient_id, holder_sealed, account_sealed, bank_code, masked, changed_at)
     select id, $2, $3, $4, $5, $6 from patient.patient where id = $1 on conflict do nothing`,
    [patient, seal(fieldKeys, holder, holderName), seal(fieldKeys, account, number), BANK_CODE, masked(number), at],
  );
}

/** No region has this number, so no card has one that begins with it. */
const NOWHERE = '999999';

/**
 * Says who the demo patients are, by invented numbers that fit their records. What is there is left as it is, and who is not
 * there gets none.
 *
 * @param client a connection of an administrator, in a transaction or not
 */
export async function importDemoIdentities(client: Client, fieldKeys: FieldKeys): Promise<void> {
  for (let i = 0; i < DEMO_PATIENTS; i++) {
    await insertIdentity(client, fieldKeys, patientId(i), i, LEGAL_NAMES[i] as string, moment(joinedAt(i)));
  }
}

/**
 * Says who a patient of the demo is, unless it is known or they are not there.
 *
 * @param n a number from 0 to 99 that no other has: number, phone and address are made of it
 */
export async function insertIdentity(
  client: Client,
  fieldKeys: FieldKeys,
  patient: string,
  n: number,
  legalName: string,
  at: string,
): Promise<void> {
  const { rows } = await client.query<{ born: string; male: boolean }>(
    `select to_char(birth_date, 'YYYYMMDD') as born, sex = 'MALE' as male from patient.patient where id = $1`,
    [patient],
  );
  for (const { born, male } of rows) {
    const digits = `${NOWHERE}${born}${String(100 + 2 * n + (male ? 1 : 0))}`;
    const nationalId = digits + checkDigit(digits);
    const places = identityPlaces(patient);
    await client.query(
      `insert into patient.patient_identity (patient_id, legal_name_sealed, national_id_sealed, national_id_index, phone_sealed,
         address_sealed, insurance, changed_at)
       values ($1, $2, $3, $4, $5, $6, 'RESIDENT', $7) on conflict do nothing`,
      [
        patient,
        seal(fieldKeys, places.legalName, legalName),
        seal(fieldKeys, places.nationalId, nationalId),
        blindIndex(fieldKeys, NATIONAL_ID_INDEX, nationalId),
        seal(fieldKeys, places.phone, `199000000${String(n).padStart(2, '0')}`),
        seal(fieldKeys, places.address, `演示省演示市演示路${n + 1}号`),
        at,
      ],
    );
  }
}

interface DemoPhysician {
  readonly id: string;
  readonly subject: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly title: string;
  /** No authority gives out such a number. */
  readonly licenceNumber: string;
  readonly languages: readonly string[];
  /** By the national list's number. */
  readonly catalogNos: readonly number[];
  readonly weekdays: readonly number[];
}

/** The demo's physician, who signs in; the other two only make the list longer. All are invented. */
export const DEMO_PHYSICIAN_ID = fixedId('physician', 'demo-physician');
const DEMO_PHYSICIANS: readonly DemoPhysician[] = [
  {
    id: DEMO_PHYSICIAN_ID,
    subject: 'demo-physician',
    nameZh: '陈睿（演示）',
    nameEn: 'Chen Rui (demo)',
    title: '主任医师',
    licenceNumber: 'DEMO00000000001',
    languages: ['zh', 'en'],
    catalogNos: [27, 31, 37, 86, 110],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
  },
  {
    id: fixedId('physician', 'demo-physician-2'),
    subject: 'demo-physician-2',
    nameZh: '高原（演示）',
    nameEn: 'Gao Yuan (demo)',
    title: '副主任医师',
    licenceNumber: 'DEMO00000000002',
    languages: ['zh'],
    catalogNos: [31, 110],
    weekdays: [1, 3, 5],
  },
  {
    id: fixedId('physician', 'demo-physician-3'),
    subject: 'demo-physician-3',
    nameZh: '宋岚（演示）',
    nameEn: 'Song Lan (demo)',
    title: '主治医师',
    licenceNumber: 'DEMO00000000003',
    languages: ['zh', 'en', 'de'],
    catalogNos: [27, 86],
    weekdays: [2, 4],
  },
];

/** Half an hour each with ten minutes between, mornings and afternoons in Shanghai. */
const DEMO_HOURS = [
  [9 * 60, 12 * 60],
  [14 * 60, 17 * 60],
] as const;

/**
 * Makes the demo's physicians, verified, at the demo's hospital, with hours in which they can be booked. Who is there is
 * left as they are.
 *
 * @param client a connection of an administrator, in a transaction or not
 */
export async function importDemoPhysicians(
  client: Client,
  fieldKeys: FieldKeys,
  { diseases, demoHospital }: Pick<SeedWorld, 'diseases' | 'demoHospital'>,
): Promise<void> {
  for (const physician of DEMO_PHYSICIANS) {
    const { id, subject, nameZh, nameEn, title, licenceNumber, languages, catalogNos, weekdays } = physician;
    const { rowCount } = await client.query(
      `insert into patient.physician (id, subject, name_zh, name_en, title, licence_sealed, licence_index, hospital_id,
         hospital_organisation_id, disease_ids, languages, status, decided_at, decided_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'VERIFIED', $12, 'demo', $12) on conflict do nothing`,
      [
        id,
        subject,
        nameZh,
        nameEn,
        title,
        seal(fieldKeys, licencePlace(id), licenceNumber),
        licenceIndex(fieldKeys, licenceNumber),
        demoHospital.id,
        demoHospital.organisationId,
        diseases.filter(({ catalogNo }) => catalogNos.includes(catalogNo)).map((disease) => disease.id),
        languages,
        moment(joinedAt(0)),
      ],
    );
    if (rowCount === 0) continue;
    for (const weekday of weekdays) {
      for (const [from, to] of DEMO_HOURS) {
        await client.query(
          `insert into patient.physician_hours (id, physician_id, weekday, from_minute, to_minute, zone, slot_minutes,
             buffer_minutes, valid_from)
           values ($1, $2, $3, $4, $5, 'Asia/Shanghai', 30, 10, '2025-01-01') on conflict do nothing`,
          [fixedId('physician-hours', `${subject}:${weekday}:${from}`), id, weekday, from, to],
        );
      }
    }
  }
}

interface DemoTask {
  readonly title: string;
  readonly kind: CareTaskKind;
  readonly questionnaire?: string;
  /** Days ago. */
  readonly begun: number;
  readonly repeatsEveryDays?: number;
  /** The first so many times it was done. */
  readonly done: number;
}

export const DEMO_CARE_PLAN_ID = fixedId('care-plan', 'demo-patient', joinedAt(0));
const DEMO_TASKS: readonly DemoTask[] = [
  { title: '按时输注（演示）', kind: CareTaskKind.MEDICATION, begun: 28, repeatsEveryDays: 14, done: 2 },
  { title: '散步20分钟', kind: CareTaskKind.EXERCISE, begun: 20, repeatsEveryDays: 2, done: 4 },
  {
    title: '填写两周状态问卷',
    kind: CareTaskKind.QUESTIONNAIRE,
    questionnaire: wellbeing1.code,
    begun: 14,
    repeatsEveryDays: 28,
    done: 1,
  },
  { title: '阅读推荐文章', kind: CareTaskKind.READING, begun: 0, done: 0 },
];

/** Three weeks that end worse than they began: by symptom, the oldest day first. */
const DEMO_DIARY: Readonly<Record<string, readonly number[]>> = {
  fatigue: [3, 3, 2, 3, 4, 3, 3, 2, 3, 3, 4, 3, 3, 3, 4, 5, 5, 6, 6, 7, 7],
  pain: [2, 2, 1, 2, 2, 3, 2, 2, 1, 2, 2, 2, 3, 2, 3, 4, 4, 5, 5, 6, 6],
  low_mood: [2, 1, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1, 2, 2, 2, 2, 3, 3, 2, 3, 3],
};
const DEMO_DAYS = 21;

const DEMO_ANSWERS = { rested: '2', strength: '2', enjoyed: '3', held_back: '2', worried: '1', someone: '3' } as const;

/**
 * Gives the first demo patient a care plan by the demo's physician, answers to a questionnaire and a diary of the last three
 * weeks, counted from the day on which this is first done. What is there is left as it is.
 *
 * @param client a connection of an administrator, in a transaction; the demo's people must be there
 */
export async function importDemoCare(
  client: Client,
  { diseases }: Pick<SeedWorld, 'diseases'>,
  now = new Date(),
): Promise<void> {
  const patient = patientId(0);
  const subject = 'demo-patient';
  const today = shanghaiDay(now);
  const { rowCount } = await client.query(
    `insert into patient.care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
     select $1, patient.id, physician.id, $4, $5, $6, $7, 'ACTIVE', $8::timestamptz - interval '30 days'
     from patient.patient, patient.physician where patient.id = $2 and physician.id = $3 on conflict do nothing`,
    [
      DEMO_CARE_PLAN_ID,
      patient,
      DEMO_PHYSICIAN_ID,
      diseases.find(({ catalogNo }) => catalogNo === 31)?.id,
      CareStage.ACTIVE,
      '戈谢病日常照护（演示）',
      ['骨痛不超过3分', '按时输注'],
      now,
    ],
  );
  if (rowCount === 0) return;
  for (const [index, { title, kind, questionnaire, begun, repeatsEveryDays, done }] of DEMO_TASKS.entries()) {
    const id = fixedId('care-task', title, joinedAt(0));
    const first = dayPlus(today, -begun);
    await client.query(
      `insert into patient.care_task (id, care_plan_id, patient_id, place, title, kind, questionnaire, first_due_on, repeats_every_days)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, DEMO_CARE_PLAN_ID, patient, index + 1, title, kind, questionnaire, first, repeatsEveryDays],
    );
    await client.query(
      `insert into patient.care_task_mark (task_id, patient_id, occurrence_on, outcome, marked_by)
       select $1, $2, $3::date + n * $4::int, 'DONE', $5 from generate_series(0, $6::int - 1) n`,
      [id, patient, first, repeatsEveryDays ?? 0, subject, done],
    );
  }
  const answers = checkAnswers(
    wellbeing1,
    Object.entries(DEMO_ANSWERS).map(([item, value]) => ({ item, value })),
    [],
  );
  const score = scoreOf(answers);
  const { code, redFlag } = bandOf(wellbeing1, score);
  await client.query(
    `insert into patient.questionnaire_result
       (id, patient_id, questionnaire, questionnaire_version, answers, score, band, red_flag, answered_at, answered_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz - interval '14 days', $10) on conflict do nothing`,
    [
      fixedId('questionnaire-result', subject, joinedAt(0)),
      patient,
      wellbeing1.code,
      wellbeing1.version,
      JSON.stringify(answers.map(({ item, value }) => ({ item, value }))),
      score,
      code,
      redFlag,
      now,
      subject,
    ],
  );
  for (let n = 0; n < DEMO_DAYS; n++) {
    const noted = Object.fromEntries(
      Object.entries(DEMO_DIARY).map(([symptom, severities]) => [symptom, severities[n]]),
    );
    await client.query(
      `insert into patient.diary_entry (id, patient_id, day, symptoms, note, vocabulary, recorded_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict do nothing`,
      [
        fixedId('diary-entry', `${subject}-${n}`, now.getTime() - (DEMO_DAYS - n) * 86_400_000),
        patient,
        dayPlus(today, n + 1 - DEMO_DAYS),
        JSON.stringify(noted),
        n === DEMO_DAYS - 1 ? '演示：夜里骨痛醒来一次。' : null,
        VOCABULARY_VERSION,
        now,
      ],
    );
  }
}
