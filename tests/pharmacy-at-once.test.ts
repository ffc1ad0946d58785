import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SubgraphContext } from '../subgraphs/common/context.js';
import { newId } from '../subgraphs/common/ids.js';
import type { Jobs } from '../subgraphs/common/jobs.js';
import { buildSubgraph } from '../subgraphs/common/subgraph.js';
import { pharmacy } from '../subgraphs/pharmacy/index.js';
import { pharmacyJobs } from '../subgraphs/pharmacy/jobs.js';
import { type Actor, PharmacyCase } from './pharmacy-case.js';
import { type Answer, openSubgraphs, type SubgraphsUnderTest } from './subgraphs.js';

/** What happens when several people, or one several times, do things with medicine at the same moment. */

let on: SubgraphsUnderTest;
let about: PharmacyCase;
beforeAll(async () => {
  on = await openSubgraphs('pharmacy_at_once');
  about = await PharmacyCase.make(on.admin);
});
afterAll(() => on?.stop());

let turn: Promise<unknown> = Promise.resolve();
/** One after the other: there is one connection of the administrator's. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}
const sql = (text: string, values: unknown[] = []) =>
  inTurn(async () => (await on.admin.query(text, values)).rows as Answer[]);

/** @throws when it was refused by anything but a value */
async function does(actor: Actor, mutation: string, input: object): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { data, errors } = await on.execute(
    'pharmacy',
    about.identities[actor],
    `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message } } }`,
    { input },
  );
  if (errors) throw new Error(`${mutation}: ${JSON.stringify(errors)}`);
  return data[mutation];
}

