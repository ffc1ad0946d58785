import type { Answer } from '../../../tests/subgraphs.js';
import { person } from '../../../tests/subgraphs.js';
import type { Executes } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { CareUnderTest, type PatientUnderTest } from '../../patient/care-plan/care-under-test.js';
import { DEMO_PHYSICIAN_ID } from '../../patient/demo.js';
import { dayPlus } from '../../patient/diary/diary.rules.js';
import type { WantedSupply } from './prescription.rules.js';
import { checkSupplies } from './supply.step.js';

export const PHARMACIST = person('demo-pharmacist', 'PHARMACIST');
export const OTHER_PHARMACIST = person('demo-pharmacist-2', 'PHARMACIST');

const SHOWN = `id number dose note quantity refills total used left validUntil status issuedAt checkedAt checkReason withdrawReason
  version allowedActions medicine { id } physician { id } appointment { id } patient { id }`;
const CHANGED = '... on StaleVersion { currentVersion } ... on PrescriptionWrongState { stands: status permitted }';
const FAILURES: Readonly<Record<string, string>> = {
  issuePrescription: '... on ConsentMissing { purpose }',
  checkPrescription: `... on ConsentMissing { purpose } ${CHANGED}`,
  withdrawPrescription: CHANGED,
};

/** Patients whom the demo's physician treats, and what is prescribed to them, in all subgraphs without the gateway. */
export class PrescriptionsUnderTest {
  private constructor(
    readonly care: CareUnderTest,
    /** Two medicines of the catalog. */
    readonly medicines: readonly [string, string],
  ) {}

  static async open(name: string): Promise<PrescriptionsUnderTest> {
    const care = await CareUnderTest.open(name);
    const { rows } = await care.api.admin.query<{ id: string }>('select id from catalog.medicine order by id limit 2');
    return new PrescriptionsUnderTest(care, rows.map(({ id }) => id) as [string, string]);
  }

  /** A day so many days from today. */
  day(ahead: number): string {
    return dayPlus(this.care.today, ahead);
  }

  /** Somebody whom the demo's physician treats, and who lets the pharmacy know of it. */
  async patient(): Promise<PatientUnderTest> {
    const patient = await this.care.patient();
    await this.care.treat(patient);
    await this.share(patient);
    return patient;
  }

