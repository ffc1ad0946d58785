import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { MOONS, Planets } from './planets.js';
import { until } from './until.js';

let planets: Planets;
beforeAll(async () => {
  const patient = { SUBGRAPH_TIMEOUT_MS: '60000', SUBGRAPH_READ_TIMEOUT_MS: '60000' };
  planets = await Planets.start({ ...patient, MAX_IN_FLIGHT: '1', LOG_LEVEL: 'silent' });
});
afterAll(() => planets?.stop());
afterEach(async () => {
  planets.letGo();
  await until(() => planets.waiting === 0);
});

/** What a rush may be where one request is worked on at once. */
const MOST = 5;

/** Has the gateway work on as much as it takes. */
async function fill() {
  // each another question: the same one would be asked once for all
  const asked = Array.from({ length: MOST }, (_, index) => planets.ask(`{ far${index}: far }`));
  await until(() => planets.waiting === MOST);
  return asked;
}

/** Sends a request's head and as much of its body as is given. */
function send(body: string, { length = body.length, agent = new Agent(), chunked = false } = {}) {
  const headers = { 'content-type': 'application/json', ...(!chunked && { 'content-length': length }) };
  const request = httpRequest(`${planets.url}/graphql`, { method: 'POST', headers, agent });
  const answered = new Promise<{ socket: Socket; status: number; headers: IncomingMessage['headers']; text: string }>(
    (resolve, reject) => {
      request.on('error', reject).on('response', async (response) => {
        const { socket } = response;
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ socket, status: response.statusCode ?? 0, headers: response.headers, text });
      });
    },
  );
  // some are given up by the test
  answered.catch(() => undefined);
  request.write(body);
  return { request, answered };
}

test('what is too much gets 503 at once, before its body has come, and says when to come again', async () => {
  const asked = await fill();
  const counted = await planets.counted('requests_shed_total');
  const { answered, request } = send('{', { length: 1_000 });
  const { status, headers, text } = await answered;
  expect(status).toBe(503);
  expect(headers).toMatchObject({ 'retry-after': '1', 'access-control-allow-origin': '*' });
  const [error] = JSON.parse(text).errors;
  expect(error.message).toMatch(/Try again in a moment\.$/);
  expect(error.extensions).toEqual({ code: expect.any(String), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(await planets.counted('requests_shed_total')).toBe(counted + 1);
  request.destroy();
  planets.letGo();
  for (const [index, answer] of asked.entries())
    expect(await answer).toMatchObject({ status: 200, data: { [`far${index}`]: 'here' } });
});

test('the connection of what was refused stays good for the next request', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await fill();
  const body = JSON.stringify({ query: MOONS });
  const refused = send(body, { agent });
  refused.request.end();
  const { socket, status, headers } = await refused.answered;
  expect({ status, connection: headers.connection }).toEqual({ status: 503, connection: 'keep-alive' });
  planets.letGo();
  await until(() => planets.waiting === 0);
  const second = send(body, { agent });
  second.request.end();
  const next = await second.answered;
  expect(next).toMatchObject({ status: 200, text: expect.stringContaining('"moons":2') });
  expect(next.socket).toBe(socket);
  agent.destroy();
});

test('but not when the rest of it is large, or of no known length', async () => {
  await fill();
  const agent = new Agent({ keepAlive: true });
  for (const size of [{ length: 300_000 }, { chunked: true }]) {
    const { answered, request } = send('{', { ...size, agent });
    expect((await answered).headers.connection).toBe('close');
    request.destroy();
  }
  agent.destroy();
});

test('health and metrics answer meanwhile, and tell the truth', async () => {
  await fill();
  expect((await planets.ask(MOONS)).status).toBe(503);
  expect(await planets.health()).toEqual({ status: 200, body: { status: 'ready', parts: { planets: true } } });
  expect((await fetch(`${planets.url}/health/live`)).status).toBe(200);
  expect(await planets.counted('requests_shed_total')).toBeGreaterThan(0);
});

test('who is slow to send a request takes nobody else their place', async () => {
  const slow = Array.from({ length: 3 * MOST }, () => send('{', { length: 100 }).request);
  await until(() => slow.every(({ socket }) => socket && !socket.connecting));
  expect((await planets.ask(MOONS)).data).toEqual({ planet: { moons: 2 } });
  for (const request of slow) request.destroy();
});
