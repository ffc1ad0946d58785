import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { NotSoldOnline } from './order.errors.js';
import { DrugOrderAction, DrugOrderStatus } from './order.js';
import {
  allowedActions,
  checkCancelReason,
  checkLines,
  lineTotal,
  nextStates,
  orderNumber,
  orderTotal,
  priceLines,
} from './order.rules.js';

const { PLACED, PAID, DISPENSED, SHIPPED, DELIVERED, CANCELLED, RETURNED } = DrugOrderStatus;
const { LINK_TO_APPLICATION, CANCEL } = DrugOrderAction;
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
    DISPENSED: [SHIPPED],
    SHIPPED: [DELIVERED, RETURNED],
    DELIVERED: [RETURNED],
    CANCELLED: [],
    RETURNED: [],
  };

  test.each(ALL.flatMap((from) => ALL.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    expect(nextStates(from).includes(to)).toBe(permitted[from].includes(to));
  });

  test('an order that was sent is not cancelled any more', () => {
    expect([DISPENSED, SHIPPED, DELIVERED].filter((status) => nextStates(status).includes(CANCELLED))).toEqual([]);
  });
});

describe('what the caller may do with an order', () => {
  const patient = { mayOrder: true, mayApply: true };
  const nobody = { mayOrder: false, mayApply: false };

  test.each([
    [PLACED, [LINK_TO_APPLICATION, CANCEL]],
    [PAID, [LINK_TO_APPLICATION]],
    [DISPENSED, [LINK_TO_APPLICATION]],
    [SHIPPED, [LINK_TO_APPLICATION]],
    [DELIVERED, [LINK_TO_APPLICATION]],
    [CANCELLED, []],
    [RETURNED, []],
  ])('the patient with an order that is %s: %j', (status, actions) => {
    expect(allowedActions({ status, linked: false, standing: patient })).toEqual(actions);
  });

  test.each([
    [PLACED, [CANCEL]],
    [PAID, []],
    [DISPENSED, []],
    [SHIPPED, []],
    [DELIVERED, []],
    [CANCELLED, []],
    [RETURNED, []],
  ])('an order that is linked and %s is not linked again: %j', (status, actions) => {
    expect(allowedActions({ status, linked: true, standing: patient })).toEqual(actions);
  });

  test.each(ALL)('somebody who only sees an order that is %s does nothing with it', (status) => {
    expect(allowedActions({ status, linked: false, standing: nobody })).toEqual([]);
  });

  test('a caregiver who may order cancels, one who may apply links', () => {
    const facts = { status: PLACED, linked: false };
    expect(allowedActions({ ...facts, standing: { mayOrder: true, mayApply: false } })).toEqual([CANCEL]);
    expect(allowedActions({ ...facts, standing: { mayOrder: false, mayApply: true } })).toEqual([LINK_TO_APPLICATION]);
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
    ['a', { soldOnline: true, priceFen: 12_345n }],
    ['b', { soldOnline: true, priceFen: 1n }],
    ['plasma', { soldOnline: false, priceFen: null }],
    ['plasma too', { soldOnline: false, priceFen: 5n }],
    ['priceless', { soldOnline: true, priceFen: null }],
  ]);

  test('keep the price of the catalog', () => {
    expect(priceLines([line('b', 3), line('a', 2)], medicines)).toEqual([
      { medicineId: 'b', quantity: 3, unitPriceFen: 1n },
      { medicineId: 'a', quantity: 2, unitPriceFen: 12_345n },
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

describe('the reason for cancelling', () => {
  test.each([
    [undefined, null],
    ['   ', null],
    [' changed my mind ', 'changed my mind'],
  ])('%j is kept as %j', (given, kept) => {
    expect(checkCancelReason(given)).toBe(kept);
  });

  test('has at most 500 characters', () => {
    expect(checkCancelReason('x'.repeat(500))).toHaveLength(500);
    expect(() => checkCancelReason('x'.repeat(501))).toThrow(InvalidInput);
  });
});
