import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FAR, MOONS, PLANETS, Planets, RINGS, WITH_RINGS } from './planets.js';
import { until } from './until.js';

let planets: Planets;
beforeAll(async () => {
  planets = await Planets.start({ SUBGRAPH_TIMEOUT_MS: '60000', SUBGRAPH_READ_TIMEOUT_MS: '60000' });
});
afterAll(() => planets?.stop());

const reloads = (result: 'taken' | 'refused') => planets.counted(`supergraph_reloads_total{result="${result}"}`);

/** Has the gateway read its file now. */
async function reload(result: 'taken' | 'refused'): Promise<void> {
  const before = await reloads(result);
  planets.gateway.signal('SIGHUP');
  await until(async () => (await reloads(result)) > before);
}

test('a gateway serves another supergraph as soon as it lies in its file; who is being answered gets the former one', async () => {
  expect((await planets.ask(RINGS)).status).toBe(400);
  const far = planets.ask(FAR);
  await until(() => planets.waiting === 1);
  planets.replace(WITH_RINGS);
  await until(async () => (await planets.ask(RINGS)).data?.planet.rings === false);
  planets.letGo();
  expect(await far).toMatchObject({ status: 200, data: { far: 'here' }, errors: [] });
  expect(await reloads('taken')).toBe(1);
});

test('what was asked of the one before is prepared for, and no subgraph hears of that', async () => {
  const visit = 'mutation($input: VisitInput!) { visit(input: $input) }';
  expect((await planets.ask(visit, { input: { planet: 'Mars', days: 1 } })).data).toEqual({ visit: 1 });
  const { asked } = planets;
  const plans = await planets.counted('plan_cache_lookups_total{result="miss"}');
  await reload('taken');
  expect({ asked: planets.asked, visits: planets.visits }).toEqual({ asked, visits: 1 });
  const prepared = await planets.counted('plan_cache_lookups_total{result="miss"}');
  expect((await planets.ask(visit, { input: { planet: 'Mars', days: 1 } })).data).toEqual({ visit: 2 });
  expect(prepared).toBeGreaterThan(plans);
  expect(await planets.counted('plan_cache_lookups_total{result="miss"}')).toBe(prepared);
});

test.each([
  ['is no GraphQL', 'type Query {', /cannot be read/],
  ['is no supergraph', 'type Query { planet: Int }', /./],
  ['is empty', '', /cannot be read/],
])('one that %s is refused with one line of the log, and the one before is served on', async (_, text, reason) => {
  await refused(() => writeFileSync(planets.file, text), reason);
});

test('one with a rule that nobody would enforce is refused', () =>
  refused(
    () =>
      planets.replace(
        WITH_RINGS.replace('"@authenticated"', '"@policy"').replace('@authenticated', '@policy(policies: [["x"]])'),
      ),
    /policy/,
  ));

test('one that has lost a rule is refused', () =>
  refused(
    () => planets.replace(WITH_RINGS.replace('treasure: String @authenticated', 'treasure: String')),
    /Query\.treasure/,
  ));

async function refused(replace: () => void, reason: RegExp): Promise<void> {
  const said = planets.gateway.said.length;
  const before = await reloads('refused');
  replace();
  await reload('refused');
  const after = await reloads('refused');
  const heard = () =>
    planets.gateway.said
      .slice(said)
      .split('\n')
      .filter((line) => line && !line.includes('another supergraph'));
  // its file may have been looked at besides
  const lines = await until(heard, ({ length }) => length >= after - before);
  expect(lines).toHaveLength(after - before);
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ level: 50, reason: expect.stringMatching(reason) });
  expect((await planets.ask(RINGS)).data).toEqual({ planet: { rings: false } });
  planets.replace(WITH_RINGS);
  await reload('taken');
}

test('a subgraph that is new is asked, and health knows it; one that is gone is kept for who had begun to ask, then forgotten', async () => {
  expect((await planets.health()).body.parts).toEqual({ planets: true });
  const body = JSON.stringify({ query: MOONS });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const slow = request(`${planets.url}/graphql`, { method: 'POST', headers });
  const answer = new Promise<string>((resolve, reject) => {
    slow.on('error', reject).on('response', (response) => text(response).then(resolve, reject));
  });
  slow.write(body.slice(0, 5));
  await until(() => slow.socket && !slow.socket.connecting);
  // what is asked after it is answered when its head has been read
  expect((await planets.ask(MOONS)).status).toBe(200);
  planets.replace(WITH_RINGS, 'worlds');
  await reload('taken');
  slow.end(body.slice(5));
  expect(await answer).toMatch(/^{"data":{"planet":{"moons":2}}/);
  expect((await planets.ask(RINGS)).data).toEqual({ planet: { rings: false } });
  expect((await planets.health()).body).toEqual({ status: 'ready', parts: { worlds: true } });
});

test('no request fails while supergraphs come and go, good ones and broken ones', async () => {
  let over = false;
  const failed: unknown[] = [];
  let answered = 0;
  const client = async () => {
    while (!over) {
      const { status, data, errors } = await planets.ask(MOONS);
      if (status === 200 && data.planet.moons === 2) answered++;
      else failed.push({ status, errors });
    }
  };
  const clients = Array.from({ length: 4 }, client);
  for (let round = 0; round < 3; round++) {
    planets.replace(round % 2 ? WITH_RINGS : PLANETS);
    await reload('taken');
    writeFileSync(planets.file, 'broken {');
    await reload('refused');
  }
  over = true;
  await Promise.all(clients);
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(0);
});
