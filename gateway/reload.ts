import { statSync } from 'node:fs';
import { Counter } from 'prom-client';
import { describeError, log } from '../subgraphs/common/log.js';
import { registry } from '../subgraphs/common/metrics.js';

const reloads = new Counter({
  name: 'supergraph_reloads_total',
  help: 'Supergraphs that were to replace the one served, by what became of them',
  labelNames: ['result'],
  registers: [registry],
});

const LOOK_MS = 500;
const MOST_SAID = 300;

/**
 * Makes of `replace` what may be called at any time: it is run once at a time, and once more for all who ask meanwhile. What it
 * throws is logged, and nothing has changed.
 */
export function reloading(replace: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  let next: Promise<void> | undefined;
  const reload = async () => {
    next = undefined;
    try {
      await replace();
      reloads.inc({ result: 'taken' });
      log.info('another supergraph is served');
    } catch (error) {
      reloads.inc({ result: 'refused' });
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, MOST_SAID) : '';
      log.error({ ...describeError(error), reason }, 'the supergraph is refused, the one before is served on');
    }
  };
  return () => {
    next ??= running.then(reload);
    running = next;
    return next;
  };
}

/** Files that are followed. */
export interface Followed {
  /** They are read now: how they are at this moment is known. */
  areRead(): void;
  stop(): void;
}

/**
 * Calls `changed` when one of these files is another than when they were read, and they then stay as they are for a moment: they
 * belong together, and are not replaced at once. They are looked at, since a folder that is mounted says nothing of its changes.
 */
export function followFiles(files: readonly string[], changed: () => void): Followed {
  let known = stateOf(files);
  let before = known;
  const looking = setInterval(() => {
    const now = stateOf(files);
    if (now !== known && now === before) {
      known = now;
      changed();
    }
    before = now;
  }, LOOK_MS);
  looking.unref();
  return {
    areRead: () => {
      known = stateOf(files);
    },
    stop: () => clearInterval(looking),
  };
}

const stateOf = (files: readonly string[]): string =>
  files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'missing';
    })
    .join();
