import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { until } from '../../../tests/until.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { patientId } from '../../common/seed.js';
import type { PharmacyContext } from '../context.js';
import { pharmacyJobs } from '../jobs.js';
import { callOff, lockOrder } from '../order/order.step.js';
import { askProvider, RESUME_PAYMENTS, resumePayments } from './payment.jobs.js';
import { PaymentRefusal } from './payment.js';
import { MOST_PAYMENTS } from './payment.rules.js';
import type { PaymentProvider, ProviderAnswer } from './provider.js';
import { type RefundCause, refundLines } from './refund.step.js';

let under: SubgraphsUnderTest;
beforeAll(async () => {
  under = await openSubgraphs('payment');
});
afterAll(() => under?.stop());

const PATIENT = person('demo-patient', 'PATIENT');
const OTHER = person('demo-other-patient', 'PATIENT');
const CAREGIVER = person('demo-caregiver', 'CAREGIVER');
const PHARMACIST = person('demo-pharmacist', 'PHARMACIST');
const REVIEWER = person('demo-reviewer', 'REVIEWER');

const rows = async (text: string, values: unknown[] = []): Promise<Answer[]> =>
  (await under.admin.query(text, values)).rows;

let serial = 0;

interface Placed {
  readonly patient?: string;
  readonly subject?: string | null;
  /** Null: as before payments were kept. */
  readonly payBy?: Date | null;
  readonly status?: 'PLACED' | 'PAID';
}

/** An order of 250.00 yuan in two lines. @returns its id */
async function placed(of: Placed = {}): Promise<string> {
  const { patient = patientId(0), subject = 'demo-patient', status = 'PLACED' } = of;
  const payBy = of.payBy === undefined ? new Date(Date.now() + 86_400_000) : of.payBy;
  const id = newId();
  await under.admin.query(
    `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at, pay_by)
     values ($1, $2, $3, $4, $6, now() - interval '2 days', $5)`,
    [id, `RX-2026-9${String(++serial).padStart(6, '0')}`, patient, subject, payBy, status],
  );
  for (const [quantity, fen] of [
    [2, 10_000],
    [1, 5_000],
  ]) {
    await under.admin.query(
      `insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen) values ($1, $2, $3, $4, $5)`,
      [newId(), id, randomUUID(), quantity, fen],
    );
  }
  return id;
}

const SHOWN = `id status version payments { id status amount { amount } charged { amount } refusedBecause answeredAt
  refunded { amount } refunds { amount { amount } cause status orderLineId doneAt } }`;
const PAY = `mutation ($input: PayDrugOrderInput!) { paid: payDrugOrder(input: $input) { __typename
  ... on DrugOrder { ${SHOWN} } ... on UserError { code message path } ... on StaleVersion { currentVersion }
  ... on DrugOrderWrongState { status permitted } } }`;

const sendPay = (orderId: string, more: object = {}, who: Identity = PATIENT): Promise<Answer> =>
  under.execute('pharmacy', who, PAY, {
    input: { orderId, paymentToken: 'sim_pay', expectedVersion: 1, idempotencyKey: randomUUID(), ...more },
  });
async function pay(orderId: string, paymentToken = 'sim_pay', more: object = {}, who = PATIENT): Promise<Answer> {
  const { data, errors } = await sendPay(orderId, { paymentToken, ...more }, who);
  expect(errors).toBeUndefined();
  return data.paid;
}
async function orderNow(id: string, who = PATIENT): Promise<Answer> {
  const { data, errors } = await under.execute(
    'pharmacy',
    who,
    `query ($id: ID!) { drugOrder(id: $id) { ${SHOWN} } }`,
    { id },
  );
  expect(errors).toBeUndefined();
  return data.drugOrder;
}

const asItself = <T>(work: (context: PharmacyContext) => Promise<T>): Promise<T> =>
  under.get('pharmacy').asItself((context) => work(context as PharmacyContext));

/** What the world outside is for a job. */
type Outside = (context: PharmacyContext) => Partial<PharmacyContext>;

/**
 * Does the pharmacy's jobs that stand there, whenever they are to be done, one after the other. What fails stays for the next time.
 *
 * @returns how many failed
 */
