import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { newId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { cancelUnpaidOrders } from './order.jobs.js';
import { endAsReturned, reopenForReplacement } from './order.step.js';
import { type BuyerUnderTest, CARRIER_ID, OrdersUnderTest, PHARMACIST } from './orders-under-test.js';

let under: OrdersUnderTest;
let buyer: BuyerUnderTest;
let cold: string;
let room: string;
let other: string;
beforeAll(async () => {
  under = await OrdersUnderTest.open('orders');
  ({ cold, room, other } = under.medicines);
});
afterAll(() => under?.api.stop());
beforeEach(async () => {
  await under.emptyShelves();
  buyer = await under.buyer();
});

const HOUR = 3_600_000;
const asSystem = (work: (context: PharmacyContext) => Promise<void>) =>
  under.api.get('pharmacy').asItself((context) => work(context as PharmacyContext));
const asPharmacist = () => under.api.get('pharmacy').database.session(PHARMACIST, async () => []);

/** An order of one medicine, of which there is enough. */
async function placed(medicineId = room, quantity = 2): Promise<Answer> {
  await under.stocked(medicineId, newId().toUpperCase(), quantity);
  return under.place(buyer, [await under.line(buyer, medicineId, quantity)]);
}
const paid = async (medicineId = room) => under.paid(await placed(medicineId));
const shipped = async (medicineId = room) => {
  const order = await paid(medicineId);
  await under.dispense(order);
  return under.ship(order);
};

describe('placing an order', () => {
  test('keeps its medicine for a day, first to expire first, and uses its prescription', async () => {
    await under.stocked(room, 'LATER', 5, 300);
    await under.stocked(room, 'SOON', 3, 30);
    const order = await under.place(buyer, [await under.line(buyer, room, 4)]);
    expect(order).toMatchObject({
      __typename: 'DrugOrder',
      status: 'PLACED',
      allowedActions: ['PAY', 'LINK_TO_APPLICATION', 'CANCEL'],
      lines: [{ quantity: 4, lot: null, lots: [], prescription: { used: 4, left: 96 } }],
    });
    expect(await under.shelf(room)).toEqual([
      ['SOON', 3, 3],
      ['LATER', 5, 1],
    ]);
    const kept = Date.parse(order.payBy) - Date.now();
    expect(kept).toBeGreaterThan(23.9 * HOUR);
    expect(kept).toBeLessThanOrEqual(24 * HOUR);
  });

  test('does not touch what expires within a week or was recalled', async () => {
    await under.stocked(room, 'OLD', 5, 7);
    await under.recalled(await under.stocked(room, 'BAD', 5, 50));
    await under.stocked(room, 'GOOD', 5, 8);
    await under.place(buyer, [await under.line(buyer, room, 5)]);
    expect(await under.shelf(room)).toEqual([
      ['OLD', 5, 0],
      ['GOOD', 5, 5],
      ['BAD', 5, 0],
    ]);
  });

  test('is refused where there is not enough, names the medicines and keeps nothing', async () => {
    await under.stocked(room, 'A', 5);
    await under.stocked(other, 'B', 1);
    const lines = [await under.line(buyer, room, 5), await under.line(buyer, other, 2)];
    expect(await under.place(buyer, lines)).toMatchObject({
      __typename: 'OutOfStock',
      code: 'OUT_OF_STOCK',
      path: ['input', 'lines'],
      medicineIds: [other],
    });
    expect(await under.shelf(room)).toEqual([['A', 5, 0]]);
    const { rows } = await under.api.admin.query(
      `select (select count(*)::int from pharmacy.drug_order where patient_id = $1) as orders,
         (select sum(used)::int from pharmacy.prescription where patient_id = $1) as used`,
      [buyer.id],
    );
    expect(rows).toEqual([{ orders: 0, used: 0 }]);
  });

  test('needs a prescription for every line, and says of each what is wrong', async () => {
    await under.stocked(room, 'A', 50);
    await under.stocked(other, 'B', 50);
    const stranger = await under.buyer();
    const lines = [
      { medicineId: room, quantity: 1 },
      { medicineId: other, quantity: 1, prescriptionId: await under.prescribed(stranger, other) },
    ];
    expect(await under.place(buyer, lines)).toMatchObject({
      __typename: 'PrescriptionNotUsable',
      problems: [
        { medicineId: room, prescriptionId: null, problem: 'MISSING' },
        { medicineId: other, problem: 'UNKNOWN' },
      ],
    });
    const few = { medicineId: room, quantity: 3, prescriptionId: await under.prescribed(buyer, room, 2) };
    expect(await under.place(buyer, [few])).toMatchObject({ problems: [{ problem: 'NOT_ENOUGH_LEFT', left: 2 }] });
    expect(await under.shelf(room)).toEqual([['A', 50, 0]]);
  });

  test('is done once for one key, and the second time answers the same', async () => {
    await under.stocked(room, 'A', 5);
    const [line, idempotencyKey] = [await under.line(buyer, room, 2), newId()];
    const first = await under.place(buyer, [line], { idempotencyKey });
    const [again, conflict] = [
      await under.place(buyer, [line], { idempotencyKey }),
      await under.place(buyer, [{ ...line, quantity: 1 }], { idempotencyKey }),
    ];
    expect(again).toEqual(first);
    expect(conflict).toMatchObject({ __typename: 'IdempotencyConflict' });
    expect(await under.shelf(room)).toEqual([['A', 5, 2]]);
  });

  test('is refused without the consent to share with the pharmacy', async () => {
    await under.stocked(room, 'A', 5);
    await under.api.admin.query(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'test' where patient_id = $1`,
      [buyer.id],
    );
    expect(await under.place(buyer, [await under.line(buyer, room)])).toMatchObject({ __typename: 'ConsentMissing' });
  });

  test.each([0, -1, 101, 1_000_000_000])('is refused for %d packages', async (quantity) => {
    expect(await under.place(buyer, [{ medicineId: room, quantity, prescriptionId: newId() }])).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'lines', '0', 'quantity'],
    });
  });
});

describe('cancelling', () => {
  test('by the family frees stock and prescription; nothing goes back where nothing was paid', async () => {
    const { id, version } = await placed();
    const [[lot]] = (await under.shelf(room)) as [[string, number, number]];
    const order = await under.does(buyer.who, 'cancelDrugOrder', { orderId: id, expectedVersion: version });
    expect(order).toMatchObject({ status: 'CANCELLED', allowedActions: [], cancelReason: null });
    expect(order.lines[0].prescription).toMatchObject({ used: 0 });
    expect(await under.shelf(room)).toEqual([[lot, 2, 0]]);
    expect(await under.refunds(id)).toEqual([]);
    expect(await under.told(id)).toEqual([]);
  });

  test('what is paid gives the money back, line by line, and the pharmacists are told', async () => {
    await under.stocked(room, 'A', 5);
    await under.stocked(other, 'B', 5);
    const lines = [await under.line(buyer, room, 2), await under.line(buyer, other, 3)];
    const { id, version } = await under.paid(await under.place(buyer, lines));
    const input = { orderId: id, expectedVersion: version, reason: 'Not needed' };
    expect(await under.does(buyer.who, 'cancelDrugOrder', input)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'Not needed',
    });
    expect(await under.refunds(id)).toEqual([
      { cause: 'CANCELLED', quantity: 2 },
      { cause: 'CANCELLED', quantity: 3 },
    ]);
    expect([...(await under.shelf(room)), ...(await under.shelf(other))]).toEqual([
      ['A', 5, 0],
      ['B', 5, 0],
    ]);
    expect(await under.told(id)).toEqual(['PHARMACIST ORDER_CANCELLED']);
  });

  test('by a pharmacist needs a reason, and the patient is told', async () => {
    const order = await paid();
    expect(await under.step('cancelDrugOrder', order, { reason: ' ' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'reason'],
    });
    expect(await under.step('cancelDrugOrder', order, { reason: 'Not made any more' })).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'Not made any more',
    });
    expect(await under.told(order.id)).toEqual(['PATIENT ORDER_CANCELLED']);
  });

  test('what is packed is refused, and it is said what can be done', async () => {
    const order = await paid();
    const { version } = await under.dispense(order);
    expect(
      await under.does(buyer.who, 'cancelDrugOrder', { orderId: order.id, expectedVersion: version }),
    ).toMatchObject({ __typename: 'DrugOrderWrongState', stands: 'DISPENSED', permitted: ['LINK_TO_APPLICATION'] });
  });

  test('by who looked at an older version is refused', async () => {
    const { id, version } = await placed();
    const input = { orderId: id, expectedVersion: version + 1 };
    expect(await under.does(buyer.who, 'cancelDrugOrder', input)).toMatchObject({
      __typename: 'StaleVersion',
      currentVersion: version,
    });
  });
});

describe('dispensing', () => {
  test('takes what was promised from the shelf into a parcel, and shows the lots', async () => {
    await under.stocked(cold, 'FIRST', 2, 50);
    await under.stocked(cold, 'SECOND', 5, 90);
    const order = await under.paid(await under.place(buyer, [await under.line(buyer, cold, 3)]));
    expect(order.allowedActions).toEqual(['CANCEL', 'DISPENSE']);
    const packed = await under.dispense(order);
    expect(packed).toMatchObject({
      status: 'DISPENSED',
      allowedActions: ['SHIP'],
      lines: [
        {
          lot: 'FIRST, SECOND',
          lots: [
            { lot: 'FIRST', quantity: 2 },
            { lot: 'SECOND', quantity: 1 },
          ],
        },
      ],
      shipment: { status: 'PREPARING', coldChain: true, carrier: null },
    });
    expect(packed.shipments).toEqual([{ id: packed.shipment.id, status: 'PREPARING' }]);
    expect(await under.shelf(cold)).toEqual([
      ['FIRST', 0, 0],
      ['SECOND', 4, 0],
    ]);
  });

  test('packs cold only what must be, with the allowance of the most delicate of it', async () => {
    await under.api.admin.query(
      `insert into pharmacy.medicine_terms (medicine_id, delivery_days, allowance_minutes, changed_at, changed_by)
       values ($1, 3, 25, now(), 'test'), ($2, 3, 5, now(), 'test')`,
      [cold, room],
    );
    const parcelOf = async (medicineIds: readonly string[]) => {
      const lines = [];
      for (const medicineId of medicineIds) {
        await under.stocked(medicineId, newId().toUpperCase(), 1);
        lines.push(await under.line(buyer, medicineId));
      }
      const { shipment } = await under.dispense(await under.paid(await under.place(buyer, lines)));
      const { rows } = await under.api.admin.query(
        'select cold_chain as cold, allowance_minutes as minutes from pharmacy.shipment where id = $1',
        [shipment.id],
      );
      return rows[0];
    };
    expect(await parcelOf([room])).toEqual({ cold: false, minutes: null });
    expect(await parcelOf([room, cold])).toEqual({ cold: true, minutes: 25 });
  });

  test('takes other packages where those promised were recalled meanwhile', async () => {
    const recalled = await under.stocked(room, 'BAD', 2, 50);
    await under.stocked(room, 'GOOD', 2, 90);
    const order = await under.paid(await under.place(buyer, [await under.line(buyer, room, 2)]));
    await under.recalled(recalled);
    expect((await under.dispense(order)).lines[0].lots).toMatchObject([{ lot: 'GOOD', quantity: 2 }]);
    expect(await under.shelf(room)).toEqual([
      ['BAD', 2, 0],
      ['GOOD', 0, 0],
    ]);
  });

  test('is refused where there is nothing in place of what was recalled, and leaves everything as it was', async () => {
    const recalled = await under.stocked(room, 'BAD', 2);
    const order = await under.paid(await under.place(buyer, [await under.line(buyer, room, 2)]));
    await under.recalled(recalled);
    expect(await under.dispense(order)).toMatchObject({ __typename: 'OutOfStock', medicineIds: [room] });
    expect(await under.shelf(room)).toEqual([['BAD', 2, 2]]);
    expect(await under.read(PHARMACIST, order.id)).toEqual(order);
  });

  test('is refused when the patient does not share with the pharmacy any more', async () => {
    const order = await paid();
    await under.api.admin.query(
      `update patient.consent set withdrawn_at = now(), withdrawn_by = 'test' where patient_id = $1`,
      [buyer.id],
    );
    expect(await under.dispense(order)).toMatchObject({
      __typename: 'ConsentMissing',
      purpose: 'SHARE_WITH_PHARMACY',
    });
  });

  test('is refused when the physician withdrew the prescription meanwhile', async () => {
    const order = await paid();
    await under.api.admin.query(
      `update pharmacy.prescription set status = 'WITHDRAWN', withdrawn_at = now(), withdraw_reason = 'Test' where patient_id = $1`,
      [buyer.id],
    );
    expect(await under.dispense(order)).toMatchObject({
      __typename: 'PrescriptionNotUsable',
      problems: [{ medicineId: room, problem: 'WITHDRAWN' }],
    });
  });

  test('is refused for what is not paid', async () => {
    expect(await under.dispense(await placed())).toMatchObject({
      __typename: 'DrugOrderWrongState',
      stands: 'PLACED',
      permitted: ['CANCEL'],
    });
  });

  test('is done once, also by two at once', async () => {
    const { id, version } = await paid();
    const input = { orderId: id, expectedVersion: version };
    const both = await Promise.all([1, 2].map(() => under.does(PHARMACIST, 'dispenseDrugOrder', input)));
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['DrugOrder', 'DrugOrderWrongState']);
    expect((await under.shelf(room)).map(([, onHand, reserved]) => [onHand, reserved])).toEqual([[0, 0]]);
  });
});

describe('an order from before there were prescriptions here', () => {
  const old = async (status: string) => {
    const id = newId();
    await under.api.admin.query(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at)
       values ($1, 'RX-2025-' || lpad(nextval('pharmacy.drug_order_number')::text, 6, '0'), $2, $3, $4, now())`,
      [id, buyer.id, buyer.who.subject, status],
    );
    await under.api.admin.query(
      `insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen, lot) values ($1, $2, $3, 2, 100, $4)`,
      [newId(), id, room, status === 'PAID' ? null : 'OLD-1'],
    );
    return id;
  };

  test('is not packed, and it is said what to do instead', async () => {
    const refused = await under.dispense({ id: await old('PAID') });
    expect(refused).toMatchObject({ __typename: 'DrugOrderWrongState', permitted: ['CANCEL'] });
    expect(refused.message).toContain('Cancel it');
  });

  test('shows the lot that is written at its line', async () => {
    const { lines } = await under.read(buyer.who, await old('DELIVERED'));
    expect(lines).toMatchObject([
      { lot: 'OLD-1', lots: [{ lot: 'OLD-1', expiresOn: null, quantity: 2 }], prescription: null },
    ]);
  });
});

describe('shipping', () => {
  test('gives the parcel to a carrier, and the patient is told', async () => {
    const order = await shipped();
    expect(order).toMatchObject({
      status: 'SHIPPED',
      allowedActions: ['RETURN'],
      shipment: { status: 'IN_TRANSIT', trackingNumber: 'SF-1', carrier: { id: CARRIER_ID } },
    });
    expect(order.shipment.shippedAt).not.toBeNull();
    expect(await under.told(order.id)).toEqual(['PATIENT ORDER_SHIPPED']);
  });

  test.each([
    ['nobody', newId()],
    ['an organisation that carries nothing', '01934a3c-5800-7000-8000-00000000a001'],
  ])('is refused with %s as the carrier', async (_, carrierOrganisationId) => {
    const order = await paid();
    await under.dispense(order);
    expect(await under.step('shipDrugOrder', order, { carrierOrganisationId, trackingNumber: 'SF-1' })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'carrierOrganisationId'],
    });
  });

  test('is refused for what is not packed, and for a parcel that is held back', async () => {
    const order = await paid();
    expect(await under.ship(order)).toMatchObject({ __typename: 'DrugOrderWrongState', stands: 'PAID' });
    const { shipment } = await under.dispense(order);
    await under.api.admin.query(
      `update pharmacy.shipment set status = 'QUARANTINED', quarantined_at = now(), quarantine_cause = 'RECALL' where id = $1`,
      [shipment.id],
    );
    expect(await under.ship(order)).toMatchObject({ __typename: 'DrugOrderWrongState', permitted: [] });
  });
});

