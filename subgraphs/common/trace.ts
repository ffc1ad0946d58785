import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** `00-` and the trace id: what all spans of one trace begin with. */
const HEAD = 35;

/** So many bytes are drawn at once: several times cheaper than asking for a few each time. */
const DRAWN_BYTES = 8 * 1024;
const bytes = Buffer.alloc(DRAWN_BYTES);
let drawn = '';
let used = 0;

/** Hexadecimal digits that nobody can foresee. */
function random(digits: number): string {
  if (used + digits > drawn.length) {
    drawn = randomFillSync(bytes).toString('hex');
    used = 0;
  }
  used += digits;
  return drawn.slice(used - digits, used);
}

/** Whether it is a `traceparent` as W3C Trace Context wants it. */
export const isTrace = (text: unknown): text is string => typeof text === 'string' && TRACEPARENT.test(text);

/** The caller's `traceparent` (W3C Trace Context) with a span of ours, or a new one. */
export function traceOf(header: string | undefined): string {
  if (isTrace(header)) return `${header.slice(0, 36)}${random(16)}${header.slice(52)}`;
  return `00-${random(32)}-${random(16)}-01`;
}

/** The trace id of a `traceparent`, which errors and the log name. Empty for none. */
export const traceIdOf = (trace: string): string => trace.slice(3, HEAD);

/** Whether whoever began the trace wants it kept. */
export const isSampled = (trace: string): boolean => (Number.parseInt(trace.slice(53), 16) & 1) === 1;

const current = new AsyncLocalStorage<string>();

/** The `traceparent` of what is being worked on, for the log and for SQL; empty where nobody asked for it. */
export const currentTrace = (): string => current.getStore() ?? '';

/** Works as a part of a trace. A nearer span of the same trace stays the one that is named. */
export function withinTrace<T>(trace: string, work: () => T): T {
  const near = current.getStore();
  if (near !== undefined && near.slice(0, HEAD) === trace.slice(0, HEAD)) return work();
  return current.run(trace, work);
}

/** Works as this span, whatever is near. */
export const withinSpan = <T>(span: string, work: () => T): T => current.run(span, work);
