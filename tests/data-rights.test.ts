import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Identity } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { patientId } from '../subgraphs/common/seed.js';
import { SUBGRAPH_NAMES } from '../subgraphs/common/settings.js';
import { verifyLedger } from '../subgraphs/fund/ledger/verify.js';
import type { PatientContext } from '../subgraphs/patient/context.js';
import { gatherDataExport } from '../subgraphs/patient/data-rights/data-export.service.js';
import { tendDataRights } from '../subgraphs/patient/data-rights/data-rights.jobs.js';
import { erasePerson } from '../subgraphs/patient/data-rights/erasure.jobs.js';
import { ownDocumentsFolder } from '../subgraphs/patient/document/documents-under-test.js';
import { openSubgraphs, person, type SubgraphsUnderTest } from './subgraphs.js';
import { wholeDatabase } from './whole-database.js';

let subgraphs: SubgraphsUnderTest;
beforeAll(async () => {
  ownDocumentsFolder();
  subgraphs = await openSubgraphs('data_rights');
});
afterAll(() => subgraphs.stop());

const PATIENT = person('demo-patient', 'PATIENT');
const OTHER = person('demo-other-patient', 'PATIENT');
const CAREGIVER = person('demo-caregiver', 'CAREGIVER');

/** Free text that names somebody. */
const SECRET = 'Zhang Xiaoming 13800138000 of Lane 7';
const NEWCOMER = {
  relation: 'SELF',
  displayName: 'Come Back',
  birthDate: '1991-05-20',
  sex: 'FEMALE',
  region: 'Gansu',
};

