import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `traceparent` (W3C Trace Context) with a span of ours, or a new one. */
export function traceOf(header: string | undefined): string {
  const span = randomBytes(8).toString('hex');
  if (header && TRACEPARENT.test(header)) return `${header.slice(0, 36)}${span}${header.slice(52)}`;
  return `00-${randomBytes(16).toString('hex')}-${span}-01`;
}
