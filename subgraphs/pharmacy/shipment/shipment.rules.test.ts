import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DrugOrderStatus } from '../order/order.js';
import type { Reading } from './cold-chain.rules.js';
import { QuarantineCause, ShipmentAction, ShipmentEventKind, ShipmentStatus } from './shipment.js';
import {
  checkDecisionReason,
  type Parcel,
  permittedDecisions,
  type ReportedEvent,
  settled,
  stateOf,
} from './shipment.rules.js';

const { PICKED_UP, DELIVERED, RETURNED_TO_SENDER, AT_HUB } = ShipmentEventKind;
const HOUR = 3_600_000;
const NOW = 100 * HOUR;

const SENT: Parcel = {
  ...{ coldChain: true, allowanceMinutes: 60, createdAt: 0, shippedAt: HOUR, deliveredAt: null, returnedAt: null },
  ...{ outsideMinutes: 0, frozen: false, recalledAt: null, decision: null, decidedAt: null },
  ...{ acceptedMinutes: 0, acceptedFrozen: false, status: ShipmentStatus.IN_TRANSIT },
  ...{ quarantinedAt: null, quarantineCause: null },
};
const WARM = { outsideMinutes: 61 };
const released = { decision: ShipmentAction.RELEASE, decidedAt: 50 * HOUR } as const;

describe('a parcel', () => {
  test.each<[string, Partial<Parcel>, ShipmentStatus]>([
    ['that is not handed over is being prepared', { shippedAt: null }, ShipmentStatus.PREPARING],
    ['that is handed over is on its way', {}, ShipmentStatus.IN_TRANSIT],
    ['that was delivered is delivered', { deliveredAt: 9 * HOUR }, ShipmentStatus.DELIVERED],
    ['that went back is returned', { returnedAt: 9 * HOUR }, ShipmentStatus.RETURNED],
    ['that was delivered after it went back is delivered', { returnedAt: 8, deliveredAt: 9 }, ShipmentStatus.DELIVERED],
    ['that bears what it went through goes on', { outsideMinutes: 60 }, ShipmentStatus.IN_TRANSIT],
    ['that was too long outside is held back', WARM, ShipmentStatus.QUARANTINED],
    ['that was too long outside stays so at the door', { ...WARM, deliveredAt: 9 * HOUR }, ShipmentStatus.QUARANTINED],
    ['that froze is held back', { frozen: true }, ShipmentStatus.QUARANTINED],
    ['whose allowance is not known has the usual one', { ...WARM, allowanceMinutes: null }, ShipmentStatus.QUARANTINED],
    ['that need not be cold is not judged', { ...WARM, frozen: true, coldChain: false }, ShipmentStatus.IN_TRANSIT],
    ['with recalled medicine is held back', { recalledAt: 2 * HOUR, coldChain: false }, ShipmentStatus.QUARANTINED],
    ['with recalled medicine is not even sent', { recalledAt: 2, shippedAt: null }, ShipmentStatus.QUARANTINED],
    ['that was released goes on', { ...WARM, ...released, acceptedMinutes: 61 }, ShipmentStatus.IN_TRANSIT],
    [
      'is held back again when it was warm after that',
      { outsideMinutes: 62, ...released, acceptedMinutes: 61 },
      ShipmentStatus.QUARANTINED,
    ],
    ['is held back again when it froze after that', { frozen: true, ...released }, ShipmentStatus.QUARANTINED],
    [
      'released although it froze goes on',
      { frozen: true, ...released, acceptedFrozen: true },
      ShipmentStatus.IN_TRANSIT,
    ],
    ['released although it was recalled goes on', { recalledAt: 49 * HOUR, ...released }, ShipmentStatus.IN_TRANSIT],
    [
      'is held back again when it is recalled after that',
      { recalledAt: 51 * HOUR, ...released },
      ShipmentStatus.QUARANTINED,
    ],
    [
      'that was replaced is never delivered',
      { decision: ShipmentAction.REPLACE, deliveredAt: 9 },
      ShipmentStatus.QUARANTINED,
    ],
    ['that was refunded may come back', { decision: ShipmentAction.REFUND, returnedAt: 9 }, ShipmentStatus.RETURNED],
  ])('%s', (_, known, expected) => {
    expect(stateOf({ ...SENT, ...known })).toBe(expected);
  });

  test('says since when and why it is held back, and no longer when late readings show that it need not be', () => {
    const minute = (at: number, centi: number): Reading => ({ at: at * 60_000, centi });
    const sparse = [minute(0, 900), minute(60, 900), minute(120, 900), minute(180, 500)];
    const held = settled(SENT, [], sparse, NOW);
    expect(held).toMatchObject({
      ...{ status: 'QUARANTINED', quarantinedAt: NOW, quarantineCause: QuarantineCause.WARM, outsideMinutes: 90 },
    });
    expect(settled(held, [], sparse, NOW + HOUR).quarantinedAt).toBe(NOW);
    const late = [...sparse, minute(1, 500), minute(61, 500), minute(121, 500)];
    expect(settled(held, [], late, NOW + HOUR)).toEqual({ ...SENT, outsideMinutes: 3 });
  });

  test('that is held back keeps why when a pharmacist has released it', () => {
    const held = settled({ ...SENT, recalledAt: 2 * HOUR }, [], null, NOW);
    const decided = { decision: ShipmentAction.RELEASE, decidedAt: NOW };
    expect(settled({ ...held, ...decided }, [], null, NOW + HOUR)).toMatchObject({
      ...{ status: 'IN_TRANSIT', quarantinedAt: NOW, quarantineCause: QuarantineCause.RECALL },
    });
  });

  test('is in the end where it is, in whatever order and however often its carrier said what happened', () => {
    const event: fc.Arbitrary<ReportedEvent> = fc.record({
      kind: fc.constantFrom(PICKED_UP, AT_HUB, DELIVERED, RETURNED_TO_SENDER),
      at: fc.integer({ min: 0, max: 10 }).map((hour) => hour * HOUR),
    });
    const reading = fc.record({
      at: fc.integer({ min: 0, max: 10 * HOUR }),
      centi: fc.integer({ min: -100, max: 1_500 }),
    });
    const told = fc.array(fc.oneof(event, reading), { maxLength: 30 });
    const batches = <T>(of: readonly T[]) => fc.array(fc.subarray([...of]), { maxLength: 6 });
    fc.assert(
      fc.property(
        told.chain((all) => fc.tuple(fc.constant(all), batches(all))),
        fc.constantFrom({}, { recalledAt: HOUR }, { ...released, acceptedMinutes: 40 }),
        ([all, some], known) => {
          const play = (sent: readonly (readonly (ReportedEvent | Reading)[])[]) => {
            let parcel: Parcel = { ...SENT, ...known };
            const readings: Reading[] = [];
            for (const batch of sent) {
              readings.push(...batch.filter((each) => 'centi' in each));
              parcel = settled(
                parcel,
                batch.filter((each) => 'kind' in each),
                readings,
                NOW,
              );
            }
            return parcel;
          };
          expect(play([...some, all])).toEqual(play([all]));
          expect(play([...some, ...all.map((each) => [each]), []])).toEqual(play([all]));
        },
      ),
    );
  });
});

