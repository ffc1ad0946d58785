import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { shanghaiDay } from '../../common/calendar.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { DEMO_PHYSICIAN_ID } from '../demo.js';
import { dayPlus } from '../diary/diary.rules.js';

/** The demo's physician, and one who is nothing to any patient here. */
export const PHYSICIAN = person('demo-physician', 'PHYSICIAN');
export const OTHER_PHYSICIAN = person('demo-physician-2', 'PHYSICIAN');
const STRANGER = person('demo-other-patient', 'PATIENT');

/** Everybody who must not learn anything of a patient's care, by name. */
export const OTHERS: readonly (readonly [string, Identity])[] = [
  ['another patient', STRANGER],
  ['a caregiver of somebody else', person('demo-caregiver', 'CAREGIVER')],
  ['a physician who does not treat them', OTHER_PHYSICIAN],
  ['somebody who says they are a physician', person('nobody', 'PHYSICIAN')],
  ['a reviewer', person('demo-reviewer', 'REVIEWER')],
  ['a finance officer', person('demo-finance', 'FINANCE')],
  ['a pharmacist', person('demo-pharmacist', 'PHARMACIST')],
  ['a moderator', person('demo-moderator', 'MODERATOR')],
  ['an administrator', person('demo-admin', 'ADMIN')],
  ['the hospital', person('demo-hospital', 'HOSPITAL', '01934a3c-5800-7000-8000-00000000a003')],
];

/** A patient with a sign-in of their own. */
export interface PatientUnderTest {
  readonly id: string;
  readonly identity: Identity;
}

/** Patients and who cares for them, in all subgraphs without the gateway. */
export class CareUnderTest {
  private constructor(
    readonly api: SubgraphsUnderTest,
    readonly today: string,
    readonly diseaseId: string,
  ) {}

  static async open(name: string): Promise<CareUnderTest> {
    const api = await openSubgraphs(name);
    const { rows } = await api.admin.query<{ id: string }>('select id from catalog.disease where catalog_no = 31');
    return new CareUnderTest(api, shanghaiDay(new Date()), rows[0]?.id as string);
  }

  day(daysAgo: number): string {
    return dayPlus(this.today, -daysAgo);
  }

  /** @throws when there are errors, so that a test sees them */
  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.api.execute('patient', who, query, variables);
    if (errors) throw new Error(errors.map((each: { message: string }) => each.message).join(' | '));
    return data;
  }

  /** A mutation's answer: `__typename` with the failure's path and code, or what was selected. */
  async change(who: Identity, mutation: string, input: object, of: string, fields: string): Promise<Answer> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const text = `mutation ($input: ${type}!) { it: ${mutation}(input: $input) {
      __typename ... on UserError { code message path } ... on ${of} { ${fields} } } }`;
    return (await this.ask(who, text, { input: { idempotencyKey: newId(), ...input } })).it;
  }

  async patient(): Promise<PatientUnderTest> {
    const id = newId();
    const subject = `patient-${id}`;
    await this.api.admin.query(
      `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
       values ($1, $2, 'Test Patient', '1990-01-01', 'FEMALE', '北京', now())`,
      [id, subject],
    );
    return { id, identity: person(subject, 'PATIENT') };
  }

  async caregiver(patient: PatientUnderTest, ...scopes: string[]): Promise<Identity> {
    const subject = `caregiver-${newId()}`;
    await this.api.admin.query(
      `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
       values ($1, $2, $3, $4, $5, now())`,
      [newId(), patient.id, patient.identity.subject, subject, scopes],
    );
    return person(subject, 'CAREGIVER');
  }

  async revoke(caregiver: Identity): Promise<void> {
    await this.api.admin.query('update patient.care_relationship set revoked_at = now() where caregiver_subject = $1', [
      caregiver.subject,
    ]);
  }

  async consent({ id, identity }: PatientUnderTest): Promise<void> {
    await this.api.admin.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by) values ($1, $2, 'TREATMENT', 1, now(), $3) on conflict do nothing`,
      [newId(), id, identity.subject],
    );
  }

  async withdraw({ id, identity }: PatientUnderTest): Promise<void> {
    await this.api.admin.query(
      'update patient.consent set withdrawn_at = now(), withdrawn_by = $2 where patient_id = $1 and withdrawn_at is null',
      [id, identity.subject],
    );
  }

  /** The demo's physician treats the patient from now on, with the patient's consent: as an appointment would have it. */
  async treat(patient: PatientUnderTest): Promise<void> {
    await this.consent(patient);
    await this.api.admin.query(
      'insert into patient.treatment (source_id, patient_id, physician_id) values ($1, $2, $3)',
      [newId(), patient.id, DEMO_PHYSICIAN_ID],
    );
  }

  /** Writes entries of many days at once, so many days ago and the severity of pain on each. */
  async diary({ id }: PatientUnderTest, entries: readonly (readonly [daysAgo: number, pain: number])[]): Promise<void> {
    for (const [daysAgo, pain] of entries) {
      await this.api.admin.query(
        `insert into patient.diary_entry (id, patient_id, day, symptoms, vocabulary, recorded_at, changed_at) values ($1, $2, $3, $4, 1, now(), now())`,
        [newId(), id, this.day(daysAgo), { pain }],
      );
    }
  }

  async count(table: string, { id }: PatientUnderTest): Promise<number> {
    const { rows } = await this.api.admin.query(
      `select count(*)::int as count from patient.${table} where patient_id = $1`,
      [id],
    );
    return rows[0].count;
  }

  /** What the access log says of a patient: who read which record. */
  async log({ id }: PatientUnderTest): Promise<string[]> {
    const { rows } = await this.api.admin.query(
      'select distinct subject, record, purpose from patient.access_log where patient_id = $1 order by 1, 2',
      [id],
    );
    return rows.map(({ subject, record, purpose }) => `${subject} ${record} ${purpose}`);
  }

  stop(): Promise<void> {
    return this.api.stop();
  }
}
