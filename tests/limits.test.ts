import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Person } from './client.js';
import { MOONS, Planets } from './planets.js';
import { until } from './until.js';
import { Wire } from './wire.js';

const BURST = 100;
const COST_LIMIT = 25;
/** As much as one operation may cost. */
const DEAR = `{ ${Array.from({ length: COST_LIMIT }, (_, i) => `a${i}: planet(name: "Mars") { moons }`).join(' ')} }`;

let planets: Planets;
let wire: Wire;
/** Of whoever asks: a proxy of ours says so. */
let address = 0;
beforeAll(async () => {
  planets = await Planets.start({
    COST_LIMIT: String(COST_LIMIT),
    RATE_LIMIT_BURST: String(BURST),
    RATE_LIMIT_PER_SECOND: '1',
    MAX_IN_FLIGHT_PER_CLIENT: '2',
    BODY_TIMEOUT_MS: '300',
    TRUSTED_PROXIES: '1',
    SUBGRAPH_READ_TIMEOUT_MS: '60000',
    SUBGRAPH_TIMEOUT_MS: '60000',
  });
  wire = new Wire(planets.url);
});
afterAll(() => planets?.stop());
beforeEach(() => {
  address++;
});

const from = (last = address) => ({ 'x-forwarded-for': `198.51.100.${last}` });
const ask = (query: string, variables: Record<string, unknown> = {}, last?: number) =>
  new Person(planets.url).ask(query, variables, from(last));
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  wire.send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...from(), ...headers },
    body,
  });

describe('what a client may spend', () => {
  test('every answer says what it cost and what is left', async () => {
    const before = Date.now();
    const { extensions } = await ask(DEAR);
    expect(extensions?.cost).toEqual({
      requested: 25,
      limit: BURST,
      remaining: BURST - 25,
      resetAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const { resetAt } = (extensions as { cost: { resetAt: string } }).cost;
    expect(Date.parse(resetAt) - before).toBeGreaterThanOrEqual(25_000);
  });

  test('over it there is 429 with the seconds to wait, nothing is executed, and others are not touched', async () => {
    for (let i = 0; i < BURST / 25; i++) expect((await ask(DEAR)).status).toBe(200);
    const { asked } = planets;
    const { status, data, errors, extensions, headers } = await ask(DEAR);
    expect({ status, data, codes: errors.map((error) => error.extensions.code) }).toEqual({
      status: 429,
      data: undefined,
      codes: ['RATE_LIMITED'],
    });
    const wait = Number(headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(25);
    expect(errors[0]?.message).toContain(`Send it again in ${wait} s`);
    expect(extensions?.cost).toMatchObject({ requested: 25, limit: BURST });
    expect(planets.asked).toBe(asked);
    expect((await ask(DEAR, {}, 250)).status).toBe(200);
  });

  test('a client has so many requests under way at once, and others as many', async () => {
    // in words of their own: what several ask alike at the same time is fetched once
    const far = ['{ one: far }', '{ other: far }'].map((query) => ask(query));
    await until(() => planets.waiting === 2);
    const third = await ask(MOONS);
    expect(third).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(third.headers.get('retry-after')).toBe('1');
    expect((await ask(MOONS, {}, 251)).status).toBe(200);
    planets.letGo();
    for (const each of far) expect((await each).status).toBe(200);
    // and again, when those are answered
    const next = await Promise.all([ask(MOONS), ask('{ far: planet(name: "Mars") { moons } }')]);
    expect(next.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('an operation over the limit is TOO_EXPENSIVE with 400, saying what it costs, and costs nothing', async () => {
    const { asked } = planets;
    const answer = await ask(DEAR.replace('{', '{ more: planet(name: "Venus") { moons }'));
    expect(answer).toMatchObject({
      status: 400,
      data: undefined,
      errors: [{ extensions: { code: 'TOO_EXPENSIVE' } }],
      extensions: { cost: { requested: 26, limit: 25 } },
    });
    expect(planets.asked).toBe(asked);
    expect((await ask(MOONS)).extensions?.cost).toMatchObject({ remaining: BURST - 1 });
  });
});

describe('a document that stands for much more than it says', () => {
  const many = (count: number, part: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => part(i)).join(' ');
  const fragments = (n: number) =>
    `{ ...f0 } ${many(n, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f${n} on Query { __typename }`;

  test.each([
    ['nested fragments, each spread twice', fragments(40)],
    ['aliases at the top', `{ ${many(100, (i) => `a${i}: far`)} }`],
    ['a field 10,000 times', `{ ${many(10_000, () => 'far')} }`],
    ['unknown directives', `{ far ${many(5_000, () => '@x')} }`],
    ['3,000 levels', `{ ${many(3_000, () => 'a {')} a ${many(3_000, () => '}')} }`],
    ['20,000 brackets', `{ planet(name: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { moons } }`],
    ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['10,000 variables', `query(${many(10_000, (i) => `$v${i}: Int`)}) { far }`],
  ])('%s: 400 with one error, and no subgraph hears of it', async (_, query) => {
    const { asked } = planets;
    const { status, errors } = await ask(query);
    expect({ status, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
      status: 400,
      codes: ['BAD_USER_INPUT'],
    });
    expect(planets.asked).toBe(asked);
  });
});

describe('a body', () => {
  const body = JSON.stringify({ query: MOONS });

  test('may be compressed by gzip', async () => {
    const sent = await post(new Uint8Array(gzipSync(body)), { 'content-encoding': 'gzip' });
    expect(sent.body.data).toEqual({ planet: { moons: 2 } });
  });

  test.each<[string, number, string, () => string | Uint8Array<ArrayBuffer>]>([
    ['that is small and unpacks to 5 MB', 413, 'gzip', () => new Uint8Array(gzipSync(Buffer.alloc(5_000_000, ' ')))],
    ['that is said to be compressed and is not', 400, 'gzip', () => body],
    ['that is cut off', 400, 'gzip', () => new Uint8Array(gzipSync(body)).slice(0, 20)],
    ['compressed twice', 415, 'gzip, gzip', () => new Uint8Array(gzipSync(gzipSync(body)))],
    ['compressed in another way', 415, 'br', () => body],
  ])('%s gets %p as JSON', async (_, status, encoding, bytes) => {
    const sent = await post(bytes(), { 'content-encoding': encoding });
    expect(sent).toMatchObject({ status, type: 'application/json; charset=utf-8' });
    expect(sent.body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('that does not come gets 408, and the connection ends', async () => {
    const socket = connect(planets.port, '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(answer).toContain('"code":"BAD_USER_INPUT"');
  });
});
