import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts } from '../../scripts/ports.js';
import { until as untilSo } from '../../tests/until.js';
import { OutOfTime, Replicas } from './replicas.js';

const servers: Server[] = [];
let replicas: Replicas;
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await replicas.close();
});

/** A process of the subgraph. `answer` may be replaced. */
async function replica(name: string) {
  const heard: string[] = [];
  const self = {
    heard,
    url: '',
    answer: (response: ServerResponse): unknown => response.end(JSON.stringify({ data: { name } })),
  };
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization ?? '');
    request.resume().once('end', () => self.answer(response));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return self;
}

const nowhere = async () => `http://127.0.0.1:${(await freePorts(1))[0]}/graphql`;
const breakOff = (response: ServerResponse) => response.socket?.destroy();

let signatures = 0;
const ask = async (isChange = false, withinMs = 20_000) => {
  const sign = () => String(++signatures);
  const { data } = await replicas.ask({ body: '{}', sign, trace: '', isChange, until: performance.now() + withinMs });
  return data?.name;
};
const open = (...urls: string[]) => {
  replicas = new Replicas({ subgraph: 'planets', urls, connections: 8, connectTimeoutMs: 5_000 });
};
const times = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let time = 0; time < count; time++) all.push(await work());
  return all;
};

test('they are asked in turn', async () => {
  const [one, two] = [await replica('one'), await replica('two')];
  open(one.url, two.url);
  expect((await times(6, ask)).sort()).toEqual(['one', 'one', 'one', 'two', 'two', 'two']);
});

test('where nobody listens nothing was sent: reads and changes go to another, once', async () => {
  const two = await replica('two');
  open(await nowhere(), two.url);
  expect(await times(10, () => ask(true))).toEqual(Array(10).fill('two'));
  expect(await times(4, ask)).toEqual(Array(4).fill('two'));
  expect(two.heard).toHaveLength(14);
  expect(replicas.state).toBe('CLOSED');
});

test('a read whose connection breaks off goes to another, signed anew; a change does not: it may have been done', async () => {
  const [one, two] = [await replica('one'), await replica('two')];
  open(one.url, two.url);
  one.answer = breakOff;
  expect(await times(2, ask)).toEqual(['two', 'two']);
  expect(new Set([...one.heard, ...two.heard]).size).toBe(3);
  one.heard.length = 0;
  const changes = await Promise.allSettled([ask(true), ask(true)]);
  expect(changes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(one.heard).toHaveLength(1);
});

test('one that answers nonsense is not asked any more, and is once it answers sense', async () => {
  const [one, two] = [await replica('one'), await replica('two')];
  open(one.url, two.url);
  const sane = one.answer;
  one.answer = (response) => response.end('nonsense');
  await times(12, () => ask().catch(() => undefined));
  expect(one.heard.length).toBeLessThanOrEqual(6);
  one.answer = sane;
  await untilSo(async () => (await ask()) === 'one');
  expect((await times(4, ask)).sort()).toEqual(['one', 'one', 'two', 'two']);
});

test('when none answers nobody waits, but for one a second that tries', async () => {
  const one = await replica('one');
  open(one.url);
  one.answer = () => undefined;
  await Promise.allSettled(Array.from({ length: 5 }, () => ask(false, 50)));
  expect(replicas.state).toBe('OPEN');
  const more = await Promise.allSettled(Array.from({ length: 50 }, () => ask(false, 50)));
  expect(more.every(({ status }) => status === 'rejected')).toBe(true);
  expect(one.heard.length).toBeLessThanOrEqual(6);

  let tries = Promise.resolve<unknown>(undefined);
  await untilSo(() => {
    tries = ask(false, 1_000).catch(() => undefined);
    return replicas.state === 'HALF_OPEN';
  });
  let isOver = false;
  tries.then(() => {
    isOver = true;
  });
  await expect(ask()).rejects.toThrow();
  expect(isOver).toBe(false);
  await tries;
});

test('errors that a subgraph tells are an answer', async () => {
  const one = await replica('one');
  open(one.url);
  one.answer = (response) => response.end('{"data":{"name":"ill"},"errors":[{"message":"x","path":["name"]}]}');
  expect(await times(10, ask)).toEqual(Array(10).fill('ill'));
  expect(replicas.state).toBe('CLOSED');
});

test('no time left, nothing asked', async () => {
  const one = await replica('one');
  open(one.url);
  await expect(ask(false, 0)).rejects.toThrow();
  expect(one.heard).toEqual([]);
});

test('an answer that comes in pieces is put together, a letter in two of them too', async () => {
  const one = await replica('one');
  open(one.url);
  const text = Buffer.from(JSON.stringify({ data: { name: '罕见病' } }));
  const cut = text.indexOf('见') + 1;
  one.answer = (response) => {
    response.write(text.subarray(0, cut), () => setImmediate(() => response.end(text.subarray(cut))));
  };
  expect(await ask()).toBe('罕见病');
});

test('an answer that stops half-way is given up when there is no time left, and so is its connection', async () => {
  const one = await replica('one');
  open(one.url);
  const closed = new Promise((resolve) => {
    one.answer = (response) => response.once('close', resolve).write('{"data":');
  });
  await expect(ask(false, 200)).rejects.toThrow(OutOfTime);
  await closed;
});