async function work(outside: Outside = () => ({})): Promise<number> {
  const jobs = await rows(
    `with taken as (delete from pharmacy_jobs._private_jobs returning *)
     select identifier as task, payload, key from taken join pharmacy_jobs._private_tasks t on t.id = task_id order by taken.id`,
  );
  let failed = 0;
  for (const { task, payload, key } of jobs) {
    const run = pharmacyJobs.tasks[task] as (payload: unknown, context: PharmacyContext) => Promise<void>;
    try {
      await asItself((context) => run(payload, { ...context, ...outside(context) }));
    } catch {
      failed++;
      await rows('select from pharmacy_jobs.add_job($1, $2, job_key => $3)', [task, payload, key]);
    }
  }
  return failed;
}
const forgetJobs = () => rows('delete from pharmacy_jobs._private_jobs');
beforeEach(forgetJobs);

/** Works until the payment and its refunds stand still. */
async function settled(orderId: string): Promise<Answer> {
  for (let round = 0; round < 6; round++) await work();
  return orderNow(orderId);
}

const cancel = (orderId: string) =>
  asItself(({ session }) => session.transaction(async (em) => callOff(em, await lockOrder(em, orderId), null)));
/** What `refundLines` does for whoever ends an order. */
const giveBack = (orderId: string, cause: RefundCause = 'CANCELLED') =>
  asItself(({ session }) => session.transaction((em) => refundLines(em, orderId, cause)));

const told = (orderId: string) =>
  rows('select kind from pharmacy.notice where about_id = $1 order by id', [orderId]).then((all) =>
    all.map(({ kind }) => kind),
  );
/** What the simulated provider took and gave, in fen, and how often it was told. */
const atProvider = async (orderId: string): Promise<Answer> =>
  (
    await rows(
      `select count(*)::int as charges, coalesce(sum(c.charged_fen), 0)::int as taken, coalesce(sum(c.times_told), 0)::int as told,
         (select coalesce(sum(r.amount_fen), 0)::int from pharmacy.simulated_refund r
            join pharmacy.payment p on p.id = r.payment_id where p.order_id = $1) as given
       from pharmacy.simulated_charge c join pharmacy.payment p on p.id = c.payment_id where p.order_id = $1`,
      [orderId],
    )
  )[0];

