import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip as gunzipOf } from 'node:zlib';
import { readBytes } from '../../subgraphs/common/body.js';
import { Refused } from './refused.js';

/** Of a question. */
export const MAX_BODY_BYTES = 256 * 1024;

const CHARSET = /charset=\s*"?([^";\s]+)/i;

/**
 * A body as text, as it is or compressed by gzip.
 *
 * @param timeoutMs the server itself waits for longer, for the sake of files
 * @throws {Refused} 408 when it does not come in time, 413 over 256 KiB, also unpacked, 415 for another encoding or charset
 */
export async function readBody(request: IncomingMessage, timeoutMs: number): Promise<string> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity')
    throw new Refused(415, 'Send the body as it is, or with Content-Encoding: gzip.');
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw new Refused(415, 'Send the body in UTF-8.');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const bytes = await inTime(readBytes(request, MAX_BODY_BYTES), timeoutMs).catch((error: unknown) => {
    throw error instanceof Refused ? error : new Refused(400, 'The request broke off before all of it had come.');
  });
  if (bytes === undefined) throw tooLarge();
  return (encoding === 'gzip' ? await unpacked(bytes) : bytes).toString('utf8');
}

async function inTime<T>(reading: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Refused(408, 'The request took too long to arrive. Send it again.', { limit: 'bodyTime' })),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

const gunzip = promisify(gunzipOf);

/** Stops as soon as more comes out than a body may have. */
async function unpacked(bytes: Buffer): Promise<Buffer> {
  try {
    return await gunzip(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refused(400, 'The body is said to be compressed by gzip, but is not.');
  }
}

const tooLarge = () => new Refused(413, 'The request is larger than 256 KiB.', { limit: 'bodySize' });

/** @throws {Refused} 400 for what is not JSON */
export function parseJson(request: IncomingMessage, body: string): unknown {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refused(400, 'Send the query as JSON: Content-Type: application/json.');
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused(400, 'The body is not JSON. Send {"query": "…", "variables": {…}}.');
  }
}
