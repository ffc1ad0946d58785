import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import type { Cleanup } from './cleanup.js';

const READY_MS = 60_000;
const END_MS = 20_000;

/** One client that measures asks for more than any client may. */
export const UNLIMITED = {
  RATE_LIMIT_BURST: '1000000000',
  PARTNER_QUOTA_PER_DAY: '1000000000',
  MAX_IN_FLIGHT_PER_CLIENT: '1000',
};

export interface Program {
  /** Below `dist/scripts/`. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Whether we talk with it by messages. */
  readonly talks?: boolean;
}

/**
 * Starts one of our programs, built, and waits until it says that it is ready. It is ended by its process id.
 *
 * @throws when it ends before that, or takes more than a minute
 */
export async function start(
  { script, args = [], environment, node = [], talks = false }: Program,
  cleanup: Cleanup,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...node, join(PROJECT_ROOT, 'dist/scripts', script), ...args], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', APOLLO_TELEMETRY_DISABLED: '1', ...environment },
    // out of the terminal's process group: Ctrl-C reaches only us, and we end the others in order
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', talks ? 'ipc' : 'ignore'],
  });
  cleanup.add(() => end(child));
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (/ready/i.test(said)) resolve();
      said = said.slice(-4_000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ${args.join(' ')} ended with ${code}: ${said}`)));
  });
  const late = new AbortController();
  const tooLate = sleep(READY_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${script} ${args.join(' ')} is not ready after ${READY_MS / 1000} s: ${said}`);
  });
  try {
    await Promise.race([ready, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
  return child;
}

/** Starts a program that answers one message by another. @throws when it ends before it has answered */
export async function askProgram(
  program: Omit<Program, 'talks'>,
  question: object,
  cleanup: Cleanup,
): Promise<unknown> {
  const child = await start({ ...program, talks: true }, cleanup);
  const answer = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${program.script} ended with ${code}`)));
  });
  child.send(question);
  try {
    return await answer;
  } finally {
    await end(child);
  }
}

/** Lets it end by itself, and kills it when it does not. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  const kill = setTimeout(() => child.kill('SIGKILL'), END_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(kill);
}
