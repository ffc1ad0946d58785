import { expect, test } from '@jest/globals';
import { beyondGoal } from '../scripts/bench/figure.js';
import { shopInProcess } from '../scripts/bench/gateway.js';
import { performancePage } from '../scripts/bench/performance.js';

/** Kilobytes that the figures are about. */
test.each([
  ['small', 1, 6],
  ['big', 85, 465],
] as const)('the %s operation of the shop is answered by the gateway as by one schema: %d kB, %d reviews', async (size, kilobytes, reviews) => {
  const { monolith, gateway, stop } = await shopInProcess(size);
  const answer = await monolith();
  expect(await gateway()).toBe(answer);
  expect(Math.round(answer.length / 1_000)).toBe(kilobytes);
  expect(answer.match(/"product":/g)).toHaveLength(reviews);
  expect(new Set(answer.match(/"id":"product-\d+"/g)).size).toBe(size === 'big' ? 27 : reviews);
  await stop();
});

test('a figure is beyond its goal when it is more than the least, or less than the most', () => {
  expect(beyondGoal(0.6, { least: 0.5 })).toBeGreaterThan(1);
  expect(beyondGoal(0.4, { least: 0.5 })).toBeLessThan(1);
  expect(beyondGoal(3, { most: 5, unit: 's' })).toBeGreaterThan(1);
  expect(beyondGoal(1.3, { most: 1.2 })).toBeLessThan(1);
});

test('the page of figures says of each whether its goal is met', () => {
  const rows = performancePage()
    .split('\n')
    .filter((line) => / \| \d{4}-\d\d-\d\d \|$/.test(line));
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) expect(row).toMatch(/^\| .+ \| [≥≤] .+ \| \*\*.+\*\* \| (yes|no) \|/);
});
