import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ArrivalsJob, ArrivalsMessage, ArrivalsResult } from './arrivals.js';

/** Has the load generator do one job. @throws when it cannot, or does not come to an end */
export async function arrive(generator: ChildProcess, job: ArrivalsJob): Promise<ArrivalsResult> {
  const late = AbortSignal.timeout(job.warmUpMs + job.measureMs + 30_000);
  const heard = once(generator, 'message', { signal: late }) as Promise<[ArrivalsMessage]>;
  generator.send(job);
  const [message] = await heard;
  if (message.kind === 'failed') throw new Error(`The load generator failed: ${message.why}`);
  return message.result;
}
