import { randomUUID } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** 32 hexadecimal digits. A UUID, since those are drawn in advance: several times cheaper than asking for bytes each time. */
const random = (): string => randomUUID().replaceAll('-', '');

/** The caller's `traceparent` (W3C Trace Context) with a span of ours, or a new one. */
export function traceOf(header: string | undefined): string {
  const span = random().slice(16);
  if (header && TRACEPARENT.test(header)) return `${header.slice(0, 36)}${span}${header.slice(52)}`;
  return `00-${random()}-${span}-01`;
}
