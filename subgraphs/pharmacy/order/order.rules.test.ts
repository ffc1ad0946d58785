import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { ShipmentStatus } from '../shipment/shipment.js';
import { NotSoldOnline } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';
import {
  allowedActions,
  checkLines,
  checkReason,
  checkTrackingNumber,
  coldChainOf,
  isToBeDelivered,
  lapsesAt,
  lineTotal,
  nextStates,
  type OrderFacts,
  orderNumber,
  orderTotal,
  payableUntil,
  priceLines,
} from './order.rules.js';

const { PLACED, PAID, DISPENSED, SHIPPED, DELIVERED, CANCELLED, RETURNED } = DrugOrderStatus;
const { PAY, LINK_TO_APPLICATION, CANCEL, DISPENSE, SHIP, RETURN } = DrugOrderAction;
const { PREPARING, IN_TRANSIT, QUARANTINED } = ShipmentStatus;
const ALL = Object.values(DrugOrderStatus);

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the way of an order', () => {
  const permitted: Record<DrugOrderStatus, DrugOrderStatus[]> = {
    PLACED: [PAID, CANCELLED],
    PAID: [DISPENSED, CANCELLED],
    DISPENSED: [SHIPPED, PAID, RETURNED],
    SHIPPED: [DELIVERED, PAID, RETURNED],
    DELIVERED: [PAID, RETURNED],
    CANCELLED: [],
    RETURNED: [],
  };

  test.each(ALL.flatMap((from) => ALL.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    expect(nextStates(from).includes(to)).toBe(permitted[from].includes(to));
  });

  test('an order that was packed is not cancelled any more', () => {
    expect([DISPENSED, SHIPPED, DELIVERED].filter((status) => nextStates(status).includes(CANCELLED))).toEqual([]);
  });
});

describe('what the caller may do with an order', () => {
  const NOW = new Date('2026-11-22T04:00:00Z');
  const patient = { mayOrder: true, mayApply: true, mayDispense: false };
  const pharmacist = { mayOrder: false, mayApply: false, mayDispense: true };
  const nobody = { mayOrder: false, mayApply: false, mayDispense: false };
  const facts = (more: Partial<OrderFacts> = {}): OrderFacts => ({
    status: PLACED,
    payBy: new Date('2026-11-22T04:00:01Z'),
    pending: false,
    tries: 0,
    linked: false,
    prescribed: true,
    parcel: null,
    standing: patient,
    ...more,
  });

  test.each([
    [PLACED, [PAY, LINK_TO_APPLICATION, CANCEL]],
    [PAID, [LINK_TO_APPLICATION, CANCEL]],
    [DISPENSED, [LINK_TO_APPLICATION]],
    [SHIPPED, [LINK_TO_APPLICATION]],
    [DELIVERED, [LINK_TO_APPLICATION]],
    [CANCELLED, []],
    [RETURNED, []],
  ])('the patient with an order that is %s: %j', (status, actions) => {
    expect(allowedActions(facts({ status }), NOW)).toEqual(actions);
    expect(allowedActions(facts({ status, linked: true }), NOW)).toEqual(
      actions.filter((action) => action !== LINK_TO_APPLICATION),
    );
  });

  test.each([
    [PLACED, null, [CANCEL]],
    [PAID, null, [CANCEL, DISPENSE]],
    [DISPENSED, PREPARING, [SHIP]],
    [DISPENSED, QUARANTINED, []],
    [SHIPPED, IN_TRANSIT, [RETURN]],
    [SHIPPED, ShipmentStatus.RETURNED, [RETURN]],
    [SHIPPED, QUARANTINED, []],
    [DELIVERED, ShipmentStatus.DELIVERED, [RETURN]],
    [DELIVERED, QUARANTINED, []],
    [CANCELLED, null, []],
    [RETURNED, ShipmentStatus.RETURNED, []],
  ])('a pharmacist with an order that is %s and whose parcel is %s: %j', (status, parcel, actions) => {
    expect(allowedActions(facts({ status, parcel, standing: pharmacist }), NOW)).toEqual(actions);
  });

  test.each(ALL)('somebody who only sees an order that is %s does nothing with it', (status) => {
    expect(allowedActions(facts({ status, standing: nobody }), NOW)).toEqual([]);
  });

  test('a caregiver who may order pays and cancels, one who may apply links', () => {
    expect(allowedActions(facts({ standing: { ...nobody, mayOrder: true } }), NOW)).toEqual([PAY, CANCEL]);
    expect(allowedActions(facts({ standing: { ...nobody, mayApply: true } }), NOW)).toEqual([LINK_TO_APPLICATION]);
  });

  test('it is paid until its time is over, and not while a payment waits for its answer', () => {
    expect(allowedActions(facts({ payBy: NOW }), NOW)).not.toContain(PAY);
    expect(allowedActions(facts({ pending: true }), NOW)).not.toContain(PAY);
  });

  test('an order from before there were prescriptions here is neither paid nor packed, and can be cancelled', () => {
    const old = { payBy: null, prescribed: false };
    expect(allowedActions(facts(old), NOW)).toEqual([LINK_TO_APPLICATION, CANCEL]);
    expect(allowedActions(facts({ ...old, status: PAID, standing: pharmacist }), NOW)).toEqual([CANCEL]);
  });

  test.each(ALL)('whether an order that is %s is still to be delivered', (status) => {
    expect(isToBeDelivered(status)).toBe([PAID, DISPENSED, SHIPPED].includes(status));
  });
});