describe('returning', () => {
  test('gives the money and the prescription back, and puts nothing on the shelf', async () => {
    const order = await shipped();
    const before = await under.shelf(room);
    expect(await under.step('returnDrugOrder', order, { reason: 'Nobody at home' })).toMatchObject({
      status: 'RETURNED',
      returnReason: 'Nobody at home',
      allowedActions: [],
      lines: [{ prescription: { used: 0 } }],
    });
    expect(await under.refunds(order.id)).toEqual([{ cause: 'RETURNED', quantity: 2 }]);
    expect(await under.shelf(room)).toEqual(before);
    expect(await under.told(order.id)).toEqual(['PATIENT ORDER_SHIPPED', 'PATIENT ORDER_RETURNED']);
  });

  test('takes the order out of the pharmacists’ queue', async () => {
    const order = await shipped();
    const queued = async () => {
      const { data } = await under.api.execute(
        'pharmacy',
        PHARMACIST,
        'query { drugOrders(first: 100) { nodes { id } } }',
      );
      return data.drugOrders.nodes.some(({ id }: { id: string }) => id === order.id);
    };
    expect(await queued()).toBe(true);
    await under.step('returnDrugOrder', order, { reason: 'Nobody at home' });
    expect(await queued()).toBe(false);
  });

  test('needs a reason, and an order that was sent', async () => {
    const order = await paid();
    expect(await under.step('returnDrugOrder', order, { reason: '' })).toMatchObject({ __typename: 'InvalidInput' });
    expect(await under.step('returnDrugOrder', order, { reason: 'Back' })).toMatchObject({
      __typename: 'DrugOrderWrongState',
      stands: 'PAID',
    });
  });
});

