import type { IncomingMessage } from 'node:http';

/** How long a body may take to come. */
export interface Patience {
  readonly ms: number;
  readonly tooLate: () => Error;
}

/**
 * A request's body.
 *
 * @param patience without it the server's own, which is long for the sake of files
 * @returns undefined when it is longer than `maxBytes`: the rest of it is left unread
 * @throws what `patience` says when it does not come in time
 */
export function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  patience?: Patience,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let timer: NodeJS.Timeout | undefined;
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
      clearTimeout(timer);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) {
        request.pause();
        end();
        resolve(undefined);
      }
    });
    request.on('end', () => {
      end();
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', (error) => {
      end();
      reject(error);
    });
    if (!patience) return;
    // what is small has come with its headers, and needs no timer
    queueMicrotask(() => {
      if (!hasEnded && size !== Number(request.headers['content-length']))
        timer = setTimeout(() => reject(patience.tooLate()), patience.ms);
    });
  });
}

/** A request's body as text. @returns undefined when it is longer than `maxBytes` */
export const readText = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> =>
  (await readBytes(request, maxBytes))?.toString('utf8');
