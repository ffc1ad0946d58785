import { parseArgs } from 'node:util';
import { Refusal } from '../subgraphs/common/refusal.js';
import { Cleanup } from './bench/cleanup.js';

/** What is tried, and for how long. */
export interface Trial<Length> {
  readonly usage: string;
  readonly long: Length;
  /** With `--short`. */
  readonly short: Length;
  /** It is given up after so many milliseconds. */
  readonly mostMs: number;
}

/** Tells what is being done, beside what is found. */
export const say = (what: string): void => void process.stderr.write(`${what}\n`);

/**
 * Runs something that starts programs and finds out whether they keep their promises; then, or when it is told to stop, ends what it
 * has started. Exits with 1 when a promise is broken, or when it takes too long.
 *
 * @param run returns whether all promises were kept
 */
export async function runTrial<Length>(
  trial: Trial<Length>,
  run: (length: Length, cleanup: Cleanup) => Promise<boolean>,
): Promise<never> {
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
  }, trial.mostMs).unref();
  let code = 1;
  try {
    code = (await run(lengthOf(trial), cleanup)) ? 0 : 1;
  } catch (error) {
    // who is stopped has lost its servers, and need not say so
    if (stopped === undefined)
      console.error(error instanceof Refusal ? error.message : String((error as Error).stack ?? error));
  }
  await cleanup.run();
  process.exit(stopped ?? code);
}

/** @throws {Refusal} saying what to write */
function lengthOf<Length>({ usage, long, short }: Trial<Length>): Length {
  try {
    return parseArgs({ options: { short: { type: 'boolean' } } }).values.short ? short : long;
  } catch {
    throw new Refusal(usage);
  }
}
