import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../../tests/subgraphs.js';
import { newId } from '../../common/ids.js';
import { type PatientUnderTest, PHYSICIAN } from '../../patient/care-plan/care-under-test.js';
import { PrescriptionNotUsable } from './prescription.errors.js';
import type { SupplyProblem, WantedSupply } from './prescription.rules.js';
import { PrescriptionsUnderTest } from './prescriptions-under-test.js';

let under: PrescriptionsUnderTest;
beforeAll(async () => {
  under = await PrescriptionsUnderTest.open('supply');
});
afterAll(() => under?.stop());

const wanted = ({ id, medicine }: Answer, quantity: number): WantedSupply => ({
  medicineId: medicine.id,
  prescriptionId: id,
  quantity,
});
const usedOf = async (patient: PatientUnderTest, { id }: Answer): Promise<number> =>
  (await under.read(patient.identity, id)).used;
/** The order's id, or what is wrong with its lines. */
const order = async (
  patient: PatientUnderTest,
  ...lines: WantedSupply[]
): Promise<string | readonly Pick<SupplyProblem, 'problem' | 'left'>[]> => {
  try {
    return await under.order(patient, lines);
  } catch (error) {
    if (error instanceof PrescriptionNotUsable) return error.problems;
    throw error;
  }
};
/** What the database says to lines that nothing has checked before. */
const unchecked = (patient: PatientUnderTest, line: WantedSupply): Promise<unknown> =>
  under
    .order(patient, [line], async () => undefined)
    .then(
      () => 'taken',
      (error: { constraint?: string }) => error.constraint,
    );
const LEFT_OF_NOTHING = [expect.objectContaining({ problem: 'NOT_ENOUGH_LEFT', left: 0 })];

describe('what a prescription supplies', () => {
  test('can be ordered in parts, until nothing is left', async () => {
    const patient = await under.patient();
    const prescription = await under.approved(PHYSICIAN, patient);
    for (const [quantity, used] of [
      [3, 3],
      [4, 7],
    ] as const) {
      expect(await order(patient, wanted(prescription, quantity))).toEqual(expect.any(String));
      expect(await usedOf(patient, prescription)).toBe(used);
    }
    expect(await order(patient, wanted(prescription, 4))).toMatchObject([{ problem: 'NOT_ENOUGH_LEFT', left: 3 }]);
    expect(await order(patient, wanted(prescription, 3))).toEqual(expect.any(String));
    expect(await under.read(patient.identity, prescription.id)).toMatchObject({
      status: 'USED_UP',
      left: 0,
      allowedActions: [],
      version: prescription.version,
    });
  });

  test('is given back by what is cancelled or comes back, once', async () => {
    const patient = await under.patient();
    const prescription = await under.approved(PHYSICIAN, patient);
    const [cancelled, returned, kept] = [
      (await order(patient, wanted(prescription, 2))) as string,
      (await order(patient, wanted(prescription, 3))) as string,
      (await order(patient, wanted(prescription, 5))) as string,
    ];
    await under.cancel(cancelled);
    expect(await usedOf(patient, prescription)).toBe(8);
    await under.cancel(cancelled);
    expect(await usedOf(patient, prescription)).toBe(8);
    await under.return(returned);
    expect(await usedOf(patient, prescription)).toBe(5);
    expect(await order(patient, wanted(prescription, 6))).toMatchObject([{ left: 5 }]);
    expect(kept).toEqual(expect.any(String));
  });

  test('is nobody else’s, though the same caregiver orders for both', async () => {
    const [patient, other] = [await under.patient(), await under.patient()];
    const prescription = await under.approved(PHYSICIAN, patient);
    const line = wanted(prescription, 1);
    expect(await order(other, line)).toMatchObject([{ problem: 'UNKNOWN' }]);
    expect(await order(patient, { ...line, prescriptionId: newId() })).toMatchObject([{ problem: 'UNKNOWN' }]);
    const by = { who: await under.care.caregiver(patient, 'VIEW', 'ORDER'), inCare: [patient.id, other.id] };
    await expect(under.order(other, [line], undefined, by)).rejects.toThrow(PrescriptionNotUsable);
    expect(await usedOf(patient, prescription)).toBe(0);
    await under.order(patient, [line], undefined, by);
    expect(await usedOf(patient, prescription)).toBe(1);
  });

  test('names everything that is wrong at once, and then nothing is ordered', async () => {
    const patient = await under.patient();
    const [good, expired] = [await under.approved(PHYSICIAN, patient), await under.approved(PHYSICIAN, patient)];
    await under.expire(expired.id);
    const [, otherMedicine] = under.medicines;
    expect(
      await order(
        patient,
        wanted(good, 1),
        wanted(expired, 1),
        { ...wanted(good, 1), prescriptionId: null },
        { ...wanted(good, 1), medicineId: otherMedicine },
      ),
    ).toMatchObject([{ problem: 'EXPIRED' }, { problem: 'MISSING' }, { problem: 'OTHER_MEDICINE' }]);
    expect(await usedOf(patient, good)).toBe(0);
  });
});

