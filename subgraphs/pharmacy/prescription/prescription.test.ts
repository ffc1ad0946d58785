import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { newId } from '../../common/ids.js';
import { OTHER_PHYSICIAN, type PatientUnderTest, PHYSICIAN } from '../../patient/care-plan/care-under-test.js';
import { DEMO_PHYSICIAN_ID } from '../../patient/demo.js';
import { PrescriptionStatus } from './prescription.enums.js';
import { OTHER_PHARMACIST, PHARMACIST, PrescriptionsUnderTest } from './prescriptions-under-test.js';

let under: PrescriptionsUnderTest;
beforeAll(async () => {
  under = await PrescriptionsUnderTest.open('prescription');
});
afterAll(() => under?.stop());

const issue = (patient: PatientUnderTest, more: object = {}, who = PHYSICIAN): Promise<Answer> =>
  under.change(who, 'issuePrescription', under.entered(patient, more));
const check = ({ id, version }: Answer, decision: 'APPROVE' | 'REFUSE', who = PHARMACIST): Promise<Answer> =>
  under.change(who, 'checkPrescription', {
    prescriptionId: id,
    decision,
    reason: 'Looked at it',
    expectedVersion: version,
  });
const withdraw = ({ id, version }: Answer): Promise<Answer> =>
  under.change(PHYSICIAN, 'withdrawPrescription', {
    prescriptionId: id,
    reason: 'Not any more',
    expectedVersion: version,
  });
const dosesOf = (list: Answer): string[] => list.nodes.map(({ dose }: Answer) => dose);

describe('a physician', () => {
  test('prescribes to a patient whom they treat, and patient and pharmacists are told', async () => {
    const patient = await under.patient();
    const issued = await issue(patient, { note: 'With food' });
    expect(issued).toMatchObject({
      __typename: 'Prescription',
      number: expect.stringMatching(/^RP-\d{4}-\d{6}$/),
      dose: 'One a day',
      note: 'With food',
      quantity: 2,
      refills: 4,
      total: 10,
      used: 0,
      left: 10,
      validUntil: under.day(30),
      status: 'ISSUED',
      checkedAt: null,
      checkReason: null,
      withdrawReason: null,
      version: 1,
      allowedActions: ['WITHDRAW'],
      medicine: { id: under.medicines[0] },
      physician: { id: DEMO_PHYSICIAN_ID },
      appointment: null,
      patient: { id: patient.id },
    });
    expect(await under.notices(issued.id)).toEqual(['PRESCRIPTION_ISSUED PATIENT', 'PRESCRIPTION_ISSUED PHARMACIST']);
    expect(await under.read(patient.identity, issued.id)).toMatchObject({ id: issued.id, allowedActions: [] });
  });

  test('prescribes once, however often it is sent', async () => {
    const patient = await under.patient();
    const once = { idempotencyKey: newId() };
    const first = await issue(patient, once);
    expect((await issue(patient, once)).id).toBe(first.id);
    expect((await issue(patient, { ...once, quantity: 3 })).code).toBe('IDEMPOTENCY_CONFLICT');
    expect((await under.list(patient.identity)).totalCount).toBe(1);
  });

  test('prescribes out of a consultation with that patient that was not called off, and out of no other', async () => {
    const patient = await under.patient();
    const other = await under.patient();
    const booked = await under.appointment(patient, 'BOOKED', 10);
    const confirmed = await under.appointment(patient, 'CONFIRMED', 12);
    const cancelled = await under.appointment(patient, 'CANCELLED', 14);
    const others = await under.appointment(other, 'CONFIRMED', 16);
    for (const appointmentId of [booked, confirmed]) {
      expect(await issue(patient, { appointmentId })).toMatchObject({ appointment: { id: appointmentId } });
    }
    for (const appointmentId of [cancelled, others, newId()]) {
      expect(await issue(patient, { appointmentId })).toMatchObject({
        code: 'NOT_FOUND',
        path: ['input', 'appointmentId'],
      });
    }
  });

  test('prescribes to nobody whom they do not treat with consent: an emergency is not enough', async () => {
    const patient = await under.patient();
    const notFound = { code: 'NOT_FOUND', path: ['input', 'patientId'] };
    expect(await issue(patient, {}, OTHER_PHYSICIAN)).toMatchObject(notFound);
    await under.emergency(patient, OTHER_PHYSICIAN);
    expect(await issue(patient, {}, OTHER_PHYSICIAN)).toMatchObject(notFound);
    expect(await issue(patient, {}, person('unverified', 'PHYSICIAN'))).toMatchObject(notFound);
    await under.withdrawConsent(patient, 'TREATMENT');
    expect(await issue(patient)).toMatchObject(notFound);
    expect((await under.list(patient.identity)).totalCount).toBe(0);
  });

  test('prescribes to nobody who does not let the pharmacy know of it', async () => {
    const patient = await under.patient();
    await under.withdrawConsent(patient, 'SHARE_WITH_PHARMACY');
    expect(await issue(patient)).toMatchObject({ code: 'CONSENT_MISSING', purpose: 'SHARE_WITH_PHARMACY' });
  });

  test.each([
    ['medicineId', { medicineId: '01934a3c-5800-7000-8000-000000000000' }],
    ['dose', { dose: ' \u202E ' }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1_000_000_000 }],
    ['refills', { refills: 25 }],
    ['validUntil', { validUntil: '2020-01-01' }],
    ['validUntil', { validUntil: '2999-01-01' }],
  ])('is told what is wrong with %s: %j', async (field, more) => {
    const patient = await under.patient();
    expect(await issue(patient, more)).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
  });

  test('takes back what they wrote, and everybody concerned is told', async () => {
    const patient = await under.patient();
    const approved = await under.approved(PHYSICIAN, patient);
    expect(await withdraw({ ...approved, version: 1 })).toMatchObject({ code: 'STALE_VERSION', currentVersion: 2 });
    expect(await withdraw(approved)).toMatchObject({
      status: 'WITHDRAWN',
      withdrawReason: 'Not any more',
      version: 3,
      allowedActions: [],
    });
    expect(await withdraw({ ...approved, version: 3 })).toMatchObject({
      code: 'WRONG_STATE',
      stands: 'WITHDRAWN',
      permitted: [],
    });
    expect((await under.notices(approved.id)).slice(-2)).toEqual([
      'PRESCRIPTION_WITHDRAWN PATIENT',
      'PRESCRIPTION_WITHDRAWN PHARMACIST',
    ]);
  });

  test('sees what they wrote while they treat the patient, and no longer', async () => {
    const [patient, other] = [await under.patient(), await under.patient()];
    const issued = await issue(patient, { dose: `to ${patient.id}` });
    await issue(other, { dose: `to ${other.id}` });
    const seen = () => under.list(PHYSICIAN).then(dosesOf);
    expect((await seen()).slice(0, 2)).toEqual([`to ${other.id}`, `to ${patient.id}`]);
    await under.withdrawConsent(patient, 'TREATMENT');
    expect(await seen()).not.toContain(`to ${patient.id}`);
    expect(await seen()).toContain(`to ${other.id}`);
    expect(await under.read(PHYSICIAN, issued.id)).toBeNull();
    expect(await under.list(PHYSICIAN, { patientId: patient.id })).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await withdraw(issued)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await under.read(patient.identity, issued.id)).toMatchObject({ status: 'ISSUED' });
  });
});

