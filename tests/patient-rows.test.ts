import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, escapeLiteral as literal } from 'pg';
import { newId } from '../subgraphs/common/ids.js';
import { ACTORS, type Actor, type CareCase, makeCareCase, SIDE, TREATING } from './care-case.js';
import { openSubgraphs, type SubgraphsUnderTest } from './subgraphs.js';

/**
 * Row-level security by itself: each table with rows of patients, by SQL with the serving role, in the name of everybody around a
 * patient. A table that is not in the list fails the last test: add it, with who may read, add and change a row.
 */

const CARING = ['the patient', 'a caregiver', 'a caregiver who may see and care'] as const satisfies readonly Actor[];
const APPLYING = [
  'the patient',
  'a caregiver',
  'a caregiver who may see and apply',
] as const satisfies readonly Actor[];
/** Somebody may add what they then do not see. */
const BLIND = 'a caregiver without the right to see' satisfies Actor;
const VERIFIED: readonly Actor[] = ACTORS.filter((actor) => /physician/.test(actor) && !actor.includes('unverified'));
const SIGNED_IN: readonly Actor[] = ACTORS.filter((actor) => actor !== 'nobody');
const DECIDING = ['the hospital', 'a physician of the hospital', 'the reviewer'] as const satisfies readonly Actor[];

type Row = Readonly<Record<string, unknown>>;
interface Table {
  readonly name: string;
  readonly key?: string;
  /** A row as this actor would add it. The sample that everybody looks at is what `by` would add. */
  readonly row: (about: CareCase, actor: Actor) => Row;
  readonly by?: Actor;
  /** What is different about the sample: how it stands when time has passed. */
  readonly sample?: Row;
  /** The row is there already: a trigger, or the case, has made it. SQL of the condition. */
  readonly existing?: string;
  readonly seenBy: readonly Actor[];
  readonly addedBy: readonly Actor[];
  /** SQL of a change that would be sensible. Left out: nobody changes anything. */
  readonly change?: string;
  readonly changedBy?: readonly Actor[];
}

const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000);
const subject = (about: CareCase, actor: Actor) => about.identities[actor].subject;
const physician = (about: CareCase, actor: Actor) =>
  about.physicianIds[actor] ?? about.physicianIds['the treating physician'];
/** Samples that others hang on. */
const ID: Readonly<Record<string, string>> = Object.fromEntries(
  ['appointment', 'held', 'plan', 'task', 'entry', 'export'].map((name) => [name, newId()]),
);
const ofPatient = ({ patientId }: CareCase) => ({ id: newId(), patient_id: patientId });