describe('many orders at once', () => {
  test('get ten packages of a prescription for ten, and not one more', async () => {
    const patient = await under.patient();
    const prescription = await under.approved(PHYSICIAN, patient);
    const answers = await Promise.all(Array.from({ length: 50 }, () => order(patient, wanted(prescription, 1))));
    const refused = answers.filter((answer) => typeof answer !== 'string');
    expect(refused).toHaveLength(40);
    for (const problems of refused) expect(problems).toEqual(LEFT_OF_NOTHING);
    expect(await usedOf(patient, prescription)).toBe(10);
  });

  test('and cancellations leave in use what is in orders, whatever comes in which order', async () => {
    const patient = await under.patient();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 6 }), cancel: fc.boolean() }), {
          minLength: 1,
          maxLength: 8,
        }),
        async (orders) => {
          const prescription = await under.approved(PHYSICIAN, patient);
          const kept = await Promise.all(
            orders.map(async ({ quantity, cancel }) => {
              const answer = await order(patient, wanted(prescription, quantity));
              if (typeof answer !== 'string') return 0;
              if (cancel) await under.cancel(answer);
              return cancel ? 0 : quantity;
            }),
          );
          const used = await usedOf(patient, prescription);
          expect(used).toBe(kept.reduce((sum, quantity) => sum + quantity, 0));
          expect(used).toBeLessThanOrEqual(10);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('by two prescriptions in both orders, with cancellations between, all come to an end', async () => {
    const patient = await under.patient();
    const [one, two] = [
      await under.approved(PHYSICIAN, patient, { quantity: 100 }),
      await under.approved(PHYSICIAN, patient, { quantity: 100, medicineId: under.medicines[1] }),
    ];
    const lines = [wanted(one, 2), wanted(two, 3)];
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const placed = await order(patient, ...(n % 2 ? lines : lines.toReversed()));
        if (n % 4 < 2) await under.cancel(placed as string);
      }),
    );
    expect([await usedOf(patient, one), await usedOf(patient, two)]).toEqual([40, 60]);
  });

  test('and the physician who takes it back: what came later is refused', async () => {
    const patient = await under.patient();
    const { id, ...prescription } = await under.approved(PHYSICIAN, patient);
    const withdrawal = { prescriptionId: id, reason: 'Wrong', expectedVersion: prescription.version };
    const [withdrawn, ...answers] = await Promise.all([
      under.change(PHYSICIAN, 'withdrawPrescription', withdrawal),
      ...Array.from({ length: 10 }, () => order(patient, wanted({ id, ...prescription }, 1))),
    ]);
    expect(withdrawn.status).toBe('WITHDRAWN');
    const refused = answers.filter((answer) => typeof answer !== 'string');
    for (const problems of refused) expect(problems).toMatchObject([{ problem: 'WITHDRAWN' }]);
    expect(await usedOf(patient, { id })).toBe(10 - refused.length);
    expect(await order(patient, wanted({ id, ...prescription }, 1))).toMatchObject([{ problem: 'WITHDRAWN' }]);
  });
});

describe('the database alone', () => {
  test('supplies no more than was prescribed, also to many at once', async () => {
    const patient = await under.patient();
    const prescription = await under.approved(PHYSICIAN, patient);
    const answers = await Promise.all(Array.from({ length: 30 }, () => unchecked(patient, wanted(prescription, 1))));
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(10);
    expect(new Set(answers)).toEqual(new Set(['taken', 'prescription_never_oversupplied']));
    expect(await usedOf(patient, prescription)).toBe(10);
  });

  test('supplies nothing by what is not checked, withdrawn, expired, for another medicine or another patient', async () => {
    const [patient, other] = [await under.patient(), await under.patient()];
    const issued = await under.change(PHYSICIAN, 'issuePrescription', under.entered(patient));
    const [expired, withdrawn, good] = [
      await under.approved(PHYSICIAN, patient),
      await under.approved(PHYSICIAN, patient),
      await under.approved(PHYSICIAN, patient),
    ];
    await under.expire(expired.id);
    const { id: prescriptionId, version: expectedVersion } = withdrawn;
    await under.change(PHYSICIAN, 'withdrawPrescription', { prescriptionId, reason: 'Wrong', expectedVersion });
    for (const [who, line] of [
      [patient, wanted(issued, 1)],
      [patient, wanted(expired, 1)],
      [patient, wanted(withdrawn, 1)],
      [patient, { ...wanted(good, 1), medicineId: under.medicines[1] }],
      [other, wanted(good, 1)],
    ] as const) {
      expect(await unchecked(who, line)).toBe('drug_order_line_prescribed');
    }
  });

  test('lets nobody write how much was used, or change what was prescribed', async () => {
    const serving = await under.care.api.serving('pharmacy');
    for (const column of ['used = 0', 'quantity = 100', `dose = 'more'`, 'patient_subject = null']) {
      await expect(serving.query(`update prescription set ${column}`)).rejects.toThrow('permission denied');
    }
    await expect(serving.query('delete from prescription')).rejects.toThrow('permission denied');
  });
});
