import pino, { type Logger } from 'pino';

/**
 * One line of JSON an event. What is logged is chosen field by field where it is logged: no request bodies, variables,
 * headers or rows, so nothing personal can slip in.
 */
export const log: Logger = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
});

/** An error's class, place and database code, but not its message: messages of the database quote rows. */
export function describeError(error: unknown): { error: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const at = error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at ') && !line.includes('node_modules'));
  return { error: error.name, ...(typeof code === 'string' && { code }), ...(at && { at: at.trim() }) };
}
