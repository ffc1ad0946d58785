import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Executes } from '../../common/database.js';
import {
  carrier,
  MINUTE,
  type PackedParcel,
  ParcelsUnderTest,
  patient,
  pharmacist,
  type Said,
} from './parcels-under-test.js';
import { recallShipments } from './recall.step.js';
import { settle } from './shipment.step.js';

let parcels: ParcelsUnderTest;
beforeAll(async () => {
  parcels = await ParcelsUnderTest.open('shipment');
});
afterAll(() => parcels?.stop());

const WARM: readonly Said[] = [
  [40, 5],
  [60, 9],
  [90, 9],
  [120, 9],
  [150, 5],
];
const asPharmacist = <T>(work: (sql: Executes) => Promise<T>): Promise<T> =>
  parcels.api
    .get('pharmacy')
    .database.session(pharmacist, async () => [])
    .transaction(work);
const recall = ({ lotId }: PackedParcel) => asPharmacist((sql) => recallShipments(sql, lotId));

test('the parcels of the demo are where the rule says', async () => {
  const all = async () => {
    const columns = 'id, status, shipped_at, delivered_at, returned_at, quarantine_cause, outside_minutes, frozen';
    return (await parcels.admin.query(`select ${columns} from pharmacy.shipment order by id`)).rows;
  };
  const before = await all();
  expect(before.length).toBeGreaterThan(5);
  await asPharmacist((sql) =>
    settle(
      sql,
      before.map(({ id }) => id),
    ),
  );
  expect(await all()).toEqual(before);
});

describe('a carrier', () => {
  test('says what happened and how cold it was, in any order and more than once, and what is good is kept', async () => {
    const parcel = await parcels.packed();
    const events = [
      { parcel, kind: 'DELIVERED', minute: 300, place: '上海' },
      { parcel, kind: 'PICKED_UP', minute: 20 },
      { parcel, kind: 'PICKED_UP', minute: 20 },
      { parcel, kind: 'AT_HUB', minute: -1 },
    ];
    expect(await parcels.events(events)).toEqual({
      ...{ __typename: 'ShipmentReport', accepted: 2, repeated: 1 },
      refused: [{ index: 3, shipmentId: parcel.id, problem: 'BEFORE_PACKING', firstReading: null, count: 1 }],
    });
    expect(await parcels.events(events)).toMatchObject({ accepted: 0, repeated: 3 });
    expect(await parcels.readings(parcel, [60, 5], [30, 4], [30, 4], [90, -300], [301, 5], [700, 5])).toEqual({
      ...{ __typename: 'ShipmentReport', accepted: 2, repeated: 1 },
      refused: [
        { index: 0, shipmentId: parcel.id, problem: 'IMPOSSIBLE_TEMPERATURE', firstReading: 3, count: 1 },
        { index: 0, shipmentId: parcel.id, problem: 'AFTER_DELIVERY', firstReading: 4, count: 2 },
      ],
    });
    const seen = await parcels.shipment(carrier, parcel, 'status shippedAt deliveredAt events { kind at place }');
    const at = (minute: number) => new Date(parcels.packedAt + minute * MINUTE).toISOString();
    expect(seen).toEqual({
      ...{ status: 'DELIVERED', shippedAt: at(20), deliveredAt: at(300) },
      events: [
        { kind: 'DELIVERED', at: at(300), place: '上海' },
        { kind: 'PICKED_UP', at: at(20), place: null },
      ],
    });
    expect(await parcels.states(parcel)).toEqual(['DELIVERED', 'DELIVERED']);
    expect(await parcels.told(parcel)).toEqual(['PATIENT ORDER_DELIVERED']);
  });

  test('is told what it must not send: nothing, too much, or of a parcel that it does not have yet', async () => {
    const waiting = await parcels.packed({ order: 'DISPENSED' });
    expect(await parcels.temperatures([])).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await parcels.events([])).toMatchObject({ code: 'INVALID_INPUT' });
    const many = Array.from({ length: 501 }, () => ({ parcel: waiting, kind: 'AT_HUB', minute: 1 }));
    expect(await parcels.events(many)).toMatchObject({ code: 'INVALID_INPUT' });
    const readings = Array.from({ length: 10_001 }, (_, second): Said => [second / 60, 5]);
    expect(await parcels.readings(waiting, ...readings)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await parcels.readings({ ...waiting, id: 'no id' }, [1, 5])).toMatchObject({
      refused: [{ problem: 'UNKNOWN_SHIPMENT' }],
    });
    await parcels.admin.query('update pharmacy.shipment set carrier_organisation_id = $2 where id = $1', [
      ...[waiting.id, carrier.organisation],
    ]);
    expect(await parcels.readings(waiting, [1, 5])).toMatchObject({ refused: [{ problem: 'NOT_HANDED_OVER' }] });
  });

  test('tells the pharmacists each time that it could not deliver', async () => {
    const parcel = await parcels.packed();
    const failed = (minute: number) => parcels.events([{ parcel, kind: 'DELIVERY_FAILED', minute }]);
    await failed(100);
    await failed(100);
    await failed(200);
    expect(await parcels.told(parcel)).toEqual(['PHARMACIST DELIVERY_FAILED', 'PHARMACIST DELIVERY_FAILED']);
    await parcels.events([{ parcel, kind: 'RETURNED_TO_SENDER', minute: 300 }]);
    expect(await parcels.states(parcel)).toEqual(['SHIPPED', 'RETURNED']);
  });

  test('of which thirty report at once, over the same parcels, leaves each reading and event once', async () => {
    const tough = { allowanceMinutes: 1440 };
    const many = [await parcels.packed(tough), await parcels.packed(tough), await parcels.packed(tough)];
    const said = (from: number): Said[] =>
      Array.from({ length: 40 }, (_, n): Said => [from + n * 5, n % 7 === 0 ? 9 : 5]);
    const reports = await Promise.all(
      Array.from({ length: 30 }, (_, n) => {
        const order = n % 2 === 0 ? many : [...many].reverse();
        if (n % 5 === 0) return parcels.events(order.map((parcel) => ({ parcel, kind: 'DELIVERED', minute: 400 })));
        return parcels.temperatures(order.map((parcel) => ({ parcel, said: said((n % 3) * 50) })));
      }),
    );
    const sum = (what: 'accepted' | 'repeated') => reports.reduce((total, report) => total + report[what], 0);
    const { rows } = await parcels.admin.query(
      'select count(*)::int as count from pharmacy.temperature_reading where shipment_id = any($1)',
      [many.map(({ id }) => id)],
    );
    // 40 readings from 0, 50 and 100 minutes on, every five minutes: 60 times, some of which get worse when they are said again
    expect(rows[0].count).toBe(3 * 60);
    expect(sum('accepted') + sum('repeated')).toBe(24 * 3 * 40 + 6 * 3);
    for (const parcel of many) expect(await parcels.states(parcel)).toEqual(['DELIVERED', 'DELIVERED']);
  });
});

