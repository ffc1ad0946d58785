import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip as gunzipOf } from 'node:zlib';
import { readBytes } from '../../subgraphs/common/body.js';
import { Refused } from './refused.js';

/** Of a question. */
export const MAX_BODY_BYTES = 256 * 1024;

const JSON_TYPE = 'application/json';
const CHARSET = /charset=\s*"?([^";\s]+)/i;

/**
 * A body as text, as it is or compressed by gzip.
 *
 * @param timeoutMs the server itself waits for longer, for the sake of files
 * @throws {Refused} 408 when it does not come in time, 413 over 256 KiB, also unpacked, 415 for another encoding or charset
 */
export async function readBody(request: IncomingMessage, timeoutMs: number): Promise<string> {
  const isPacked = isGzip(request.headers);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const bytes = await readBytes(request, MAX_BODY_BYTES, { ms: timeoutMs, tooLate }).catch((error: unknown) => {
    throw error instanceof Refused ? error : new Refused(400, 'The request broke off before all of it had come.');
  });
  if (bytes === undefined) throw tooLarge();
  return (isPacked ? await unpacked(bytes) : bytes).toString('utf8');
}

/** Whether a body is compressed. @throws {Refused} 415 when it is not in UTF-8, or packed otherwise */
function isGzip(headers: IncomingHttpHeaders): boolean {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity')
    throw new Refused(415, 'Send the body as it is, or with Content-Encoding: gzip.');
  const type = headers['content-type'] ?? JSON_TYPE;
  const charset = type === JSON_TYPE ? undefined : CHARSET.exec(type)?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw new Refused(415, 'Send the body in UTF-8.');
  return encoding === 'gzip';
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

const tooLate = () => new Refused(408, 'The request took too long to arrive. Send it again.', { limit: 'bodyTime' });
const tooLarge = () => new Refused(413, 'The request is larger than 256 KiB.', { limit: 'bodySize' });

/** @throws {Refused} 400 for what is not JSON */
export function parseJson(request: IncomingMessage, body: string): unknown {
  const type = request.headers['content-type'] ?? '';
  if (type !== JSON_TYPE && type.split(';', 1)[0]?.trim().toLowerCase() !== JSON_TYPE)
    throw new Refused(400, 'Send the query as JSON: Content-Type: application/json.');
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused(400, 'The body is not JSON. Send {"query": "…", "variables": {…}}.');
  }
}