const TABLES: readonly Table[] = [
  {
    name: 'patient',
    existing: 'id = $1',
    row: (about, actor) => ({
      ...{ id: newId(), subject: subject(about, actor), display_name: 'X', birth_date: '2000-01-01', sex: 'OTHER' },
      ...{ region: 'X', created_at: new Date() },
    }),
    seenBy: [...SIDE, ...TREATING, 'the reviewer'],
    addedBy: ['the patient', 'another patient'],
    change: 'display_name = display_name',
    changedBy: ['the patient'],
  },
  {
    name: 'care_relationship',
    existing: `patient_id = $1 and caregiver_subject = 'case a caregiver'`,
    row: (about, actor) => ({
      ...ofPatient(about),
      ...{ caregiver_subject: subject(about, actor) || 'x', scopes: ['VIEW'], granted_at: new Date() },
    }),
    seenBy: SIDE,
    addedBy: [],
    change: 'revoked_at = now()',
    changedBy: ['the patient', 'a caregiver'],
  },
  {
    name: 'care_invitation',
    row: (about, actor) => ({
      ...ofPatient(about),
      ...{ kind: 'CAREGIVER', code_index: 'x'.repeat(43), scopes: ['VIEW'], care_until: soon(24 * 30) },
      ...{ invited_by: subject(about, actor), created_at: new Date(), expires_at: soon(24) },
    }),
    seenBy: ['the patient'],
    addedBy: SIDE,
    change: 'withdrawn_at = now()',
    changedBy: ['the patient'],
  },
  {
    name: 'consent',
    row: (about, actor) => ({
      ...ofPatient(about),
      ...{ purpose: 'RESEARCH_STATISTICS', recipient_id: newId(), text_number: 1 },
      ...{ given_at: soon(-1), given_by: subject(about, actor) },
    }),
    seenBy: SIDE,
    addedBy: [...CARING, BLIND],
    change: 'withdrawn_at = now(), withdrawn_by = caller_subject()',
    changedBy: CARING,
  },
  {
    name: 'diagnosis',
    existing: `patient_id = $1 and status = 'REPORTED'`,
    row: (about) => ({
      ...ofPatient(about),
      ...{ disease_id: newId(), hospital_id: about.hospitalId, hospital_organisation_id: about.organisationId },
      ...{ diagnosed_on: '2026-01-05', status: 'REPORTED', created_at: new Date() },
    }),
    seenBy: [...SIDE, ...TREATING, ...DECIDING],
    addedBy: [...CARING, BLIND],
    change: `status = 'VERIFIED', decided_at = now(), decided_by_role = current_setting('app.roles')`,
    changedBy: DECIDING,
  },
  {
    name: 'diagnosis_event',
    existing: 'diagnosis_id in (select id from patient.diagnosis where patient_id = $1)',
    row: ({ diagnosisId }) => ({ diagnosis_id: diagnosisId, status: 'VERIFIED', at: new Date(), by_role: 'HOSPITAL' }),
    seenBy: [...SIDE, ...TREATING, ...DECIDING],
    addedBy: [],
  },
  {
    name: 'payout_account',
    key: 'patient_id',
    row: ({ patientId }) => ({
      ...{ patient_id: patientId, holder_sealed: 'v1.x', account_sealed: 'v1.x', bank_code: '999000000001' },
      ...{ masked: '**** 0001', changed_at: new Date() },
    }),
    seenBy: SIDE,
    addedBy: APPLYING,
    change: 'version = version',
    changedBy: APPLYING,
  },
  {
    name: 'patient_identity',
    key: 'patient_id',
    row: ({ patientId }) => ({
      ...{ patient_id: patientId, legal_name_sealed: 'v1.x', national_id_sealed: 'v1.x', phone_sealed: 'v1.x' },
      ...{ national_id_index: 'x'.repeat(43), insurance: 'NONE', changed_at: new Date() },
    }),
    seenBy: SIDE,
    addedBy: [...APPLYING, BLIND],
    change: 'version = version',
    changedBy: APPLYING,
  },
  {
    name: 'treatment',
    key: 'source_id',
    existing: `patient_id = $1 and until is null and physician_id = (select id from patient.physician where subject = 'case the treating physician')`,
    row: (about, actor) => ({ source_id: newId(), patient_id: about.patientId, physician_id: physician(about, actor) }),
    seenBy: [...SIDE, 'the treating physician'],
    addedBy: [],
  },
  {
    name: 'emergency_access',
    row: (about, actor) => ({
      ...ofPatient(about),
      ...{ physician_id: physician(about, actor), reason: 'Unconscious, brought in by others.', until: soon(23) },
    }),
    by: 'a physician in an emergency',
    seenBy: [...SIDE, 'a physician in an emergency'],
    addedBy: VERIFIED,
  },
  {
    name: 'notice',
    row: (about) => ({ ...ofPatient(about), kind: 'X', about_id: newId() }),
    seenBy: SIDE,
    // whoever does something tells those concerned, and cannot read it back
    addedBy: SIGNED_IN,
    change: 'read_at = now()',
    changedBy: SIDE,
  },
  {
    name: 'access_log',
    row: (about, actor) => ({
      ...ofPatient(about),
      ...{
        subject: subject(about, actor),
        role: 'CAREGIVER',
        record: 'X',
        record_id: newId(),
        fields: [],
        purpose: 'CARE',
      },
    }),
    seenBy: SIDE,
    // in one's own name alone
    addedBy: SIGNED_IN,
  },
  {
    name: 'appointment',
    row: (about) => ({
      ...{ ...ofPatient(about), physician_id: physician(about, 'the treating physician') },
      ...{ starts_at: soon(48), ends_at: soon(48.5), busy_until: soon(49), zone: 'Asia/Shanghai', status: 'BOOKED' },
      ...{ reason: 'X', created_at: new Date(), changed_at: new Date() },
    }),
    sample: { id: ID.appointment, starts_at: soon(72), ends_at: soon(72.5), busy_until: soon(73) },
    seenBy: [...SIDE, 'the treating physician'],
    addedBy: [...CARING, BLIND],
    change: 'version = version',
    changedBy: [...CARING, 'the treating physician'],
  },
  {
    name: 'appointment_event',
    existing: 'appointment_id in (select id from patient.appointment where patient_id = $1)',
    row: () => ({
      ...{ id: newId(), appointment_id: ID.appointment, kind: 'CONFIRMED', starts_at: soon(72), at: new Date() },
      by_role: 'PHYSICIAN',
    }),
    seenBy: [...SIDE, 'the treating physician'],
    addedBy: [],
  },
  {
    name: 'consultation_summary',
    row: (about, actor) => ({
      ...{ ...ofPatient(about), appointment_id: ID.held, physician_id: physician(about, actor), number: 2, text: 'X' },
      written_at: new Date(),
    }),
    by: 'the treating physician',
    sample: { number: 1 },
    seenBy: [...SIDE, ...TREATING],
    addedBy: ['the treating physician'],
  },
  {
    name: 'questionnaire_result',
    row: (about, actor) => ({
      ...{ ...ofPatient(about), questionnaire: 'X', questionnaire_version: 1, answers: '[]', score: 0, band: 'LOW' },
      ...{ red_flag: false, answered_at: new Date(), answered_by: subject(about, actor) },
    }),
    seenBy: [...SIDE, ...TREATING],
    addedBy: [...CARING, BLIND],
  },
  {
    name: 'diary_entry',
    row: (about) => ({
      ...{ ...ofPatient(about), day: '2026-02-01', symptoms: '{}', vocabulary: 1 },
      ...{ recorded_at: new Date(), changed_at: new Date() },
    }),
    sample: { id: ID.entry },
    seenBy: [...SIDE, ...TREATING],
    addedBy: [...CARING, BLIND],
    change: 'version = version',
    changedBy: CARING,
  },
  {
    name: 'diary_episode',
    row: (about) => ({ ...ofPatient(about), entry_id: ID.entry, began_on: '2026-02-01' }),
    seenBy: [...SIDE, ...TREATING],
    addedBy: [...CARING, BLIND],
    change: 'ended_on = began_on',
    changedBy: CARING,
  },
  {
    name: 'care_plan',
    row: (about, actor) => ({
      ...{
        ...ofPatient(about),
        physician_id: physician(about, actor),
        disease_id: newId(),
        stage: 'ACTIVE',
        title: 'X',
      },
      ...{ goals: [], status: 'ACTIVE', created_at: new Date() },
    }),
    by: 'the treating physician',
    sample: { id: ID.plan },
    seenBy: [...SIDE, ...TREATING],
    addedBy: ['the treating physician'],
    change: 'version = version',
    changedBy: ['the treating physician'],
  },
  {
    name: 'care_task',
    row: (about) => ({
      ...{
        ...ofPatient(about),
        care_plan_id: ID.plan,
        place: 2,
        title: 'X',
        kind: 'VISIT',
        first_due_on: '2026-02-01',
      },
    }),
    sample: { id: ID.task, place: 1 },
    seenBy: [...SIDE, ...TREATING],
    addedBy: ['the treating physician'],
    change: 'stopped_on = first_due_on',
    changedBy: ['the treating physician'],
  },
  {
    name: 'care_task_mark',
    row: (about, actor) => ({
      ...{ ...ofPatient(about), task_id: ID.task, occurrence_on: '2026-02-01', outcome: 'DONE' },
      marked_by: subject(about, actor),
    }),
    seenBy: [...SIDE, ...TREATING],
    addedBy: [...CARING, BLIND],
    change: 'marked_by = caller_subject()',
    changedBy: CARING,
  },
  {
    name: 'document',
    row: (about) => ({
      ...{ ...ofPatient(about), kind: 'MEDICAL_RECORD', media_type: 'PDF', byte_size: 1, sha256: '0'.repeat(64) },
      ...{ status: 'AWAITING_UPLOAD', file_name_sealed: 'v1.x', requested_at: new Date(), expires_at: soon(1) },
    }),
    sample: { status: 'STORED', object_key: newId(), data_key_sealed: 'v1.x', uploaded_at: new Date() },
    seenBy: [...SIDE, ...TREATING, 'the reviewer'],
    addedBy: [...new Set<Actor>([...CARING, ...APPLYING, BLIND])],
    change: 'version = version',
    changedBy: [...new Set<Actor>([...CARING, ...APPLYING])],
  },
  {
    name: 'data_export',
    row: (about, actor) => ({
      ...{ ...ofPatient(about), requested_by: subject(about, actor), requested_at: new Date(), status: 'WAITING' },
    }),
    sample: { id: ID.export },
    seenBy: ['the patient'],
    addedBy: ['the patient', 'a caregiver'],
    change: 'done = done',
    changedBy: [],
  },
  {
    name: 'data_export_part',
    row: () => ({ id: newId(), export_id: ID.export, subgraph: 'fund', content_sealed: 'v1.x' }),
    sample: { subgraph: 'patient' },
    seenBy: ['the patient'],
    addedBy: [],
  },
  {
    name: 'erasure',
    row: (about, actor) => ({
      ...{ ...ofPatient(about), subject: subject(about, actor), asked_by_index: 'x', status: 'WAITING' },
      requested_at: new Date(),
    }),
    seenBy: [],
    addedBy: ['the patient'],
    change: 'status = status',
    changedBy: [],
  },
];