describe('paying an order', () => {
  test('is begun at once and done when the provider has answered', async () => {
    const id = await placed();
    const begun = await pay(id);
    expect(begun).toMatchObject({ __typename: 'DrugOrder', status: 'PLACED', version: 1 });
    expect(begun.payments).toMatchObject([
      { status: 'PENDING', amount: { amount: '250.00' }, charged: null, answeredAt: null, refunds: [] },
    ]);
    expect(await work()).toBe(0);
    const paid = await orderNow(id);
    expect(paid).toMatchObject({ status: 'PAID', version: 2 });
    expect(paid.payments).toMatchObject([
      {
        status: 'PAID',
        charged: { amount: '250.00' },
        refunded: { amount: '0.00' },
        refusedBecause: null,
        refunds: [],
      },
    ]);
    expect(paid.payments[0].answeredAt).not.toBeNull();
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED']);
    expect(await rows('select from pharmacy.payment where order_id = $1 and token is not null', [id])).toEqual([]);
  });

  test.each([
    ['sim_refuse', 'DECLINED'],
    ['4111111111111111', 'UNKNOWN_TOKEN'],
    ['SIM_PAY', 'UNKNOWN_TOKEN'],
    ['constructor', 'UNKNOWN_TOKEN'],
  ])('with %s is refused as %s and can be tried anew', async (token, because) => {
    const id = await placed();
    await pay(id, token);
    const refused = await settled(id);
    expect(refused).toMatchObject({ status: 'PLACED', version: 1 });
    expect(refused.payments).toMatchObject([{ status: 'REFUSED', refusedBecause: because, charged: null }]);
    expect(await told(id)).toEqual(['PAYMENT_REFUSED']);
    await pay(id);
    expect((await settled(id)).payments.map(({ status }: Answer) => status)).toEqual(['PAID', 'REFUSED']);
    expect(await atProvider(id)).toMatchObject({ taken: 25_000, given: 0 });
  });

  test('takes the money once where the provider does not answer at first', async () => {
    const id = await placed();
    await pay(id, 'sim_timeout');
    expect(await work()).toBe(1);
    expect((await orderNow(id)).payments).toMatchObject([{ status: 'PENDING' }]);
    // the second try takes the money and does not say so: what is asked then tells of it
    expect(await work()).toBe(1);
    expect(await settled(id)).toMatchObject({ status: 'PAID', payments: [{ status: 'PAID' }] });
    expect(await atProvider(id)).toMatchObject({ charges: 1, taken: 25_000, given: 0 });
  });

  test.each(['sim_twice', 'sim_late'])('with %s pays it once', async (token) => {
    const id = await placed();
    await pay(id, token);
    expect(await settled(id)).toMatchObject({ status: 'PAID', version: 2, payments: [{ status: 'PAID' }] });
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED']);
    expect(await atProvider(id)).toMatchObject({ charges: 1, taken: 25_000, given: 0 });
  });

  test.each([
    ['sim_other_amount', '250.01', 25_001],
    ['sim_contradict', '250.00', 25_000],
  ])('with %s is not accepted, and all of it goes back', async (token, amount, fen) => {
    const id = await placed();
    await pay(id, token);
    const order = await settled(id);
    expect(order).toMatchObject({ status: 'PLACED', version: 1 });
    expect(order.payments).toMatchObject([
      {
        status: 'NOT_ACCEPTED',
        charged: { amount },
        refusedBecause: null,
        refunded: { amount },
        refunds: [{ amount: { amount }, cause: 'NOT_ACCEPTED', status: 'DONE', orderLineId: null }],
      },
    ]);
    expect(await told(id)).toEqual(['PAYMENT_REFUSED', 'REFUND_DONE']);
    expect(await atProvider(id)).toMatchObject({ taken: fen, given: fen });
    await pay(id);
    expect((await settled(id)).status).toBe('PAID');
  });

  test('that was cancelled meanwhile is not accepted, and all of it goes back', async () => {
    const id = await placed();
    await pay(id);
    await cancel(id);
    const order = await settled(id);
    expect(order).toMatchObject({ status: 'CANCELLED', payments: [{ status: 'NOT_ACCEPTED' }] });
    expect(await atProvider(id)).toMatchObject({ taken: 25_000, given: 25_000 });
  });

  test('20 times at once begins one payment', async () => {
    const id = await placed();
    const all = await Promise.all(Array.from({ length: 20 }, () => pay(id)));
    const begun = all.filter(({ __typename }) => __typename === 'DrugOrder');
    expect(begun).toHaveLength(1);
    for (const other of all.filter((each) => each !== begun[0])) {
      expect(other).toMatchObject({ __typename: 'DrugOrderWrongState', status: 'PLACED', code: 'WRONG_STATE' });
      expect(other.permitted).not.toContain('PAY');
    }
    await settled(id);
    expect(await atProvider(id)).toMatchObject({ charges: 1, taken: 25_000 });
  });

  test('20 times at once with the same key begins one payment and answers all alike', async () => {
    const id = await placed();
    const idempotencyKey = randomUUID();
    const all = await Promise.all(Array.from({ length: 20 }, () => sendPay(id, { idempotencyKey })));
    expect(new Set(all.map(({ data }) => data.paid.payments[0].id)).size).toBe(1);
    expect(all.filter(({ replayed }) => replayed)).toHaveLength(19);
    expect(await rows('select id from pharmacy.payment where order_id = $1', [id])).toHaveLength(1);
  });

  test('that cannot be is answered with what is wrong and what to do', async () => {
    const late = await placed({ payBy: new Date(Date.now() - 1_000) });
    expect(await pay(late)).toMatchObject({ __typename: 'DrugOrderWrongState', status: 'PLACED' });
    const old = await placed({ payBy: null });
    expect((await pay(old)).message).toContain('Cancel it and place it again');
    const id = await placed();
    expect(await pay(id, 'sim_pay', { expectedVersion: 7 })).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: 1,
    });
    for (const token of ['', 'x'.repeat(201), 'two words', '￥']) {
      expect(await pay(id, token)).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'paymentToken'] });
    }
    const idempotencyKey = randomUUID();
    await pay(id, 'sim_refuse', { idempotencyKey });
    expect(await pay(id, 'sim_pay', { idempotencyKey })).toMatchObject({ __typename: 'IdempotencyConflict' });
    await settled(id);
    for (let left = MOST_PAYMENTS - 1; left > 0; left--) {
      await pay(id, 'sim_refuse');
      await work();
      await forgetJobs();
    }
    expect(await pay(id)).toMatchObject({ __typename: 'DrugOrderWrongState', status: 'PLACED' });
    const paid = await placed();
    await pay(paid);
    await settled(paid);
    expect(await pay(paid, 'sim_pay', { expectedVersion: 2 })).toMatchObject({
      __typename: 'DrugOrderWrongState',
      status: 'PAID',
    });
  });
});