describe('a pharmacist', () => {
  test('approves what is in order, with a reason, and it can be ordered by from then on', async () => {
    const patient = await under.patient();
    const issued = await issue(patient);
    expect(await under.read(PHARMACIST, issued.id)).toMatchObject({ allowedActions: ['APPROVE', 'REFUSE'] });
    expect(await check(issued, 'APPROVE')).toMatchObject({
      status: 'APPROVED',
      checkReason: 'Looked at it',
      checkedAt: expect.any(String),
      version: 2,
      allowedActions: [],
    });
    expect((await under.notices(issued.id)).at(-1)).toBe('PRESCRIPTION_APPROVED PATIENT');
    expect((await under.read(patient.identity, issued.id)).allowedActions).toEqual(['ORDER']);
  });

  test('refuses what is not, and decides once', async () => {
    const issued = await issue(await under.patient());
    const refused = await check(issued, 'REFUSE');
    expect(refused).toMatchObject({ status: 'REFUSED', version: 2 });
    expect(await check(refused, 'APPROVE', OTHER_PHARMACIST)).toMatchObject({
      code: 'WRONG_STATE',
      stands: 'REFUSED',
      permitted: [],
    });
    expect((await under.notices(issued.id)).at(-1)).toBe('PRESCRIPTION_REFUSED PATIENT');
  });

  test('and another one at the same time do not both decide', async () => {
    const issued = await issue(await under.patient());
    const answers = await Promise.all([check(issued, 'APPROVE'), check(issued, 'REFUSE', OTHER_PHARMACIST)]);
    const decided = answers.filter(({ __typename }) => __typename === 'Prescription');
    expect(decided).toHaveLength(1);
    expect(answers.find((answer) => answer !== decided[0])).toMatchObject({ code: 'WRONG_STATE' });
    expect((await under.read(PHARMACIST, issued.id)).status).toBe(decided[0].status);
  });

  test('decides nothing once the patient does not share it any more, or it has expired', async () => {
    const patient = await under.patient();
    const [unshared, expired] = [await issue(patient), await issue(patient)];
    await under.expire(expired.id);
    expect(await check(expired, 'APPROVE')).toMatchObject({ code: 'WRONG_STATE', stands: 'EXPIRED' });
    await under.withdrawConsent(patient, 'SHARE_WITH_PHARMACY');
    expect(await check(unshared, 'APPROVE')).toMatchObject({ code: 'CONSENT_MISSING' });
    expect(await under.read(patient.identity, unshared.id)).toMatchObject({ status: 'ISSUED' });
  });

  test('gives a reason of at most 500 characters', async () => {
    const { id } = await issue(await under.patient());
    for (const reason of ['', 'x'.repeat(501)]) {
      const input = { prescriptionId: id, decision: 'APPROVE', reason, expectedVersion: 1 };
      expect(await under.change(PHARMACIST, 'checkPrescription', input)).toMatchObject({
        code: 'INVALID_INPUT',
        path: ['input', 'reason'],
      });
    }
  });

  test('has the unchecked and valid ones in a queue, oldest first, and a patient’s others by the patient', async () => {
    const patient = await under.patient();
    const doses = ['first', 'second', 'third', 'fourth'].map((each) => `${each} of ${patient.id}`);
    const issued: Answer[] = [];
    for (const dose of doses) issued.push(await issue(patient, { dose }));
    await check(issued[1], 'APPROVE');
    await under.expire(issued[2].id);
    const queue = await under.list(PHARMACIST, {}, 100);
    expect(dosesOf(queue).filter((dose) => doses.includes(dose))).toEqual([doses[0], doses[3]]);
    expect(queue.totalCount).toBe(queue.nodes.length);
    const all = await under.list(PHARMACIST, { patientId: patient.id });
    expect(dosesOf(all)).toEqual(doses.toReversed());
    expect(all.totalCount).toBe(4);
  });

  test('leaves an entry in the patient’s access log for what they read, and so does the physician', async () => {
    const patient = await under.patient();
    const issued = await issue(patient);
    await under.read(PHARMACIST, issued.id);
    await under.read(patient.identity, issued.id);
    expect(await under.log(patient)).toEqual([
      'demo-pharmacist Prescription PHARMACY',
      'demo-physician Prescription TREATMENT',
    ]);
  });
});