describe('an order that nobody pays', () => {
  const placedAt = new Date('2026-11-21T04:00:00Z');
  const payBy = payableUntil(placedAt);
  const waiting = { status: PLACED, payBy, pending: false, tries: 0 };

  test('lapses a day after it was placed', () => {
    expect(payBy.toISOString()).toBe('2026-11-22T04:00:00.000Z');
    expect(lapsesAt(waiting)).toEqual(payBy);
  });

  test('is kept for an hour more while a payment waits for its answer', () => {
    expect(lapsesAt({ ...waiting, pending: true })?.toISOString()).toBe('2026-11-22T05:00:00.000Z');
  });

  test.each(ALL.filter((status) => status !== PLACED))('does not lapse when it is %s', (status) => {
    expect(lapsesAt({ ...waiting, status })).toBeNull();
  });

  test('does not lapse when it is from before orders were paid here', () => {
    expect(lapsesAt({ ...waiting, payBy: null })).toBeNull();
  });
});

describe('how a parcel travels', () => {
  const warm = { cold: false, allowanceMinutes: 5 };

  test('without cold medicine not cold, whatever that bears', () => {
    expect(coldChainOf([warm, warm])).toBeNull();
  });

  test('cold as soon as one medicine is, and as the most delicate of the cold ones', () => {
    const cold = [90, 30, 60].map((allowanceMinutes) => ({ cold: true, allowanceMinutes }));
    expect(coldChainOf([warm, ...cold])).toBe(30);
  });

  test('also where it bears nothing at all', () => {
    expect(coldChainOf([{ cold: true, allowanceMinutes: 0 }])).toBe(0);
  });
});

