import { describe, expect, test } from '@jest/globals';
import { checkEmergencyReason, MOST_A_DAY, nextEmergencyAt } from './emergency.rules.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

describe('opening a record in an emergency', () => {
  test.each([
    '',
    'It is urgent.',
    ` ${'x'.repeat(19)} `,
    'x'.repeat(1001),
  ])('needs a reason that says something: %j', (reason) => {
    expect(() => checkEmergencyReason(reason)).toThrow('20 to 1,000 characters');
  });

  test.each([
    ['x'.repeat(20), 20],
    [` ${'病'.repeat(1000)} `, 1000],
  ])('takes a reason of 20 to 1,000 characters', (reason, length) => {
    expect(checkEmergencyReason(reason)).toHaveLength(length);
  });

  test(`is for ${MOST_A_DAY} records a day, and the next when the oldest of them is a day old`, () => {
    expect(nextEmergencyAt([1, 2, 3, 4].map(hoursAgo), NOW)).toBeNull();
    expect(nextEmergencyAt([1, 2, 3, 4, 24].map(hoursAgo), NOW)).toBeNull();
    expect(nextEmergencyAt([3, 23, 1, 2, 4].map(hoursAgo), NOW)).toEqual(new Date('2026-11-22T13:00:00Z'));
  });
});
