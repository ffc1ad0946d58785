import type { Client } from 'pg';
import { diseaseId } from '../catalog/import.js';
import { shanghaiDay } from '../common/calendar.js';
import { CareStage } from '../common/care-stage.js';
import { ConsentPurpose } from '../common/consent-purpose.js';
import {
  DESK_DIAGNOSED_ON,
  DESK_KEYS,
  DESK_PATIENTS,
  type DeskKey,
  type DeskPatient,
  deskId,
} from '../common/demo-desk.js';
import { type FieldKeys, seal } from '../common/sealed.js';
import { DAY, HOUR, MINUTE, type SeedHospital, type SeedWorld } from '../common/seed.js';
import { DEMO_PHYSICIAN_ID, insertAccount, insertIdentity } from './demo.js';
import { CareNoticeKind } from './notice/notice.js';
import { licenceIndex, licencePlace } from './physician/physician.entity.js';

/** Numbers from here on are not those of the demo people. */
const FIRST_NUMBER = 20;

const CONSENTS = [ConsentPurpose.AID_REVIEW, ConsentPurpose.SHARE_WITH_PHARMACY, ConsentPurpose.TREATMENT] as const;

interface DeskDiagnosis {
  readonly key: string;
  readonly patient: DeskKey;
  readonly catalogNo: number;
  readonly diagnosedOn: string;
  readonly verified: boolean;
}

/** What each of them has, verified, and two that wait: for the hospital, and for a physician who works there. */
const DIAGNOSES: readonly DeskDiagnosis[] = [
  ...DESK_PATIENTS.map(({ key, catalogNo }) => ({
    key,
    patient: key,
    catalogNo,
    diagnosedOn: DESK_DIAGNOSED_ON,
    verified: true,
  })),
  { key: 'for-hospital', patient: 'recusal', catalogNo: 31, diagnosedOn: '2026-09-22', verified: false },
  { key: 'for-physician', patient: 'appeal', catalogNo: 27, diagnosedOn: '2026-09-25', verified: false },
];

/**
 * Makes the patients of the desks with their consents, diagnoses, identities and accounts; and for the demo's physician an
 * appointment that has just been held and a care plan; and physicians whom an administrator has to look at. Times are
 * counted from when it is first done.
 *
 * @param client a connection of an administrator, in a transaction; the demo's physicians must be there
 * @param leftOut patients who were erased
 * @returns those who were not there before: what waits because of them is to be made now
 */
export async function importDeskPatients(
  client: Client,
  fieldKeys: FieldKeys,
  { demoHospital }: Pick<SeedWorld, 'demoHospital'>,
  leftOut: ReadonlySet<string>,
  now = new Date(),
): Promise<DeskPatient[]> {
  const joined = new Date(now.getTime() - 40 * DAY);
  const { rows } = await client.query<{ id: string }>(
    `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
     select id, subject, name, born, sex, $2, $3
     from jsonb_to_recordset($1) as p (id uuid, subject text, name text, born date, sex text) on conflict do nothing returning id`,
    [
      JSON.stringify(
        DESK_PATIENTS.filter(({ id }) => !leftOut.has(id)).map(({ displayName, birthDate, ...patient }) => ({
          ...patient,
          name: displayName,
          born: birthDate,
        })),
      ),
      demoHospital.province,
      joined,
    ],
  );
  const ids = new Set(rows.map(({ id }) => id));
  const made = DESK_PATIENTS.filter(({ id }) => ids.has(id));
  if (made.length === 0) return [];

  await consent(client, made, joined);
  await diagnose(client, made, demoHospital, joined);
  for (const { key, id, displayName } of made) {
    const number = FIRST_NUMBER + DESK_KEYS.indexOf(key);
    await insertIdentity(client, fieldKeys, id, number, `${displayName}（演示）`, joined.toISOString());
    await insertAccount(client, fieldKeys, id, displayName, `62220000000000${number}88`, joined.toISOString());
  }
  const visitor = made.find(({ key }) => key === 'visit');
  if (visitor) {
    await holdVisits(client, visitor, now);
    await planCare(client, visitor, now);
  }
  await registerPhysicians(client, fieldKeys, demoHospital, now);
  return made;
}

const consent = (client: Client, patients: readonly DeskPatient[], at: Date): Promise<unknown> =>
  client.query(
    `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
     select id, patient, purpose, 1, $2, subject
     from jsonb_to_recordset($1) as c (id uuid, patient uuid, purpose text, subject text) on conflict do nothing`,
    [
      JSON.stringify(
        patients.flatMap(({ key, id, subject }) =>
          CONSENTS.map((purpose) => ({
            id: deskId('consent', `${key}:${purpose}`),
            patient: id,
            purpose,
            subject,
          })),
        ),
      ),
      at,
    ],
  );