describe('who pays, and who sees it', () => {
  test('a caregiver pays for whom they care for', async () => {
    const id = await placed({ patient: patientId(2), subject: null });
    expect(await pay(id, 'sim_pay', {}, CAREGIVER)).toMatchObject({ __typename: 'DrugOrder' });
    await work();
    expect(await orderNow(id, CAREGIVER)).toMatchObject({ status: 'PAID', payments: [{ status: 'PAID' }] });
  });

  test('a caregiver who may only look does not pay', async () => {
    const id = await placed();
    await rows(
      `insert into patient.care_relationship (id, patient_id, patient_subject, caregiver_subject, scopes, granted_at)
       values (uuidv7(), $1, 'demo-patient', 'looking-caregiver', '{VIEW,APPLY}', now())`,
      [patientId(0)],
    );
    const looking = person('looking-caregiver', 'CAREGIVER');
    expect(await pay(id, 'sim_pay', {}, looking)).toMatchObject({ __typename: 'NotAllowed' });
    expect(await orderNow(id, looking)).toMatchObject({ status: 'PLACED', payments: [] });
  });

  test('nobody pays for a stranger, and it is as if there were no such order', async () => {
    const id = await placed();
    const strange = await pay(id, 'sim_pay', {}, OTHER);
    const unknown = await pay(newId(), 'sim_pay', {}, OTHER);
    expect(strange).toMatchObject({ __typename: 'NotFound' });
    expect(strange).toEqual(unknown);
    expect(await orderNow(id, OTHER)).toBeNull();
  });

  test('a pharmacist sees payments, which is written down, and makes none', async () => {
    const id = await placed();
    await pay(id);
    expect((await sendPay(id, {}, PHARMACIST)).errors).toBeDefined();
    const [payment] = (await orderNow(id, PHARMACIST)).payments;
    expect(await rows('select role, purpose from pharmacy.access_log where record_id = $1', [payment.id])).toEqual([
      { role: 'PHARMACIST', purpose: 'PHARMACY' },
    ]);
  });

  test('whoever only reviews an application sees none, by the fields and by the rows', async () => {
    const id = await placed();
    await pay(id);
    const asked = `query ($id: ID!) { drugOrder(id: $id) { payments { id } } }`;
    expect((await under.execute('pharmacy', REVIEWER, asked, { id })).errors).toBeDefined();
    const client = await under.serving('pharmacy');
    const application = randomUUID();
    await rows('update pharmacy.drug_order set application_id = $2 where id = $1', [id, application]);
    const settings = { 'app.subject': 'demo-reviewer', 'app.roles': 'REVIEWER', 'app.applications': application };
    for (const each of Object.entries(settings)) await client.query('select set_config($1, $2, false)', each);
    expect((await client.query('select from pharmacy.drug_order where id = $1', [id])).rowCount).toBe(1);
    expect((await client.query('select from pharmacy.payment where order_id = $1', [id])).rowCount).toBe(0);
  });

  test('the patient does not say that a payment was made, or a refund: the database refuses it', async () => {
    const id = await placed();
    await pay(id, 'sim_late');
    const client = await under.serving('pharmacy');
    const settings = { 'app.subject': 'demo-patient', 'app.roles': 'PATIENT' };
    for (const each of Object.entries(settings)) await client.query('select set_config($1, $2, false)', each);
    const said = await client.query(
      `update payment set status = 'PAID', answered_at = now(), charged_fen = amount_fen where order_id = $1`,
      [id],
    );
    expect(said.rowCount).toBe(0);
    await expect(client.query('update payment set refunded_fen = 1 where order_id = $1', [id])).rejects.toThrow(
      'permission denied',
    );
    await expect(
      client.query(
        `insert into payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
         values (uuidv7(), $1, 'PAID', 1, now(), now(), 1)`,
        [id],
      ),
    ).rejects.toThrow('row-level security');
    expect((await client.query('select from simulated_charge')).rowCount).toBe(0);
  });
});

