import { describe, expect, test } from '@jest/globals';
import { ReportProblem } from './report.js';
import { siftEvents, siftLogs } from './report.rules.js';
import { ShipmentEventKind } from './shipment.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (time: string) => new Date(`2026-11-22T${time}Z`);
const PARCELS = new Map([
  ['sent', { createdAt: +at('08:00:00'), shippedAt: +at('09:00:00'), deliveredAt: null }],
  ['delivered', { createdAt: +at('08:00:00'), shippedAt: +at('09:00:00'), deliveredAt: +at('11:00:00') }],
  ['packed', { createdAt: +at('08:00:00'), shippedAt: null, deliveredAt: null }],
]);
const log = (shipmentId: string, time: string, ...readings: [second: number, celsius: number][]) => ({
  ...{ shipmentId, startedAt: at(time) },
  ...{ seconds: readings.map(([second]) => second), celsius: readings.map(([, celsius]) => celsius) },
});
const problems = (...logs: Parameters<typeof siftLogs>[0]) =>
  siftLogs(logs, PARCELS, NOW).refused.map(({ index, problem, firstReading, count }) => [
    index,
    problem,
    firstReading,
    count,
  ]);

describe('a temperature', () => {
  test.each([
    ['five minutes ahead is kept', log('sent', '12:00:00', [300, 5]), []],
    ['a second more is from the future', log('sent', '12:00:00', [301, 5]), [[0, ReportProblem.FROM_THE_FUTURE, 0, 1]]],
    ['from before the packing is refused', log('sent', '07:59:59', [0, 5], [1, 5]), [[0, 'BEFORE_PACKING', 0, 1]]],
    ['of −80 and 70 °C is kept', log('sent', '10:00:00', [0, -80], [1, 70]), []],
    [
      'beyond that is impossible',
      log('sent', '10:00:00', [0, 5], [1, -300], [2, 70.01]),
      [[0, 'IMPOSSIBLE_TEMPERATURE', 1, 2]],
    ],
    [
      'at the delivery is kept, after it refused',
      log('delivered', '11:00:00', [0, 5], [1, 5]),
      [[0, 'AFTER_DELIVERY', 1, 1]],
    ],
    [
      'of no parcel of the carrier is refused',
      log('foreign', '10:00:00', [0, 5], [1, 5]),
      [[0, 'UNKNOWN_SHIPMENT', null, 2]],
    ],
    [
      'of a parcel still at the pharmacy is refused',
      log('packed', '10:00:00', [0, 5]),
      [[0, 'NOT_HANDED_OVER', null, 1]],
    ],
    [
      'without its time costs the log',
      { ...log('sent', '10:00:00', [0, 5]), celsius: [5, 5] },
      [[0, ReportProblem.DIFFERENT_LENGTHS, null, 1]],
    ],
  ])('%s', (_, sent, expected) => {
    expect(problems(sent)).toEqual(expected);
  });

  test('that is bad costs itself alone', () => {
    const sent = [log('sent', '10:00:00', [0, 5], [1, 900], [2, 6]), log('foreign', '10:00:00', [0, 5])];
    const { kept, count } = siftLogs(sent, PARCELS, NOW);
    expect([...kept.keys(), count]).toEqual(['sent', 2]);
    expect([...(kept.get('sent')?.byTime.values() ?? [])]).toEqual([500, 600]);
  });

  test('of a time that stands twice in a report is the worse one', () => {
    const sent = [log('sent', '10:00:00', [0, 5], [0, 9]), log('sent', '09:59:00', [60, 4])];
    const { kept, count } = siftLogs(sent, PARCELS, NOW);
    expect(count).toBe(3);
    expect([...(kept.get('sent')?.byTime ?? [])]).toEqual([[+at('10:00:00'), 900]]);
  });
});

test('an event is refused for its parcel, its time, or a place that nobody can read', () => {
  const event = { shipmentId: 'sent', kind: ShipmentEventKind.AT_HUB, at: at('10:00:00') };
  const { kept, refused } = siftEvents(
    [
      event,
      { ...event, shipmentId: 'foreign' },
      { ...event, at: at('12:05:01') },
      { ...event, at: at('07:00:00') },
      { ...event, place: 'a\u0000b' },
      { ...event, place: ' 上海 ' },
    ],
    PARCELS,
    NOW,
  );
  expect(kept.map(({ place }) => place)).toEqual([null, '上海']);
  expect(refused.map(({ index, problem }) => [index, problem])).toEqual([
    ...[
      [1, 'UNKNOWN_SHIPMENT'],
      [2, 'FROM_THE_FUTURE'],
      [3, 'BEFORE_PACKING'],
      [4, 'PLACE_NOT_READABLE'],
    ],
  ]);
});
