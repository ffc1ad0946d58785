import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Cleanup } from '../bench/cleanup.js';

/** A failure that no client knows: in place of one that there is. */
const RENAMED = { DrugOrderWrongState: 'OrderIsSealed', WRONG_STATE: 'ORDER_SEALED' };

/** Stands before the API, and answers as one that is newer than its clients. @returns its address */
export async function startNewerApi(url: string, cleanup: Cleanup): Promise<string> {
  const server = createServer(async (request, response) => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await fetch(new URL(request.url ?? '/', url), {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: await buffer(request),
    });
    let text = await answer.text();
    for (const [old, renamed] of Object.entries(RENAMED)) text = text.replaceAll(`"${old}"`, `"${renamed}"`);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
  }).listen(0, '127.0.0.1');
  cleanup.add(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