describe('a parcel that was held back', () => {
  test('is packed anew from what is there, and the line shows the new lots', async () => {
    await under.stocked(room, 'FIRST', 2, 50);
    await under.stocked(room, 'SECOND', 2, 90);
    const order = await under.paid(await under.place(buyer, [await under.line(buyer, room, 2)]));
    const first = (await under.dispense(order)).shipment;
    await under.ship(order);
    await asPharmacist().transaction((em) => reopenForReplacement(em, order.id));
    expect(await under.read(PHARMACIST, order.id)).toMatchObject({
      status: 'PAID',
      allowedActions: ['CANCEL', 'DISPENSE'],
    });
    expect(await under.shelf(room)).toEqual([
      ['FIRST', 0, 0],
      ['SECOND', 2, 2],
    ]);
    const again = await under.dispense(order);
    expect(again.lines).toMatchObject([{ lot: 'SECOND', lots: [{ lot: 'SECOND', quantity: 2 }] }]);
    expect(again.shipments.map(({ id }: Answer) => id)).toEqual([again.shipment.id, first.id]);
    expect(again.lines[0].prescription.used).toBe(2);
  });

  test('is not replaced where there is nothing to replace it with', async () => {
    const order = await shipped();
    const replaced = asPharmacist().transaction((em) => reopenForReplacement(em, order.id));
    await expect(replaced).rejects.toMatchObject({ code: 'OUT_OF_STOCK', medicineIds: [room] });
    expect(await under.read(PHARMACIST, order.id)).toMatchObject({ status: 'SHIPPED' });
  });

  test('can end its order, with another cause of the refund', async () => {
    const order = await shipped();
    await asPharmacist().transaction((em) => endAsReturned(em, order.id, 'QUARANTINED', 'Too warm'));
    expect(await under.read(PHARMACIST, order.id)).toMatchObject({ status: 'RETURNED', returnReason: 'Too warm' });
    expect(await under.refunds(order.id)).toEqual([{ cause: 'QUARANTINED', quantity: 2 }]);
    const again = asPharmacist().transaction((em) => endAsReturned(em, order.id, 'QUARANTINED', 'Again'));
    await expect(again).rejects.toMatchObject({ code: 'WRONG_STATE' });
    expect(await under.refunds(order.id)).toHaveLength(1);
  });
});

