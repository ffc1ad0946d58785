import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { GENERAL_FUND_ID } from '../demo.js';
import {
  ClaimsUnderTest,
  CNY,
  finance,
  fresh,
  type Grantee,
  reviewer,
  secondFinance,
  stepOf,
} from './claims-under-test.js';
import { clawBackRefund, settleWaitingClawBacks } from './claw-back.service.js';

let fund: ClaimsUnderTest;
beforeAll(async () => {
  fund = await ClaimsUnderTest.open('claw_backs');
});
afterAll(() => fund?.subgraphs.stop());
afterEach(async () => {
  expect(await fund.wrongInBooks()).toEqual([]);
});

type Step = { id: string; version: number };
const reverse = (claim: Step, who: Identity = finance) =>
  fund.does(who, 'reverseClaim', { ...stepOf(claim), reason: 'Approved by mistake.' });

/** Tells the fund of a refund, as its job does. */
const refund = (orderLineId: string, refundedFen: bigint) =>
  fund.subgraphs
    .get('fund')
    .asItself(({ session, identity }) =>
      session.transaction((em) => clawBackRefund(em, { orderLineId, refundedFen }, identity.subject)),
    );
const settle = (claimId: string) =>
  fund.subgraphs
    .get('fund')
    .asItself(({ session }) => session.transaction((em) => settleWaitingClawBacks(em, claimId)));

/** A payout of all that is due of a claim, in a batch of its own. */
async function payout(claimId: string, status: 'QUEUED' | 'SENT'): Promise<string> {
  const [id, batch] = [newId(), newId()];
  const released = status === 'QUEUED' ? null : 'demo-second-finance';
  const at = released && new Date();
  await fund.sql('begin');
  await fund.sql(
    `insert into fund.payout_batch (id, number, fund_id, status, created_by, created_at, released_by, released_at, sent_at)
     values ($1, $2, $3, $4, 'demo-finance', now(), $5, $6, $6)`,
    [batch, fresh('PB'), GENERAL_FUND_ID, released ? 'SENT' : 'OPEN', released, at],
  );
  const [made] = await fund.sql<{ fen: string }>(
    `insert into fund.payout (id, batch_id, claim_id, fund_id, amount_fen, status, end_to_end_id, approved_by, released_by, created_at)
     select $1, $2, id, fund_id, award_fen - taken_back_fen, $4, $5, decided_by, $6, now() from fund.claim where id = $3
     returning amount_fen as fen`,
    [id, batch, claimId, status, id.replaceAll('-', ''), released],
  );
  if (released) await fund.transfer('SEND', 'PAYABLE', 'IN_TRANSIT', BigInt(made?.fen ?? 0), id);
  await fund.sql('commit');
  return id;
}

/** What the bank says of a payment. */
async function answered(payoutId: string, status: 'PAID' | 'RETURNED'): Promise<void> {
  await fund.sql('begin');
  const [row] = await fund.sql<{ fen: string; claim: string }>(
    'update fund.payout set status = $2, answered_at = now() where id = $1 returning amount_fen as fen, claim_id as claim',
    [payoutId, status],
  );
  const { fen, claim } = row as { fen: string; claim: string };
  await fund.sql(
    `update fund.payout_batch set status = 'ANSWERED', answered_at = now() where id = (select batch_id from fund.payout where id = $1)`,
    [payoutId],
  );
  if (status === 'PAID') {
    await fund.sql(`update fund.claim set status = 'PAID', paid_at = now(), version = version + 1 where id = $1`, [
      claim,
    ]);
    await fund.sql(
      `with paid as (update fund.aid_grant set paid_fen = paid_fen + $2 where id = (select grant_id from fund.claim where id = $1) returning patient_id, aid_year)
       update fund.annual_aid y set paid_fen = y.paid_fen + $2 from paid where y.patient_id = paid.patient_id and y.aid_year = paid.aid_year`,
      [claim, fen],
    );
  }
  const [kind, to] = status === 'PAID' ? ['PAY', 'PAID_OUT'] : ['RETURN', 'PAYABLE'];
  await fund.transfer(kind as string, 'IN_TRANSIT', to as string, BigInt(fen), payoutId);
  await fund.sql('commit');
}