describe('a refund', () => {
  test('gives back each line, tells the patient once and the fund of each line', async () => {
    const id = await placed();
    await pay(id);
    await settled(id);
    await giveBack(id, 'RETURNED');
    await giveBack(id, 'RETURNED');
    expect((await orderNow(id)).payments).toMatchObject([
      { status: 'PAID', refunded: { amount: '250.00' }, refunds: [{ status: 'REQUESTED' }, { status: 'REQUESTED' }] },
    ]);
    const [payment] = (await settled(id)).payments;
    expect(payment.refunds).toMatchObject([
      { amount: { amount: '200.00' }, cause: 'RETURNED', status: 'DONE' },
      { amount: { amount: '50.00' }, cause: 'RETURNED', status: 'DONE' },
    ]);
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED', 'REFUND_DONE']);
    expect(await atProvider(id)).toMatchObject({ taken: 25_000, given: 25_000 });
    const lines = payment.refunds.map(({ orderLineId }: Answer) => orderLineId);
    expect(
      await rows(
        `select payload from fund_jobs._private_jobs where payload->>'orderLineId' = any($1) order by payload->>'refundedFen' desc`,
        [lines],
      ),
    ).toEqual([
      { payload: { orderLineId: lines[1], refundedFen: '5000' } },
      { payload: { orderLineId: lines[0], refundedFen: '20000' } },
    ]);
    expect(
      await rows('select from pharmacy.refund where order_line_id = any($1) and fund_told_at is null', [lines]),
    ).toEqual([]);
  });

  test('is told of when the last of it has gone back', async () => {
    const id = await placed();
    await pay(id);
    await settled(id);
    await giveBack(id);
    let refunds = 0;
    const oneOnly: Outside = ({ paymentProvider: provider }) => ({
      paymentProvider: {
        charge: (charge) => provider.charge(charge),
        answersTo: (payment) => provider.answersTo(payment),
        refund: async (refund) => {
          if (++refunds > 1) throw new Error('away');
          await provider.refund(refund);
        },
      },
    });
    expect(await work(oneOnly)).toBe(1);
    expect((await orderNow(id)).payments[0].refunds.map(({ status }: Answer) => status).sort()).toEqual([
      'DONE',
      'REQUESTED',
    ]);
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED']);
    await settled(id);
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED', 'REFUND_DONE']);
  });

  test('is none for an order that nothing was paid for', async () => {
    const id = await placed();
    await giveBack(id);
    await pay(id, 'sim_refuse');
    await settled(id);
    await giveBack(id);
    expect((await orderNow(id)).payments).toMatchObject([{ refunds: [] }]);
  });

  test('is made for what was paid before payments were kept here', async () => {
    const id = await placed({ payBy: null, status: 'PAID' });
    await rows(
      `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
       values (uuidv7(), $1, 'PAID', 25000, now(), now(), 25000)`,
      [id],
    );
    await giveBack(id);
    expect((await settled(id)).payments[0].refunds).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
  });

  test('of more than was taken is refused by the database', async () => {
    const id = await placed();
    await pay(id);
    const [payment] = (await settled(id)).payments;
    const line = (await rows('select id from pharmacy.drug_order_line where order_id = $1', [id]))[0].id;
    await expect(
      rows(
        `insert into pharmacy.refund (payment_id, order_line_id, amount_fen, cause, status) values ($1, $2, 25001, 'RETURNED', 'REQUESTED')`,
        [payment.id, line],
      ),
    ).rejects.toThrow('payment_gives_back_what_it_took');
  });
});