test('a parcel that is delivered although its order was taken back does not bring the order back', async () => {
  const parcel = await parcels.packed();
  await parcels.admin.query(`update pharmacy.drug_order set status = 'RETURNED' where id = $1`, [parcel.orderId]);
  await parcels.delivered(parcel, 200);
  expect(await parcels.states(parcel)).toEqual(['RETURNED', 'DELIVERED']);
});

describe('a parcel that was too long outside of 2 to 8 °C', () => {
  test('is held back and told of, stays so when it is delivered, and its order does not count as delivered', async () => {
    const parcel = await parcels.packed();
    await parcels.readings(parcel, ...WARM);
    expect(await parcels.states(parcel)).toEqual(['SHIPPED', 'QUARANTINED']);
    expect(await parcels.told(parcel)).toEqual(['PATIENT PARCEL_QUARANTINED', 'PHARMACIST PARCEL_QUARANTINED']);
    await parcels.readings(parcel, ...WARM);
    await parcels.delivered(parcel, 200);
    await parcels.delivered(parcel, 210);
    expect(await parcels.states(parcel)).toEqual(['SHIPPED', 'QUARANTINED']);
    expect((await parcels.told(parcel)).slice(2)).toEqual(['PATIENT DO_NOT_USE']);
    const seen = await parcels.shipment(
      ...[
        patient,
        parcel,
        'quarantineCause decision allowedActions order { status } temperatures(maxPoints: 2) { points { celsius } count coldest warmest outsideMinutes allowanceMinutes verdict explanation }',
      ],
    );
    expect(seen).toEqual({
      ...{ quarantineCause: 'WARM', decision: null, allowedActions: [], order: { status: 'SHIPPED' } },
      temperatures: {
        ...{
          points: [{ celsius: 5 }, { celsius: 9 }],
          count: 5,
          coldest: 5,
          warmest: 9,
          outsideMinutes: 90,
          allowanceMinutes: 60,
        },
        verdict: 'TOO_LONG_OUTSIDE',
        explanation:
          'It was outside of 2 to 8 °C for 90 minutes (5.0 °C to 9.0 °C), and only 60 minutes are allowed over the whole way.',
      },
    });
  });

  test('when that is known after its delivery, is not to be used, and its order stays delivered', async () => {
    const parcel = await parcels.packed();
    await parcels.delivered(parcel, 200);
    await parcels.readings(parcel, ...WARM);
    expect(await parcels.states(parcel)).toEqual(['DELIVERED', 'QUARANTINED']);
    expect(await parcels.told(parcel)).toEqual([
      ...[
        'PATIENT ORDER_DELIVERED',
        'PATIENT PARCEL_QUARANTINED',
        'PHARMACIST PARCEL_QUARANTINED',
        'PATIENT DO_NOT_USE',
      ],
    ]);
  });

  test('goes on by itself when late readings show that it was not', async () => {
    const parcel = await parcels.packed();
    await parcels.readings(parcel, ...WARM);
    await parcels.readings(parcel, [61, 5], [91, 5], [121, 5]);
    expect(await parcels.shipment(pharmacist, parcel, 'status quarantinedAt quarantineCause')).toEqual({
      ...{ status: 'IN_TRANSIT', quarantinedAt: null, quarantineCause: null },
    });
    expect((await parcels.told(parcel)).slice(2)).toEqual(['PATIENT PARCEL_RELEASED', 'PHARMACIST PARCEL_RELEASED']);
  });

  test('bears as much as its medicine does, and nothing is asked of one that need not be cold', async () => {
    const [tough, plain, frozen] = [
      await parcels.packed({ allowanceMinutes: 90 }),
      await parcels.packed({ coldChain: false }),
      await parcels.packed({ allowanceMinutes: 1440 }),
    ];
    await parcels.temperatures([tough, plain].map((parcel) => ({ parcel, said: WARM })));
    await parcels.readings(frozen, [40, 5], [41, 0]);
    expect((await parcels.states(tough))[1]).toBe('IN_TRANSIT');
    expect((await parcels.states(plain))[1]).toBe('IN_TRANSIT');
    expect(await parcels.shipment(pharmacist, frozen, 'status quarantineCause')).toEqual({
      ...{ status: 'QUARANTINED', quarantineCause: 'FROZEN' },
    });
  });

  test('is the same in the end, in whatever order, in which parts and however often everything is said', async () => {
    const reading = fc
      .tuple(fc.integer({ min: 1, max: 24 }), fc.constantFrom(-1, 0.5, 5, 7, 9, 12))
      .map(([step, celsius]): Said => [step * 15, celsius]);
    const event = fc.record({
      kind: fc.constantFrom('PICKED_UP', 'AT_HUB', 'DELIVERED', 'RETURNED_TO_SENDER'),
      minute: fc.integer({ min: 1, max: 400 }),
    });
    type Told = Said | { kind: string; minute: number };
    const told = fc.array(fc.oneof({ weight: 4, arbitrary: reading }, event), { minLength: 1, maxLength: 40 });
    const tell = async (parcel: PackedParcel, batch: readonly Told[]) => {
      const said = batch.filter((each) => 'length' in each);
      const events = batch.filter((each) => 'kind' in each);
      if (said.length > 0) await parcels.temperatures([{ parcel, said }]);
      if (events.length > 0) await parcels.events(events.map((each) => ({ parcel, ...each })));
    };
    const known = async ({ id }: PackedParcel) => {
      const { rows } = await parcels.admin.query(
        `select status, shipped_at, delivered_at, returned_at, frozen, outside_minutes, quarantine_cause,
           (select json_agg(json_build_array(at, centi) order by at) from pharmacy.temperature_reading
             where shipment_id = s.id and at <= coalesce(s.delivered_at, at)) as readings,
           (select json_agg(json_build_array(at, kind) order by at, kind) from pharmacy.shipment_event where shipment_id = s.id) as events
         from pharmacy.shipment s where s.id = $1`,
        [id],
      );
      return rows[0];
    };
    await fc.assert(
      fc.asyncProperty(
        told.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray<Told>(all, { minLength: all.length }),
            fc.array(fc.subarray<Told>(all), { maxLength: 4 }),
          ),
        ),
        async ([all, shuffled, repeated]) => {
          const [once, again] = [await parcels.packed(), await parcels.packed()];
          await tell(once, all);
          for (const batch of repeated) await tell(again, batch);
          for (let from = 0; from < shuffled.length; from += 7) await tell(again, shuffled.slice(from, from + 7));
          expect(await known(again)).toEqual(await known(once));
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a pharmacist', () => {
  const held = async (...of: Parameters<ParcelsUnderTest['packed']>) => {
    const parcel = await parcels.packed(...of);
    await parcels.readings(parcel, ...WARM);
    return parcel;
  };
  const waiting = async () => {
    const query = '{ quarantinedShipments(first: 100) { nodes { id } totalCount } }';
    return (await parcels.ask(pharmacist, query)).quarantinedShipments;
  };

  test('finds what waits for a decision, and no longer when it is decided', async () => {
    const parcel = await held();
    const before = await waiting();
    expect(before.nodes).toContainEqual({ id: parcel.id });
    expect(await parcels.shipment(pharmacist, parcel, 'allowedActions')).toEqual({
      ...{ allowedActions: ['RELEASE', 'REPLACE', 'REFUND'] },
    });
    await parcels.decide(parcel, 'REFUND');
    const after = await waiting();
    expect(after.nodes).not.toContainEqual({ id: parcel.id });
    expect(after.totalCount).toBe(before.totalCount - 1);
  });

  test('releases a parcel: it goes on, and counts as delivered where it was', async () => {
    const parcel = await held();
    await parcels.delivered(parcel, 200);
    expect(await parcels.decide(parcel, 'RELEASE')).toMatchObject({
      ...{ status: 'DELIVERED', decision: 'RELEASE', decisionReason: 'Asked the maker.', allowedActions: [] },
      order: { status: 'DELIVERED' },
    });
    expect((await parcels.told(parcel)).slice(3)).toEqual(['PATIENT PARCEL_RELEASED', 'PHARMACIST PARCEL_RELEASED']);
    expect(await parcels.decide(parcel, 'REFUND')).toMatchObject({
      ...{ __typename: 'ShipmentWrongState', status: 'DELIVERED', permitted: [] },
    });
  });

  test('decides again about one that froze after it was released', async () => {
    const parcel = await held();
    await parcels.decide(parcel, 'RELEASE');
    await parcels.readings(parcel, [300, -1]);
    expect(await parcels.shipment(pharmacist, parcel, 'status quarantineCause allowedActions')).toEqual({
      ...{ status: 'QUARANTINED', quarantineCause: 'FROZEN', allowedActions: ['RELEASE', 'REPLACE', 'REFUND'] },
    });
    expect((await parcels.told(parcel)).filter((told) => told === 'PATIENT PARCEL_QUARANTINED')).toHaveLength(2);
    expect(await parcels.decide(parcel, 'REFUND')).toMatchObject({ decision: 'REFUND', order: { status: 'RETURNED' } });
  });

  test('replaces a parcel: its order is packed anew, from what is promised to it now, and the old one is never delivered', async () => {
    const parcel = await held({ left: 1 });
    expect(await parcels.decide(parcel, 'REPLACE')).toMatchObject({ status: 'QUARANTINED', order: { status: 'PAID' } });
    const { rows } = await parcels.admin.query('select on_hand, reserved from pharmacy.stock_lot where id = $1', [
      parcel.lotId,
    ]);
    expect(rows).toEqual([{ on_hand: 1, reserved: 1 }]);
    expect(await parcels.told(parcel)).toContain('PATIENT REPLACEMENT_COMING');
    await parcels.delivered(parcel, 200);
    expect(await parcels.states(parcel)).toEqual(['PAID', 'QUARANTINED']);
    await parcels.events([{ parcel, kind: 'RETURNED_TO_SENDER', minute: 300 }]);
    expect(await parcels.states(parcel)).toEqual(['PAID', 'RETURNED']);
  });

  test('cannot replace what is not on the shelf: then nothing is decided', async () => {
    const parcel = await held({ left: 0 });
    expect(await parcels.decide(parcel, 'REPLACE')).toMatchObject({ __typename: 'OutOfStock' });
    expect(await parcels.shipment(pharmacist, parcel, 'decision order { status }')).toEqual({
      ...{ decision: null, order: { status: 'SHIPPED' } },
    });
  });

  test('refunds a parcel: its order ends, and the money goes back', async () => {
    const parcel = await held();
    await parcels.delivered(parcel, 200);
    expect(await parcels.decide(parcel, 'REFUND')).toMatchObject({
      status: 'QUARANTINED',
      order: { status: 'RETURNED' },
    });
    const { rows } = await parcels.admin.query(
      'select r.amount_fen, cause from pharmacy.refund r join pharmacy.payment p on p.id = r.payment_id where p.order_id = $1',
      [parcel.orderId],
    );
    expect(rows).toEqual([{ amount_fen: '10000', cause: 'QUARANTINED' }]);
  });

  test('decides once with a key, about what they looked at, with a reason, and never about their own', async () => {
    const parcel = await held();
    expect(await parcels.decide(parcel, 'RELEASE', { expectedVersion: 1 })).toMatchObject({
      ...{ __typename: 'StaleVersion', currentVersion: 2 },
    });
    expect(await parcels.decide(parcel, 'RELEASE', { reason: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
    const missing = { ...parcel, id: parcel.orderId };
    expect(await parcels.decide(missing, 'RELEASE')).toMatchObject({ __typename: 'NotFound' });
    const same = { idempotencyKey: 'twice', expectedVersion: 2 };
    const first = await parcels.decide(parcel, 'RELEASE', same);
    expect(await parcels.decide(parcel, 'RELEASE', same)).toEqual(first);
    const own = await held({ patientSubject: pharmacist.subject });
    expect(await parcels.decide(own, 'RELEASE')).toMatchObject({ __typename: 'NotAllowed' });
  });

  test('of whom two decide at once, while readings come in: one of them does', async () => {
    const parcel = await held();
    const version = 2;
    const decisions = ['RELEASE', 'REFUND', 'REPLACE'].map((decision) =>
      parcels.decide(parcel, decision, { expectedVersion: version }),
    );
    const reports = Array.from({ length: 6 }, (_, n) => parcels.readings(parcel, [160 + n, 9], [400 + n, 5]));
    const answers = await Promise.all([...decisions, ...reports.map((report) => report.then(() => null))]);
    const names = answers.filter(Boolean).map(({ __typename }) => __typename);
    expect(names.filter((name) => name === 'Shipment')).toHaveLength(1);
    expect(names.filter((name) => name === 'StaleVersion' || name === 'ShipmentWrongState')).toHaveLength(2);
  });
});

describe('the recall of a lot', () => {
  test('holds back every parcel under way with packages of it, also one that is not sent yet', async () => {
    const [sent, packed] = [await parcels.packed({ coldChain: false }), await parcels.packed({ order: 'DISPENSED' })];
    for (const parcel of [sent, packed]) {
      await recall(parcel);
      expect(await parcels.shipment(pharmacist, parcel, 'status quarantineCause')).toEqual({
        ...{ status: 'QUARANTINED', quarantineCause: 'RECALL' },
      });
      expect(await parcels.told(parcel)).toEqual(['PATIENT PARCEL_QUARANTINED', 'PHARMACIST PARCEL_QUARANTINED']);
    }
    expect(await parcels.decide(packed, 'RELEASE')).toMatchObject({
      status: 'PREPARING',
      order: { status: 'DISPENSED' },
    });
  });

  test('holds back again what was released before it, and leaves what was delivered or given up', async () => {
    const [released, delivered, refunded] = [await parcels.packed(), await parcels.packed(), await parcels.packed()];
    await parcels.delivered(delivered, 100);
    for (const parcel of [released, refunded]) await parcels.readings(parcel, ...WARM);
    await parcels.decide(released, 'RELEASE');
    await parcels.decide(refunded, 'REFUND');
    for (const parcel of [released, delivered, refunded]) await recall(parcel);
    expect(await parcels.states(released)).toEqual(['SHIPPED', 'QUARANTINED']);
    expect(await parcels.states(delivered)).toEqual(['DELIVERED', 'DELIVERED']);
    expect((await parcels.shipment(pharmacist, refunded, 'quarantineCause')).quarantineCause).toBe('WARM');
  });
});

test('a curve has as many points as are asked for, from 2 to 2,000', async () => {
  const parcel = await parcels.packed();
  await parcels.readings(parcel, ...Array.from({ length: 500 }, (_, n): Said => [n, n === 250 ? 7.77 : 4 + (n % 2)]));
  const points = async (maxPoints: string) =>
    (await parcels.shipment(carrier, parcel, `temperatures${maxPoints} { points { celsius } }`)).temperatures.points;
  expect(await points('')).toHaveLength(200);
  expect(await points('(maxPoints: 2000)')).toHaveLength(500);
  expect(await points('(maxPoints: 2)')).toEqual([{ celsius: 4 }, { celsius: 7.77 }]);
  for (const bad of [1, 0, -1, 2_001]) {
    const query = `{ shipment(id: "${parcel.id}") { temperatures(maxPoints: ${bad}) { count } } }`;
    const { errors } = await parcels.api.execute('pharmacy', carrier, query);
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  }
});
