import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { person } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { registry } from '../../common/metrics.js';
import { patientId } from '../../common/seed.js';
import {
  ClaimsUnderTest,
  CNY,
  daysAgo,
  finance,
  fresh,
  type Grantee,
  reviewer,
  secondFinance,
  secondReviewer,
  stepOf,
  thisYear,
  today,
} from './claims-under-test.js';

let fund: ClaimsUnderTest;
beforeAll(async () => {
  fund = await ClaimsUnderTest.open('claims');
});
afterAll(() => fund?.subgraphs.stop());
afterEach(async () => {
  expect(await fund.wrongInBooks()).toEqual([]);
});

const check = (who: Identity, claim: { id: string; version: number }, decision = 'PASS') =>
  fund.does(who, 'checkClaim', { ...stepOf(claim), decision, reason: 'Looked at.' });
const decide = (who: Identity, claim: { id: string; version: number }, decision = 'APPROVE') =>
  fund.does(who, 'decideClaim', { ...stepOf(claim), decision, reason: 'Decided.' });
const withdraw = (who: Identity, claim: { id: string; version: number }) =>
  fund.does(who, 'withdrawClaim', stepOf(claim));

describe('entering a claim', () => {
  test('shows what was spent, who paid, and what is left to the patient', async () => {
    const patient = await fund.grantee();
    const line = await fund.orderLine(patient, { fen: 300_000n });
    const claim = await fund.entered(
      patient,
      { orderLineId: line, paidByOthers: [{ payer: 'BASIC_INSURANCE', amount: CNY('1000.00') }] },
      fund.invoice('7000', [{ payer: 'OTHER_CHARITY', amount: CNY('3000') }], {
        issuer: ' test  Hospital',
        number: 'a 1',
      }),
    );
    expect(claim).toMatchObject({
      __typename: 'Claim',
      number: expect.stringMatching(new RegExp(`^CL-${thisYear}-\\d{6,}$`)),
      status: 'ENTERED',
      aidYear: thisYear,
      applicationNumber: expect.stringMatching(/^RC-/),
      asked: { amount: '10000.00' },
      paidByOthers: { amount: '4000.00' },
      selfPaid: { amount: '6000.00' },
      takenBack: { amount: '0.00' },
      award: null,
      allowedActions: ['WITHDRAW'],
      version: 1,
      expenses: [
        {
          place: 0,
          kind: 'ORDER_LINE',
          orderLineId: line,
          invoice: null,
          incurredOn: today,
          amount: { amount: '3000.00' },
          paidByOthers: [{ payer: 'BASIC_INSURANCE', amount: { amount: '1000.00' } }],
          selfPaid: { amount: '2000.00' },
        },
        {
          place: 1,
          kind: 'INVOICE',
          orderLineId: null,
          invoice: { issuer: 'TEST HOSPITAL', number: 'A1' },
          selfPaid: { amount: '4000.00' },
        },
      ],
    });
  });

  test('sent again with its key answers the same and enters nothing; with another input it is a conflict', async () => {
    const patient = await fund.grantee();
    const input = { applicationId: patient.applicationId, expenses: [fund.invoice('10')], idempotencyKey: fresh() };
    const first = await fund.sends(patient.who, 'enterClaim', input);
    const again = await fund.sends(patient.who, 'enterClaim', input);
    expect(again.data).toEqual(first.data);
    expect([first.replayed, again.replayed]).toEqual([undefined, true]);
    const other = { ...input, expenses: [fund.invoice('11')] };
    expect(await fund.does(patient.who, 'enterClaim', other)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await fund.sql('select from fund.claim where application_id = $1', [patient.applicationId])).toHaveLength(1);
  });

  const refused = async (patient: Grantee, ...expenses: object[]) => {
    const answer = await fund.sends(patient.who, 'enterClaim', { applicationId: patient.applicationId, expenses });
    expect(await fund.sql('select from fund.claim where application_id = $1', [patient.applicationId])).toHaveLength(0);
    return answer.errors ? { errors: answer.errors } : answer.data.enterClaim;
  };

  test.each(['0', '0.00', '-1', '-0.01', '0.001', '99999999999'])('an amount of %s is refused', async (amount) => {
    const patient = await fund.grantee();
    expect(await refused(patient, fund.invoice(amount))).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'expenses', '0', 'invoice', 'amount'],
    });
    const paid = fund.invoice('10', [{ payer: 'BASIC_INSURANCE', amount: CNY(amount) }]);
    expect(await refused(patient, paid)).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'expenses', '0', 'paidByOthers', '0', 'amount'],
    });
  });

  test.each(['NaN', '1e309', 'Infinity', '1,5', ''])('an amount of %p is no amount', async (amount) => {
    expect((await refused(await fund.grantee(), fund.invoice(amount))).errors).toHaveLength(1);
  });

  test('another currency, another payer, and another day than one of the calendar are no input', async () => {
    const patient = await fund.grantee();
    const dollars = fund.invoice('1', [], { amount: { amount: '1', currency: 'USD' } });
    const aunt = fund.invoice('1', [{ payer: 'AUNT', amount: CNY('1') }]);
    const never = fund.invoice('1', [], { incurredOn: `${thisYear}-02-30` });
    for (const expense of [dollars, aunt, never]) expect((await refused(patient, expense)).errors).toHaveLength(1);
  });

  test('none, 51, neither and both kinds, and a payer twice are refused', async () => {
    const patient = await fund.grantee();
    const twice = [1, 2].map((yuan) => ({ payer: 'OTHER_CHARITY', amount: CNY(`${yuan}`) }));
    for (const expenses of [
      [],
      Array.from({ length: 51 }, () => fund.invoice('1')),
      [{}],
      [{ ...fund.invoice('1'), orderLineId: newId() }],
      [fund.invoice('10', twice)],
      [fund.invoice('10', [], { issuer: ' ' })],
      [fund.invoice('10', [], { number: 'x'.repeat(101) })],
    ]) {
      expect(await refused(patient, ...expenses)).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  test('50 expenses are accepted', async () => {
    const patient = await fund.grantee();
    const claim = await fund.entered(patient, ...Array.from({ length: 50 }, () => fund.invoice('0.01')));
    expect(claim).toMatchObject({ asked: { amount: '0.50' } });
    expect(claim.expenses.map(({ place }: { place: number }) => place)).toEqual([...Array(50).keys()]);
  });

  test('every expense that cannot be claimed is told with what is wrong with it', async () => {
    const patient = await fund.grantee();
    const stranger = await fund.grantee();
    const line = async (options: object, of: object = {}) => ({
      orderLineId: await fund.orderLine({ ...patient, ...of }, options),
      paidByOthers: [],
    });
    const claimed = fund.invoice('5');
    await fund.entered(stranger, claimed);
    const same = fund.invoice('6');
    const answer = await refused(
      patient,
      fund.invoice('1'),
      fund.invoice('1', [], { incurredOn: daysAgo(-1) }),
      fund.invoice('1', [], { incurredOn: daysAgo(181) }),
      fund.invoice('1', [], { incurredOn: `${thisYear - 1}-12-31` }),
      fund.invoice('1', [{ payer: 'BASIC_INSURANCE', amount: CNY('1.00') }]),
      fund.invoice('1', [{ payer: 'BASIC_INSURANCE', amount: CNY('1.01') }]),
      await line({ status: 'PLACED' }),
      await line({ status: 'CANCELLED' }),
      await line({ status: 'RETURNED' }),
      await line({}, { applicationId: null }),
      await line({}, stranger),
      { orderLineId: newId(), paidByOthers: [] },
      claimed,
      same,
      same,
    );
    expect(answer).toMatchObject({ __typename: 'ExpenseNotClaimable', code: 'EXPENSE_NOT_CLAIMABLE' });
    const problems = (place: number) =>
      answer.problems
        .filter(({ expense }: { expense: number }) => expense === place)
        .map(({ problem }: { problem: string }) => problem);
    expect(problems(0)).toEqual([]);
    expect(problems(1)).toContain('DATED_IN_FUTURE');
    expect(problems(2)).toContain('BEYOND_LOOK_BACK');
    expect(problems(3)).toContain('OTHER_AID_YEAR');
    expect([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map(problems)).toEqual([
      ['NOTHING_SELF_PAID'],
      ['OTHERS_PAID_MORE_THAN_IT_COST'],
      ['ORDER_NOT_PAID'],
      ['ORDER_CANCELLED'],
      ['ORDER_REFUNDED'],
      ['ORDER_NOT_LINKED'],
      ['NOT_FOUND'],
      ['NOT_FOUND'],
      ['ALREADY_CLAIMED'],
      [],
      ['ALREADY_CLAIMED'],
    ]);
  });

  test('an invoice written differently, also by somebody else, is claimed already', async () => {
    await fund.entered(await fund.grantee(), fund.invoice('5', [], { issuer: 'Union Hospital', number: 'FP-0815-1' }));
    const again = fund.invoice('7', [], { issuer: 'ｕｎｉｏｎ  hospital ', number: 'fp – 0815 – 1' });
    const answer = await refused(await fund.grantee(), again);
    expect(answer.problems).toEqual([{ expense: 0, problem: 'ALREADY_CLAIMED' }]);
  });

  test('one order line in two claims at the same time: one is entered, the other is told', async () => {
    const patient = await fund.grantee();
    for (let round = 0; round < 5; round++) {
      const lines = [await fund.orderLine(patient), await fund.orderLine(patient)];
      const [forth, back] = [lines, [...lines].reverse()].map((ids) =>
        ids.map((orderLineId) => ({ orderLineId, paidByOthers: [] })),
      ) as [object[], object[]];
      const answers = await Promise.all([fund.entered(patient, ...forth), fund.entered(patient, ...back)]);
      const [won, lost] = answers[0].__typename === 'Claim' ? answers : answers.reverse();
      expect(won).toMatchObject({ status: 'ENTERED' });
      expect(lost.problems).toEqual([
        { expense: 0, problem: 'ALREADY_CLAIMED' },
        { expense: 1, problem: 'ALREADY_CLAIMED' },
      ]);
    }
  });

  test('without an active grant nothing can be claimed', async () => {
    const patient = await fund.grantee();
    const attempt = () => fund.entered(patient, fund.invoice('5'));
    await fund.end(patient.grantId, 'EXPIRED');
    expect(await attempt()).toMatchObject({
      __typename: 'GrantNotActive',
      code: 'WRONG_STATE',
      grantStatus: 'EXPIRED',
    });
    await fund.sql("update fund.aid_grant set status = 'REVOKED' where id = $1", [patient.grantId]);
    expect(await attempt()).toMatchObject({ grantStatus: 'REVOKED' });
    const [draft] = await fund.sql<{ id: string }>("select id from fund.application where status = 'DRAFT' limit 1");
    if (draft) {
      const [{ subject }] = (await fund.sql<{ subject: string }>(
        'select patient_subject as subject from fund.application where id = $1',
        [draft.id],
      )) as [{ subject: string }];
      const input = { applicationId: draft.id, expenses: [fund.invoice('5')] };
      expect(await fund.does(person(subject, 'PATIENT'), 'enterClaim', input)).toMatchObject({ grantStatus: null });
    }
  });

  test("a stranger's application and a missing one answer alike", async () => {
    const [patient, stranger] = [await fund.grantee(), await fund.grantee()];
    const at = (applicationId: string) =>
      fund.does(stranger.who, 'enterClaim', { applicationId, expenses: [fund.invoice('5')] });
    const [foreign, missing] = [await at(patient.applicationId), await at(newId())];
    expect(foreign).toMatchObject({ code: 'NOT_FOUND' });
    expect(foreign).toEqual(missing);
  });

  test('a caregiver who may apply claims for the patient; one who may not is told so', async () => {
    const child = { who: person('demo-caregiver', 'CAREGIVER'), patientId: patientId(2) };
    const granted = await fund.grantee({ of: child, subject: null, maximumFen: 1000n, year: thisYear });
    expect(await fund.entered(granted, fund.invoice('5'))).toMatchObject({
      status: 'ENTERED',
      allowedActions: ['WITHDRAW'],
    });
    const patient = await fund.grantee({
      of: { who: person('demo-patient', 'PATIENT'), patientId: patientId(0) },
      maximumFen: 1000n,
    });
    await fund.sql(
      `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
       values ($1, $2, 'demo-patient', 'aunt', '{VIEW}', now())`,
      [newId(), patient.patientId],
    );
    const aunt = { ...patient, who: person('aunt', 'CAREGIVER') };
    const answer = await fund.entered(aunt, fund.invoice('5'));
    expect(answer).toMatchObject({ code: 'NOT_ALLOWED' });
    const claim = await fund.entered(patient, fund.invoice('5'));
    expect((await fund.see(aunt.who, claim.id)).allowedActions).toEqual([]);
    expect(await withdraw(aunt.who, claim)).toMatchObject({ code: 'NOT_ALLOWED' });
  });
});

describe('a claim on its way', () => {
  test('is checked by a reviewer, approved by a finance officer, and explains its award', async () => {
    const patient = await fund.grantee({ maximumFen: 190_000n });
    const claim = await fund.entered(
      patient,
      fund.invoice('10000', [{ payer: 'COMMERCIAL_INSURANCE', amount: CNY('4000') }]),
    );
    expect((await fund.see(reviewer, claim.id)).allowedActions).toEqual(['CHECK']);
    const checked = await check(reviewer, claim);
    expect(checked).toMatchObject({ status: 'CHECKED', reason: 'Looked at.', allowedActions: [], version: 2 });
    expect((await fund.see(finance, claim.id)).allowedActions).toEqual(['DECIDE']);
    const approved = await decide(finance, checked);
    expect(approved).toMatchObject({
      status: 'APPROVED',
      reason: 'Decided.',
      version: 3,
      allowedActions: ['REVERSE'],
      award: {
        asked: { amount: '10000.00' },
        byPayer: [{ payer: 'COMMERCIAL_INSURANCE', amount: { amount: '4000.00' } }],
        selfPaid: { amount: '6000.00' },
        sharePercent: 40,
        limits: [
          { limit: 'SHARE_OF_SELF_PAID', amount: { amount: '2400.00' }, binding: false },
          { limit: 'LEFT_OF_GRANT', amount: { amount: '1900.00' }, binding: true },
          { limit: 'LEFT_OF_ANNUAL_CAP', amount: { amount: '50000.00' }, binding: false },
        ],
        amount: { amount: '1900.00' },
        binding: 'LEFT_OF_GRANT',
        explanation:
          'You asked 10,000.00, others paid 4,000.00, 6,000.00 was left to you. Your tier pays 40 %: 2,400.00. Of the grant 1,900.00 was left, so 1,900.00 is paid.',
      },
    });
    expect(await fund.standing(patient.grantId)).toMatchObject({
      status: 'EXHAUSTED',
      awarded: '190000',
      yearAwarded: '190000',
      paid: '0',
    });
    expect(await fund.entered(patient, fund.invoice('1'))).toMatchObject({ grantStatus: 'EXHAUSTED' });
  });

  test("the share is that of the grant's own tier and policy, whatever the policy of today says", async () => {
    const patient = await fund.grantee({ tier: 'III' });
    const [policy] = await fund.sql<{ id: string }>(
      `insert into fund.aid_policy (id, number, effective_from, annual_cap_fen, look_back_days, required_documents, second_review_above_fen, demo)
       values ($1, 99, '2021-01-01', 1, 0, '{}', 1, true) returning id`,
      [newId()],
    );
    await fund.sql("insert into fund.aid_tier values ($1, 'III', 1, 1, 1)", [policy?.id]);
    const approved = await fund.approved(patient, fund.invoice('99.99', [], { incurredOn: today }));
    expect(approved.award).toMatchObject({
      sharePercent: 50,
      amount: { amount: '49.99' },
      binding: 'SHARE_OF_SELF_PAID',
    });
    await fund.sql('delete from fund.aid_tier where policy_id = $1', [policy?.id]);
    await fund.sql('delete from fund.aid_policy where id = $1', [policy?.id]);
  });

  test('the year binds over all grants of the patient', async () => {
    const first = await fund.grantee({ capFen: 300_000n, maximumFen: 200_000n });
    const second = await fund.grantee({ of: first, maximumFen: 100_000n });
    expect(await fund.approved(first, fund.invoice('5000'))).toMatchObject({
      award: { amount: { amount: '2000.00' } },
    });
    await fund.sql('update fund.annual_aid set cap_fen = 250000, granted_fen = 250000 where patient_id = $1', [
      first.patientId,
    ]);
    const capped = await fund.approved(second, fund.invoice('5000'));
    await fund.sql('update fund.annual_aid set cap_fen = 300000, granted_fen = 300000 where patient_id = $1', [
      first.patientId,
    ]);
    expect(capped).toMatchObject({ award: { amount: { amount: '500.00' }, binding: 'LEFT_OF_ANNUAL_CAP' } });
    expect(capped.award.explanation).toContain('Of your aid of the year 500.00 was left, so 500.00 is paid.');
  });

  test('withdrawn or rejected, its expenses can be claimed again', async () => {
    const patient = await fund.grantee();
    const expenses = [fund.invoice('5'), { orderLineId: await fund.orderLine(patient), paidByOthers: [] }];
    const withdrawn = await withdraw(patient.who, await fund.entered(patient, ...expenses));
    expect(withdrawn).toMatchObject({ status: 'WITHDRAWN', allowedActions: [] });
    const refused = await check(reviewer, await fund.entered(patient, ...expenses), 'REJECT');
    expect(refused).toMatchObject({ status: 'REJECTED', reason: 'Looked at.' });
    const rejected = await decide(finance, await fund.checked(patient, ...expenses), 'REJECT');
    expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'Decided.', award: null });
    expect(await fund.entered(patient, ...expenses)).toMatchObject({ status: 'ENTERED' });
  });

  test('that comes to nothing is rejected with the limit that left nothing, and can be claimed again', async () => {
    const patient = await fund.grantee({ maximumFen: 40_000n });
    const late = await fund.checked(patient, fund.invoice('100'));
    await fund.approved(patient, fund.invoice('1000'));
    const rejected = await decide(finance, late);
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      award: { amount: { amount: '0.00' }, binding: 'LEFT_OF_GRANT' },
    });
    expect(rejected.reason).toContain('nothing is left of the grant (LEFT_OF_GRANT)');
    const small = await fund.approved(await fund.grantee(), fund.invoice('0.01'));
    expect(small).toMatchObject({ status: 'REJECTED', award: { binding: 'SHARE_OF_SELF_PAID' } });
    const [{ count }] = (await fund.sql<{ count: number }>(
      'select count(*)::int as count from fund.expense_line where claim_id = any($1) and counts',
      [[late.id, small.id]],
    )) as [{ count: number }];
    expect(count).toBe(0);
  });

  test.each([
    'EXPIRED',
    'REVOKED',
  ] as const)('whose grant is %s by then is rejected with that reason', async (status) => {
    const patient = await fund.grantee();
    const claim = await fund.checked(patient, fund.invoice('100'));
    await fund.end(patient.grantId, status);
    expect(await decide(finance, claim)).toMatchObject({
      status: 'REJECTED',
      reason: expect.stringContaining(status),
      award: null,
    });
  });
});

