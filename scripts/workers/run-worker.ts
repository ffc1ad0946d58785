import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthReport } from '../../gateway/http/health.js';
import type { Together } from '../../gateway/workers/held.js';
import { heldByPrimary, listenToPrimary } from '../../gateway/workers/primary.js';
import { describeError, log } from '../../subgraphs/common/log.js';
import { readSettings, type Settings } from '../../subgraphs/common/settings.js';
import { explain } from '../process.js';

/** What a worker runs. */
export interface Served {
  readonly url: string;
  health(): Promise<HealthReport>;
  /** Works on the jobs from now on. @throws when the database is away; then it is called again */
  startJobs?(): Promise<void>;
  reload?(): Promise<void>;
  close(): Promise<void>;
}

/** After the database was away. */
const BEGIN_AGAIN_MS = 1_000;

/** Serves beside others, and does what the process says that has started it, until that says that it is to end or is gone. */
export async function runWorker(start: (settings: Settings, together: Together) => Promise<Served>): Promise<void> {
  let served: Served | undefined;
  let stopping = false;
  // Ctrl-C goes to all processes of the terminal; who started this one says when it ends
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const primary = listenToPrimary({
    ownHealth: async () => (await served?.health()) ?? { status: 'not ready', parts: {} },
    work: async () => {
      for (let atWork = false; !atWork && !stopping; ) {
        try {
          await served?.startJobs?.();
          atWork = true;
        } catch (error) {
          log.warn(describeError(error), 'the jobs cannot begin yet');
          await sleep(BEGIN_AGAIN_MS);
        }
      }
    },
    reload: () => void served?.reload?.(),
    stop: async () => {
      stopping = true;
      try {
        await served?.close();
        process.exit(0);
      } catch (error) {
        log.error(describeError(error), 'stopping failed');
        process.exit(1);
      }
    },
  });
  try {
    served = await start(partOf(readSettings()), heldByPrimary(primary));
    primary.tell('serves', served.url);
  } catch (error) {
    // told and heard, before this process ends
    await primary.ask('failed', explain(error));
    process.exit(1);
  }
}

/** What one of several processes may hold at once, so that all of them hold what is set. */
function partOf(settings: Settings): Settings {
  const part = (whole: number) => Math.ceil(whole / settings.workers);
  return {
    ...settings,
    maxInFlight: part(settings.maxInFlight),
    subgraphConcurrency: part(settings.subgraphConcurrency),
    databasePool: part(settings.databasePool),
  };
}
