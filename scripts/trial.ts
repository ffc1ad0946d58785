import { Refusal } from '../subgraphs/common/refusal.js';
import { Cleanup } from './bench/cleanup.js';

/**
 * Runs something that starts programs and finds out whether they keep their promises; then, or when it is told to stop, ends what it
 * has started. Exits with 1 when a promise is broken, or when it takes longer than `mostMs`.
 *
 * @param run returns whether all promises were kept
 */
export async function runTrial(mostMs: number, run: (cleanup: Cleanup) => Promise<boolean>): Promise<never> {
  const cleanup = new Cleanup();
  let stopped: number | undefined;
  const stop = (code: number) => {
    stopped ??= code;
    cleanup.run().then(() => process.exit(code));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(130));
  setTimeout(() => {
    console.error('It takes too long: given up.');
    stop(1);
  }, mostMs).unref();
  let code = 1;
  try {
    code = (await run(cleanup)) ? 0 : 1;
  } catch (error) {
    // who is stopped has lost its servers, and need not say so
    if (stopped === undefined)
      console.error(error instanceof Refusal ? error.message : String((error as Error).stack ?? error));
  }
  await cleanup.run();
  process.exit(stopped ?? code);
}