describe('a job that is killed', () => {
  const killed = () => Promise.reject(new Error('killed'));
  /** Dies whenever the world outside has been told or asked, before anything could be written down. */
  const dying: Outside = ({ paymentProvider: provider, ask }) => ({
    paymentProvider: {
      charge: (charge) => provider.charge(charge).then(killed),
      answersTo: (id) => provider.answersTo(id).then(killed),
      refund: (refund) => provider.refund(refund).then(killed),
    },
    ask: (subgraph, document, variables) => ask(subgraph, document, variables).then(killed),
  });

  test('after the provider has heard of a payment charges once', async () => {
    const id = await placed();
    await pay(id);
    expect(await work(dying)).toBe(2);
    expect(await work(dying)).toBe(2);
    expect((await orderNow(id)).payments).toMatchObject([{ status: 'PENDING' }]);
    expect(await settled(id)).toMatchObject({ status: 'PAID', payments: [{ status: 'PAID' }] });
    expect(await atProvider(id)).toMatchObject({ charges: 1, taken: 25_000, told: 3, given: 0 });
  });

  test('after the provider or the fund has heard of a refund gives back once', async () => {
    const id = await placed();
    await pay(id);
    await settled(id);
    await giveBack(id);
    expect(await work(dying)).toBe(2);
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED']);
    expect(await work()).toBe(0);
    // the fund is told of both lines
    expect(await work(dying)).toBe(2);
    const [payment] = (await settled(id)).payments;
    expect(payment.refunds).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
    expect(await atProvider(id)).toMatchObject({ taken: 25_000, given: 25_000 });
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED', 'REFUND_DONE']);
    const lines = payment.refunds.map(({ orderLineId }: Answer) => orderLineId);
    expect(
      await rows(`select from fund_jobs._private_jobs where payload->>'orderLineId' = any($1)`, [lines]),
    ).toHaveLength(2);
  });

  test('of which the provider says nothing for a week can be made anew', async () => {
    const order = await placed();
    const { payments } = await pay(order);
    await forgetJobs();
    await rows(`update pharmacy.payment set requested_at = now() - interval '7 days' where id = $1`, [payments[0].id]);
    await asItself((context) => askProvider({ paymentId: payments[0].id }, context));
    expect((await orderNow(order)).payments[0]).toMatchObject({ status: 'REFUSED', refusedBecause: 'OTHER' });
    await pay(order);
    expect((await settled(order)).status).toBe('PAID');
  });

  test('and lost is taken up again', async () => {
    const [begun, cancelled, untold] = [await placed(), await placed(), await placed()];
    for (const id of [cancelled, untold]) await pay(id);
    await work();
    await giveBack(untold);
    await work();
    await giveBack(cancelled);
    await pay(begun);
    await forgetJobs();
    expect(await work()).toBe(0);
    expect((await orderNow(begun)).status).toBe('PLACED');
    await asItself((context) => resumePayments(context));
    await settled(begun);
    expect((await orderNow(begun)).status).toBe('PAID');
    expect((await orderNow(cancelled)).payments[0].refunds).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
    expect(await rows('select from pharmacy.refund where order_line_id is not null and fund_told_at is null')).toEqual(
      [],
    );
    expect(pharmacyJobs.schedule?.map(({ task }) => task)).toContain(RESUME_PAYMENTS);
  });
});

