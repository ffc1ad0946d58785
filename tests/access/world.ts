import { Client } from 'pg';
import { COLUMNS, type Column } from '../../scripts/access-table.js';
import { newId } from '../../subgraphs/common/ids.js';
import { type FieldKeys, readFieldKeys, seal } from '../../subgraphs/common/sealed.js';
import { patientId } from '../../subgraphs/common/seed.js';
import { minuteId } from '../../subgraphs/community/post/post.rules.js';
import { certificateContent } from '../../subgraphs/patient/data-rights/erasure.rules.js';
import { askedByIndex, signCertificate } from '../../subgraphs/patient/data-rights/signing.js';
import { DEMO_PHYSICIAN_ID } from '../../subgraphs/patient/demo.js';
import { sealedPlaces } from '../../subgraphs/patient/document/document.entity.js';
import { type ApiUnderTest, startApi } from '../api.js';
import type { Person } from '../client.js';

/** By the name of their type. */
export type Records = Readonly<Record<string, string>>;

const NAMES: Readonly<Record<Exclude<Column, 'ANYONE'>, string>> = {
  PATIENT: 'patient',
  CAREGIVER: 'caregiver',
  PHYSICIAN: 'physician',
  REVIEWER: 'reviewer',
  FINANCE: 'finance',
  PHARMACIST: 'pharmacist',
  MODERATOR: 'moderator',
  ADMIN: 'admin',
  SPONSOR: 'sponsor',
  HOSPITAL: 'hospital',
  CARRIER: 'carrier',
  MERCHANT: 'merchant',
};

/** Who has to do with somebody's records, and who has not. */
interface Circle {
  readonly patientId: string;
  readonly subject: string | null;
  readonly physicianId: string;
  readonly physicianSubject: string;
  readonly hospital: { readonly id: string; readonly organisation: string | null };
  readonly carrier: string;
  readonly reviewer: string;
  readonly contributor: string;
  /** Who writes in the community for this circle. */
  readonly writer: string;
}

const NOBODY = 'nobody here';

/** Three days ago, so that it does not count against what one may write in a day. */
const wholeMinute = () => new Date(Math.floor(Date.now() / 60_000) * 60_000 - 3 * 86_400_000);

/** Records that somebody has to do with. */
export type Owner =
  /** What everybody may see. */
  | 'published'
  /** The patient’s, whom the others here treat, review and send parcels to. */
  | 'mine'
  /** A child’s, whom the caregiver acts for. */
  | 'child'
  | 'merchant'
  /** Of somebody with whom nobody here has anything to do. */
  | 'stranger'
  /** Written by this role, and hidden by a moderator or never published. */
  | `hidden ${Column | 'stranger'}`;

/** The API with the demo in it, one person signed in for each role, and records of theirs and of a stranger's. */
export class AccessWorld {
  readonly records = new Map<Owner, Records>();
  private readonly fieldKeys: FieldKeys;
  private members = 0;

  private constructor(
    readonly api: ApiUnderTest,
    readonly admin: Client,
    readonly people: Readonly<Record<Column, Person>>,
  ) {
    this.fieldKeys = readFieldKeys(api.keysDir);
  }

  static async open(name: string): Promise<AccessWorld> {
    const api = await startApi('one process', name);
    const admin = new Client({ connectionString: api.adminUrl });
    await admin.connect();
    const people = await Promise.all(
      COLUMNS.map(
        async (column) => [column, column === 'ANYONE' ? api.anyone : await api.person(NAMES[column])] as const,
      ),
    );
    const world = new AccessWorld(api, admin, Object.fromEntries(people) as Record<Column, Person>);
    await world.fill();
    return world;
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.api.stop();
  }

  private async one(text: string, values: unknown[] = []): Promise<string> {
    return (await this.admin.query<{ id: string }>(text, values)).rows[0]?.id as string;
  }