describe('a pharmacist', () => {
  const ALL = ['RELEASE', 'REPLACE', 'REFUND'];
  const { QUARANTINED, IN_TRANSIT } = ShipmentStatus;
  test.each<[string, readonly string[], ShipmentStatus, ShipmentAction | null, DrugOrderStatus]>([
    ['decides about a parcel that is held back', ALL, QUARANTINED, null, DrugOrderStatus.SHIPPED],
    [
      'decides again when a released one is held back',
      ALL,
      QUARANTINED,
      ShipmentAction.RELEASE,
      DrugOrderStatus.DELIVERED,
    ],
    ['does not decide about one that is on its way', [], IN_TRANSIT, null, DrugOrderStatus.SHIPPED],
    ['replaces it once', [], QUARANTINED, ShipmentAction.REPLACE, DrugOrderStatus.PAID],
    ['does not decide once the order is over', [], QUARANTINED, null, DrugOrderStatus.RETURNED],
  ])('%s', (_, expected, status, decision, order) => {
    expect(permittedDecisions(status, decision, order)).toEqual(expected);
  });

  test('gives a reason of at most 500 characters', () => {
    expect(checkDecisionReason('  Stable at\n15 °C. ')).toBe('Stable at 15 °C.');
    expect(() => checkDecisionReason(' ')).toThrow('Give a reason');
    expect(() => checkDecisionReason('很'.repeat(501))).toThrow('at most 500');
  });
});