describe('answers of the provider', () => {
  const saying =
    (...answers: ProviderAnswer[]): Outside =>
    ({ paymentProvider }) => ({
      paymentProvider: { ...paymentProvider, answersTo: async () => answers } as PaymentProvider,
    });
  const hear = (paymentId: string, ...answers: ProviderAnswer[]) =>
    asItself((context) => askProvider({ paymentId }, { ...context, ...saying(...answers)(context) }));
  const charged = (fen: number): ProviderAnswer => ({ outcome: 'CHARGED', amountFen: BigInt(fen) });
  const refused: ProviderAnswer = { outcome: 'REFUSED', because: PaymentRefusal.OTHER };

  test('for a payment that went with an erased patient change nothing', async () => {
    await hear(newId(), charged(25_000));
    expect(await work()).toBe(0);
  });

  test('that come ten times at once pay an order once', async () => {
    const id = await placed();
    const [{ id: payment }] = (await pay(id)).payments;
    await Promise.all(Array.from({ length: 10 }, () => hear(payment, charged(25_000))));
    expect(await orderNow(id)).toMatchObject({ status: 'PAID', version: 2 });
    expect(await told(id)).toEqual(['PAYMENT_RECEIVED']);
  });

  test('that come at once with money and a refusal leave nobody with the money twice', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await placed();
      const [{ id: payment }] = (await pay(id)).payments;
      await Promise.all([hear(payment, charged(25_000)), hear(payment, refused)]);
      const order = await orderNow(id);
      expect([
        ['PAID', 'PAID', '0.00'],
        ['PLACED', 'NOT_ACCEPTED', '250.00'],
      ]).toContainEqual([order.status, order.payments[0].status, order.payments[0].refunded.amount]);
    }
  });

  test('that come while an order is cancelled leave nothing kept', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await placed();
      const [{ id: payment }] = (await pay(id)).payments;
      await Promise.all([hear(payment, charged(25_000)), cancel(id)]);
      expect(await orderNow(id)).toMatchObject({ status: 'CANCELLED', payments: [{ refunded: { amount: '250.00' } }] });
    }
  });

  test('in any order, with orders cancelled and paid anew in between: what is kept is the price of a paid order, or nothing', async () => {
    const answer = fc.oneof(fc.constantFrom(25_000, 25_000, 24_999, 90_000).map(charged), fc.constant(refused));
    const step = fc.oneof(
      { weight: 2, arbitrary: fc.constant({ kind: 'PAY' } as const) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('ANSWER' as const),
          which: fc.nat(3),
          said: fc.array(answer, { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'CANCEL' } as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        await forgetJobs();
        const id = await placed();
        const taken = new Map<string, bigint>();
        const given = new Map<string, bigint>();
        const provider: Outside = () => ({
          paymentProvider: {
            charge: async () => undefined,
            answersTo: async () => [],
            refund: async ({ refundId, amountFen }) => {
              given.set(refundId, amountFen);
            },
          },
        });
        for (const each of steps) {
          const { version, status, payments } = await orderNow(id);
          if (each.kind === 'PAY') await pay(id, 'sim_pay', { expectedVersion: version });
          if (each.kind === 'CANCEL' && ['PLACED', 'PAID'].includes(status)) await cancel(id);
          if (each.kind === 'ANSWER' && payments.length > 0) {
            const payment = payments[each.which % payments.length].id;
            for (const said of each.said) {
              if (said.outcome === 'CHARGED' && !taken.has(payment)) taken.set(payment, said.amountFen);
            }
            await hear(payment, ...each.said);
          }
        }
        await work(provider);
        const order = await orderNow(id);
        const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((all, fen) => all + fen, 0n);
        expect(sum(taken.values()) - sum(given.values())).toBe(order.status === 'PAID' ? 25_000n : 0n);
        expect(order.payments.filter(({ status }: Answer) => status === 'PAID').length).toBeLessThanOrEqual(1);
        if (order.status !== 'CANCELLED') {
          expect(order.payments.some(({ status }: Answer) => status === 'PAID')).toBe(order.status === 'PAID');
        }
      }),
      { numRuns: 25 },
    );
  });
});

test('the jobs do all of it by themselves', async () => {
  const id = await placed();
  await under.get('pharmacy').startJobs();
  try {
    await pay(id, 'sim_late');
    await until(async () => (await orderNow(id)).status === 'PAID');
    await giveBack(id);
    await until(async () => (await told(id)).includes('REFUND_DONE'));
  } finally {
    await under.get('pharmacy').stopJobs();
  }
});