describe('the family', () => {
  test('sees its prescriptions newest first, by the page', async () => {
    const patient = await under.patient();
    const caregiver = await under.care.caregiver(patient, 'VIEW', 'ORDER');
    for (const dose of ['one', 'two', 'three']) await issue(patient, { dose });
    for (const who of [patient.identity, caregiver]) {
      expect(dosesOf(await under.list(who, {}, 2))).toEqual(['three', 'two']);
      const page = async (after?: string) => {
        const query = `query ($of: [_Any!]!, $after: ID) { _entities(representations: $of) {
          ... on Patient { prescriptions(first: 2, after: $after) { totalCount nodes { dose } pageInfo { hasNextPage endCursor } } } } }`;
        const of = [{ __typename: 'Patient', id: patient.id }];
        return (await under.ask(who, query, { of, after }))._entities[0].prescriptions;
      };
      const first = await page();
      expect([dosesOf(first), first.totalCount, first.pageInfo.hasNextPage]).toEqual([['three', 'two'], 3, true]);
      expect(dosesOf(await page(first.pageInfo.endCursor))).toEqual(['one']);
    }
  });

  test('is offered ORDER where they may order, as long as there is something to order', async () => {
    const patient = await under.patient();
    const { id } = await under.approved(PHYSICIAN, patient);
    const [ordering, viewing] = [
      await under.care.caregiver(patient, 'VIEW', 'ORDER'),
      await under.care.caregiver(patient, 'VIEW'),
    ];
    const offered = async (who: typeof ordering) => (await under.read(who, id)).allowedActions;
    expect([await offered(patient.identity), await offered(ordering), await offered(viewing)]).toEqual([
      ['ORDER'],
      ['ORDER'],
      [],
    ]);
    await under.expire(id);
    expect(await offered(patient.identity)).toEqual([]);
  });

  test('finds by a status exactly those that are shown to stand so', async () => {
    const patient = await under.patient();
    const line = { medicineId: under.medicines[0], quantity: 10 };
    for (const kept of ['ISSUED', 'APPROVED', 'REFUSED', 'WITHDRAWN']) {
      for (const expired of [false, true]) {
        for (const used of kept === 'APPROVED' ? [0, 4, 10] : [0]) {
          const issued = await issue(patient);
          if (kept === 'APPROVED') await check(issued, 'APPROVE');
          if (kept === 'REFUSED') await check(issued, 'REFUSE');
          if (kept === 'WITHDRAWN') await withdraw(issued);
          if (used > 0) await under.order(patient, [{ ...line, quantity: used, prescriptionId: issued.id }]);
          if (expired) await under.expire(issued.id);
        }
      }
    }
    const all: Answer[] = (await under.list(patient.identity)).nodes;
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(Object.values(PrescriptionStatus)));
    for (const status of Object.values(PrescriptionStatus)) {
      const expected = all.filter((each) => each.status === status);
      for (const filter of [{ status }, { status, patientId: patient.id }]) {
        expect(await under.list(patient.identity, filter)).toEqual({ totalCount: expected.length, nodes: expected });
      }
    }
  });
});
