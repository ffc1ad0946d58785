import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readBytes } from './body.js';

let server: Server;
let socket: Socket;
/** What became of the body, as soon as it is known. */
let became: Promise<string>;
let patienceMs: number;
beforeEach(async () => {
  patienceMs = 60_000;
  became = new Promise((resolve) => {
    server = createServer((request) => {
      readBytes(request, 20, { ms: patienceMs, tooLate: () => new Error('too late') }).then(
        (bytes) => resolve(bytes ? `whole: ${bytes}` : 'too long'),
        (error: Error) => resolve(error.message),
      );
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
});
afterEach(() => {
  socket.destroy();
  server.close();
});

const HEAD = 'POST / HTTP/1.1\r\nhost: a\r\n';

test.each([
  ['comes with its headers', 'content-length: 5\r\n\r\nwhole', 'whole: whole'],
  ['is empty', 'content-length: 0\r\n\r\n', 'whole: '],
  ['comes in chunks', 'transfer-encoding: chunked\r\n\r\n2\r\nwh\r\n3\r\nole\r\n0\r\n\r\n', 'whole: whole'],
  ['is too long', `content-length: 30\r\n\r\n${'x'.repeat(30)}`, 'too long'],
])('a body that %s', async (_, rest, what) => {
  socket.write(HEAD + rest);
  expect(await became).toBe(what);
});

test.each([
  ['begins and does not go on', 'content-length: 5\r\n\r\nwho'],
  ['does not begin', 'content-length: 5\r\n\r\n'],
  ['does not end', 'transfer-encoding: chunked\r\n\r\n2\r\nwh\r\n'],
])('a body that %s is given up when its time is over', async (_, rest) => {
  patienceMs = 20;
  socket.write(HEAD + rest);
  expect(await became).toBe('too late');
});

test('a body that comes after its headers is read on', async () => {
  socket.write(`${HEAD}content-length: 5\r\n\r\nwho`);
  await once(server, 'request');
  socket.write('le');
  expect(await became).toBe('whole: whole');
});