describe('what is not paid in time', () => {
  const in24Hours = () => new Date(Date.now() + 24 * HOUR);
  const pending = ({ id }: Answer) =>
    under.api.admin.query(
      `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at) values (uuidv7(), $1, 'PENDING', 100, now())`,
      [id],
    );
  const cancelled = (now: Date) => asSystem((context) => cancelUnpaidOrders({}, context, now));

  test('is cancelled and free again, once, and the patient is told', async () => {
    const order = await placed();
    await cancelled(new Date(Date.now() + 23 * HOUR));
    expect(order).toMatchObject(await under.read(buyer.who, order.id));
    await cancelled(in24Hours());
    await cancelled(in24Hours());
    expect(await under.read(buyer.who, order.id)).toMatchObject({
      status: 'CANCELLED',
      version: order.version + 1,
      lines: [{ prescription: { used: 0 } }],
    });
    expect((await under.shelf(room)).map(([, onHand, reserved]) => [onHand, reserved])).toEqual([[2, 0]]);
    expect(await under.told(order.id)).toEqual(['PATIENT ORDER_CANCELLED_UNPAID']);
  });

  test('is kept while a payment waits for its answer, for an hour', async () => {
    const order = await placed();
    await pending(order);
    await cancelled(in24Hours());
    expect(await under.read(buyer.who, order.id)).toMatchObject({
      status: 'PLACED',
      allowedActions: expect.not.arrayContaining(['PAY']),
    });
    await cancelled(new Date(Date.now() + 25 * HOUR));
    expect(await under.read(buyer.who, order.id)).toMatchObject({ status: 'CANCELLED' });
  });

  test('but was paid or placed before orders were paid here is left alone', async () => {
    const order = await paid();
    const { id } = await placed();
    await under.api.admin.query('update pharmacy.drug_order set pay_by = null where id = $1', [id]);
    await cancelled(new Date(Date.now() + 1_000 * HOUR));
    expect(await under.read(PHARMACIST, order.id)).toEqual(order);
    expect(await under.read(buyer.who, id)).toMatchObject({ status: 'PLACED' });
  });
});

describe('where an order is sent', () => {
  // the demo's patient has told name and address
  const demo = { id: '', who: person('demo-patient', 'PATIENT') };
  const deliveryOf = async (id: string) => (await under.read(PHARMACIST, id)).delivery;

  test('a pharmacist sees from the payment to the door', async () => {
    const { rows } = await under.api.admin.query<{ id: string }>(
      `select id from patient.patient where subject = 'demo-patient'`,
    );
    demo.id = rows[0]?.id as string;
    await under.stocked(room, 'A', 2);
    const order = await under.place(demo, [await under.line(demo, room, 2)]);
    expect(await deliveryOf(order.id)).toBeNull();
    await under.paid(order);
    expect(await deliveryOf(order.id)).toMatchObject({ name: expect.any(String), phone: expect.any(String) });
    await under.step('cancelDrugOrder', order, { reason: 'Test' });
    expect(await deliveryOf(order.id)).toBeNull();
  });

  test('nobody else sees', async () => {
    const order = await paid();
    const asked = under.ask(buyer.who, 'query ($id: ID!) { drugOrder(id: $id) { delivery { name } } }', {
      id: order.id,
    });
    await expect(asked).rejects.toThrow();
  });
});
