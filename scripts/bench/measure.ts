import type { ChildProcess } from 'node:child_process';
import { cpuOf, cpuOfAll, cpuOfFamily } from './cpu.js';
import type { LoadJob, LoadMessage, LoadResult } from './load.js';
import type { BenchOptions } from './options.js';
import type { Variant } from './variants.js';

/** What one round found. Processor time is a request's, in µs. */
export interface Measurement extends LoadResult {
  readonly serversCpuUs: number;
  readonly postgresCpuUs: number;
  /** How many processors' time other programs took meanwhile: above 0.1 the figures are not to be trusted. */
  readonly disturbance: number;
  /** When the measurement began and ended, in µs of the machine's monotonic clock, as in a CPU profile. */
  readonly fromUs: number;
  readonly toUs: number;
}

const clockUs = (): number => Number(process.hrtime.bigint() / 1_000n);

/**
 * Puts a variant under load: a warm-up, then the measurement.
 *
 * @param generator runs `load.ts`
 * @throws when an answer is not good, or the generator does not come to an end
 */
export function measure(
  variant: Variant,
  generator: ChildProcess,
  {
    connections,
    warmUpSeconds,
    measureSeconds,
    perSecond,
  }: Pick<BenchOptions, 'connections' | 'warmUpSeconds' | 'measureSeconds'> & { perSecond?: number },
  postgresPid: number,
): Promise<Measurement> {
  const pids = variant.processes.flatMap(({ pid }) => pid ?? []);
  const measured = [...pids, process.pid, generator.pid ?? 0];
  const now = () => ({
    servers: cpuOf(pids),
    postgres: cpuOfFamily(postgresPid),
    others: cpuOfAll() - cpuOf(measured) - cpuOfFamily(postgresPid),
    us: clockUs(),
  });
  const job: LoadJob = {
    origin: variant.origin,
    path: variant.path,
    calls: variant.calls,
    connections,
    ...(perSecond !== undefined && { perSecond }),
    warmUpMs: warmUpSeconds * 1_000,
    measureMs: measureSeconds * 1_000,
  };
  return new Promise((resolve, reject) => {
    let before = now();
    const settle = (done: () => void) => {
      clearTimeout(late);
      generator.off('message', hear);
      generator.off('exit', ended);
      done();
    };
    const hear = (message: LoadMessage) => {
      if (message.kind === 'measuring') before = now();
      if (message.kind === 'failed') settle(() => reject(new Error(`(${variant.letter}) under load: ${message.why}`)));
      if (message.kind === 'done') {
        const after = now();
        const { requests } = message.result;
        const found: Measurement = {
          ...message.result,
          serversCpuUs: (after.servers - before.servers) / requests,
          postgresCpuUs: (after.postgres - before.postgres) / requests,
          disturbance: Math.max(0, (after.others - before.others) / (after.us - before.us)),
          fromUs: before.us,
          toUs: after.us,
        };
        settle(() => resolve(found));
      }
    };
    const ended = () => settle(() => reject(new Error('The load generator has ended.')));
    const late = setTimeout(
      () => settle(() => reject(new Error(`(${variant.letter}) does not come to an end.`))),
      job.warmUpMs + job.measureMs + 30_000,
    );
    generator.on('message', hear);
    generator.on('exit', ended);
    generator.send(job);
  });
}