/** Of patients too, but no row leads to one: other tests say who sees what. */
const ELSEWHERE = ['erasure_step', 'erased_patient'];

let on: SubgraphsUnderTest;
let about: CareCase;
let client: Client;
const insert = (to: Client, table: string, row: Row) => {
  const columns = Object.keys(row);
  return to.query(
    `insert into patient.${table} (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
    Object.values(row),
  );
};
const samples = new Map<string, string>();
beforeAll(async () => {
  on = await openSubgraphs('patient_rows');
  about = await makeCareCase(on.admin);
  client = await on.serving('patient');
  const held = (TABLES.find(({ name }) => name === 'appointment') as Table).row(about, 'the patient');
  await insert(on.admin, 'appointment', {
    ...held,
    ...{ id: ID.held, status: 'COMPLETED', starts_at: soon(-2), ends_at: soon(-1.5), busy_until: soon(-1.5) },
  });
  for (const { name, key = 'id', row, by = 'the patient', sample, existing } of TABLES) {
    if (!existing) {
      const made: Row = { ...row(about, by), ...sample };
      await insert(on.admin, name, made);
      samples.set(name, made[key] as string);
      continue;
    }
    const { rows } = await on.admin.query(
      `select ${key} as key from patient.${name} where ${existing} limit 1`,
      existing.includes('$1') ? [about.patientId] : [],
    );
    samples.set(name, rows[0].key);
  }
});
afterAll(() => on?.stop());

/** Begins a transaction in somebody's name, in one packet. */
function beginAs(actor: Actor): Promise<unknown> {
  const { subject: sub, roles, organisation = '' } = about.identities[actor];
  const working = /^(the|a) reviewer/.test(actor) ? about.patientId : '';
  const settings = { subject: sub, roles: roles.join(','), organisation, patients: working };
  const made = Object.entries(settings).map(([name, value]) => `set_config('app.${name}', ${literal(value)}, true)`);
  return client.query(`begin; select ${made}`);
}

/** Does something in somebody's name, and lets nothing of it stay. @returns the rows touched, or PostgreSQL's code of refusal */
async function tries(actor: Actor, text: string, values: unknown[]): Promise<number | string> {
  await beginAs(actor);
  try {
    return (await client.query(text, values)).rowCount ?? 0;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query('rollback');
  }
}
const REFUSED = '42501';
/** What was let through, whatever then became of it: the row may be there already. */
const passed = (outcome: number | string) => outcome !== REFUSED && outcome !== 0;
const who = async (allows: (actor: Actor) => Promise<boolean>) => {
  const found: Actor[] = [];
  for (const actor of ACTORS) if (await allows(actor)) found.push(actor);
  return found;
};
const inOrder = (actors: readonly Actor[] = []) => ACTORS.filter((actor) => actors.includes(actor));

describe.each(TABLES)('of the table $name a row', ({ name, key = 'id', row, seenBy, addedBy, change, changedBy }) => {
  const sample = () => [samples.get(name)];
  const here = `${name} where ${key} = $1`;

  test('is seen by whom it concerns, and by nobody else', async () => {
    expect(await who(async (actor) => (await tries(actor, `select from ${here}`, sample())) === 1)).toEqual(
      inOrder(seenBy),
    );
  });

  test('is added by who may, and by nobody else', async () => {
    const adds = async (actor: Actor) => {
      const made = row(about, actor);
      const columns = Object.keys(made);
      const text = `insert into ${name} (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`;
      return passed(await tries(actor, text, Object.values(made)));
    };
    expect(await who(adds)).toEqual(inOrder(addedBy));
  });

  test('is changed by who may, and by nobody else', async () => {
    const text = `update ${name} set ${change ?? `${key} = ${key}`} where ${key} = $1`;
    expect(await who(async (actor) => passed(await tries(actor, text, sample())))).toEqual(inOrder(changedBy));
  });

  test('is deleted by nobody', async () => {
    expect(await who(async (actor) => passed(await tries(actor, `delete from ${here}`, sample())))).toEqual([]);
  });
});

test('each table that leads to a patient is among these', async () => {
  const { rows } = await on.admin.query(
    `with recursive leads(table_id) as (
       select 'patient.patient'::regclass::oid
       union select conrelid from pg_constraint join leads on confrelid = table_id where contype = 'f')
     select relname as name from leads join pg_class on pg_class.oid = table_id
     union select relname from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'patient'::regnamespace and relkind = 'r' and attname = 'patient_id'
     order by 1`,
  );
  const known = [...TABLES.map(({ name }) => name), ...ELSEWHERE];
  expect(rows.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
});
