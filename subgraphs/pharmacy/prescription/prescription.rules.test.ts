import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PrescriptionAction, PrescriptionProblem, STORED_STATUSES } from './prescription.enums.js';
import {
  allowedActions,
  checkWritten,
  type EnteredPrescription,
  judgeSupplies,
  type PrescriptionFacts,
  prescriptionNumber,
  type StoredSupply,
  shownStatus,
  totalOf,
  type WantedSupply,
} from './prescription.rules.js';

const TODAY = '2026-03-14';
const days = fc.constantFrom('2026-03-13', '2026-03-14', '2026-03-15');
const statuses = fc.constantFrom(...STORED_STATUSES);
const facts: fc.Arbitrary<PrescriptionFacts> = fc
  .record({
    status: statuses,
    total: fc.integer({ min: 1, max: 20 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    validUntil: days,
  })
  .map(({ share, ...rest }) => ({ ...rest, used: Math.round(share * rest.total) }));
const APPROVED: PrescriptionFacts = { status: 'APPROVED', used: 0, total: 10, validUntil: TODAY };

describe('how a prescription stands', () => {
  test.each([
    ['as it is kept while something is left of it and it is valid', APPROVED, 'APPROVED'],
    ['ISSUED until it is checked', { ...APPROVED, status: 'ISSUED' }, 'ISSUED'],
    ['EXPIRED from the day after its last', { ...APPROVED, validUntil: '2026-03-13' }, 'EXPIRED'],
    ['EXPIRED also where it was never checked', { ...APPROVED, status: 'ISSUED', validUntil: '2026-03-13' }, 'EXPIRED'],
    ['USED_UP when all of it is in orders', { ...APPROVED, used: 10 }, 'USED_UP'],
    ['USED_UP rather than EXPIRED', { ...APPROVED, used: 10, validUntil: '2026-03-13' }, 'USED_UP'],
    ['REFUSED for ever', { ...APPROVED, status: 'REFUSED', validUntil: '2026-03-13' }, 'REFUSED'],
    ['WITHDRAWN for ever', { ...APPROVED, status: 'WITHDRAWN', used: 10, validUntil: '2026-03-13' }, 'WITHDRAWN'],
  ] as const)('is %s', (_, kept, shown) => {
    expect(shownStatus(kept, TODAY)).toBe(shown);
  });

  test('counts each refill as once more the quantity', () => {
    expect(totalOf({ quantity: 3, refills: 0 })).toBe(3);
    expect(totalOf({ quantity: 100, refills: 24 })).toBe(2500);
  });
});

describe('what may be done with a prescription', () => {
  const nobody = { mayCheck: false, mayWithdraw: false, mayOrder: false };
  const everybody = { mayCheck: true, mayWithdraw: true, mayOrder: true };

  test.each([
    ['ISSUED', { ...APPROVED, status: 'ISSUED' }, ['APPROVE', 'REFUSE', 'WITHDRAW']],
    ['APPROVED', APPROVED, ['WITHDRAW', 'ORDER']],
    ['used up', { ...APPROVED, used: 10 }, ['WITHDRAW']],
    ['expired', { ...APPROVED, validUntil: '2026-03-13' }, ['WITHDRAW']],
    ['expired before it was checked', { ...APPROVED, status: 'ISSUED', validUntil: '2026-03-13' }, ['WITHDRAW']],
    ['REFUSED', { ...APPROVED, status: 'REFUSED' }, []],
    ['WITHDRAWN', { ...APPROVED, status: 'WITHDRAWN' }, []],
  ] as const)('when it is %s', (_, kept, permitted) => {
    expect(allowedActions(kept, everybody, TODAY)).toEqual(permitted);
  });

  test('is nothing for who is nothing to it, and never more than what is somebody’s to do', () => {
    fc.assert(
      fc.property(facts, (kept) => {
        expect(allowedActions(kept, nobody, TODAY)).toEqual([]);
        const checking = allowedActions(kept, { ...nobody, mayCheck: true }, TODAY);
        expect(checking.every((action) => action === 'APPROVE' || action === 'REFUSE')).toBe(true);
        for (const [standing, action] of [
          [{ ...nobody, mayWithdraw: true }, PrescriptionAction.WITHDRAW],
          [{ ...nobody, mayOrder: true }, PrescriptionAction.ORDER],
        ] as const) {
          expect([[], [action]]).toContainEqual(allowedActions(kept, standing, TODAY));
        }
      }),
    );
  });
});

describe('the lines of an order', () => {
  const supply = (more: Partial<StoredSupply> = {}): StoredSupply => ({
    ...APPROVED,
    id: 'p',
    medicineId: 'm',
    ...more,
  });
  const judge = (line: Partial<WantedSupply>, ...stored: StoredSupply[]) =>
    judgeSupplies(
      [{ medicineId: 'm', quantity: 1, prescriptionId: 'p', ...line }],
      new Map(stored.map((each) => [each.id, each])),
      TODAY,
    );

  test.each([
    ['MISSING', {}, { prescriptionId: null }],
    ['UNKNOWN', {}, { prescriptionId: 'of somebody else' }],
    ['OTHER_MEDICINE', { medicineId: 'another' }, {}],
    ['NOT_CHECKED', { status: 'ISSUED' }, {}],
    ['REFUSED', { status: 'REFUSED' }, {}],
    ['WITHDRAWN', { status: 'WITHDRAWN' }, {}],
    ['EXPIRED', { validUntil: '2026-03-13' }, {}],
  ] as const)('are refused as %s', (problem, kept, line) => {
    expect(judge(line, supply(kept))).toEqual([
      { medicineId: 'm', prescriptionId: 'prescriptionId' in line ? line.prescriptionId : 'p', problem, left: null },
    ]);
  });

  test('may take what is left, on the last day too, and not one package more', () => {
    expect(judge({ quantity: 4 }, supply({ used: 6 }))).toEqual([]);
    expect(judge({ quantity: 5 }, supply({ used: 6 }))).toMatchObject([{ problem: 'NOT_ENOUGH_LEFT', left: 4 }]);
    expect(judge({ quantity: 1 }, supply({ used: 10 }))).toMatchObject([{ problem: 'NOT_ENOUGH_LEFT', left: 0 }]);
  });

  const ids = fc.constantFrom<string>('a', 'b', 'c');
  const supplies = fc
    .uniqueArray(fc.tuple(ids, ids, facts), { selector: ([id]) => id })
    .map((all) => new Map(all.map(([id, medicineId, kept]) => [id, { ...kept, id, medicineId } as StoredSupply])));
  const lines = fc.array(
    fc.record({ medicineId: ids, quantity: fc.integer({ min: 1, max: 12 }), prescriptionId: fc.option(ids) }),
    { maxLength: 6 },
  );

  test('never take more of a prescription than is left, nor by one that is not approved, valid and for that medicine', () => {
    fc.assert(
      fc.property(lines, supplies, (wanted, stored) => {
        const problems = judgeSupplies(wanted, stored, TODAY);
        expect(problems.length).toBeLessThanOrEqual(wanted.length);
        if (problems.length > 0) return;
        const taken = Map.groupBy(wanted, ({ prescriptionId }) => prescriptionId);
        for (const [id, by] of taken) {
          const prescription = stored.get(id as string) as StoredSupply;
          expect(prescription).toMatchObject({ status: 'APPROVED' });
          expect(prescription.validUntil >= TODAY).toBe(true);
          expect(by.every(({ medicineId }) => medicineId === prescription.medicineId)).toBe(true);
          const all = by.reduce((sum, { quantity }) => sum + quantity, 0);
          expect(prescription.used + all).toBeLessThanOrEqual(prescription.total);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that each could be supplied alone, by prescriptions of their own, can be supplied together', () => {
    fc.assert(
      fc.property(lines, supplies, (wanted, stored) => {
        const distinct = wanted.filter(
          ({ prescriptionId }, at) => wanted.findIndex((each) => each.prescriptionId === prescriptionId) === at,
        );
        const alone = distinct.filter((line) => judgeSupplies([line], stored, TODAY).length === 0);
        expect(judgeSupplies(alone, stored, TODAY)).toEqual([]);
        // and each of the others is named, once
        expect(judgeSupplies(distinct, stored, TODAY)).toHaveLength(distinct.length - alone.length);
      }),
    );
  });

  test('say how much is left only where too little is', () => {
    fc.assert(
      fc.property(lines, supplies, (wanted, stored) => {
        for (const { problem, left } of judgeSupplies(wanted, stored, TODAY)) {
          expect(left === null).toBe(problem !== PrescriptionProblem.NOT_ENOUGH_LEFT);
        }
      }),
    );
  });
});

describe('what a physician enters', () => {
  const ENTERED: EnteredPrescription = { dose: 'One a day', quantity: 2, refills: 3, validUntil: '2026-06-01' };
  const pathOf = (more: Partial<EnteredPrescription>) => {
    try {
      checkWritten({ ...ENTERED, ...more }, TODAY);
      return undefined;
    } catch (error) {
      return (error as { path?: string[] }).path;
    }
  };

  test('is kept trimmed, without what nobody sees, and with no refills unless it says so', () => {
    expect(checkWritten({ ...ENTERED, dose: ' One\u0007 a\u202E day ', note: ' ', refills: null }, TODAY)).toEqual({
      ...ENTERED,
      dose: 'One a day',
      note: null,
      refills: 0,
    });
  });

  test.each([
    ['dose', { dose: ' ' }],
    ['dose', { dose: 'x'.repeat(501) }],
    ['note', { note: 'x'.repeat(1001) }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1_000_000_000 }],
    ['refills', { refills: -1 }],
    ['refills', { refills: 25 }],
    ['validUntil', { validUntil: '2026-03-13' }],
    ['validUntil', { validUntil: '2027-03-16' }],
  ])('is refused with the path to %s: %j', (field, more) => {
    expect(pathOf(more)).toEqual(['input', field]);
  });

  test('may be at the limits', () => {
    for (const more of [
      { dose: '药'.repeat(500), note: '😀'.repeat(1000) },
      { quantity: 1, refills: 0 },
      { quantity: 100, refills: 24 },
      { validUntil: TODAY },
      { validUntil: '2027-03-15' },
    ]) {
      expect(pathOf(more)).toBeUndefined();
    }
  });

  test('has a reason of 1 to 500 characters for what becomes of it', () => {
    expect(checkReason(' In order ')).toBe('In order');
    for (const reason of ['', ' \n', 'x'.repeat(501)]) expect(() => checkReason(reason)).toThrow('1 to 500');
  });

  test('gets a number with the year in Shanghai', () => {
    expect(prescriptionNumber('42', new Date('2026-12-31T17:00:00Z'))).toBe('RP-2027-000042');
    expect(prescriptionNumber('1234567', new Date('2026-06-01T00:00:00Z'))).toBe('RP-2026-1234567');
  });
});

import { checkReason } from '../../common/plain-text.js';