const paid = async (grantee: Grantee, ...expenses: object[]): Promise<Answer> => {
  const { id } = await fund.approved(grantee, ...expenses);
  await answered(await payout(id, 'SENT'), 'PAID');
  return fund.see(finance, id);
};

const moves = (reference: string) =>
  fund.sql<{ kind: string; fen: string }>(
    'select kind, amount_fen as fen from fund.ledger_transfer where reference_id = $1 order by id',
    [reference],
  );
const promotionsWaiting = async () =>
  (await fund.sql('select from fund_jobs.jobs where key = $1', [`promote-wait-list:${GENERAL_FUND_ID}`])).length;
const orderLine = async (patient: Grantee, yuan: string): Promise<{ orderLineId: string; paidByOthers: object[] }> => ({
  orderLineId: await fund.orderLine(patient, { fen: BigInt(yuan) * 100n }),
  paidByOthers: [],
});

describe('reversing a claim that is approved', () => {
  test('takes all of it back at once, and the grant can be claimed from again', async () => {
    const patient = await fund.grantee({ maximumFen: 40_000n });
    const approved = await fund.approved(patient, fund.invoice('2000'));
    expect(await fund.standing(patient.grantId)).toMatchObject({ status: 'EXHAUSTED' });
    const reversed = await reverse(approved);
    expect(reversed).toMatchObject({
      status: 'REVERSED',
      takenBack: { amount: '400.00' },
      allowedActions: [],
      clawBacks: [
        {
          status: 'SETTLED',
          amount: { amount: '400.00' },
          cause: 'REVERSED',
          reason: 'Approved by mistake.',
          whatToDo: 'Nothing: it is settled.',
        },
      ],
    });
    expect(await fund.standing(patient.grantId)).toMatchObject({ status: 'ACTIVE', awarded: '0', yearAwarded: '0' });
    expect(await moves(reversed.clawBacks[0].id)).toEqual([{ kind: 'TAKE_BACK', fen: '40000' }]);
    expect(await fund.approved(patient, fund.invoice('2000'))).toMatchObject({ status: 'APPROVED' });
  });

  test('sent again with its key it is done once, and with another key it is over', async () => {
    const approved = await fund.approved(await fund.grantee(), fund.invoice('100'));
    const input = { ...stepOf(approved), reason: 'A mistake.', idempotencyKey: fresh() };
    const answers = await Promise.all(Array.from({ length: 4 }, () => fund.does(finance, 'reverseClaim', input)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0].clawBacks).toHaveLength(1);
    expect(await reverse(answers[0])).toMatchObject({ wrongStatus: 'REVERSED', permitted: [] });
    expect(await reverse(approved)).toMatchObject({ code: 'STALE_VERSION', currentVersion: answers[0].version });
  });

  test.each(['EXPIRED', 'REVOKED'] as const)('whose grant is %s gives the money on to the fund', async (status) => {
    const patient = await fund.grantee({ maximumFen: 100_000n });
    const approved = await fund.approved(patient, fund.invoice('1000'));
    await fund.end(patient.grantId, status);
    await fund.sql('select fund_jobs.remove_job($1)', [`promote-wait-list:${GENERAL_FUND_ID}`]);
    const { clawBacks } = await reverse(approved);
    expect(await moves(clawBacks[0].id)).toEqual([
      { kind: 'TAKE_BACK', fen: '40000' },
      { kind: 'RELEASE', fen: '40000' },
    ]);
    expect(await fund.standing(patient.grantId)).toMatchObject({
      status,
      awarded: '0',
      released: '100000',
      yearGranted: '0',
      yearAwarded: '0',
    });
    expect(await promotionsWaiting()).toBe(1);
  });

  test('takes it out of a batch that is not released', async () => {
    const approved = await fund.approved(await fund.grantee(), fund.invoice('100'));
    const queued = await payout(approved.id, 'QUEUED');
    expect(await reverse(approved)).toMatchObject({ status: 'REVERSED' });
    expect(await fund.sql('select status from fund.payout where id = $1', [queued])).toEqual([{ status: 'CANCELLED' }]);
  });

  test.each([
    ['PAID', 'DUE', 'CLAW_BACK'],
    ['RETURNED', 'SETTLED', 'TAKE_BACK'],
  ] as const)('waits while the payment is with the bank; %s makes it %s', async (answer, status, kind) => {
    const patient = await fund.grantee();
    const approved = await fund.approved(patient, fund.invoice('100'));
    const sent = await payout(approved.id, 'SENT');
    const waiting = await reverse(approved);
    expect(waiting).toMatchObject({
      status: 'APPROVED',
      takenBack: { amount: '0.00' },
      allowedActions: [],
      clawBacks: [{ status: 'WAITING', amount: { amount: '40.00' }, allowedActions: [] }],
    });
    expect(waiting.clawBacks[0].whatToDo).toContain('on its way');
    expect(await reverse(waiting)).toMatchObject({ wrongStatus: 'APPROVED', permitted: [] });
    expect(await moves(waiting.clawBacks[0].id)).toEqual([]);
    await settle(approved.id);
    expect(await fund.see(finance, approved.id)).toEqual(waiting);

    await answered(sent, answer);
    await settle(approved.id);
    const settled = await fund.see(finance, approved.id);
    expect(settled).toMatchObject({ status: 'REVERSED', takenBack: { amount: '40.00' }, clawBacks: [{ status }] });
    expect(await moves(waiting.clawBacks[0].id)).toEqual([{ kind, fen: '4000' }]);
    await settle(approved.id);
    expect(await fund.see(finance, approved.id)).toEqual(settled);
    expect(await fund.standing(patient.grantId)).toMatchObject({
      paid: '0',
      awarded: status === 'DUE' ? '4000' : '0',
    });
  });
});

