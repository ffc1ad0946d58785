import pino, { type Logger } from 'pino';
import { momentWriter } from './calendar.js';
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

/** What is logged within so many milliseconds goes out at once: to write line by line costs more than to make the lines. */
const TOGETHER_MS = 5;

/** Characters, nearly all of one byte: up to 4,096 bytes go whole into a pipe that several processes write to. */
const TOGETHER_CHARACTERS = 4_000;

const output = pino.destination({ fd: 1, sync: true });
let lines = '';

function write(line: string): void {
  if (lines.length + line.length > TOGETHER_CHARACTERS) writeOut();
  if (lines === '') setTimeout(writeOut, TOGETHER_MS).unref();
  lines += line;
}

function writeOut(): void {
  const written = lines;
  lines = '';
  if (written !== '') output.write(written);
}
process.on('exit', writeOut);

const momentOf = momentWriter();

/**
 * One line of JSON an event, with the id of the trace it belongs to. What is logged is chosen field by field where it is logged: no
 * request bodies, variables, headers or rows, so nothing personal can slip in.
 */
export const log: Logger = pino(
  {
    level: process.env.LOG_LEVEL ?? 'info',
    base: null,
    timestamp: () => `,"time":"${momentOf(Date.now())}"`,
    redact: { paths: NEVER_LOGGED, remove: true },
    mixin: () => {
      const trace = currentTrace();
      return trace === '' ? {} : { traceId: traceIdOf(trace) };
    },
  },
  { write },
);

/** An error's class, place and database code, but not its message: messages of the database quote rows. */
export function describeError(error: unknown): { error: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const at = error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at ') && !line.includes('node_modules'));
  return { error: error.name, ...(typeof code === 'string' && { code }), ...(at && { at: at.trim() }) };
}
