import type { Client } from 'pg';
import { shanghaiDay } from '../common/calendar.js';
import { CareStage } from '../common/care-stage.js';
import { ConsentPurpose } from '../common/consent-purpose.js';
import { fixedId } from '../common/ids.js';
import type { FieldKeys } from '../common/sealed.js';
import { DAY, MINUTE, type SeedHospital, type SeedWorld } from '../common/seed.js';
import { CARE_SCOPES } from './care/care-relationship.entity.js';
import { CareTaskKind } from './care-plan/care-plan.enums.js';
import { insertAccount, insertIdentity } from './demo.js';
import { dayPlus } from './diary/diary.rules.js';

/**
 * Whom the examples change something of: a patient who has just come and has everything still to do, and a record that can be
 * erased. The other demo people are left to those who only look.
 */

const JOINED_AT = Date.parse('2026-11-02T01:30:00Z');

export const NEWCOMER = {
  id: fixedId('demo-patient', 'new-patient', JOINED_AT),
  subject: 'demo-new-patient',
} as const;

/** A child whom the demo's caregiver has registered once too often. */
const REGISTERED_TWICE = fixedId('demo-patient', 'registered-twice', JOINED_AT);
const CAREGIVER = 'demo-caregiver';

/** By the national list's number: Wilson disease, for which there is aid already, and Fabry disease, for which there is none yet. */
const CATALOG_NOS = [37, 27] as const;
/** Looks after the newcomer, and signs in nowhere: so no physician's worklist changes with what is done here. */
const PHYSICIAN = { id: fixedId('physician', 'demo-physician-3'), subject: 'demo-physician-3' } as const;

/** A verified diagnosis of the newcomer, as an application rests on it. */
export interface NewcomersDiagnosis {
  readonly id: string;
  readonly diseaseId: string;
  readonly hospital: SeedHospital;
  readonly diagnosedOn: string;
}

/** @returns what there is aid for, and what there is none for yet; nothing where the catalog is another one */
export function newcomersDiagnoses({
  diseases,
  demoHospital,
}: Pick<SeedWorld, 'diseases' | 'demoHospital'>): readonly NewcomersDiagnosis[] {
  return CATALOG_NOS.flatMap((catalogNo, n) => {
    const disease = diseases.find((each) => each.catalogNo === catalogNo);
    const id = fixedId('demo-diagnosis', `new-patient:${catalogNo}`, JOINED_AT + n * MINUTE);
    return disease ? [{ id, diseaseId: disease.id, hospital: demoHospital, diagnosedOn: '2026-09-18' }] : [];
  });
}

/** @returns whether this made the record */
async function register(
  client: Client,
  of: { readonly id: string; readonly subject: string | null; readonly name: string; readonly born: string },
  region: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
     values ($1, $2, $3, $4, 'FEMALE', $5, $6) on conflict do nothing`,
    [of.id, of.subject, of.name, of.born, region, new Date(JOINED_AT)],
  );
  return rowCount === 1;
}

/**
 * Makes the newcomer with diagnoses, consents, a care plan and what was read of them, and the record that is there twice. What is
 * there, or was erased, is left as it is.
 *
 * @param client a connection of an administrator, in a transaction; the demo's physicians must be there
 * @param leftOut patients who were erased
 * @returns whether the newcomer was made now
 */
export async function importDemoNewcomer(
  client: Client,
  fieldKeys: FieldKeys,
  world: Pick<SeedWorld, 'diseases' | 'demoHospital'>,
  leftOut: ReadonlySet<string>,
  now = new Date(),
): Promise<boolean> {
  const region = world.demoHospital.province;
  const twice = { id: REGISTERED_TWICE, subject: null, name: 'Demo Double Record', born: '2018-04-11' };
  if (!leftOut.has(twice.id) && (await register(client, twice, region))) {
    await client.query(
      `insert into patient.care_relationship (id, patient_id, caregiver_subject, scopes, granted_at) values ($1, $2, $3, $4, $5)`,
      [
        fixedId('demo-care', 'registered-twice', JOINED_AT),
        REGISTERED_TWICE,
        CAREGIVER,
        CARE_SCOPES,
        new Date(JOINED_AT),
      ],
    );
  }
  const newcomer = { ...NEWCOMER, name: 'Demo New Patient', born: BORN };
  if (leftOut.has(newcomer.id) || !(await register(client, newcomer, region))) return false;
  await diagnose(client, newcomersDiagnoses(world));
  await agree(client);
  await identify(client, fieldKeys);
  await planCare(client, newcomersDiagnoses(world)[0]?.diseaseId, now);
  await readRecord(client);
  return true;
}

const BORN = '1996-02-23';

/** With their history, which the triggers write only where somebody calls. */
async function diagnose(client: Client, diagnoses: readonly NewcomersDiagnosis[]): Promise<void> {
  const [reportedAt, verifiedAt] = [new Date(JOINED_AT), new Date(JOINED_AT + DAY)];
  for (const { id, diseaseId, hospital, diagnosedOn } of diagnoses) {
    await client.query(
      `insert into patient.diagnosis (id, patient_id, disease_id, hospital_id, hospital_organisation_id, diagnosed_on, physician_name,
         status, decided_at, decided_by_role, version, created_at)
       values ($1, $2, $3, $4, $5, $6, 'Dr. Demo', 'VERIFIED', $7, 'HOSPITAL', 2, $8)`,
      [id, NEWCOMER.id, diseaseId, hospital.id, hospital.organisationId, diagnosedOn, verifiedAt, reportedAt],
    );
    await client.query(
      `insert into patient.diagnosis_event (diagnosis_id, status, at, by_role)
       values ($1, 'REPORTED', $2, 'PATIENT'), ($1, 'VERIFIED', $3, 'HOSPITAL')`,
      [id, reportedAt, verifiedAt],
    );
  }
}

/** To what serves her; and to statistics, which can be withdrawn without anything coming to a stop. */
async function agree(client: Client): Promise<void> {
  const { AID_REVIEW, SHARE_WITH_PHARMACY, TREATMENT, RESEARCH_STATISTICS } = ConsentPurpose;
  for (const purpose of [AID_REVIEW, SHARE_WITH_PHARMACY, TREATMENT, RESEARCH_STATISTICS])
    await client.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by) values ($1, $2, $3, 1, $4, $5)`,
      [
        fixedId('demo-consent', `new-patient:${purpose}`, JOINED_AT),
        NEWCOMER.id,
        purpose,
        new Date(JOINED_AT),
        NEWCOMER.subject,
      ],
    );
}