describe('the lines of an order', () => {
  const line = (medicineId: string, quantity = 1) => ({ medicineId, quantity });
  const many = (count: number) => Array.from({ length: count }, (_, index) => line(`m${index}`));

  test.each([
    ['one line', [line('a')]],
    ['twenty lines', many(20)],
    ['a hundred packages', [line('a', 100)]],
  ])('%s is good', (_, lines) => {
    expect(() => checkLines(lines)).not.toThrow();
  });

  test.each([
    ['no line', [], 'input.lines'],
    ['twenty-one lines', many(21), 'input.lines'],
    ['no package', [line('a', 0)], 'input.lines.0.quantity'],
    ['fewer than none', [line('a', -1)], 'input.lines.0.quantity'],
    ['a hundred and one packages', [line('a'), line('b', 101)], 'input.lines.1.quantity'],
    ['half a package', [line('a', 0.5)], 'input.lines.0.quantity'],
    ['a medicine in two lines', [line('a'), line('b'), line('a')], 'input.lines.2.medicineId'],
  ])('%s is refused, and the path says where', (_, lines, path) => {
    const failure = failureOf(() => checkLines(lines));
    expect(failure).toBeInstanceOf(InvalidInput);
    expect((failure as InvalidInput).path?.join('.')).toBe(path);
  });

  const medicines = new Map([
    ['a', { soldOnline: true, priceFen: 12_345n, cold: false }],
    ['b', { soldOnline: true, priceFen: 1n, cold: false }],
    ['plasma', { soldOnline: false, priceFen: null, cold: true }],
    ['plasma too', { soldOnline: false, priceFen: 5n, cold: true }],
    ['priceless', { soldOnline: true, priceFen: null, cold: false }],
  ]);

  test('keep the price of the catalog and their prescription', () => {
    expect(priceLines([line('b', 3), { ...line('a', 2), prescriptionId: 'p' }], medicines)).toEqual([
      { medicineId: 'b', quantity: 3, prescriptionId: null, unitPriceFen: 1n },
      { medicineId: 'a', quantity: 2, prescriptionId: 'p', unitPriceFen: 12_345n },
    ]);
  });

  test('with medicines that are not sold online are refused, and every one is named', () => {
    const failure = failureOf(() => priceLines([line('plasma'), line('a'), line('plasma too')], medicines));
    expect(failure).toBeInstanceOf(NotSoldOnline);
    expect((failure as NotSoldOnline).medicineIds).toEqual(['plasma', 'plasma too']);
  });

  test.each([
    ['a medicine that nobody knows', 'unknown'],
    ['a medicine without a price', 'priceless'],
  ])('with %s are refused, and the path says where', (_, medicineId) => {
    const failure = failureOf(() => priceLines([line('a'), line(medicineId)], medicines));
    expect(failure).toBeInstanceOf(InvalidInput);
    expect((failure as InvalidInput).path).toEqual(['input', 'lines', '1', 'medicineId']);
  });
});

describe('what an order costs', () => {
  const sold = fc.record({ quantity: fc.integer({ min: 1, max: 100 }), unitPriceFen: fc.bigInt(1n, 10n ** 12n) });

  test('is the sum of its lines, whatever their order, and never less than any of them', () => {
    fc.assert(
      fc.property(fc.array(sold, { minLength: 1, maxLength: 20 }), (lines) => {
        const total = orderTotal(lines);
        expect(orderTotal([...lines].reverse())).toBe(total);
        expect(lines.every((line) => lineTotal(line) <= total)).toBe(true);
        expect(lines.reduce((rest, line) => rest - lineTotal(line), total)).toBe(0n);
      }),
    );
  });

  test('is exact where a float would lose fen', () => {
    expect(orderTotal([{ quantity: 100, unitPriceFen: 9_007_199_254_740_993n }])).toBe(900_719_925_474_099_300n);
  });
});

describe('the number of an order', () => {
  test.each([
    ['7', '2026-11-22T00:00:00Z', 'RX-2026-000007'],
    ['1234567', '2026-11-22T00:00:00Z', 'RX-2026-1234567'],
    ['7', '2026-12-31T16:00:00Z', 'RX-2027-000007'],
    ['7', '2026-12-31T15:59:59Z', 'RX-2026-000007'],
  ])('%s, placed at %s in UTC, is %s: the year is that of Shanghai', (serial, placedAt, number) => {
    expect(orderNumber(serial, new Date(placedAt))).toBe(number);
  });
});

describe('what is written about an order', () => {
  test.each([
    [undefined, null],
    ['   ', null],
    [' changed my mind ', 'changed my mind'],
    ['turned\u202Earound\u0000', 'turnedaround'],
  ])('the reason %j is kept as %j', (given, kept) => {
    expect(checkReason(given, false)).toBe(kept);
  });

  test('a reason has at most 500 characters, as people count them', () => {
    expect(checkReason('药'.repeat(500), true)).toHaveLength(500);
    expect(checkReason('💊'.repeat(500), true)).toHaveLength(1_000);
    expect(() => checkReason('x'.repeat(501), true)).toThrow(InvalidInput);
  });

  test.each([undefined, null, '', ' \n', '\u202E'])('a reason that is needed is not %j', (given) => {
    expect(() => checkReason(given, true)).toThrow(InvalidInput);
  });

  test('a tracking number is one line of 1 to 50 characters', () => {
    expect(checkTrackingNumber(' SF\n123 ')).toBe('SF 123');
    expect(checkTrackingNumber('x'.repeat(50))).toHaveLength(50);
    for (const bad of ['', ' ', 'x'.repeat(51)]) expect(() => checkTrackingNumber(bad)).toThrow(InvalidInput);
  });
});
