import { describeError, log } from '../subgraphs/common/log.js';
import { Refusal } from '../subgraphs/common/refusal.js';
import type { Settings } from '../subgraphs/common/settings.js';

/**
 * Runs a server until it is told to stop. What goes wrong at the start is one sentence and exit 1; SIGTERM and Ctrl-C
 * let what is in flight end, a second one ends at once.
 *
 * @param start starts it, and returns what stops it
 */
export async function runUntilStopped(start: () => Promise<() => Promise<void>>): Promise<void> {
  let stopping = false;
  let stop: (() => Promise<void>) | undefined;
  const onSignal = () => {
    if (stopping) process.exit(130);
    stopping = true;
    if (!stop) process.exit(130);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(describeError(error), 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    stop = await start();
  } catch (error) {
    fail(error);
  }
}

/** @throws {Refusal} in production without an issuer: at the embedded one anybody signs in as anybody */
export function requireIssuer({ environment, issuerUrl }: Settings): void {
  if (environment === 'production' && !issuerUrl)
    throw new Refusal(
      'With NODE_ENV=production set ISSUER_URL to your OpenID Connect issuer: the demo sign-in is off.',
    );
}

/** Ends with one sentence for what we can explain, and with the trace of what we cannot. */
export function fail(error: unknown): never {
  console.error(explain(error));
  process.exit(1);
}

const NOT_WRITABLE = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST']);
const OUT_OF_REACH = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN', '28P01', '3D000']);

/** One sentence for what we can explain, the trace of what we cannot. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const { code, message, errors, port } = error as {
    code?: string;
    message?: string;
    errors?: unknown[];
    port?: number;
  };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop what listens there, or choose another.`;
  const inner = (errors?.[0] ?? (error as { cause?: unknown }).cause) as
    | { code?: string; message?: string }
    | undefined;
  if (
    OUT_OF_REACH.has(code ?? '') ||
    OUT_OF_REACH.has(inner?.code ?? '') ||
    /connect timeout|timeout expired/i.test(message ?? '')
  ) {
    return `The database cannot be reached (${code ?? inner?.code ?? 'time-out'}). Check DATABASE_URL and that the server runs.`;
  }
  if (NOT_WRITABLE.has(code ?? '')) {
    return `A file or folder cannot be written (${message}). Choose another with DATA_DIR, or give this user the right.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