describe('reversing a claim that is paid', () => {
  const repay = (of: Step, who: Identity = finance) =>
    fund.does(who, 'recordRepayment', { clawBackId: of.id, expectedVersion: of.version });

  test('leaves it to be paid back; repaid, it can be claimed from the grant again', async () => {
    const patient = await fund.grantee({ maximumFen: 4000n });
    const claim = await paid(patient, fund.invoice('100'));
    expect(claim).toMatchObject({ status: 'PAID', allowedActions: ['REVERSE'] });
    const reversed = await reverse(claim);
    expect(reversed).toMatchObject({ status: 'REVERSED', takenBack: { amount: '40.00' } });
    const [due] = reversed.clawBacks;
    expect(due).toMatchObject({ status: 'DUE', amount: { amount: '40.00' }, allowedActions: ['RECORD_REPAYMENT'] });
    const [told] = (await fund.see(patient.who, claim.id)).clawBacks;
    expect(told).toMatchObject({
      whatToDo: 'Pay 40.00 yuan back to the fund, with the number of the claim as the reference.',
      allowedActions: [],
    });
    expect(await fund.standing(patient.grantId)).toMatchObject({
      status: 'EXHAUSTED',
      awarded: '4000',
      yearAwarded: '4000',
      paid: '0',
      yearPaid: '0',
    });
    expect(await fund.wrongInBooks()).toEqual([]);
    const input = { clawBackId: due.id, expectedVersion: due.version, idempotencyKey: fresh() };
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => fund.does(secondFinance, 'recordRepayment', input)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 'SETTLED', allowedActions: [], version: due.version + 1 });
    expect(await fund.standing(patient.grantId)).toMatchObject({ status: 'ACTIVE', awarded: '0', yearAwarded: '0' });
    expect(await moves(due.id)).toEqual([
      { kind: 'CLAW_BACK', fen: '4000' },
      { kind: 'REPAYMENT', fen: '4000' },
    ]);
    expect(await repay(answers[0])).toMatchObject({ code: 'WRONG_STATE', wrongStatus: 'SETTLED', permitted: [] });
    expect(await repay(due)).toMatchObject({ code: 'STALE_VERSION' });
  });

  test('of two officers who record one repayment one does', async () => {
    const [due] = (await reverse(await paid(await fund.grantee(), fund.invoice('100')))).clawBacks;
    const answers = await Promise.all([repay(due), repay(due, secondFinance)]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ClawBack', 'StaleVersion']);
  });

  test('repaid after the grant has ended, it goes on to the fund', async () => {
    const patient = await fund.grantee({ maximumFen: 10_000n });
    const claim = await paid(patient, fund.invoice('100'));
    await fund.end(patient.grantId, 'EXPIRED');
    const [due] = (await reverse(claim)).clawBacks;
    expect(await fund.standing(patient.grantId)).toMatchObject({
      awarded: '4000',
      released: '6000',
      yearGranted: '4000',
    });
    await repay(due);
    expect(await fund.standing(patient.grantId)).toMatchObject({ awarded: '0', released: '10000', yearGranted: '0' });
    expect((await moves(due.id)).map(({ kind }) => kind)).toEqual(['CLAW_BACK', 'REPAYMENT', 'RELEASE']);
  });

  test('is recorded for nobody by themselves, and not while it waits; a missing one is not found', async () => {
    const patient = await fund.grantee();
    const [due] = (await reverse(await paid(patient, fund.invoice('100')))).clawBacks;
    const own = { ...finance, subject: patient.who.subject };
    expect(await repay(due, own)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await repay({ id: newId(), version: 1 })).toMatchObject({ code: 'NOT_FOUND' });
    const approved = await fund.approved(await fund.grantee(), fund.invoice('100'));
    await payout(approved.id, 'SENT');
    const [waiting] = (await reverse(approved)).clawBacks;
    expect(await repay(waiting)).toMatchObject({ wrongStatus: 'WAITING', permitted: [] });
  });

  test('officers list what is due, oldest first; others may not', async () => {
    const LIST = `query ($filter: ClawBackFilter, $first: Int!, $after: ID) { clawBacks(filter: $filter, first: $first, after: $after) {
      totalCount nodes { id status claim { id number } } pageInfo { hasNextPage endCursor } } }`;
    const claims = [
      await paid(await fund.grantee(), fund.invoice('1')),
      await paid(await fund.grantee(), fund.invoice('1')),
    ];
    const dues = [];
    for (const claim of claims) dues.push((await reverse(claim)).clawBacks[0].id);
    const due = { filter: { status: ['DUE'] } };
    const { clawBacks } = await fund.ask(finance, LIST, { first: 100, ...due });
    const ids = clawBacks.nodes.map(({ id }: Step) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids.slice(-2)).toEqual(dues);
    expect(clawBacks.totalCount).toBe(ids.length);
    expect(clawBacks.nodes.at(-1).claim).toEqual({ id: claims[1].id, number: claims[1].number });
    const page = (await fund.ask(finance, LIST, { first: 1, ...due })).clawBacks;
    expect(page).toMatchObject({ nodes: [{ id: ids[0] }], pageInfo: { hasNextPage: true } });
    const next = (await fund.ask(finance, LIST, { first: 1, after: page.pageInfo.endCursor, ...due })).clawBacks;
    expect(next.nodes[0].id).toBe(ids[1]);
    const forbidden = await fund.subgraphs.execute('fund', reviewer, LIST, { first: 1 });
    expect(forbidden.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});

describe('when medicine that was claimed is refunded', () => {
  test('what the fund would not have given without it is taken back, once', async () => {
    const patient = await fund.grantee();
    const [one, two] = [await orderLine(patient, '1000'), await orderLine(patient, '500')];
    const claim = await fund.approved(patient, one, two);
    await refund(one.orderLineId, 40_000n);
    const seen = await fund.see(patient.who, claim.id);
    expect(seen).toMatchObject({
      status: 'APPROVED',
      takenBack: { amount: '160.00' },
      clawBacks: [
        {
          status: 'SETTLED',
          amount: { amount: '160.00' },
          cause: 'ORDER_REFUNDED',
          orderLineId: one.orderLineId,
          refunded: { amount: '400.00' },
        },
      ],
    });
    await refund(one.orderLineId, 40_000n);
    await refund(one.orderLineId, 99_000n);
    expect(await fund.see(patient.who, claim.id)).toEqual(seen);
    await Promise.all(Array.from({ length: 4 }, () => refund(two.orderLineId, 50_000n)));
    expect(await fund.see(finance, claim.id)).toMatchObject({
      status: 'APPROVED',
      takenBack: { amount: '360.00' },
      clawBacks: [{}, { amount: { amount: '200.00' } }],
    });
  });

  test('all of it refunded reverses the claim; its lines stay claimed', async () => {
    const patient = await fund.grantee();
    const line = await orderLine(patient, '1000');
    const claim = await fund.approved(patient, line);
    await refund(line.orderLineId, 100_000n);
    expect(await fund.see(finance, claim.id)).toMatchObject({ status: 'REVERSED', takenBack: { amount: '400.00' } });
    expect(await fund.entered(patient, line)).toMatchObject({ problems: [{ problem: 'ALREADY_CLAIMED' }] });
  });

  test('a refund that costs nothing of the award counts in the next', async () => {
    // 40 % of 3,000.00 is 1,200.00, of which the grant had 900.00
    const patient = await fund.grantee({ maximumFen: 90_000n });
    const lines = [
      await orderLine(patient, '1000'),
      await orderLine(patient, '1000'),
      await orderLine(patient, '1000'),
    ];
    const claim = await fund.approved(patient, ...lines);
    const [one, two] = lines.map(({ orderLineId }) => orderLineId) as [string, string];
    await refund(one, 75_000n);
    const seen = await fund.see(patient.who, claim.id);
    expect(seen).toMatchObject({
      takenBack: { amount: '0.00' },
      clawBacks: [{ status: 'SETTLED', amount: { amount: '0.00' } }],
    });
    expect(seen.clawBacks[0].whatToDo).toContain('changes nothing');
    await refund(two, 25_000n);
    expect(await fund.see(finance, claim.id)).toMatchObject({
      takenBack: { amount: '100.00' },
      clawBacks: [{}, { amount: { amount: '100.00' } }],
    });
  });

  test('of a paid claim it is due from the patient, and the rest stays paid', async () => {
    const patient = await fund.grantee();
    const line = await orderLine(patient, '1000');
    const claim = await paid(patient, line, fund.invoice('1000'));
    await refund(line.orderLineId, 100_000n);
    expect(await fund.see(finance, claim.id)).toMatchObject({
      status: 'PAID',
      takenBack: { amount: '400.00' },
      allowedActions: ['REVERSE'],
      clawBacks: [{ status: 'DUE', amount: { amount: '400.00' } }],
    });
    expect(await fund.standing(patient.grantId)).toMatchObject({ awarded: '80000', paid: '40000', yearPaid: '40000' });
    const reversed = await reverse(await fund.see(finance, claim.id));
    expect(reversed).toMatchObject({ status: 'REVERSED', clawBacks: [{}, { amount: { amount: '400.00' } }] });
  });

  test('two refunds and a reversal wait for the bank together', async () => {
    const patient = await fund.grantee();
    const lines = [await orderLine(patient, '1000'), await orderLine(patient, '1000')];
    const approved = await fund.approved(patient, ...lines, fund.invoice('1000'));
    const sent = await payout(approved.id, 'SENT');
    for (const { orderLineId } of lines) await refund(orderLineId, 50_000n);
    await reverse(await fund.see(finance, approved.id));
    const waiting = await fund.see(finance, approved.id);
    const amounts = (claim: Answer) => claim.clawBacks.map(({ amount }: Answer) => amount.amount);
    expect(amounts(waiting)).toEqual(['200.00', '200.00', '800.00']);
    await answered(sent, 'PAID');
    await settle(approved.id);
    expect(await fund.see(finance, approved.id)).toMatchObject({
      status: 'REVERSED',
      takenBack: { amount: '1200.00' },
      clawBacks: [{ status: 'DUE' }, { status: 'DUE' }, { status: 'DUE' }],
    });
  });

  test('before the decision, the decision counts it in', async () => {
    const patient = await fund.grantee();
    const line = await orderLine(patient, '1000');
    const claim = await fund.checked(patient, line, fund.invoice('100'));
    await refund(line.orderLineId, 60_000n);
    const decide = (of: Step) =>
      fund.does(finance, 'decideClaim', { ...stepOf(of), decision: 'APPROVE', reason: 'Right.' });
    expect(await decide(claim)).toMatchObject({ code: 'STALE_VERSION' });
    const approved = await decide(await fund.see(finance, claim.id));
    expect(approved).toMatchObject({
      asked: { amount: '1100.00' },
      award: { asked: { amount: '500.00' }, amount: { amount: '200.00' } },
    });
    expect(approved.award.explanation).toContain('You asked 1,100.00 (600.00 of it was refunded)');
    await refund(line.orderLineId, 60_000n);
    expect(await fund.see(finance, claim.id)).toEqual(approved);
    const whole = await orderLine(patient, '10');
    const entered = await fund.checked(patient, whole);
    await refund(whole.orderLineId, 1_000n);
    expect(await decide(await fund.see(finance, entered.id))).toMatchObject({
      status: 'REJECTED',
      reason: expect.stringContaining('SHARE_OF_SELF_PAID'),
    });
  });

  test('at the same moment as the decision or a reversal, it is counted exactly once', async () => {
    const patient = await fund.grantee();
    for (let round = 0; round < 6; round++) {
      const line = await orderLine(patient, '1000');
      const claim = await fund.checked(patient, line);
      const decision = { ...stepOf(claim), decision: 'APPROVE', reason: 'Right.' };
      const [decided] = await Promise.all([
        fund.does(finance, 'decideClaim', decision),
        refund(line.orderLineId, 50_000n),
      ]);
      if (decided.__typename === 'StaleVersion') {
        const { version } = await fund.see(finance, claim.id);
        await fund.does(finance, 'decideClaim', { ...decision, expectedVersion: version });
      }
      const approved = await fund.see(finance, claim.id);
      const left = Number(approved.award.amount.amount) - Number(approved.takenBack.amount);
      expect(left).toBe(200);

      const other = await orderLine(patient, '1000');
      const second = await fund.approved(patient, other);
      const [reversed] = await Promise.all([reverse(second), refund(other.orderLineId, 50_000n)]);
      if (reversed.__typename === 'StaleVersion') await reverse(await fund.see(finance, second.id));
      expect(await fund.see(finance, second.id)).toMatchObject({ status: 'REVERSED', takenBack: { amount: '400.00' } });
      await reverse(approved);
    }
  });

  test('a line that nobody claims, or whose claim came to nothing or was reversed, changes nothing', async () => {
    const patient = await fund.grantee();
    const withdrawn = await orderLine(patient, '100');
    const reversed = await orderLine(patient, '100');
    const loose = await orderLine(patient, '100');
    await fund.does(patient.who, 'withdrawClaim', stepOf(await fund.entered(patient, withdrawn)));
    await reverse(await fund.approved(patient, reversed));
    const count = async () => (await fund.sql('select from fund.claw_back')).length;
    const before = await count();
    for (const { orderLineId } of [withdrawn, reversed, loose, { orderLineId: newId() }]) await refund(orderLineId, 1n);
    expect(await count()).toBe(before);
  });

  describe('the pharmacy tells it', () => {
    const TELL = `mutation ($id: ID!, $refunded: MoneyInput!) { orderLineRefunded(orderLineId: $id, refunded: $refunded) }`;
    const pharmacy = (who: Identity): Identity => ({
      ...who,
      scopes: [...who.scopes, 'service:pharmacy'],
      via: 'pharmacy',
    });
    const tell = (who: Identity, id: string, amount: string) =>
      fund.subgraphs.execute('fund', who, TELL, { id, refunded: CNY(amount) });

    test('and the fund does it by itself, once, whoever asked the pharmacy', async () => {
      const patient = await fund.grantee();
      const line = await orderLine(patient, '1000');
      const claim = await fund.approved(patient, line);
      const pharmacist = pharmacy(person('demo-pharmacist', 'PHARMACIST'));
      for (let n = 0; n < 3; n++) {
        expect(await tell(pharmacist, line.orderLineId, '1000')).toEqual({ data: { orderLineRefunded: true } });
      }
      await fund.subgraphs.get('fund').startJobs();
      const deadline = Date.now() + 10_000;
      let seen = await fund.see(finance, claim.id);
      while (seen.status !== 'REVERSED' && Date.now() < deadline) {
        await sleep(50);
        seen = await fund.see(finance, claim.id);
      }
      await fund.subgraphs.get('fund').stopJobs();
      expect(seen).toMatchObject({ status: 'REVERSED', clawBacks: [{ cause: 'ORDER_REFUNDED' }] });
      const [row] = await fund.sql<{ by: string }>('select by_subject as by from fund.claw_back where claim_id = $1', [
        claim.id,
      ]);
      expect(row?.by).toBe('system:fund');
    });

    test('nobody else may, and not of nothing', async () => {
      const id = newId();
      const forbidden = { errors: [{ extensions: { code: 'FORBIDDEN' } }] };
      expect(await tell(finance, id, '1')).toMatchObject(forbidden);
      const patient = { ...finance, scopes: ['service:patient'], via: 'patient' };
      expect(await tell(patient, id, '1')).toMatchObject(forbidden);
      for (const amount of ['0', '-1', '0.001']) {
        const refused = await tell(pharmacy(finance), id, amount);
        expect(refused.errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
      }
    });
  });
});

describe('what the pharmacy tells of order lines', () => {
  const LINES = `query ($ids: [ID!]!) { orderLinesToClaim(ids: $ids) { id orderId patientId applicationId status amountFen incurredOn } }`;
  const asFund = (who: Identity): Identity => ({ ...who, scopes: [...who.scopes, 'service:fund'], via: 'fund' });
  const lines = (who: Identity, ids: string[]) => fund.subgraphs.execute('pharmacy', who, LINES, { ids });

  test('is only for those whose orders they are, and by the day in Shanghai', async () => {
    const patient = await fund.grantee();
    const id = await fund.orderLine(patient, { fen: 123n, placedAt: new Date('2026-05-01T16:00:00Z') });
    const { data } = await lines(asFund(patient.who), [id, newId(), 'no id']);
    expect(data.orderLinesToClaim).toEqual([
      {
        id,
        orderId: expect.any(String),
        patientId: patient.patientId,
        applicationId: patient.applicationId,
        status: 'DELIVERED',
        amountFen: '123',
        incurredOn: '2026-05-02',
      },
    ]);
    for (const who of [person('stranger', 'PATIENT'), person('demo-pharmacist', 'PHARMACIST'), reviewer, finance]) {
      expect((await lines(asFund(who), [id])).data.orderLinesToClaim).toEqual([]);
    }
    expect((await lines(patient.who, [id])).errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  test('101 lines at once are too many', async () => {
    const answer = await lines(asFund(reviewer), Array.from({ length: 101 }, newId));
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });
});
