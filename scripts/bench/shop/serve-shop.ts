/** One of the shop's subgraphs over HTTP, as a program. It answers whoever asks; nothing in it is anybody's. */
import { createServer } from 'node:http';
import type { SubgraphContext } from '../../../subgraphs/common/context.js';
import { Executor } from '../../../subgraphs/common/executor.js';
import { ANONYMOUS } from '../../../subgraphs/common/identity.js';
import { shopSchema } from './shop.js';

const name = String(process.argv[2]);
const executor = new Executor(shopSchema(name), new Map(), name);
const context = { identity: ANONYMOUS } as SubgraphContext;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const isQuestion = request.method === 'POST';
    const asked = isQuestion ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const text = JSON.stringify(asked ? await executor.execute(asked, context) : {});
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => process.exit(0));