describe('sent eight times at once under one key', () => {
  const TIMES = 8;
  const reason = 'As the case wants it.';
  const ofOrder = (id: string) => sql('select version from pharmacy.drug_order where id = $1', [id]);
  const onOrder = (orderId: string, more: object = {}) => ({ orderId, expectedVersion: 1, ...more });

  /** Something that is done, and what shows how often it was. */
  interface Deed {
    readonly mutation: string;
    readonly by: Actor;
    /** What it is done to. */
    readonly to: () => Promise<string>;
    readonly input: (id: string) => object;
    readonly effect: (id: string) => Promise<object[]>;
    readonly once: object;
  }

  const DEEDS: readonly Deed[] = [
    {
      mutation: 'issuePrescription',
      by: 'the treating physician',
      to: async () => about.medicineId,
      input: (medicineId) => ({
        ...{ patientId: about.patientId, medicineId, dose: 'Once, and once only', quantity: 1 },
        validUntil: new Date(Date.now() + 9e8).toISOString().slice(0, 10),
      }),
      effect: () => sql(`select count(*)::int as count from pharmacy.prescription where dose = 'Once, and once only'`),
      once: { count: 1 },
    },
    {
      mutation: 'checkPrescription',
      by: 'a pharmacist',
      to: () => about.prescription('ISSUED'),
      input: (prescriptionId) => ({ prescriptionId, decision: 'APPROVE', reason, expectedVersion: 1 }),
      effect: (id) => sql('select version, status from pharmacy.prescription where id = $1', [id]),
      once: { version: 2, status: 'APPROVED' },
    },
    {
      mutation: 'withdrawPrescription',
      by: 'the treating physician',
      to: () => about.prescription(),
      input: (prescriptionId) => ({ prescriptionId, reason, expectedVersion: 1 }),
      effect: (id) => sql('select version, status from pharmacy.prescription where id = $1', [id]),
      once: { version: 2, status: 'WITHDRAWN' },
    },
    {
      mutation: 'placeDrugOrder',
      by: 'the patient',
      to: async () => {
        await about.lot();
        return about.prescription();
      },
      input: (prescriptionId) => ({
        patientId: about.patientId,
        lines: [{ medicineId: about.medicineId, quantity: 2, prescriptionId }],
      }),
      effect: (id) => sql('select used from pharmacy.prescription where id = $1', [id]),
      once: { used: 2 },
    },
    {
      mutation: 'linkDrugOrder',
      by: 'the patient',
      to: async () => (await about.order('PLACED')).id,
      input: (id) => onOrder(id, { applicationId: about.applicationId }),
      effect: ofOrder,
      once: { version: 2 },
    },
    {
      mutation: 'payDrugOrder',
      by: 'the patient',
      to: async () => (await about.order('PLACED')).id,
      input: (id) => onOrder(id, { paymentToken: 'sim_pay' }),
      effect: (id) => sql('select count(*)::int as count from pharmacy.payment where order_id = $1', [id]),
      once: { count: 1 },
    },
    {
      mutation: 'cancelDrugOrder',
      by: 'the patient',
      to: async () => (await about.order('PAID')).id,
      input: (id) => onOrder(id),
      effect: (id) =>
        sql(
          'select count(*)::int as count, max(refunded_fen)::int as refunded from pharmacy.payment where order_id = $1',
          [id],
        ),
      once: { count: 1, refunded: 10_000 },
    },
    {
      mutation: 'dispenseDrugOrder',
      by: 'a pharmacist',
      to: async () => (await about.order('PAID')).id,
      input: (id) => onOrder(id),
      effect: (id) => sql('select count(*)::int as count from pharmacy.shipment where order_id = $1', [id]),
      once: { count: 1 },
    },
    {
      mutation: 'shipDrugOrder',
      by: 'a pharmacist',
      to: async () => (await about.order('DISPENSED')).id,
      input: (id) => onOrder(id, { carrierOrganisationId: about.carrierId, trackingNumber: 'CASE-1' }),
      effect: ofOrder,
      once: { version: 2 },
    },
    {
      mutation: 'returnDrugOrder',
      by: 'a pharmacist',
      to: async () => (await about.order('DELIVERED')).id,
      input: (id) => onOrder(id, { reason }),
      effect: ofOrder,
      once: { version: 2 },
    },
    {
      mutation: 'decideQuarantine',
      by: 'a pharmacist',
      to: () => about.quarantined(),
      input: (shipmentId) => ({ shipmentId, decision: 'REFUND', reason, expectedVersion: 1 }),
      effect: (id) => sql('select version, decision from pharmacy.shipment where id = $1', [id]),
      once: { version: 2, decision: 'REFUND' },
    },
    {
      mutation: 'receiveStock',
      by: 'a pharmacist',
      to: async () => newId().toUpperCase(),
      input: (lot) => ({ medicineId: about.medicineId, lot, expiresOn: '2030-01-01', quantity: 3 }),
      effect: (lot) => sql('select on_hand from pharmacy.stock_lot where lot = $1', [lot]),
      once: { on_hand: 3 },
    },
    {
      mutation: 'adjustStock',
      by: 'a pharmacist',
      to: () => about.lot(),
      input: (lotId) => ({ lotId, change: -1, reason, expectedVersion: 2 }),
      effect: (id) => sql('select on_hand from pharmacy.stock_lot where id = $1', [id]),
      once: { on_hand: 9 },
    },
    {
      mutation: 'recallLot',
      by: 'a pharmacist',
      to: async () => (await about.lot()).toUpperCase(),
      input: (lot) => ({ medicineId: about.medicineId, lot, reason }),
      effect: (lot) => sql('select version from pharmacy.stock_lot where lot = $1', [lot]),
      once: { version: 3 },
    },
    {
      mutation: 'setMedicineTerms',
      by: 'a pharmacist',
      to: async () => about.medicineId,
      input: (medicineId) => ({ medicineId, deliveryDays: 2, allowanceMinutes: 60, expectedVersion: 0 }),
      effect: (id) => sql('select version from pharmacy.medicine_terms where medicine_id = $1', [id]),
      once: { version: 1 },
    },
  ];

  test.each(DEEDS)('$mutation is done once, and answers alike', async ({ mutation, by, to, input, effect, once }) => {
    const id = await to();
    const same = { ...input(id), idempotencyKey: newId() };
    const answers = await Promise.all(Array.from({ length: TIMES }, () => does(by, mutation, same)));
    expect(answers[0].code).toBeUndefined();
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await effect(id)).toEqual([once]);
  });

  test('and so is every other mutation that takes a key: there is none', async () => {
    const { schema } = await buildSubgraph(pharmacy);
    const keyed = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args }) =>
      /idempotencyKey/.test(
        JSON.stringify(schema.getType(args[0]?.type.toString().replace('!', '') ?? '')?.astNode ?? ''),
      ),
    );
    expect(keyed.map(({ name }) => name).sort()).toEqual(DEEDS.map(({ mutation }) => mutation).sort());
  });
});