const NAME = '演示·新患者';
/** Not one of the other people's of the demo. */
const NUMBER = 9;
const ACCOUNT = '6222000000000000009';

async function identify(client: Client, fieldKeys: FieldKeys): Promise<void> {
  const at = new Date(JOINED_AT).toISOString();
  await insertIdentity(client, fieldKeys, NEWCOMER.id, NUMBER, NAME, at);
  await insertAccount(client, fieldKeys, NEWCOMER.id, NAME, ACCOUNT, at);
}

/** A plan with a task that is due every day, so that there is something to do on whatever day somebody looks. */
async function planCare(client: Client, diseaseId: string | undefined, now: Date): Promise<void> {
  const plan = fixedId('demo-care-plan', 'new-patient', JOINED_AT);
  const { rowCount } = await client.query(
    `insert into patient.care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
     select $1, $2, id, $4, $5, $6, $7, 'ACTIVE', $8 from patient.physician where id = $3 and $4::uuid is not null`,
    [
      ...[plan, NEWCOMER.id, PHYSICIAN.id, diseaseId, CareStage.NEWLY_DIAGNOSED],
      ...['肝豆状核变性起步照护（演示）', ['按时服药', '少吃含铜多的食物'], now],
    ],
  );
  if (rowCount === 0) return;
  await client.query(
    `insert into patient.care_task (id, care_plan_id, patient_id, place, title, kind, first_due_on, repeats_every_days)
     values ($1, $2, $3, 1, '饭前一小时服药（演示）', $4, $5, 1)`,
    [
      ...[fixedId('demo-care-task', 'new-patient:medicine', JOINED_AT), plan, NEWCOMER.id, CareTaskKind.MEDICATION],
      dayPlus(shanghaiDay(now), -1),
    ],
  );
}

/** Who looked into the record when it was new: as the entries of real reads would stand there. */
async function readRecord(client: Client): Promise<void> {
  const reads = [
    ['demo-reviewer', 'REVIEWER', 'Patient', ['displayName'], 'AID_REVIEW'],
    ['demo-reviewer', 'REVIEWER', 'Diagnosis', ['disease', 'hospital', 'diagnosedOn', 'status'], 'AID_REVIEW'],
    [PHYSICIAN.subject, 'PHYSICIAN', 'Diagnosis', ['disease', 'hospital', 'diagnosedOn', 'status'], 'TREATMENT'],
  ] as const;
  for (const [n, [subject, role, record, fields, purpose]] of reads.entries()) {
    const at = JOINED_AT + 2 * DAY + n * 17 * MINUTE;
    await client.query(
      `insert into patient.access_log (id, patient_id, subject, role, at, record, record_id, fields, purpose)
       values ($1, $2, $3, $4, $5, $6, $2, $7, $8)`,
      [
        ...[fixedId('demo-access', `new-patient:${n}`, at), NEWCOMER.id, subject, role, new Date(at)],
        ...[record, fields, purpose],
      ],
    );
  }
}