const rows = async (text: string, values: unknown[] = []) => (await subgraphs.admin.query(text, values)).rows;
const ask = async (who: Identity, query: string, variables: object = {}) => {
  const { data, errors } = await subgraphs.execute('patient', who, query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const asItself = <T>(work: (context: PatientContext) => Promise<T>) =>
  subgraphs.get('patient').asItself((context) => work(context as PatientContext));

/**
 * Columns that tell of a person and stay, or hold other people, with why. Whoever adds a table with a column named like one of
 * these either gives it out and erases it, in the migrations `*-data-rights`, or says here why not.
 */
const NOT_OF_THE_PATIENT: Readonly<Record<string, string>> = {
  'catalog.disease.updated_by': 'an administrator',
  'catalog.hospital.updated_by': 'an administrator',
  'catalog.medicine.updated_by': 'an administrator',
  'catalog.organisation.updated_by': 'an administrator',
  'fund.application.reviewer_subjects': 'reviewers',
  'fund.claim.checked_by': 'a reviewer',
  'fund.claim.decided_by': 'a finance officer',
  'fund.claw_back.by_subject': 'a finance officer, or the fund itself',
  'fund.contribution.recorded_by': 'a finance officer, or a partner',
  'fund.ledger_transfer.by_subject': 'a reviewer, a finance officer, or the fund itself',
  'fund.payout.approved_by': 'a finance officer',
  'fund.payout.released_by': 'a finance officer',
  'fund.payout_batch.created_by': 'a finance officer',
  'fund.payout_batch.released_by': 'a finance officer',
  'fund.review.reviewer_subject': 'a reviewer',
  'patient.erasure.asked_by_index': 'whoever asked, and nobody can tell who it was',
  'patient.physician.decided_by': 'an administrator',
  'patient.physician.subject': 'a physician, in their profession',
  'pharmacy.drug_order.pay_by': 'a time',
  'pharmacy.medicine_terms.changed_by': 'a pharmacist',
  'pharmacy.prescription.checked_by': 'a pharmacist',
  'pharmacy.prescription.physician_subject': 'a physician, in their profession',
  'pharmacy.shipment.decided_by': 'a pharmacist',
  'pharmacy.stock_lot.recalled_by': 'a pharmacist',
  'pharmacy.stock_movement.by_subject': 'a pharmacist',
};
/** What erasing leaves as it is, or takes with its row. */
const ERASED_OTHERWISE: Readonly<Record<string, string>> = {
  'fund.aid_grant.patient_id': 'money that was granted, under the bare id',
  'fund.annual_aid.patient_id': 'money that was granted, under the bare id',
  'patient.care_relationship.patient_subject': 'in the patient’s own rows alone',
};
/** Tables of erasing itself: what they hold is the bare id, or goes when it is done. */
const OF_ERASING = /^(\w+\.erased_patient|patient\.erasure)$/;

describe('the lists of what is given out and erased', () => {
  test('name every table that has a column of a person', async () => {
    const columns = await rows(
      `select c.table_schema as schema, c.table_name as table, c.column_name as column from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = any($1) and table_type = 'BASE TABLE'
         and column_name ~ '(patient_id|member_id|subject|caller|^client$|_by$|_by_index$)' order by 1, 2, 3`,
      [SUBGRAPH_NAMES],
    );
    const source = async (schema: string, name: string): Promise<string> =>
      (
        await rows('select prosrc from pg_proc where pronamespace = $1::regnamespace and proname = $2', [schema, name])
      )[0].prosrc;
    const missing: string[] = [];
    for (const { schema, table, column } of columns) {
      const name = `${schema}.${table}.${column}`;
      if (OF_ERASING.test(`${schema}.${table}`) || name in NOT_OF_THE_PATIENT) continue;
      const word = new RegExp(`\\b${table}\\b`);
      if (/^(patient|member)_id$/.test(column) && !word.test(await source(schema, 'data_of_patient')))
        missing.push(`${name} in the export`);
      if (name in ERASED_OTHERWISE) continue;
      // a patient's row may go without its columns being named, somebody's sign-in may stand in others' rows
      const erased = await source(schema, 'erase_patient');
      if (!word.test(erased) || (column !== 'patient_id' && !new RegExp(`\\b${column}\\b`).test(erased)))
        missing.push(`${name} in the erasure`);
    }
    expect(missing).toEqual([]);
    const known = new Set(columns.map(({ schema, table, column }) => `${schema}.${table}.${column}`));
    const declared = Object.keys({ ...NOT_OF_THE_PATIENT, ...ERASED_OTHERWISE });
    expect(declared.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Who the demo's patient is, as the export says. */
let identity: { nationalId: string; sex: string };

describe('an export', () => {
  const EXPORT =
    '... on DataExport { id status progress { done total } requestedAt finishedAt expiresAt version content }';
  const request = async (who: Identity, id: string, idempotencyKey = newId()) =>
    (
      await ask(
        who,
        `mutation($input: RequestDataExportInput!) { requestDataExport(input: $input) { __typename ... on UserError { code message } ${EXPORT} } }`,
        { input: { patientId: id, idempotencyKey } },
      )
    ).requestDataExport;
  const see = async (who: Identity, id: string) =>
    (
      await ask(who, `query($id: ID!) { dataExport(id: $id) { ${EXPORT.slice('... on DataExport {'.length, -1)} } }`, {
        id,
      })
    ).dataExport;
  const gather = (exportId: string) => asItself((context) => gatherDataExport({ exportId }, context));

  test('holds what every subgraph knows of the person, and nothing of others', async () => {
    const made = await request(PATIENT, patientId(0));
    expect(made).toMatchObject({
      __typename: 'DataExport',
      status: 'WAITING',
      progress: { done: 0, total: 5 },
      content: null,
    });
    await gather(made.id);
    const ready = await see(PATIENT, made.id);
    expect(ready).toMatchObject({ status: 'READY', progress: { done: 5 } });
    expect(Date.parse(ready.expiresAt) - Date.parse(ready.finishedAt)).toBe(7 * 86_400_000);
    const { format, patientId: of, data } = JSON.parse(ready.content);
    expect({ format, of }).toEqual({ format: 'care-data-export/1', of: patientId(0) });
    expect(Object.keys(data)).toEqual([...SUBGRAPH_NAMES]);
    expect(data.patient.patient).toMatchObject([{ displayName: 'Demo Patient', birthDate: '1991-05-20' }]);
    expect(data.patient.payoutAccount).toMatchObject([
      { holderName: 'Demo Patient', accountNumber: '6222000000000000001' },
    ]);
    expect(data.patient.diagnoses).toHaveLength(2);
    expect(data.patient.identity).toMatchObject([{ legalName: '演示·患者甲', phone: '19900000000' }]);
    identity = { ...data.patient.identity[0], sex: data.patient.patient[0].sex };
    const counts = async (text: string) =>
      (await rows(`select count(*)::int as count from ${text}`, [patientId(0)]))[0].count;
    const ofMember = async (table: string) =>
      (
        await rows(
          `select count(*)::int as count from community.${table} join community.member m on m.id = member_id where subject = 'demo-patient'`,
        )
      )[0].count;
    expect(data.fund.applications).toHaveLength(await counts('fund.application where patient_id = $1'));
    expect(data.fund.claims).toHaveLength(await counts('fund.claim where patient_id = $1'));
    expect(data.pharmacy.drugOrders).toHaveLength(await counts('pharmacy.drug_order where patient_id = $1'));
    expect(data.pharmacy.prescriptions).toHaveLength(await counts('pharmacy.prescription where patient_id = $1'));
    expect(data.pharmacy.prescriptions[0]).toMatchObject({
      ...{ dose: expect.stringContaining('演示'), status: 'APPROVED', validUntil: expect.stringMatching(/^\d{4}-/) },
      ...{ medicine: { id: expect.any(String) }, physician: { id: expect.any(String) } },
    });
    const sent = data.pharmacy.drugOrders.find(({ status }: { status: string }) => status === 'SHIPPED');
    expect(sent.payments).toMatchObject([{ status: 'PAID', amount: { currency: 'CNY' }, refunds: [] }]);
    expect(sent.payments[0].charged).toEqual(sent.payments[0].amount);
    expect(sent.shipments[0].events).toMatchObject([{ kind: 'PICKED_UP' }, { kind: 'AT_HUB' }]);
    expect(sent.shipments[0].temperatures).toHaveLength(49);
    expect(Math.max(...sent.shipments[0].temperatures.map(({ celsius }: { celsius: number }) => celsius))).toBe(9.4);
    expect(data.pharmacy.notices).toHaveLength(
      await counts(`pharmacy.notice where audience = 'PATIENT' and patient_id = $1`),
    );
    expect(data.pharmacy.notices.length).toBeGreaterThan(0);
    expect(data.community).toMatchObject({
      ...{ pseudonyms: [expect.any(String)], member: [{ warnings: 0, shownDisease: null }] },
      stories: [
        { title: expect.any(String), body: expect.any(String), disease: { id: expect.any(String) }, history: [] },
      ],
      questions: [{ title: '出差期间的输注怎么安排？', status: 'PUBLISHED', closedAt: null }],
      answers: [{ question: { id: expect.any(String) } }],
      comments: [{ parent: { id: expect.any(String) } }, { parent: { id: expect.any(String) } }],
      followedDiseases: [{ since: '2026-10-05T09:20:00.000Z' }],
      reports: [{ reason: 'SPAM', note: expect.any(String) }],
      ...{ articles: [], moderation: [] },
    });
    expect(data.community.reactions).toHaveLength(await ofMember('reaction'));
    expect(data.community.notices).toHaveLength(await ofMember('notice'));
    expect(data.community.notices.length).toBeGreaterThan(2);
    // whose answers, comments and reports there are, is the others' to tell
    const others = await rows(`select pseudonym from community.member where subject <> 'demo-patient'`);
    for (const { pseudonym } of others) expect(ready.content).not.toContain(pseudonym);
    expect(data.fund.applications[0].grant.maximum).toEqual({
      amount: expect.stringMatching(/^\d+\.\d\d$/),
      currency: 'CNY',
    });
    expect(data.fund.applications[0].createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    // nobody's sign-in, and nothing of other patients
    expect(ready.content).not.toMatch(/demo-(?!.*certificate)[a-z-]*(reviewer|finance|caregiver|physician|other)/);
    for (const i of [1, 2]) expect(ready.content).not.toContain(patientId(i));
    expect(await rows(`select kind from patient.notice where about_id = $1`, [made.id])).toEqual([
      { kind: 'EXPORT_READY' },
    ]);
  });

  test('of somebody else is asked for and seen by nobody', async () => {
    for (const id of [patientId(1), patientId(2), newId()]) {
      expect(await request(PATIENT, id)).toMatchObject({ __typename: 'NotFound' });
    }
    const mine = await request(PATIENT, patientId(0));
    for (const who of [OTHER, CAREGIVER]) expect(await see(who, mine.id)).toBeNull();
    await gather(mine.id);
  });

  test('is one for two requests at once, and another after it', async () => {
    const [one, other] = await Promise.all([request(OTHER, patientId(1)), request(OTHER, patientId(1))]);
    expect(one.id).toBe(other.id);
    await Promise.all([gather(one.id), gather(one.id)]);
    expect(await see(OTHER, one.id)).toMatchObject({ status: 'READY', progress: { done: 5 } });
    expect((await request(OTHER, patientId(1))).id).not.toBe(one.id);
  });

  test('of a patient in care is for who may do everything for them, and is no longer when they may not', async () => {
    const made = await request(CAREGIVER, patientId(2));
    await gather(made.id);
    expect(JSON.parse((await see(CAREGIVER, made.id)).content).data.patient.patient[0].id).toBe(patientId(2));
    await rows(`update patient.care_relationship set scopes = '{VIEW,CARE,ORDER}' where patient_id = $1`, [
      patientId(2),
    ]);
    expect(await see(CAREGIVER, made.id)).toBeNull();
    expect(await request(CAREGIVER, patientId(2))).toMatchObject({ __typename: 'NotFound' });
    await rows(`update patient.care_relationship set scopes = '{VIEW,CARE,ORDER,APPLY}' where patient_id = $1`, [
      patientId(2),
    ]);
  });

  test('leaves no subgraph out: one that fails is asked again, and what was gathered stays', async () => {
    const made = await request(CAREGIVER, patientId(2));
    await rows('alter function pharmacy.data_of_patient(uuid, text) rename to gone');
    await expect(gather(made.id)).rejects.toThrow();
    expect(await see(CAREGIVER, made.id)).toMatchObject({ status: 'RUNNING', progress: { done: 3 }, content: null });
    await rows('alter function pharmacy.gone(uuid, text) rename to data_of_patient');
    await gather(made.id);
    expect(await see(CAREGIVER, made.id)).toMatchObject({ status: 'READY', progress: { done: 5 } });
  });

  test('is removed when it has expired, and given up when a part has not answered for a day', async () => {
    const [ready, stuck] = [await request(PATIENT, patientId(0)), await request(CAREGIVER, patientId(2))];
    await gather(ready.id);
    await rows(`update patient.data_export set expires_at = now() - interval '1 second' where id = $1`, [ready.id]);
    expect(await see(PATIENT, ready.id)).toMatchObject({ status: 'EXPIRED', content: null });
    await rows(`update patient.data_export set requested_at = now() - interval '25 hours' where id = $1`, [stuck.id]);
    await asItself(tendDataRights);
    expect(await see(CAREGIVER, stuck.id)).toMatchObject({ status: 'FAILED' });
    expect(
      await rows('select from patient.data_export_part where export_id = any($1)', [[ready.id, stuck.id]]),
    ).toEqual([]);
  });

  test('is sealed where it stands', async () => {
    const [{ text }] = await rows(`select string_agg(p::text, '') as text from patient.data_export_part p`);
    // with the space, which nothing sealed has: in so many letters any four come by chance
    expect(text).not.toContain('Demo ');
    expect(text).not.toContain('accountNumber');
  });
});

describe('an erasure', () => {
  const ERASURE = `id status progress { done total } steps { subgraph status deleted pseudonymised finishedAt }
    blockedBy { kind subgraph message } requestedAt finishedAt certificate { content sha256 signature genuine text }`;
  const request = async (who: Identity, id: string, confirmation: string, idempotencyKey = newId()) =>
    (
      await ask(
        who,
        `mutation($input: RequestErasureInput!) { requestErasure(input: $input) { __typename ... on UserError { code message path }
          ... on ErasureBlocked { reasons { kind subgraph message } } ... on Erasure { ${ERASURE} } } }`,
        { input: { patientId: id, confirmation, idempotencyKey } },
      )
    ).requestErasure;
  const see = async (who: Identity, id: string) =>
    (await ask(who, `query($id: ID!) { erasure(id: $id) { ${ERASURE} } }`, { id })).erasure;
  const erase = (erasureId: string) => asItself((context) => erasePerson({ erasureId }, context));

  test('is refused to strangers, and without the name', async () => {
    for (const id of [patientId(1), patientId(2), newId()])
      expect(await request(PATIENT, id, 'Demo Other Patient')).toMatchObject({ __typename: 'NotFound' });
    expect(await request(PATIENT, patientId(0), 'demo patient')).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'confirmation'],
    });
  });

  test('waits for money and medicine that are under way', async () => {
    const blocked = await request(PATIENT, patientId(0), 'Demo Patient');
    expect(blocked).toMatchObject({ __typename: 'ErasureBlocked', code: 'ERASURE_BLOCKED' });
    expect(blocked.reasons).toEqual([
      { kind: 'APPLICATION_UNDER_WAY', subgraph: 'fund', message: expect.stringMatching(/Withdraw it/) },
      { kind: 'ORDER_UNDER_WAY', subgraph: 'pharmacy', message: expect.stringMatching(/Cancel it/) },
    ]);
    expect(await rows('select from patient.erasure')).toEqual([]);
  });

  test('is not of somebody on whom another depends', async () => {
    const both: Identity = { ...CAREGIVER, roles: ['PATIENT', 'CAREGIVER'] };
    const { registerPatient } = await ask(
      both,
      `mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { ... on Patient { id } } }`,
      { input: { ...NEWCOMER, displayName: 'Both', birthDate: '1980-02-03', idempotencyKey: newId() } },
    );
    expect((await request(both, registerPatient.id, 'Both')).reasons).toMatchObject([{ kind: 'CARES_FOR_SOMEBODY' }]);
  });

  test('waits for money for medicine, and for a parcel that is held back', async () => {
    const of = [patientId(1)];
    const [{ line }] = await rows(
      `select max(l.id::text) as line from pharmacy.drug_order_line l join pharmacy.drug_order o on o.id = order_id where patient_id = $1`,
      of,
    );
    const [begin, end] = [
      [
        `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at)
         select uuidv7(), id, 'PENDING', 1, now() from pharmacy.drug_order where patient_id = $1 limit 1`,
        `insert into pharmacy.refund (payment_id, order_line_id, amount_fen, cause, status, done_at)
         select p.id, l.id, 1, 'RETURNED', 'DONE', now() from pharmacy.drug_order_line l join pharmacy.payment p using (order_id)
         join pharmacy.drug_order o on o.id = order_id where patient_id = $1 and p.status = 'PAID' and l.id = '${line}'`,
        `update pharmacy.shipment s set status = 'QUARANTINED', quarantined_at = now(), quarantine_cause = 'WARM'
         from pharmacy.drug_order o where o.id = order_id and patient_id = $1`,
      ],
      [
        `delete from pharmacy.payment p using pharmacy.drug_order o where o.id = order_id and patient_id = $1 and p.status = 'PENDING'`,
        `update pharmacy.refund r set fund_told_at = now() from pharmacy.drug_order_line l join pharmacy.drug_order o on o.id = order_id
         where l.id = order_line_id and patient_id = $1`,
        `update pharmacy.shipment s set decision = 'REPLACE', decided_at = now(), decided_by = 'demo-pharmacist', decision_reason = 'Warm.'
         from pharmacy.drug_order o where o.id = order_id and patient_id = $1`,
      ],
    ];
    const found = () =>
      asItself(async ({ ask: inside }) => {
        const { erasureObstacles } = await inside<{ erasureObstacles: string[] }>(
          'pharmacy',
          'query($patientId: ID!) { erasureObstacles(patientId: $patientId) }',
          { patientId: patientId(1) },
        );
        return erasureObstacles;
      });
    expect(await found()).toEqual([]);
    for (const text of begin) await rows(text, of);
    expect(await found()).toEqual(['PARCEL_HELD_BACK', 'PAYMENT_UNDER_WAY', 'REFUND_UNDER_WAY']);
    expect((await request(OTHER, patientId(1), 'Demo Other Patient')).reasons).toEqual(
      expect.arrayContaining([
        { kind: 'PARCEL_HELD_BACK', subgraph: 'pharmacy', message: expect.stringMatching(/pharmacist has decided/) },
        { kind: 'REFUND_UNDER_WAY', subgraph: 'pharmacy', message: expect.stringMatching(/Wait until/) },
      ]),
    );
    for (const text of end) await rows(text, of);
    expect(await found()).toEqual([]);
  });

  /** All that is under way for the demo's patient ends. */
  async function settle(): Promise<void> {
    await rows(
      `delete from fund.review where decision is null and application_id in (select id from fund.application where patient_id = $1)`,
      [patientId(0)],
    );
    await rows(
      `update fund.application set status = 'WITHDRAWN', open_stage = null, open_reviewer = null
       where patient_id = $1 and status in ('SUBMITTED', 'IN_REVIEW', 'INFORMATION_REQUESTED')`,
      [patientId(0)],
    );
    await rows(
      `select set_config('app.roles', 'SYSTEM', false), pharmacy.release_stock(id, false) from pharmacy.drug_order where patient_id = $1`,
      [patientId(0)],
    );
    await rows(`select set_config('app.roles', '', false)`);
    await rows(
      `update pharmacy.drug_order set status = 'CANCELLED', cancelled_at = now(), cancel_reason = $2
       where patient_id = $1 and status not in ('DELIVERED', 'CANCELLED', 'RETURNED')`,
      [patientId(0), SECRET],
    );
  }

  test('is blocked by what begins after it was asked for, and then nothing is changed', async () => {
    await settle();
    const made = await request(PATIENT, patientId(0), 'Demo Patient');
    expect(made).toMatchObject({ __typename: 'Erasure', status: 'WAITING', steps: [], certificate: null });
    const before = await wholeDatabase(subgraphs.admin, ['patient', 'fund', 'pharmacy', 'community']);
    const [order] = await rows(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at)
       values (uuidv7(), 'RX-2026-999999', $1, 'demo-patient', 'PLACED', now()) returning id`,
      [patientId(0)],
    );
    await erase(made.id);
    expect(await see(PATIENT, made.id)).toMatchObject({
      status: 'BLOCKED',
      blockedBy: [{ kind: 'ORDER_UNDER_WAY', subgraph: 'pharmacy' }],
    });
    await rows('delete from pharmacy.drug_order where id = $1', [order.id]);
    const without = (tables: Map<string, string>) =>
      [...tables].filter(([name]) => !name.startsWith('patient.erasure'));
    expect(without(await wholeDatabase(subgraphs.admin, ['patient', 'fund', 'pharmacy', 'community']))).toEqual(
      without(before),
    );
  });

  const objectKey = newId();
  const file = () => asItself(({ documentStore }) => documentStore.get(objectKey));

  /** All that a member can write, and what others do with it; and what a moderator does who is the same person. */
  async function writeInCommunity(): Promise<void> {
    await rows(
      `do $do$ declare
         minute timestamptz := date_trunc('minute', now());
         me uuid := (select id from community.member where subject = 'demo-patient');
         other community.member := (select m from community.member m where subject = 'demo-other-patient');
         disease uuid := uuidv7();
         story uuid := community.minute_id();
         theirs uuid := community.minute_id();
         said uuid := community.minute_id();
         about uuid;
         secret text := '${SECRET}';
         written text;
       begin
         set local search_path = community;
         perform set_config('app.subject', 'demo-patient', true);
         insert into post (id, kind, member_id, pseudonym, disease_id, title, body, status, published_at) values
           (story, 'STORY', me, secret, disease, secret, secret, 'PUBLISHED', minute),
           (theirs, 'QUESTION', other.id, other.pseudonym, disease, 'Theirs', 'Theirs', 'PUBLISHED', minute),
           (minute_id(), 'QUESTION', me, secret, disease, secret, secret, 'PUBLISHED', minute),
           (minute_id(), 'STORY', me, secret, disease, secret, secret, 'DRAFT', null);
         insert into post (id, kind, member_id, pseudonym, parent_id, body, status, published_at) values
           (minute_id(), 'ANSWER', me, secret, theirs, secret, 'PUBLISHED', minute),
           (minute_id(), 'COMMENT', me, secret, theirs, secret, 'PUBLISHED', minute),
           (said, 'COMMENT', other.id, other.pseudonym, story, 'A comment of theirs', 'PUBLISHED', minute);
         update post set body = body || ' once more', version = 2 where id = story;
         insert into reaction (post_id, member_id, kind) values (theirs, me, 'HELPFUL'), (story, other.id, 'THANKS');
         insert into follow (member_id, disease_id, since) values (me, disease, minute);
         perform tell(me, 'REACTED', story), tell(other.id, 'COMMENTED', story);
         update member set warnings = 1, shown_disease_id = disease where id = me;
         insert into report (id, post_id, member_id, reason, note) values
           (minute_id(), theirs, me, 'OTHER', secret), (minute_id(), story, other.id, 'SPAM', secret);
         select case_id into about from report where post_id = story;
         update moderation_case set escalated_by = 'demo-moderator', escalation_reason = secret, state = 'ESCALATED', told = true where id = about;
         insert into moderation_decision (id, case_id, step, action, rule, reason, decided_by) values (minute_id(), about, 'DECISION', 'HIDE', 'SPAM', secret, 'demo-second-moderator');
         update moderation_case set appeal_text = secret, appealed_at = minute, state = 'APPEALED' where id = about;
         update moderation_case set escalated_by = 'demo-patient', escalation_reason = 'Not mine to say.' where post_id = theirs;
         insert into moderation_case (id, post_id, member_id, origin, state, post_version, opened_at, due_at) values (minute_id(), said, other.id, 'REPORTED', 'OPEN', 1, minute, minute)
           returning id into about;
         insert into moderation_decision (id, case_id, step, action, rule, reason, decided_by) values (minute_id(), about, 'DECISION', 'KEEP', 'NOTHING_WRONG', 'Fine.', 'demo-patient');
         foreach written in array array['APPROVED', 'DRAFT', 'WITHDRAWN'] loop
           insert into article (id, slug, title_en, title_zh, body_en, body_zh, stages, author_class, sources, demo, published_at, member_id, pseudonym, badge)
             select story_of, 'of-' || lower(written) || '-article', written, written, case written when 'APPROVED' then 'To inform' else secret end, 'x', '{ACTIVE}', 'PHYSICIAN', '{x}', false,
               case written when 'APPROVED' then minute end, me, secret, 'PHYSICIAN' from (select minute_id() as story_of) made where written <> 'DRAFT';
           insert into article_revision (id, article_id, written_by, member_id, pseudonym, badge, title_en, title_zh, body_en, body_zh, stages, author_class, sources, state,
               saved_at, submitted_at, reviewed_at, reviewed_by, review_reason)
             select minute_id(), coalesce((select id from article where title_en = written), minute_id()), 'demo-patient', me, secret, 'PHYSICIAN', written, written,
               case written when 'APPROVED' then 'To inform' else secret end, 'x', '{ACTIVE}', 'PHYSICIAN', '{x}', written, minute, minute, minute, 'demo-moderator', 'Good.';
         end loop;
         insert into article_revision (id, article_id, written_by, title_en, title_zh, body_en, body_zh, stages, author_class, sources, state,
             saved_at, submitted_at, reviewed_at, reviewed_by, review_reason)
           values (minute_id(), minute_id(), 'demo-moderator', 'Reviewed', 'x', 'x', 'x', '{ACTIVE}', 'FOUNDATION', '{x}', 'RETURNED', minute, minute, minute, 'demo-patient', 'x');
       end $do$`,
    );
  }

  /** Puts what can only be the person's wherever somebody could have written it. */
  async function writeEverywhere(): Promise<void> {
    await asItself(({ documentStore }) => documentStore.put(objectKey, Readable.from([Buffer.from('x')]), 1));
    const of = [patientId(0), SECRET];
    await rows(
      `insert into community.member (id, subject, pseudonym, created_at) values ($1, 'demo-patient', $2, now()) on conflict (subject) do update set pseudonym = excluded.pseudonym`,
      [newId(), SECRET.slice(0, 30)],
    );
    await writeInCommunity();
    for (const [table, columns] of [
      ['fund.application_event', ['note']],
      ['fund.review', ['reason']],
    ] as const) {
      for (const column of columns)
        await rows(
          `update ${table} set ${column} = $2 from fund.application a where a.id = application_id and a.patient_id = $1`,
          of,
        );
    }
    await rows('update fund.claim set reason = $2 where patient_id = $1', of);
    await rows(
      `update fund.expense_line l set invoice_issuer = $2, invoice_number = l.id::text from fund.claim c
       where c.id = claim_id and c.patient_id = $1 and invoice_number is not null`,
      of,
    );
    await rows(
      `insert into fund.claw_back (id, claim_id, fund_id, status, amount_fen, cause, reason, by_subject, created_at, settled_at)
       select uuidv7(), id, fund_id, 'SETTLED', 0, 'REVERSED', $2, 'system:fund', now(), now() from fund.claim where patient_id = $1 limit 1`,
      of,
    );
    await rows(
      `update fund.payout_batch set status = 'SENT', file_sealed = 'v1.file.of' || $2 where id in (
         select batch_id from fund.payout p join fund.claim c on c.id = p.claim_id where c.patient_id = $1)`,
      of,
    );
    await rows(
      `update pharmacy.shipment s set tracking_number = $2 from pharmacy.drug_order o where o.id = order_id and o.patient_id = $1`,
      of,
    );
    await rows(
      `update pharmacy.shipment s set decision = 'RELEASE', decided_at = now(), decided_by = 'demo-pharmacist', decision_reason = $2
       from pharmacy.drug_order o where o.id = order_id and o.patient_id = $1`,
      of,
    );
    await rows(
      `update pharmacy.shipment_event e set place = $2 from pharmacy.shipment s, pharmacy.drug_order o
       where s.id = e.shipment_id and o.id = s.order_id and o.patient_id = $1`,
      of,
    );
    await rows(
      `update pharmacy.payment p set token = $2 from pharmacy.drug_order o where o.id = p.order_id and o.patient_id = $1`,
      of,
    );
    await rows(
      `insert into pharmacy.payment (id, order_id, status, amount_fen, token, requested_at, answered_at, refused_because)
       select uuidv7(), id, 'REFUSED', 1, $2, now(), now(), 'DECLINED' from pharmacy.drug_order where patient_id = $1`,
      of,
    );
    await rows(`update pharmacy.drug_order set return_reason = $2 where patient_id = $1`, of);
    await rows(
      `update pharmacy.prescription set dose = $2, note = $2, check_reason = case when checked_at is not null then $2 end where patient_id = $1`,
      of,
    );
    await rows(
      `select pharmacy.tell(audience, 'DO_NOT_USE', s.id, '', o.id, null) from pharmacy.shipment s join pharmacy.drug_order o on o.id = order_id,
         unnest(array['PATIENT', 'PHARMACIST']) audience where o.patient_id = $1`,
      [patientId(0)],
    );
    await rows('alter table patient.diagnosis disable trigger diagnosis_decided_once');
    await rows('update patient.diagnosis set physician_name = $2, reason = $2 where patient_id = $1', of);
    await rows('alter table patient.diagnosis enable trigger diagnosis_decided_once');
    await rows(
      `do $do$ declare
         of_patient uuid := '${patientId(0)}';
         other uuid := '${patientId(1)}';
         secret text := '${SECRET}';
         doctor uuid := (select id from patient.physician order by id limit 1);
         held uuid := uuidv7();
         plan uuid := uuidv7();
         task uuid := uuidv7();
         entry uuid := uuidv7();
       begin
         set local search_path = patient, extensions;
         insert into appointment (id, patient_id, physician_id, starts_at, ends_at, busy_until, zone, status, reason, cancel_reason, created_at, changed_at) values
           (held, of_patient, doctor, now() - interval '309 days', now() - interval '309 days' + interval '30 min', now() - interval '309 days' + interval '30 min', 'Asia/Shanghai', 'COMPLETED', secret, null, now(), now()),
           (uuidv7(), of_patient, doctor, now() + interval '309 days', now() + interval '309 days' + interval '30 min', now() + interval '309 days' + interval '30 min', 'Asia/Shanghai', 'BOOKED', secret, null, now(), now()),
           (uuidv7(), of_patient, doctor, now() + interval '308 days', now() + interval '308 days' + interval '30 min', now() + interval '308 days' + interval '30 min', 'Asia/Shanghai', 'CANCELLED', secret, secret, now(), now());
         insert into consultation_summary (id, appointment_id, patient_id, physician_id, number, text, advice, diagnosis, written_at)
           values (uuidv7(), held, of_patient, doctor, 1, secret, secret, secret, now());
         insert into care_plan (id, patient_id, physician_id, disease_id, stage, title, goals, status, created_at)
           values (plan, of_patient, doctor, uuidv7(), 'ACTIVE', secret, array[secret], 'ACTIVE', now());
         insert into care_task (id, care_plan_id, patient_id, place, title, description, kind, first_due_on) values (task, plan, of_patient, 1, secret, secret, 'VISIT', current_date);
         insert into care_task_mark (task_id, patient_id, occurrence_on, outcome, marked_by) values (task, of_patient, current_date, 'DONE', 'demo-patient');
         insert into questionnaire_result (id, patient_id, questionnaire, questionnaire_version, answers, score, band, red_flag, answered_at, answered_by) values
           (uuidv7(), of_patient, 'test', 1, jsonb_build_array(jsonb_build_object('text', secret)), 1, 'LOW', false, now(), 'demo-patient'),
           (uuidv7(), other, 'test', 1, '[]', 1, 'LOW', false, now(), 'demo-patient');
         insert into diary_entry (id, patient_id, day, symptoms, note, vocabulary, recorded_at, changed_at) values (entry, of_patient, '2020-02-02', '{}', secret, 1, now(), now());
         insert into diary_episode (patient_id, entry_id, began_on, ended_on) values (of_patient, entry, '2020-02-02', '2020-02-03');
         insert into emergency_access (id, patient_id, physician_id, reason, until) values (uuidv7(), of_patient, doctor, secret, now() + interval '1 hour');
         insert into notice (patient_id, kind, about_id) values (of_patient, 'APPOINTMENT_BOOKED', held);
         insert into care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at, revoked_at, label, granted_by) values
           (uuidv7(), of_patient, 'demo-patient', 'demo-aunt', '{VIEW}', now(), null, secret, 'demo-patient'),
           (uuidv7(), other, 'demo-other-patient', 'demo-patient', '{VIEW}', now() - interval '2 days', now(), secret, 'demo-other-patient');
         insert into care_invitation (id, patient_id, kind, code_index, scopes, invited_by, created_at, expires_at) values
           (uuidv7(), of_patient, 'CAREGIVER', repeat('a', 43), '{VIEW}', 'demo-patient', now(), now() + interval '1 day'),
           (uuidv7(), other, 'CAREGIVER', repeat('b', 43), '{VIEW}', 'demo-patient', now(), now() + interval '1 day');
         insert into care_code_attempt (caller, hour, attempts) values ('demo-patient', now() - interval '2 hours', 1);
         insert into identity_attempt (caller, day, failed) values ('demo-patient', current_date - 1, 1);
         insert into document (id, patient_id, kind, media_type, byte_size, sha256, status, file_name_sealed, requested_at, expires_at, object_key, data_key_sealed, uploaded_at)
           values (uuidv7(), of_patient, 'INVOICE', 'PDF', 1, repeat('0', 64), 'STORED', 'v1.name.of' || secret, now(), now(), '${objectKey}', 'v1.key', now());
       end $do$`,
    );
    for (const subgraph of SUBGRAPH_NAMES) {
      await rows(
        `insert into ${subgraph}.idempotency_key (client, operation, key, input_hash) values ('demo-patient', 'test', 'of-the-past', $1)`,
        [SECRET],
      );
    }
    for (const subgraph of ['patient', 'fund', 'pharmacy']) {
      await rows(
        `insert into ${subgraph}.access_log (patient_id, subject, role, record, record_id, fields, purpose)
         values ($1, 'demo-reviewer', 'REVIEWER', $2, uuidv7(), '{}', 'AID_REVIEW'), ($3, 'demo-patient', 'CAREGIVER', 'Other', uuidv7(), '{}', 'CARE')`,
        [...of, patientId(1)],
      );
    }
  }

  const totals = () =>
    rows(
      `select (select json_agg(b order by fund_id) from fund.fund_balance b) as balances, (select sum(paid_fen) from fund.annual_aid) as aid,
         (select sum(award_fen) from fund.claim where status = 'PAID') as claims, (select json_agg(l order by id) from pharmacy.stock_lot l) as shelf,
         (select sum(charged_fen) from pharmacy.payment) as paid, (select sum(quantity * unit_price_fen) from pharmacy.drug_order_line l
         join pharmacy.drug_order o on o.id = order_id where status <> 'CANCELLED') as sold`,
    );

  /** The next deletion from a table fails. */
  const failOnce = (table: string) =>
    rows(`create sequence ${table}_failures; grant usage on sequence ${table}_failures to public;
      create function ${table}_fail_once() returns trigger language plpgsql as $$ begin
        if nextval('${table}_failures') = 1 then raise exception 'injected'; end if; return old; end $$;
      create trigger fail_once before delete on ${table} for each row execute function ${table}_fail_once()`);

  let erasureId = '';

  test('goes on after a subgraph has failed in the middle, and after a crash, and counts nothing twice', async () => {
    await writeEverywhere();
    const before = await totals();
    const [one, other] = await Promise.all([1, 2].map(() => request(PATIENT, patientId(0), 'Demo Patient')));
    expect(other.id).toBe(one.id);
    erasureId = one.id;
    await failOnce('fund.idempotency_key');
    await expect(erase(erasureId)).rejects.toThrow();
    expect(await see(PATIENT, erasureId)).toMatchObject({ status: 'RUNNING', progress: { done: 0 } });
    // nothing begins any more, also where nothing is erased yet
    await expect(
      rows(
        `insert into pharmacy.drug_order (id, number, patient_id, status, placed_at) values (uuidv7(), 'RX-2026-999998', $1, 'PLACED', now())`,
        [patientId(0)],
      ),
    ).rejects.toThrow('being erased');
    await failOnce('community.member');
    await expect(erase(erasureId)).rejects.toThrow();
    const half = await see(PATIENT, erasureId);
    expect(await file()).not.toBeNull();
    expect(half).toMatchObject({ status: 'RUNNING', progress: { done: 2 }, certificate: null });
    // of the subgraph that failed nothing is gone
    expect(await rows(`select from community.post where title = $1`, [SECRET])).toHaveLength(3);
    // killed before it could write down what the fund had done
    await rows(
      `update patient.erasure_step set status = 'WAITING', finished_at = null, deleted = 0, pseudonymised = 0 where subgraph = 'fund'`,
    );
    // something stays although it was to be deleted: it is looked for, and found
    await rows(`create function catalog.keep() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger keep before delete on catalog.idempotency_key for each row execute function catalog.keep()`);
    await expect(erase(erasureId)).rejects.toThrow();
    expect(await see(PATIENT, erasureId)).toMatchObject({
      status: 'RUNNING',
      progress: { done: 4 },
      certificate: null,
    });
    await rows('drop trigger keep on catalog.idempotency_key');
    await Promise.allSettled([erase(erasureId), erase(erasureId)]);
    await erase(erasureId);
    const done = await see(PATIENT, erasureId);
    expect(done).toMatchObject({ status: 'FINISHED', progress: { done: 5, total: 5 } });
    expect(done.steps.map(({ subgraph }: { subgraph: string }) => subgraph)).toEqual([
      'fund',
      'pharmacy',
      'community',
      'catalog',
      'patient',
    ]);
    expect(done.steps[0]).toMatchObject({ deleted: half.steps[0].deleted, pseudonymised: half.steps[0].pseudonymised });
    for (const { deleted } of done.steps) expect(deleted).toBeGreaterThan(0);
    expect(await file()).toBeNull();
    expect(await totals()).toEqual(before);
    expect((await verifyLedger(subgraphs.admin)).problems).toEqual([]);
  });

  test('leaves nothing of the person in the whole database', async () => {
    const words = [
      SECRET.slice(0, 20),
      'Demo Patient',
      '演示·患者甲',
      identity.nationalId,
      '19900000000',
      'demo-patient',
      '1991-05-20',
      '6222000000000000001',
    ];
    for (const [table, text] of await wholeDatabase(subgraphs.admin)) {
      for (const word of words) expect([table, word, text.includes(word)]).toEqual([table, word, false]);
    }
    const kept = await rows('select distinct patient_subject, entered_by from fund.claim where patient_id = $1', [
      patientId(0),
    ]);
    for (const { patient_subject, entered_by } of kept) {
      expect(patient_subject).toMatch(/^erased:/);
      expect(entered_by).toMatch(/^(erased|system):/);
    }
    expect(
      await rows('select from patient.erasure where patient_id = $1 or subject is not null', [patientId(0)]),
    ).toEqual([]);
    // sold medicine stays on record, by which prescription and from which lots; what was called off unpaid is gone
    const orders = await rows(
      `select status, patient_subject, exists (select from pharmacy.payment p where p.order_id = o.id and status = 'PAID') as paid
       from pharmacy.drug_order o where patient_id = $1`,
      [patientId(0)],
    );
    expect(orders.map(({ status }) => status).sort()).toEqual([
      ...Array(2).fill('CANCELLED'),
      ...Array(3).fill('DELIVERED'),
    ]);
    for (const order of orders)
      expect(order).toMatchObject({ patient_subject: expect.stringMatching(/^erased:/), paid: true });
    const prescribed = `from pharmacy.prescription where patient_id = $1`;
    expect(await rows(`select distinct dose, note, check_reason ${prescribed}`, [patientId(0)])).toEqual([
      { dose: '*', note: null, check_reason: '*' },
    ]);
    expect(
      await rows(
        `select ${prescribed} and id not in (select prescription_id from pharmacy.drug_order_line where prescription_id is not null)`,
        [patientId(0)],
      ),
    ).toEqual([]);
    const [wrong] = await rows(
      `select count(*)::int as count from pharmacy.stock_lot l where (on_hand::bigint, reserved::bigint) is distinct from
         (select (sum(on_hand_change), sum(reserved_change)) from pharmacy.stock_movement where lot_id = l.id)`,
    );
    expect(wrong.count).toBe(0);
    expect(await rows(`select subject from patient.access_log where record = 'Other'`)).toEqual([
      { subject: expect.stringMatching(/^erased:/) },
    ]);
  });

  test('leaves empty places in the community, for what others wrote there, and articles that inform', async () => {
    const empty = await rows(
      `select distinct status, pseudonym, badge, title, body from community.post where member_id is null and kind <> 'ARTICLE'`,
    );
    expect(empty).toEqual([{ status: 'DELETED', pseudonym: null, badge: null, title: null, body: null }]);
    const [said] = await rows(
      `select c.status, c.pseudonym is not null as named, s.status as under, s.thanks
       from community.post c join community.post s on s.id = c.parent_id where c.body = 'A comment of theirs'`,
    );
    expect(said).toEqual({ status: 'PUBLISHED', named: true, under: 'DELETED', thanks: 1 });
    // what the person reacted to no longer counts it
    expect(await rows(`select helpful from community.post where title = 'Theirs'`)).toEqual([{ helpful: 0 }]);
    const articles = `select a.title_en, p.status, a.member_id, a.pseudonym, p.pseudonym as shown from community.article a join community.post p using (id)
      where a.slug like 'of-%-article'`;
    expect(await rows(articles)).toEqual([
      { title_en: 'APPROVED', status: 'PUBLISHED', member_id: null, pseudonym: null, shown: null },
    ]);
    expect(
      await rows(
        `select title_en, written_by ~ '^erased:' as theirs, reviewed_by ~ '^erased:' as reviewed, pseudonym from community.article_revision
         where title_en in ('APPROVED', 'DRAFT', 'WITHDRAWN', 'Reviewed') order by 1`,
      ),
    ).toEqual([
      { title_en: 'APPROVED', theirs: true, reviewed: false, pseudonym: '*' },
      { title_en: 'Reviewed', theirs: false, reviewed: true, pseudonym: null },
    ]);
  });

  test('leaves of what moderators decided the decision, and no text', async () => {
    expect(
      await rows(
        `select c.state, c.title, c.body, c.appeal_text, c.escalation_reason, d.action, d.rule, d.reason, r.note
         from community.moderation_case c join community.moderation_decision d on d.case_id = c.id join community.report r on r.case_id = c.id
         where c.member_id is null`,
      ),
    ).toEqual([
      {
        ...{ state: 'CLOSED', title: null, body: null, appeal_text: null, escalation_reason: '*' },
        ...{ action: 'HIDE', rule: 'SPAM', reason: '*', note: null },
      },
    ]);
    expect(
      await rows(
        `select escalated_by ~ '^erased:' as erased, (select count(*)::int from community.report r where r.case_id = c.id) as reports
         from community.moderation_case c where escalation_reason = 'Not mine to say.'`,
      ),
    ).toEqual([{ erased: true, reports: 0 }]);
    expect(
      await rows(`select decided_by ~ '^erased:' as erased from community.moderation_decision where reason = 'Fine.'`),
    ).toEqual([{ erased: true }]);
  });

  test('is certified to whoever asked for it, for ever and unchanged', async () => {
    const { certificate } = await see(PATIENT, erasureId);
    expect(certificate).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), genuine: true });
    expect(JSON.parse(certificate.content)).toMatchObject({
      format: 'care-erasure-certificate/1',
      erasureId,
      steps: { length: 5 },
    });
    expect(certificate.text).toContain(certificate.sha256);
    expect((await ask(PATIENT, '{ me { erasures { id status } } }')).me.erasures[0]).toEqual({
      id: erasureId,
      status: 'FINISHED',
    });
    expect(await see(OTHER, erasureId)).toBeNull();
    expect((await ask(OTHER, '{ me { erasures { id } } }')).me.erasures).toEqual([]);
    await expect(rows(`update patient.erasure set certificate = '{}' where id = $1`, [erasureId])).rejects.toThrow(
      'stays as it is',
    );
    await expect(
      rows('update patient.erasure_step set deleted = 0 where erasure_id = $1', [erasureId]),
    ).rejects.toThrow('stays as it is');
  });

  test('lets the person come back as somebody new', async () => {
    expect((await ask(PATIENT, '{ me { patient { id } } }')).me.patient).toBeNull();
    expect(await request(PATIENT, patientId(0), 'Demo Patient')).toMatchObject({ __typename: 'NotFound' });
    const { registerPatient } = await ask(
      PATIENT,
      `mutation($input: RegisterPatientInput!) { registerPatient(input: $input) { __typename ... on Patient { id } } }`,
      { input: { ...NEWCOMER, sex: identity.sex, idempotencyKey: newId() } },
    );
    expect(registerPatient).toMatchObject({ __typename: 'Patient' });
    expect(registerPatient.id).not.toBe(patientId(0));
    const { setPatientIdentity } = await ask(
      PATIENT,
      `mutation($input: SetPatientIdentityInput!) { setPatientIdentity(input: $input) { __typename ... on UserError { message } } }`,
      {
        input: {
          patientId: registerPatient.id,
          legalName: '演示·患者甲',
          nationalId: identity.nationalId,
          phone: '19900000000',
          insurance: 'NONE',
          idempotencyKey: newId(),
        },
      },
    );
    expect(setPatientIdentity.__typename).toMatch(/^PatientIdentity/);
    expect((await see(PATIENT, erasureId)).certificate.genuine).toBe(true);
  });

  test('keeps an invoice from being claimed once more', async () => {
    const [line] = await rows(
      `insert into fund.expense_line (id, claim_id, place, invoice_issuer, invoice_number, incurred_on, amount_fen, basic_insurance_fen,
         serious_illness_insurance_fen, medical_assistance_fen, commercial_insurance_fen, other_charity_fen)
       select uuidv7(), c.id, 90, $1, l.id::text, now(), 1, 0, 0, 0, 0, 0
       from fund.claim c, fund.expense_line l where c.patient_id = $2 and l.invoice_issuer = 'erased' and l.counts limit 1 returning id`,
      [SECRET, patientId(1)],
    );
    expect(line).toBeUndefined();
    expect(
      (await rows(`select count(*)::int as count from fund.expense_line where invoice_issuer = 'erased' and counts`))[0]
        .count,
    ).toBeGreaterThan(0);
  });

  test('of somebody without a sign-in is asked for by who does everything for them, and done by the jobs', async () => {
    const child = patientId(2);
    await rows(
      `update fund.application set status = 'WITHDRAWN', open_stage = null, open_reviewer = null where patient_id = $1`,
      [child],
    );
    await rows(`update pharmacy.drug_order set status = 'DELIVERED' where patient_id = $1`, [child]);
    const [{ display_name: name }] = await rows('select display_name from patient.patient where id = $1', [child]);
    await subgraphs.get('patient').startJobs();
    const key = newId();
    const { id } = await request(CAREGIVER, child, name, key);
    const deadline = Date.now() + 15_000;
    while ((await see(CAREGIVER, id)).status !== 'FINISHED' && Date.now() < deadline)
      await new Promise((done) => setTimeout(done, 50));
    expect(await see(CAREGIVER, id)).toMatchObject({ status: 'FINISHED', certificate: { genuine: true } });
    const text = [...(await wholeDatabase(subgraphs.admin)).values()].join('\n');
    expect(text).not.toContain(name);
    // who did not get the answer asks again, and there is nobody left to look at
    expect(await request(CAREGIVER, child, name, key)).toMatchObject({ __typename: 'Erasure', id, status: 'FINISHED' });
    expect(
      await rows('select from fund.claim where patient_id = $1 and entered_by = $2', [child, 'demo-caregiver']),
    ).toEqual([]);
  });
});