describe('whatever families, pharmacists and a carrier do at the same moment,', () => {
  const WORKERS = 5;
  const STEPS = 40;
  /** Chance decides what is done: so much is done again until there is something of everything, so many times at most. */
  const ROUNDS = 8;
  const OPEN = 8;
  const TOKENS = ['sim_pay', 'sim_pay', 'sim_pay', 'sim_refuse', 'sim_twice', 'sim_other_amount', 'sim_contradict'];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
  const soon = (): string => new Date(Date.now() + Math.random() * 100_000).toISOString();

  /** Does what waits to be done, each twice at once. */
  async function doJobs(): Promise<number> {
    const tasks = pharmacyJobs.tasks as unknown as Jobs<SubgraphContext>['tasks'];
    const jobs = await sql(
      `delete from pharmacy_jobs._private_jobs job using pharmacy_jobs._private_tasks task
       where task.id = task_id and run_at <= now() returning task.identifier as task, payload`,
    );
    const work = ({ task, payload }: { task: string; payload: unknown }) =>
      on
        .get('pharmacy')
        .asItself((context) => (tasks[task] as (of: unknown, as: unknown) => Promise<void>)(payload, context));
    await Promise.all([...jobs, ...jobs].map((job) => work(job as { task: string; payload: unknown })));
    return jobs.length;
  }

  /** All that is done here is done to orders with a greater id. */
  let since: string;

  const open = () =>
    sql(
      `select id, status, version from pharmacy.drug_order where id > $1 and status not in ('CANCELLED', 'RETURNED') order by id limit $2`,
      [since, OPEN],
    );

  /** Somebody does something with an order of which it may well be the turn, or two do. */
  async function step(): Promise<void> {
    const orders = await open();
    if (orders.length < OPEN) {
      if (Math.random() < 0.5) await inTurn(() => about.lot());
      const prescriptionId = await inTurn(() => about.prescription());
      const line = { medicineId: about.medicineId, quantity: pick([1, 2, 3]), prescriptionId };
      await does('the patient', 'placeDrugOrder', {
        patientId: about.patientId,
        lines: [line],
        idempotencyKey: newId(),
      });
    }
    const order = pick(orders);
    if (!order) return;
    const [parcel] = await sql(
      `select id, version from pharmacy.shipment where order_id = $1 order by id desc limit 1`,
      [order.id],
    );
    const keyed = (more: object = {}) => ({ idempotencyKey: newId(), reason: 'At once.', ...more });
    const ofOrder = (more: object = {}) => ({
      orderId: order.id,
      expectedVersion: order.version,
      idempotencyKey: newId(),
      ...more,
    });
    const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
      pay: () => does('the patient', 'payDrugOrder', ofOrder({ paymentToken: pick(TOKENS) })),
      cancel: () => does(pick(['the patient', 'a pharmacist']), 'cancelDrugOrder', ofOrder({ reason: 'At once.' })),
      dispense: () => does('a pharmacist', 'dispenseDrugOrder', ofOrder()),
      ship: () =>
        does('a pharmacist', 'shipDrugOrder', ofOrder({ carrierOrganisationId: about.carrierId, trackingNumber: 'X' })),
      comeBack: () => does('a pharmacist', 'returnDrugOrder', ofOrder({ reason: 'At once.' })),
      report: () =>
        does('the carrier', 'reportShipmentEvents', {
          events: [
            {
              shipmentId: parcel?.id ?? newId(),
              kind: pick(['AT_HUB', 'DELIVERED', 'RETURNED_TO_SENDER']),
              at: soon(),
            },
          ],
        }),
      freeze: () =>
        does('the carrier', 'reportTemperatures', {
          logs: [{ shipmentId: parcel?.id ?? newId(), startedAt: soon(), seconds: [0, 60], celsius: [5, -1] }],
        }),
      decide: () =>
        does(
          'a pharmacist',
          'decideQuarantine',
          keyed({
            shipmentId: parcel?.id ?? newId(),
            decision: pick(['RELEASE', 'REPLACE', 'REFUND']),
            expectedVersion: parcel?.version ?? 1,
          }),
        ),
    };
    const turns: Readonly<Record<string, readonly string[]>> = {
      PLACED: ['pay', 'pay', 'pay', 'cancel'],
      PAID: ['dispense', 'dispense', 'cancel'],
      DISPENSED: ['ship', 'ship', 'freeze'],
      SHIPPED: ['report', 'freeze', 'decide', 'decide', 'comeBack'],
      DELIVERED: ['freeze', 'report', 'decide', 'comeBack'],
    };
    const chosen = Array.from({ length: pick([1, 2]) }, () => pick(turns[order.status] as string[]));
    await Promise.all(chosen.map((name) => deeds[name]?.()));
  }

  beforeAll(async () => {
    since = newId();
    const work = async () => {
      for (let n = 0; n < STEPS; n++) {
        await step();
        if (n % 4 === 0) await doJobs();
      }
    };
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(Array.from({ length: WORKERS }, work));
      while ((await doJobs()) > 0);
      if (await isOfEverything()) break;
    }
  });

  /** Orders that came to an end in both ways, some that wait for their medicine, parcels, and money that went back. */
  async function isOfEverything(): Promise<boolean> {
    const [{ ends, waiting, parcels, refunds }] = await sql(
      `select count(distinct status) filter (where status in ('CANCELLED', 'RETURNED'))::int as ends,
         count(*) filter (where status in ('PLACED', 'PAID'))::int as waiting,
         (select count(*)::int from pharmacy.shipment where order_id > $1) as parcels,
         (select count(*)::int from pharmacy.payment where order_id > $1 and refunded_fen > 0) as refunds
       from pharmacy.drug_order where id > $1`,
      [since],
    );
    return ends === 2 && waiting > 0 && parcels > 0 && refunds > 0;
  }

  /** Orders with what was promised and packed for them. */
  const LINES = `
    select o.status, l.quantity, l.quantity * (select count(*)::int from pharmacy.shipment where order_id = o.id) as packages,
      coalesce(sum(reserved_change), 0)::int as promised, -coalesce(sum(on_hand_change), 0)::int as packed
    from pharmacy.drug_order o join pharmacy.drug_order_line l on l.order_id = o.id
    left join pharmacy.stock_movement m on m.order_line_id = l.id where o.id > $1 group by o.id, l.id`;

  test('there is something of everything', async () => {
    expect(await isOfEverything()).toBe(true);
  });

  test('an order has what it waits for promised, and nothing else has', async () => {
    const lines = await sql(LINES, [since]);
    const wrong = lines.filter(
      ({ status, quantity, promised }) => promised !== (status === 'PLACED' || status === 'PAID' ? quantity : 0),
    );
    expect(wrong).toEqual([]);
  });

  test('every parcel was packed whole', async () => {
    const lines = await sql(LINES, [since]);
    expect(lines.filter(({ packages, packed }) => packages !== packed)).toEqual([]);
  });

  test('every lot is the sum of its movements', async () => {
    const wrong = await sql(
      `select lot from pharmacy.stock_lot s left join pharmacy.stock_movement m on m.lot_id = s.id group by s.id
       having (on_hand, reserved) is distinct from (coalesce(sum(on_hand_change), 0), coalesce(sum(reserved_change), 0))`,
    );
    expect(wrong).toEqual([]);
  });

  test('a prescription is used as much as the orders that hold', async () => {
    const wrong = await sql(
      `select used from pharmacy.prescription p where id > $1 and used <> (
         select coalesce(sum(quantity), 0) from pharmacy.drug_order_line l join pharmacy.drug_order o on o.id = l.order_id
         where l.prescription_id = p.id and o.status not in ('CANCELLED', 'RETURNED'))`,
      [since],
    );
    expect(wrong).toEqual([]);
  });

  test('an order is paid once or not at all, and all other money is back', async () => {
    const wrong = await sql(
      `select o.status, p.status as payment, charged_fen, refunded_fen from pharmacy.payment p join pharmacy.drug_order o on o.id = p.order_id
       where o.id > $1 and refunded_fen <> case
         when p.status = 'NOT_ACCEPTED' or (p.status = 'PAID' and o.status in ('CANCELLED', 'RETURNED')) then charged_fen else 0 end`,
      [since],
    );
    expect(wrong).toEqual([]);
    const unpaid = await sql(
      `select o.id from pharmacy.drug_order o where id > $1 and status in ('PAID', 'DISPENSED', 'SHIPPED', 'DELIVERED')
       and not exists (select from pharmacy.payment where order_id = o.id and status = 'PAID')`,
      [since],
    );
    expect(unpaid).toEqual([]);
  });

  test('the provider took and gave what is written down here', async () => {
    const wrong = await sql(
      `select p.status, p.charged_fen, c.charged_fen as taken, p.refunded_fen, coalesce(sum(r.amount_fen), 0) as given
       from pharmacy.simulated_charge c join pharmacy.payment p on p.id = c.payment_id
       left join pharmacy.simulated_refund r on r.payment_id = p.id join pharmacy.drug_order o on o.id = p.order_id
       where o.id > $1 and p.status <> 'PENDING' group by p.id, c.payment_id
       having coalesce(c.charged_fen, 0) <> coalesce(p.charged_fen, 0) or coalesce(sum(r.amount_fen), 0) <> p.refunded_fen`,
      [since],
    );
    expect(wrong).toEqual([]);
  });
});