  async share({ id, identity }: PatientUnderTest): Promise<void> {
    await this.care.api.admin.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       values ($1, $2, 'SHARE_WITH_PHARMACY', 1, now(), $3)`,
      [newId(), id, identity.subject],
    );
  }

  /** From one purpose alone. */
  async withdrawConsent({ id }: PatientUnderTest, purpose: string): Promise<void> {
    await this.care.api.admin.query(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'test'
       where patient_id = $1 and purpose = $2 and withdrawn_at is null`,
      [id, purpose],
    );
  }

  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.care.api.execute('pharmacy', who, query, variables);
    if (errors) throw new Error(errors.map((each: { message: string }) => each.message).join(' | '));
    return data;
  }

  /** A mutation's answer: the prescription, or the failure. */
  async change(who: Identity, mutation: string, input: object): Promise<Answer> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const text = `mutation ($input: ${type}!) { it: ${mutation}(input: $input) {
      __typename ... on UserError { code path message } ${FAILURES[mutation] ?? ''} ... on Prescription { ${SHOWN} } } }`;
    return (await this.ask(who, text, { input: { idempotencyKey: newId(), ...input } })).it;
  }

  /** What the demo's physician would send. */
  entered(patient: PatientUnderTest, more: object = {}): object {
    const [medicineId] = this.medicines;
    return {
      patientId: patient.id,
      medicineId,
      dose: 'One a day',
      quantity: 2,
      refills: 4,
      validUntil: this.day(30),
      ...more,
    };
  }

  /** A prescription of ten packages that a pharmacist has approved. */
  async approved(physician: Identity, patient: PatientUnderTest, more: object = {}): Promise<Answer> {
    const issued = await this.change(physician, 'issuePrescription', this.entered(patient, more));
    return this.change(PHARMACIST, 'checkPrescription', {
      prescriptionId: issued.id,
      decision: 'APPROVE',
      reason: 'In order',
      expectedVersion: issued.version,
    });
  }

  async read(who: Identity, id: string): Promise<Answer> {
    return (await this.ask(who, `query ($id: ID!) { prescription(id: $id) { ${SHOWN} } }`, { id })).prescription;
  }

  /** The dose is what the tests know a prescription by. */
  async list(who: Identity, filter: object = {}, first = 50): Promise<Answer> {
    const query = `query ($filter: PrescriptionFilter, $first: Int!) { prescriptions(filter: $filter, first: $first) {
      totalCount nodes { id dose status } } }`;
    return (await this.ask(who, query, { filter, first })).prescriptions;
  }

  /** Sets the clock for a prescription: its last day was yesterday. */
  async expire(id: string): Promise<void> {
    await this.care.api.admin.query(
      `update pharmacy.prescription set issued_at = issued_at - interval '2 days', valid_until = $2 where id = $1`,
      [id, this.day(-1)],
    );
  }

  /**
   * Orders by prescriptions as the order's use case does, in one transaction.
   *
   * @param check what is done before the lines are written
   * @param by who orders, and whom they care for; the patient if left out
   * @returns the order's id
   * @throws what `check` throws, or the database
   */
  order(
    { id: patientId, identity }: PatientUnderTest,
    lines: readonly WantedSupply[],
    check = (sql: Executes) => checkSupplies(sql, patientId, lines, this.care.today),
    by: { readonly who: Identity; readonly inCare: readonly string[] } = { who: identity, inCare: [] },
  ): Promise<string> {
    return this.as(by.who, by.inCare, async (em) => {
      await check(em);
      const id = newId();
      await em.execute(
        `insert into drug_order (id, number, patient_id, patient_subject, status, placed_at)
         values (?, 'RX-2026-' || lpad(nextval('drug_order_number')::text, 6, '0'), ?, ?, 'PLACED', now())`,
        [id, patientId, identity.subject],
      );
      for (const { medicineId, quantity, prescriptionId } of lines) {
        await em.execute(
          `insert into drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen, prescription_id) values (?, ?, ?, ?, 100, ?)`,
          [newId(), id, medicineId, quantity, prescriptionId],
        );
      }
      return id;
    });
  }

  /** A pharmacist cancels an order. */
  async cancel(orderId: string): Promise<void> {
    await this.as(PHARMACIST, [], (em) =>
      em.execute(`update drug_order set status = 'CANCELLED', cancelled_at = now() where id = ?`, [orderId]),
    );
  }

  /** An order comes back, without the way that it would have gone. */
  async return(orderId: string): Promise<void> {
    await this.care.api.admin.query(`update pharmacy.drug_order set status = 'RETURNED' where id = $1`, [orderId]);
  }

  private as<T>(who: Identity, inCare: readonly string[], work: (em: Executes) => Promise<T>): Promise<T> {
    return this.care.api
      .get('pharmacy')
      .database.session(who, async () => inCare)
      .transaction(work);
  }

  /** A consultation with the demo's physician, so many hours from now. */
  async appointment({ id: patientId }: PatientUnderTest, status: string, inHours: number): Promise<string> {
    const id = newId();
    await this.care.api.admin.query(
      `insert into patient.appointment (id, patient_id, physician_id, starts_at, ends_at, busy_until, zone, status, reason, created_at, changed_at)
       select $1, $2, $3, at, at + interval '30 minutes', at + interval '30 minutes', 'Asia/Shanghai', $4, 'Test', now(), now()
       from (select now() + $5 * interval '1 hour' as at) slot`,
      [id, patientId, DEMO_PHYSICIAN_ID, status, inHours],
    );
    return id;
  }

  async emergency({ id }: PatientUnderTest, physician: Identity): Promise<void> {
    await this.care.api.admin.query(
      `insert into patient.emergency_access (id, patient_id, physician_id, reason, until)
       select $1, $2, id, 'Brought in unconscious', now() + interval '1 hour' from patient.physician where subject = $3`,
      [newId(), id, physician.subject],
    );
  }

  async notices(id: string): Promise<string[]> {
    const { rows } = await this.care.api.admin.query<{ kind: string; audience: string }>(
      'select kind, audience from pharmacy.notice where about_id = $1 order by id',
      [id],
    );
    return rows.map(({ kind, audience }) => `${kind} ${audience}`);
  }

  /** What the access log says of a patient: who read which record, and why. */
  async log({ id }: PatientUnderTest): Promise<string[]> {
    const { rows } = await this.care.api.admin.query(
      'select distinct subject, record, purpose from pharmacy.access_log where patient_id = $1 order by 1, 2',
      [id],
    );
    return rows.map(({ subject, record, purpose }) => `${subject} ${record} ${purpose}`);
  }

  stop(): Promise<void> {
    return this.care.stop();
  }
}
