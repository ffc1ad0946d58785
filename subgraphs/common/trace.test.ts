import { expect, test } from '@jest/globals';
import { isTrace, traceIdOf, traceOf } from './trace.js';

test('each request gets a trace and a span of its own, however many come', () => {
  const traces = Array.from({ length: 3_000 }, () => traceOf(undefined));
  expect(traces.filter(isTrace)).toHaveLength(3_000);
  expect(new Set(traces.map(traceIdOf)).size).toBe(3_000);
  expect(new Set(traces.map((trace) => trace.slice(36, 52))).size).toBe(3_000);
});

test('who comes with a trace keeps it, and whether it is to be kept, under another span', () => {
  const given = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  const ours = traceOf(given);
  expect(isTrace(ours)).toBe(true);
  expect(traceIdOf(ours)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(ours.slice(36, 52)).not.toBe('00f067aa0ba902b7');
  expect(ours.slice(-2)).toBe('00');
});
