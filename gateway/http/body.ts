import type { IncomingMessage } from 'node:http';
import { readText } from '../../subgraphs/common/body.js';
import { Refused } from './refused.js';

const MAX_BODY_BYTES = 256 * 1024;

/**
 * @param timeoutMs the server itself waits for longer, for the sake of files
 * @throws {Refused} 408 when it does not come in time, 413 over 256 KiB, 415 for an encoding or charset other than plain UTF-8
 */
export async function readBody(request: IncomingMessage, timeoutMs: number): Promise<string> {
  if (request.headers['content-encoding']) throw new Refused(415, 'Send the body as it is, without Content-Encoding.');
  const charset = /charset=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw new Refused(415, 'Send the body in UTF-8.');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Refused(408, 'The request took too long to arrive. Send it again.')),
      timeoutMs,
    );
  });
  try {
    const text = await Promise.race([readText(request, MAX_BODY_BYTES), late]);
    if (text === undefined) throw tooLarge();
    return text;
  } finally {
    clearTimeout(timer);
  }
}

const tooLarge = () => new Refused(413, 'The request is larger than 256 KiB.');

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
