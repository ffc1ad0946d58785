import pino, { type Logger } from 'pino';
import { currentTrace, traceIdOf } from './trace.js';

/** A second net, for the day on which a line is written that should not be: what stands under these names is left out. */
const NEVER_LOGGED = [
  'query',
  'variables',
  'body',
  'headers',
  'authorization',
  'cookie',
  'token',
  'subject',
  'sub',
  'identity',
  'caller',
  'email',
  'phone',
  'address',
  'ip',
  'parameters',
  'values',
  'row',
  'rows',
  'detail',
  // a whole error: its text may quote a row, see describeError
  'err',
];

/**
 * One line of JSON an event, with the id of the trace it belongs to. What is logged is chosen field by field where it is logged: no
 * request bodies, variables, headers or rows, so nothing personal can slip in.
 */
export const log: Logger = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: NEVER_LOGGED, remove: true },
  mixin: () => {
    const trace = currentTrace();
    return trace === '' ? {} : { traceId: traceIdOf(trace) };
  },
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
