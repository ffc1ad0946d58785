import type { LimitSettings } from '../../subgraphs/common/settings.js';
import type { HealthReport } from '../http/health.js';
import { MemorySignIns, type SignIns } from '../identity/sign-ins.js';
import type { Bucket } from '../limits/bucket.js';
import { MemoryBucket } from '../limits/memory.bucket.js';
import { MemoryUnderWay, type UnderWay } from '../limits/under-way.js';
import { type DayBook, MemoryDayBook } from '../partner/day-book.js';

/** What is counted and remembered once, however many processes serve at a port. */
export interface Held {
  readonly bucket: Bucket;
  readonly underWay: UnderWay;
  readonly dayBook: DayBook;
  readonly signIns: SignIns;
}

/** For a process that serves alone, and for the one that holds it for others. */
export const heldHere = (limits: LimitSettings) => ({
  bucket: new MemoryBucket(limits),
  underWay: new MemoryUnderWay(),
  dayBook: new MemoryDayBook(),
  signIns: new MemorySignIns(),
});

/** In this process, where nothing has to be waited for. */
export type HeldHere = ReturnType<typeof heldHere>;

/** What a process shares with others that serve at the same port. */
export interface Together extends Held {
  /** How all of them are. */
  health(): Promise<HealthReport>;
  /** What all of them have counted, as Prometheus reads it. */
  metrics(): Promise<string>;
}