/** Diagnoses with their history: nobody who serves requests makes these, so no trigger writes it. */
async function diagnose(
  client: Client,
  patients: readonly DeskPatient[],
  { id: hospital, organisationId: organisation }: SeedHospital,
  at: Date,
): Promise<void> {
  const idOf = new Map(patients.map(({ key, id }) => [key, id]));
  const found = DIAGNOSES.filter(({ patient }) => idOf.has(patient)).map(
    ({ key, patient, catalogNo, diagnosedOn, verified }) => ({
      id: deskId('diagnosis', key),
      patient: idOf.get(patient),
      disease: diseaseId(catalogNo),
      day: diagnosedOn,
      verified,
    }),
  );
  const given = [JSON.stringify(found), at, hospital, organisation];
  const rows = 'jsonb_to_recordset($1) as d (id uuid, patient uuid, disease uuid, day date, verified boolean)';
  await client.query(
    `insert into patient.diagnosis (id, patient_id, disease_id, hospital_id, hospital_organisation_id, diagnosed_on, physician_name,
       status, decided_at, decided_by_role, version, created_at)
     select id, patient, disease, $3, $4, day, 'Dr. Demo', case when verified then 'VERIFIED' else 'REPORTED' end,
       case when verified then $2::timestamptz + interval '2 days' end, case when verified then 'HOSPITAL' end,
       case when verified then 2 else 1 end, $2 from ${rows} on conflict do nothing`,
    given,
  );
  await client.query(
    `insert into patient.diagnosis_event (diagnosis_id, status, at, by_role)
     select id, 'REPORTED', $2::timestamptz, 'PATIENT' from ${rows}
     union all select id, 'VERIFIED', $2::timestamptz + interval '2 days', 'HOSPITAL' from ${rows} where verified
     on conflict do nothing`,
    given.slice(0, 2),
  );
}

/** A visit of six weeks ago with its summary, and one that ended an hour ago, or so: its summary is still to be written. */
async function holdVisits(client: Client, { id }: DeskPatient, now: Date): Promise<void> {
  const today = new Date(Math.floor((now.getTime() - 2 * HOUR) / (30 * MINUTE)) * 30 * MINUTE);
  const before = new Date(today.getTime() - 42 * DAY);
  const visits = [
    { key: 'visit-before', at: before, status: 'COMPLETED', reason: '演示：第一次就诊。', version: 3 },
    { key: 'visit', at: today, status: 'CONFIRMED', reason: '演示：爬楼时气短加重。', version: 2 },
  ];
  for (const { key, at, status, reason, version } of visits) {
    await client.query(
      `insert into patient.appointment (id, patient_id, physician_id, starts_at, ends_at, busy_until, zone, status, reason, created_at,
         changed_at, version)
       values ($1, $2, $3, $4::timestamptz, $4::timestamptz + interval '30 minutes', $4::timestamptz + interval '40 minutes',
         'Asia/Shanghai', $5, $6, $7, $7, $8)`,
      [
        ...[deskId('appointment', key), id, DEMO_PHYSICIAN_ID, at, status, reason],
        ...[new Date(at.getTime() - 3 * DAY), version],
      ],
    );
  }
  await client.query(
    `insert into patient.consultation_summary (id, appointment_id, patient_id, physician_id, number, text, advice, diagnosis, follow_up_on,
       written_at)
     values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)`,
    [
      ...[deskId('summary', 'visit-before'), deskId('appointment', 'visit-before'), id, DEMO_PHYSICIAN_ID],
      ...['演示：肺功能较半年前稳定，静息血氧95%。', '每天步行30分钟，早晚测血氧。', '进行性肺纤维化'],
      ...[shanghaiDay(today), new Date(before.getTime() + HOUR)],
    ],
  );
  await client.query(
    `insert into patient.notice (patient_id, physician_id, kind, about_id, happens_at, at) values ($1, $2, $3, $4, $5, $6)`,
    [
      ...[id, DEMO_PHYSICIAN_ID, CareNoticeKind.APPOINTMENT_BOOKED, deskId('appointment', 'visit'), today],
      new Date(today.getTime() - 3 * DAY),
    ],
  );
}

/** A plan without tasks yet, so that nothing of it is missed. By it the physician treats them for as long as it goes on. */
async function planCare(client: Client, { id, catalogNo }: DeskPatient, now: Date): Promise<void> {
  const begun = new Date(now.getTime() - 14 * DAY);
  await client.query(
    `insert into patient.care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'ACTIVE', $8)`,
    [
      ...[deskId('care-plan', 'visit'), id, DEMO_PHYSICIAN_ID, diseaseId(catalogNo), CareStage.ACTIVE],
      ...['肺纤维化日常照护（演示）', ['每天步行30分钟', '血氧不低于92%'], begun],
    ],
  );
}

/** Who wants to be verified. No authority gives out such numbers. */
const TO_VERIFY = [
  {
    key: 'to-verify',
    nameZh: '沈禾（演示）',
    nameEn: 'Shen He (demo)',
    catalogNo: 190,
    licenceNumber: 'DEMO00000000009',
  },
  {
    key: 'to-verify-too',
    nameZh: '邱实（演示）',
    nameEn: 'Qiu Shi (demo)',
    catalogNo: 54,
    licenceNumber: 'DEMO00000000008',
  },
] as const;

async function registerPhysicians(
  client: Client,
  fieldKeys: FieldKeys,
  { id: hospital, organisationId }: SeedHospital,
  now: Date,
): Promise<void> {
  for (const { key, nameZh, nameEn, catalogNo, licenceNumber } of TO_VERIFY) {
    const id = deskId('physician', key);
    await client.query(
      `insert into patient.physician (id, subject, name_zh, name_en, title, licence_sealed, licence_index, hospital_id,
         hospital_organisation_id, disease_ids, languages, status, created_at)
       values ($1, $2, $3, $4, '主治医师', $5, $6, $7, $8, $9, '{zh,en}', 'PENDING', $10) on conflict do nothing`,
      [
        ...[id, `demo-desk-${key}`, nameZh, nameEn, seal(fieldKeys, licencePlace(id), licenceNumber)],
        ...[licenceIndex(fieldKeys, licenceNumber), hospital, organisationId],
        ...[[diseaseId(catalogNo)], new Date(now.getTime() - DAY)],
      ],
    );
  }
}