  private async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<string> {
    const columns = Object.keys(row);
    await this.admin.query(
      `insert into ${table} (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
      Object.values(row),
    );
    return row.id as string;
  }

  private async fill(): Promise<void> {
    const { rows } = await this.admin.query(
      `select p.hospital_id as id, p.hospital_organisation_id as organisation from patient.physician p where id = $1`,
      [DEMO_PHYSICIAN_ID],
    );
    const theirs = {
      physicianId: DEMO_PHYSICIAN_ID,
      physicianSubject: 'demo-physician',
      hospital: rows[0],
      carrier: '01934a3c-5800-7000-8000-00000000a004',
      reviewer: 'demo-reviewer',
      contributor: '01934a3c-5800-7000-8000-00000000a001',
    };
    const mine = await this.recordsOf({
      ...theirs,
      patientId: patientId(0),
      subject: 'demo-patient',
      writer: 'demo-patient',
    });
    // nobody takes it from the queue, where each reviewer would see it
    await this.admin.query(`update fund.application set open_reviewer = 'another reviewer', reviewer_subjects = '{another reviewer}'
      where open_stage is not null and open_reviewer is null`);
    const ArticleRevision = await this.one(
      `select id from community.article_revision where written_by = 'demo-physician'`,
    );
    this.records.set('mine', { ...mine, ArticleRevision });
    const child = { ...(await this.strangers()), patientId: patientId(2), subject: null };
    this.records.set('child', await this.recordsOf(child));
    this.records.set('merchant', {
      Contribution: await this.one(`select id from fund.contribution where source = 'MERCHANT'`),
    });
    const published = await this.publishedRecords();
    this.records.set('published', published);
    for (const column of ['PATIENT', 'CAREGIVER', 'PHYSICIAN', 'MODERATOR'] as const) {
      const subject = `demo-${column.toLowerCase()}`;
      const drafts: Records = /PHYSICIAN|MODERATOR/.test(column)
        ? { ArticleRevision: await this.draftOf(subject) }
        : {};
      this.records.set(`hidden ${column}`, { ...(await this.hiddenOf(subject, published)), ...drafts });
    }
  }

  /** Adds what belongs to somebody whom nobody here knows. */
  async addStranger(): Promise<void> {
    const strangers = await this.strangers();
    const id = await this.insert('patient.patient', {
      ...{ id: newId(), subject: NOBODY, display_name: 'Stranger', birth_date: '1990-01-01', sex: 'OTHER' },
      ...{ region: 'Nowhere', created_at: new Date() },
    });
    this.records.set('stranger', await this.recordsOf({ ...strangers, patientId: id, subject: NOBODY }));
    this.records.set('hidden stranger', {
      ...(await this.hiddenOf(NOBODY, this.records.get('published') as Records)),
      ...(await this.unseenRecords()),
      ArticleRevision: await this.draftOf(NOBODY),
    });
  }

  private async strangers(): Promise<Omit<Circle, 'patientId' | 'subject'>> {
    const physicianId = newId();
    const subject = `${NOBODY} ${physicianId}`;
    await this.insert('patient.physician', {
      ...{
        id: physicianId,
        subject,
        name_zh: '测试',
        title: 'Dr.',
        licence_sealed: 'v1.x',
        licence_index: physicianId,
      },
      ...{
        hospital_id: newId(),
        languages: ['zh'],
        status: 'VERIFIED',
        decided_at: new Date(),
        created_at: new Date(),
      },
    });
    return {
      physicianId,
      physicianSubject: subject,
      hospital: { id: newId(), organisation: newId() },
      carrier: newId(),
      reviewer: 'another reviewer',
      contributor: newId(),
      writer: subject,
    };
  }

  /** One of each kind, past all rules: as an administrator of the database. */
  private async recordsOf(circle: Circle): Promise<Records> {
    const { patientId: patient_id, subject: patient_subject, physicianId: physician_id, hospital } = circle;
    const now = new Date();
    const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
    const [disease_id, fund_id] = [
      await this.one('select disease_id as id from fund.fund_disease order by 1 limit 1'),
      await this.one('select id from fund.fund'),
    ];
    const policy_id = await this.one('select id from fund.aid_policy');
    const medicine_id = await this.one(
      `select id from catalog.medicine where sold_online and price_fen is not null order by id limit 1`,
    );
    const insert = (table: string, row: Readonly<Record<string, unknown>>) =>
      this.insert(table, { id: newId(), ...row });
    await this.admin.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       select gen_random_uuid(), $1, purpose, 1, now(), 'access' from unnest(array['TREATMENT', 'AID_REVIEW', 'SHARE_WITH_PHARMACY']) purpose
       on conflict do nothing`,
      [patient_id],
    );
    const Diagnosis = await insert('patient.diagnosis', {
      ...{ patient_id, disease_id, hospital_id: hospital.id, hospital_organisation_id: hospital.organisation },
      ...{ diagnosed_on: '2026-01-05', status: 'REPORTED', created_at: now },
    });
    await insert('patient.diagnosis_event', {
      diagnosis_id: Diagnosis,
      status: 'REPORTED',
      at: now,
      by_role: 'PATIENT',
    });
    const PatientDocument = newId();
    await insert('patient.document', {
      id: PatientDocument,
      ...{
        patient_id,
        kind: 'MEDICAL_RECORD',
        media_type: 'PDF',
        byte_size: 1,
        sha256: '0'.repeat(64),
        status: 'STORED',
      },
      ...{ requested_at: now, expires_at: inHours(1), object_key: newId(), uploaded_at: now },
      file_name_sealed: seal(this.fieldKeys, sealedPlaces(PatientDocument).fileName, 'record.pdf'),
      data_key_sealed: 'v1.x',
    });
    const Appointment = await insert('patient.appointment', {
      ...{ patient_id, physician_id, starts_at: inHours(720), ends_at: inHours(720.5), busy_until: inHours(721) },
      ...{ zone: 'Asia/Shanghai', status: 'BOOKED', reason: 'X', created_at: now, changed_at: now },
    });
    const appointment_id = await insert('patient.appointment', {
      ...{ patient_id, physician_id, starts_at: inHours(-2), ends_at: inHours(-1.5), busy_until: inHours(-1.5) },
      ...{ zone: 'Asia/Shanghai', status: 'COMPLETED', reason: 'X', created_at: now, changed_at: now },
    });
    await insert('patient.consultation_summary', {
      ...{ appointment_id, patient_id, physician_id, number: 1, text: 'X', written_at: now },
    });
    await insert('patient.emergency_access', {
      ...{ patient_id, physician_id, reason: 'Unconscious, brought in by others.', at: now, until: inHours(24) },
    });
    const askedBy = patient_subject ?? 'demo-caregiver';
    const CareInvitation = await insert('patient.care_invitation', {
      ...{ patient_id, kind: 'CAREGIVER', code_index: newId().padEnd(43, 'x'), scopes: ['VIEW'], invited_by: askedBy },
      ...{ care_until: inHours(720), created_at: now, expires_at: inHours(24) },
    });
    await this.admin.query(
      `insert into patient.diary_entry (id, patient_id, day, symptoms, vocabulary, recorded_at, changed_at)
       values ($1, $2, current_date - 1, '{"fatigue": 3}', 1, now(), now()) on conflict do nothing`,
      [newId(), patient_id],
    );
    const CarePlan = await insert('patient.care_plan', {
      ...{
        patient_id,
        physician_id,
        disease_id,
        stage: 'ACTIVE',
        title: 'X',
        goals: [],
        status: 'ACTIVE',
        created_at: now,
      },
    });
    const CareTask = await insert('patient.care_task', {
      ...{ patient_id, care_plan_id: CarePlan, place: 1, title: 'X', kind: 'VISIT', first_due_on: now },
    });
    const DataExport = await insert('patient.data_export', {
      ...{ patient_id, requested_by: askedBy, requested_at: now, status: 'WAITING' },
    });
    const Erasure = newId();
    const steps = [{ subgraph: 'patient', deleted: 1, pseudonymised: 0, finishedAt: now }] as const;
    const certificate = certificateContent({ id: Erasure, requestedAt: now, finishedAt: now, steps });
    await insert('patient.erasure', {
      id: Erasure,
      ...{ patient_id: null, subject: null, asked_by_index: askedByIndex(this.fieldKeys, askedBy) },
      ...{ status: 'FINISHED', requested_at: now, began_at: now, finished_at: now, certificate },
      signature: signCertificate(this.fieldKeys, Erasure, certificate),
    });
    const Application = await insert('fund.application', {
      ...{ patient_id, patient_subject, disease_id, fund_id, number: `CASE-${newId()}`, aid_year: 2024 },
      ...{
        expected_expense_fen: 100,
        status: 'APPROVED',
        reviewer_subjects: [circle.reviewer],
        snapshot: {},
        policy_id,
      },
      ...{ created_at: now, submitted_at: now, decided_at: now },
    });
    await this.admin.query(
      `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, paid_fen, awarded_fen) values ($1, 2024, 5000000, 100, 0, 0)
       on conflict do nothing`,
      [patient_id],
    );
    const Grant = await insert('fund.aid_grant', {
      ...{ application_id: Application, patient_id, disease_id, fund_id, policy_id, aid_year: 2024, tier: 'I' },
      ...{ maximum_fen: 100, paid_fen: 0, awarded_fen: 0, released_fen: 0, status: 'ACTIVE', created_at: now },
    });
    const Claim = await insert('fund.claim', {
      ...{
        number: `CASE-${newId()}`,
        grant_id: Grant,
        application_id: Application,
        fund_id,
        patient_id,
        patient_subject,
      },
      ...{
        status: 'CHECKED',
        asked_fen: 100,
        self_paid_fen: 100,
        taken_back_fen: 0,
        entered_by: askedBy,
        entered_at: now,
      },
      ...{ checked_by: circle.reviewer, checked_at: now },
    });
    await insert('fund.expense_line', {
      ...{ claim_id: Claim, place: 0, invoice_issuer: 'X', invoice_number: newId(), incurred_on: now, amount_fen: 100 },
      ...{
        basic_insurance_fen: 0,
        serious_illness_insurance_fen: 0,
        medical_assistance_fen: 0,
        commercial_insurance_fen: 0,
      },
      other_charity_fen: 0,
    });
    const Contribution = await insert('fund.contribution', {
      ...{
        number: `CASE-${newId()}`,
        fund_id,
        source: 'SPONSOR',
        organisation_id: circle.contributor,
        amount_fen: 100,
      },
      ...{ status: 'PLEDGED', recorded_by: circle.contributor, pledged_at: now },
    });
    const Prescription = newId();
    await this.admin.query(
      `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose,
         quantity, refills, valid_until, status, issued_at, checked_at, checked_by, check_reason)
       values ($1, 'RP-2024-' || (900000 + nextval('pharmacy.prescription_number')), $2, $3, $4, $5, $6, 'One a day', 10, 0, $7, 'APPROVED', now(), now(), 'access', 'In order.')`,
      [Prescription, patient_id, patient_subject, physician_id, circle.physicianSubject, medicine_id, inHours(720)],
    );
    const DrugOrder = newId();
    await this.admin.query(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at, pay_by, application_id)
       values ($1, 'RX-2024-' || (900000 + nextval('pharmacy.drug_order_number')), $2, $3, 'SHIPPED', now() - interval '3 hours',
         now() + interval '21 hours', $4)`,
      [DrugOrder, patient_id, patient_subject, Application],
    );
    await insert('pharmacy.drug_order_line', {
      ...{ order_id: DrugOrder, medicine_id, quantity: 1, unit_price_fen: 100, prescription_id: Prescription },
    });
    const Shipment = await insert('pharmacy.shipment', {
      ...{
        order_id: DrugOrder,
        carrier_organisation_id: circle.carrier,
        status: 'IN_TRANSIT',
        tracking_number: newId(),
      },
      ...{ cold_chain: true, shipped_at: now, created_at: now, allowance_minutes: 60 },
    });
    const CareNotice = await insert('patient.notice', {
      patient_id,
      kind: 'RECORD_OPENED_IN_EMERGENCY',
      about_id: newId(),
    });
    const PharmacyNotice = await insert('pharmacy.notice', {
      ...{ patient_id, patient_subject, audience: 'PATIENT', kind: 'ORDER_SHIPPED', about_id: DrugOrder },
    });
    const CareRelationship = await insert('patient.care_relationship', {
      ...{
        patient_id,
        patient_subject,
        caregiver_subject: `carer of ${patient_id}`,
        scopes: ['VIEW'],
        granted_at: now,
      },
    });
    const Consent = await this.one(
      `select id from patient.consent where patient_id = $1 and withdrawn_at is null order by id limit 1`,
      [patient_id],
    );
    const ClawBack = await insert('fund.claw_back', {
      ...{
        claim_id: Claim,
        fund_id,
        status: 'DUE',
        amount_fen: 1,
        cause: 'REVERSED',
        reason: 'X',
        by_subject: 'access',
      },
      created_at: now,
    });
    return {
      ...{ Patient: patient_id, PatientIdentityInClear: patient_id, Diagnosis, PatientDocument, Appointment, CarePlan },
      ...{ DataExport, Erasure, Application, Grant, Claim, Contribution, Prescription, DrugOrder, Shipment },
      ...{ CareInvitation, CareTask, CareRelationship, Consent, CareNotice, PharmacyNotice, ClawBack },
    };
  }

  private async publishedRecords(): Promise<Records> {
    const of = async (table: string, where = 'true') =>
      this.one(`select id from ${table} where ${where} order by id limit 1`);
    const post = (kind: string) =>
      of('community.post', `kind = '${kind}' and status = 'PUBLISHED' and closed_at is null`);
    return {
      Disease: await of('catalog.disease'),
      Hospital: await of('catalog.hospital'),
      Medicine: await of('catalog.medicine'),
      Organisation: await of('catalog.organisation'),
      Fund: await of('fund.fund'),
      PayoutBatch: await of('fund.payout_batch'),
      StockLot: await of('pharmacy.stock_lot'),
      Physician: await of('patient.physician', `status = 'VERIFIED'`),
      Article: await of('community.article'),
      Story:
        await this.one(`select s.id from community.post s where kind = 'STORY' and status = 'PUBLISHED' and exists (
        select from community.post c where c.parent_id = s.id and c.status = 'PUBLISHED') order by id limit 1`),
      Question: await post('QUESTION'),
      Answer: await post('ANSWER'),
      Comment: await post('COMMENT'),
    };
  }

  /** What moderators have hidden, and a case about it. */
  private async hiddenOf(subject: string, published: Records): Promise<Records> {
    const long = wholeMinute();
    const member = minuteId(long);
    await this.admin.query(
      `insert into community.member (id, subject, pseudonym, created_at) values ($1, $2, $3, $4) on conflict do nothing`,
      [member, subject, `Access Heron ${++this.members}`, long],
    );
    const disease = published.Disease;
    const post = async (kind: string, parent: string | null) => {
      const id = minuteId(long);
      await this.admin.query(
        `insert into community.post (id, kind, member_id, pseudonym, disease_id, parent_id, top_id, depth, title, body, status, published_at)
         select $1, $2, m.id, m.pseudonym, $3, $4, $1, 0, $5, 'Hidden text', 'HIDDEN', $6 from community.member m where m.subject = $7`,
        [id, kind, parent ? null : disease, parent, parent ? null : 'Hidden title', long, subject],
      );
      return id;
    };
    const Story = await post('STORY', null);
    await this.admin.query(
      `insert into community.moderation_case (id, post_id, member_id, origin, state, reports, post_version, opened_at, due_at)
       select $1, p.id, p.member_id, 'REPORTED', 'OPEN', 1, 1, $3, $3::timestamptz + interval '1 day' from community.post p where p.id = $2`,
      [minuteId(long), Story, long],
    );
    return {
      Story,
      Question: await post('QUESTION', null),
      Answer: await post('ANSWER', published.Question as string),
      Comment: await post('COMMENT', published.Story as string),
      ModerationCase: await this.one('select id from community.moderation_case where post_id = $1', [Story]),
    };
  }

  /** A text of an article that nobody else has seen yet. */
  private draftOf(subject: string): Promise<string> {
    const saved = wholeMinute();
    return this.insert('community.article_revision', {
      ...{ id: minuteId(saved), article_id: minuteId(saved), written_by: subject, title_en: 'X', title_zh: 'X' },
      ...{ body_en: 'X', body_zh: 'X', stages: ['ACTIVE'], author_class: 'FOUNDATION', sources: ['X'] },
      ...{ state: 'DRAFT', saved_at: saved },
    });
  }

  /** An entry as a physician that nobody has looked at, and an article that is not out yet. */
  private async unseenRecords(): Promise<Records> {
    const [physician, article] = [newId(), minuteId(wholeMinute())];
    return {
      Physician: await this.insert('patient.physician', {
        ...{ id: physician, subject: `${NOBODY} ${physician}`, name_zh: '测试', title: 'Dr.', licence_sealed: 'v1.x' },
        ...{
          licence_index: physician,
          hospital_id: newId(),
          languages: ['zh'],
          status: 'PENDING',
          created_at: new Date(),
        },
      }),
      Article: await this.insert('community.article', {
        ...{
          id: article,
          slug: `a-${article}`,
          title_en: 'X',
          title_zh: 'X',
          body_en: 'X',
          body_zh: 'X',
          stages: ['ACTIVE'],
        },
        ...{ author_class: 'FOUNDATION', sources: ['X'], demo: true, published_at: new Date(Date.now() + 86_400_000) },
      }),
    };
  }
}