describe('what cannot be done with a claim', () => {
  const both = {
    ...person('both', 'REVIEWER'),
    roles: ['REVIEWER', 'FINANCE'],
    scopes: ['fund:review', 'fund:finance'],
  } as Identity;

  test('is told with the state and what can be done instead', async () => {
    const patient = await fund.grantee();
    const wrong = (status: string, permitted: string[]) => ({
      __typename: 'ClaimWrongState',
      wrongStatus: status,
      permitted,
    });
    const claim = await fund.entered(patient, fund.invoice('100'));
    expect(await decide(both, claim)).toMatchObject(wrong('ENTERED', ['CHECK']));
    const reverse = (of: { id: string; version: number }) =>
      fund.does(both, 'reverseClaim', { ...stepOf(of), reason: 'A mistake.' });
    expect(await reverse(claim)).toMatchObject(wrong('ENTERED', ['CHECK']));
    const checked = await check(reviewer, claim);
    expect(await withdraw(patient.who, checked)).toMatchObject(wrong('CHECKED', []));
    expect(await check(reviewer, checked)).toMatchObject(wrong('CHECKED', []));
    expect(await check(both, checked)).toMatchObject(wrong('CHECKED', ['DECIDE']));
    const approved = await decide(finance, checked);
    expect(await withdraw(patient.who, approved)).toMatchObject(wrong('APPROVED', []));
    expect(await check(both, approved)).toMatchObject(wrong('APPROVED', ['REVERSE']));
    expect(await decide(finance, approved)).toMatchObject(wrong('APPROVED', ['REVERSE']));
    const rejected = await decide(finance, await fund.checked(patient, fund.invoice('100')), 'REJECT');
    const withdrawn = await withdraw(patient.who, await fund.entered(patient, fund.invoice('100')));
    for (const over of [rejected, withdrawn]) {
      expect(await withdraw(patient.who, over)).toMatchObject(wrong(over.status, []));
      expect(await check(both, over)).toMatchObject(wrong(over.status, []));
      expect(await decide(finance, over)).toMatchObject(wrong(over.status, []));
      expect(await reverse(over)).toMatchObject(wrong(over.status, []));
    }
  });

  test('nobody checks and decides the same claim', async () => {
    const checked = await check(both, await fund.entered(await fund.grantee(), fund.invoice('100')));
    expect(checked.allowedActions).toEqual([]);
    expect(await decide(both, checked)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await decide(finance, checked)).toMatchObject({ status: 'APPROVED' });
  });

  test('nobody looks at the papers of a patient who no longer agrees to it, until they agree again', async () => {
    const patient = await fund.grantee();
    const claim = await fund.entered(patient, fund.invoice('100'));
    const agrees = (withdrawn: string) =>
      fund.subgraphs.admin.query(
        `update patient.consent set withdrawn_at = ${withdrawn}, withdrawn_by = case when ${withdrawn} is null then null else given_by end
         where patient_id = $1`,
        [patient.patientId],
      );
    await agrees('now()');
    expect(await check(reviewer, claim)).toMatchObject({ __typename: 'ConsentMissing', code: 'CONSENT_MISSING' });
    await fund.subgraphs.admin.query("set app.erasing = 'on'");
    await agrees('null');
    await fund.subgraphs.admin.query('reset app.erasing');
    expect(await check(reviewer, claim)).toMatchObject({ status: 'CHECKED' });
  });

  test('nobody checks or decides a claim of their own, or of somebody they care for', async () => {
    const patient = await fund.grantee();
    const claim = await fund.entered(patient, fund.invoice('100'));
    const own = { ...both, subject: patient.who.subject };
    expect(await check(own, claim)).toMatchObject({ code: 'NOT_ALLOWED' });
    const checked = await check(reviewer, claim);
    expect(await decide(own, checked)).toMatchObject({ code: 'NOT_ALLOWED' });
    const approved = await decide(finance, checked);
    const reverse = { ...stepOf(approved), reason: 'A mistake.' };
    expect(await fund.does(own, 'reverseClaim', reverse)).toMatchObject({ code: 'NOT_ALLOWED' });

    const caregiver = person('demo-caregiver', 'CAREGIVER');
    const child = await fund.grantee({
      of: { who: caregiver, patientId: patientId(2) },
      subject: null,
      maximumFen: 1000n,
    });
    const childs = await fund.entered(child, fund.invoice('10'));
    const guardian = { ...both, subject: caregiver.subject };
    expect(await check(guardian, childs)).toMatchObject({ code: 'NOT_ALLOWED' });
    await fund.sql(
      "update patient.care_relationship set caregiver_subject = 'both' where caregiver_subject = 'demo-caregiver'",
    );
    expect((await fund.see(both, childs.id)).allowedActions).toEqual([]);
    expect(await check(both, childs)).toMatchObject({ code: 'NOT_ALLOWED' });
    const childsChecked = await check(reviewer, childs);
    expect(await decide(both, childsChecked)).toMatchObject({ code: 'NOT_ALLOWED' });
    await fund.sql(
      "update patient.care_relationship set caregiver_subject = 'demo-caregiver' where caregiver_subject = 'both'",
    );
    // who entered it does not decide it, also when they no longer care for the patient
    expect(await decide(guardian, childsChecked)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await decide(both, childsChecked)).toMatchObject({ status: 'APPROVED' });
  });

  test('a version that is over is stale, also where the state would be wrong', async () => {
    const patient = await fund.grantee();
    const claim = await fund.entered(patient, fund.invoice('100'));
    const stale = { code: 'STALE_VERSION', currentVersion: 2 };
    await check(reviewer, claim);
    expect(await withdraw(patient.who, claim)).toMatchObject(stale);
    expect(await check(reviewer, claim)).toMatchObject(stale);
    expect(await decide(finance, claim)).toMatchObject(stale);
    expect(await decide(finance, { ...claim, version: 7 })).toMatchObject(stale);
  });

  test("a stranger's claim and a missing one answer alike", async () => {
    const claim = await fund.entered(await fund.grantee(), fund.invoice('100'));
    const stranger = person('stranger', 'PATIENT');
    expect(await fund.see(stranger, claim.id)).toBeNull();
    const foreign = await withdraw(stranger, claim);
    expect(foreign).toMatchObject({ code: 'NOT_FOUND' });
    expect(await withdraw(stranger, { ...claim, id: newId() })).toEqual(foreign);
    await check(reviewer, claim);
    expect(await check(secondReviewer, claim)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a reason of two characters is none', async () => {
    const claim = await fund.entered(await fund.grantee(), fund.invoice('100'));
    const input = { ...stepOf(claim), decision: 'PASS', reason: ' no ' };
    expect(await fund.does(reviewer, 'checkClaim', input)).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test.each<[string, Identity]>([
    ['enterClaim', finance],
    ['withdrawClaim', reviewer],
    ['checkClaim', finance],
    ['decideClaim', reviewer],
    ['reverseClaim', person('p', 'PATIENT')],
    ['recordRepayment', reviewer],
  ])('%s is forbidden to roles that it is not for', async (mutation, who) => {
    const inputs: Record<string, object> = {
      enterClaim: { applicationId: newId(), expenses: [] },
      checkClaim: { ...stepOf({ id: newId(), version: 1 }), decision: 'PASS', reason: 'abc' },
      decideClaim: { ...stepOf({ id: newId(), version: 1 }), decision: 'REJECT', reason: 'abc' },
      reverseClaim: { ...stepOf({ id: newId(), version: 1 }), reason: 'abc' },
      recordRepayment: { clawBackId: newId(), expectedVersion: 1 },
    };
    const answer = await fund.sends(who, mutation, inputs[mutation] ?? stepOf({ id: newId(), version: 1 }));
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});

describe('at the same time', () => {
  test('of two officers who decide one claim one wins, and the other is told that it has changed', async () => {
    const patient = await fund.grantee();
    for (let round = 0; round < 5; round++) {
      const claim = await fund.checked(patient, fund.invoice('100'));
      const answers = await Promise.all([decide(finance, claim), decide(secondFinance, claim)]);
      expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Claim', 'StaleVersion']);
    }
    expect(await fund.standing(patient.grantId)).toMatchObject({ awarded: '20000' });
  });

  test('one decision sent five times at once with one key is one decision', async () => {
    const claim = await fund.checked(await fund.grantee(), fund.invoice('100'));
    const input = { ...stepOf(claim), decision: 'APPROVE', reason: 'Right.', idempotencyKey: fresh() };
    const answers = await Promise.all(Array.from({ length: 5 }, () => fund.does(finance, 'decideClaim', input)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 'APPROVED', version: 3 });
  });

  test('twenty approvals on one grant never exceed it', async () => {
    const patient = await fund.grantee({ maximumFen: 50_000n });
    const claims = [];
    for (let n = 0; n < 20; n++) claims.push(await fund.checked(patient, fund.invoice('100.10')));
    const decided = await Promise.all(claims.map((claim, n) => decide(n % 2 ? finance : secondFinance, claim)));
    // 40.04 each: twelve times, then what is left, then nothing
    const amounts = decided.map(({ award }) => award.amount.amount).sort();
    expect(amounts).toEqual([...Array(7).fill('0.00'), '19.52', ...Array(12).fill('40.04')]);
    expect(decided.filter(({ status }) => status === 'REJECTED')).toHaveLength(7);
    expect(await fund.standing(patient.grantId)).toMatchObject({ status: 'EXHAUSTED', awarded: '50000' });
  }, 60_000);
});

describe('lists of claims', () => {
  const LIST = `query ($filter: ClaimFilter, $first: Int!, $after: ID) { claims(filter: $filter, first: $first, after: $after) {
    totalCount nodes { id status } pageInfo { hasNextPage endCursor } } }`;
  const list = async (who: Identity, variables: object = {}) => {
    const { claims } = await fund.ask(who, LIST, { first: 100, ...variables });
    return { ...claims, ids: claims.nodes.map(({ id }: { id: string }) => id) };
  };

  test('applicants see theirs, newest first, page by page', async () => {
    const patient = await fund.grantee();
    const claims = [];
    for (let n = 0; n < 3; n++) claims.push((await fund.entered(patient, fund.invoice('1'))).id);
    const newest = [...claims].reverse();
    expect(await list(patient.who)).toMatchObject({ ids: newest, totalCount: 3 });
    const page = await list(patient.who, { first: 2 });
    expect(page).toMatchObject({ ids: newest.slice(0, 2), totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(await list(patient.who, { first: 2, after: page.pageInfo.endCursor })).toMatchObject({
      ids: newest.slice(2),
    });
    expect((await list(person('stranger', 'PATIENT'))).ids).toEqual([]);
    const { applicationId } = patient;
    expect((await list(patient.who, { filter: { applicationId, status: ['ENTERED'] } })).ids).toEqual(newest);
    expect((await list(patient.who, { filter: { status: ['PAID'] } })).ids).toEqual([]);
    const { application } = await fund.ask(
      patient.who,
      'query ($id: ID!) { application(id: $id) { claims { id application { id } } } }',
      { id: applicationId },
    );
    expect(application.claims).toEqual(newest.map((id) => ({ id, application: { id: applicationId } })));
  });

  test('reviewers see what waits to be checked, oldest first; officers what they filter', async () => {
    const patient = await fund.grantee();
    const { applicationId } = patient;
    const entered = (await fund.entered(patient, fund.invoice('1'))).id;
    const checked = (await fund.checked(patient, fund.invoice('100'))).id;
    const approved = (await fund.approved(patient, fund.invoice('100'))).id;
    const all = await list(reviewer);
    expect(all.ids).toContain(entered);
    expect(all.ids).toEqual([...all.ids].sort());
    expect(new Set(all.nodes.map(({ status }: { status: string }) => status))).toEqual(new Set(['ENTERED']));
    expect((await list(reviewer, { filter: { applicationId } })).ids).toEqual([entered]);
    expect(await list(finance, { filter: { applicationId } })).toMatchObject({
      ids: [entered, checked, approved],
      totalCount: 3,
    });
    const waiting = await list(finance, { filter: { status: ['CHECKED', 'APPROVED', 'CHECKED'] } });
    expect(waiting.ids).toEqual(expect.arrayContaining([checked, approved]));
    expect(waiting.ids).not.toContain(entered);
    expect(waiting.ids).toEqual([...waiting.ids].sort());
    expect(waiting.totalCount).toBe(waiting.ids.length);
    expect((await list(finance, { filter: { status: ['PAID', 'APPROVED'] }, first: 5 })).ids).toHaveLength(5);
    expect((await list(finance, { filter: { fundId: newId() } })).ids).toEqual([]);
    expect((await list(finance, { filter: { status: [] } })).ids).toEqual([]);
  });

  test('the buttons of a list leave out what concerns those whom the caller cares for', async () => {
    const caregiver = person('demo-caregiver', 'CAREGIVER');
    const of = { who: caregiver, patientId: patientId(2) };
    const child = await fund.entered(await fund.grantee({ of, subject: null, maximumFen: 1000n }), fund.invoice('1'));
    const other = await fund.entered(await fund.grantee(), fund.invoice('1'));
    const query = '{ claims(first: 100) { nodes { id allowedActions } } }';
    const guardian = { ...reviewer, subject: caregiver.subject };
    for (const [who, actions] of [
      [guardian, []],
      [reviewer, ['CHECK']],
    ] as const) {
      const { nodes } = (await fund.ask(who, query)).claims;
      expect(nodes).toContainEqual({ id: child.id, allowedActions: actions });
      expect(nodes).toContainEqual({ id: other.id, allowedActions: ['CHECK'] });
    }
  });

  test('an officer sees no application and no patient, only the claim', async () => {
    const claim = await fund.approved(await fund.grantee(), fund.invoice('100'));
    const query = 'query ($id: ID!) { claim(id: $id) { application { id } } }';
    const answer = await fund.subgraphs.execute('fund', finance, query, { id: claim.id });
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await fund.see(finance, claim.id)).toMatchObject({ number: claim.number, asked: { amount: '100.00' } });
    const both = { ...finance, scopes: ['fund:review', 'fund:finance'] };
    expect(await fund.ask(both, query, { id: claim.id })).toEqual({ claim: { application: null } });
  });

  test('a claim is found by reference, and its parts by nobody else', async () => {
    const patient = await fund.grantee();
    const claim = await fund.entered(patient, fund.invoice('100'));
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Claim { number } } }`;
    const of = [{ __typename: 'Claim', id: claim.id }];
    expect(await fund.ask(patient.who, query, { of })).toEqual({ _entities: [{ number: claim.number }] });
    expect(await fund.ask(person('stranger', 'PATIENT'), query, { of })).toEqual({ _entities: [null] });
  });
});

describe('what it costs', () => {
  /** Statements that the fund sends meanwhile, those included that say who asks. */
  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    const sent = async () => {
      const counter = await registry.getSingleMetric('sql_statements_total')?.get();
      return counter?.values.find(({ labels }) => labels.subgraph === 'fund')?.value ?? 0;
    };
    const before = await sent();
    await work();
    return (await sent()) - before;
  }

  test('entering fifty lines costs as many statements as entering one, and deciding few', async () => {
    const patient = await fund.grantee();
    const enter = (count: number) => () =>
      fund.entered(patient, ...Array.from({ length: count }, () => fund.invoice('100')));
    expect(await statementsOf(enter(1))).toBeLessThanOrEqual(13);
    expect(await statementsOf(enter(50))).toBeLessThanOrEqual(13);
    const claim = await fund.checked(patient, fund.invoice('100'));
    expect(await statementsOf(() => decide(finance, claim))).toBeLessThanOrEqual(13);
  });
});
