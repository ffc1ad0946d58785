import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../scripts/ports.js';
import { contentDigest } from '../../subgraphs/common/answer.js';
import { env } from '../api.js';
import { type Answer, Person } from '../client.js';
import { Program } from '../program.js';
import { until } from '../until.js';
import { nameOf, type Sky, startSky } from './planets.js';
import { FAULTS, TcpProxy } from './proxy.js';

const READ_MS = 700;
const STAR = '{ star(id: "7") { name planets } }';
const PLANET = '{ planet }';
const SETTLE = 'mutation { settle }';

let sky: Sky;
let toPlanets: TcpProxy;
let gateway: Program;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'care-faults-'));

beforeAll(async () => {
  sky = await startSky();
  toPlanets = await TcpProxy.start(sky.planets.port);
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, sky.supergraph({ stars: sky.stars.url, planets: toPlanets.url }));
  const [port] = await freePorts(1);
  gateway = new Program('gateway.js', ['--supergraph', file, '--port', String(port)], {
    ...{ KEYS_DIR: env('TEST_KEYS_DIR'), LOG_LEVEL: 'silent' },
    ...{ SUBGRAPH_READ_TIMEOUT_MS: String(READ_MS), SUBGRAPH_TIMEOUT_MS: '2000' },
  });
  await gateway.says(/ready at /);
  url = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  await gateway?.end('SIGKILL');
  await toPlanets?.close();
  sky?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (query: string, variables = {}, token?: string): Promise<Answer> =>
  new Person(url, token).ask(query, variables);

/** The gateway's own number. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
const breaker = () => metric('subgraph_breaker_state{subgraph="planets"}');

describe('a line that is disturbed', () => {
  afterEach(async () => {
    await toPlanets.disturb('NONE');
    await until(
      () => ask(STAR),
      ({ errors }) => errors.length === 0,
    );
  });

  test.each(
    FAULTS.filter((fault) => fault !== 'NONE'),
  )('by %s costs the fields behind it and no others', async (fault) => {
    await toPlanets.disturb(fault, 60_000);
    const { status, data, errors } = await ask(STAR);
    expect({ status, data }).toEqual({ status: 200, data: { star: { name: nameOf('7'), planets: null } } });
    expect(errors).toMatchObject([{ path: ['star', 'planets'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONN|UND_ERR|proto|JSON/);
  });

  test('by a short delay costs nothing', async () => {
    await toPlanets.disturb('DELAY', 20);
    expect(await ask(STAR)).toMatchObject({ data: { star: { name: nameOf('7'), planets: 7 } }, errors: [] });
  });

  test('costs a read one more question, and a change none: it may have been done', async () => {
    await toPlanets.disturb('CUT');
    const { length } = sky.planets.asked;
    expect((await ask(PLANET)).data).toEqual({ planet: null });
    expect(sky.planets.asked.length - length).toBe(2);
    const settled = sky.settled();
    expect(await ask(SETTLE)).toMatchObject({
      data: { settle: null },
      errors: [{ path: ['settle'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
    expect(sky.settled()).toBe(settled + 1);
  });

  test('is not used any more after five failures, and again as soon as it works', async () => {
    await toPlanets.disturb('SILENCE');
    const began = performance.now();
    // the fetches differ, or they would be one
    await Promise.all(Array.from({ length: 6 }, (_, id) => ask(`{ star(id: "${id}") { planets } }`)));
    await until(async () => (await breaker()) === 2);
    expect(performance.now() - began).toBeLessThan(20_000);
    const { sent } = toPlanets;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, id) => ask(`{ star(id: "${id}") { name planets } }`)),
    );
    answers.forEach(({ data }, id) => {
      expect(data).toEqual({ star: { name: nameOf(String(id)), planets: null } });
    });
    // at most one at a time tries
    expect(toPlanets.sent - sent).toBeLessThanOrEqual(2);
    await toPlanets.disturb('NONE');
    await until(
      () => ask(STAR),
      ({ errors }) => errors.length === 0,
    );
    expect(await breaker()).toBe(0);
  });
});

describe('an answer', () => {
  const entities = (entity: object) => JSON.stringify({ data: { _entities: [entity] } });

  afterEach(async () => {
    sky.planets.spoil = (text) => text;
    sky.planets.digest = undefined;
    await until(
      () => ask(STAR),
      ({ errors }) => errors.length === 0,
    );
  });

  test.each([
    ['is no JSON', '{"data": {'],
    ['is a page', '<html>Bad gateway</html>'],
    ['is empty', ''],
    ['is a list', '[]'],
    ['is null', 'null'],
    ['has neither data nor errors', '{}'],
    ['has data of another kind', '{"data": [1]}'],
    ['has errors of another kind', '{"data": {"_entities": [{"planets": 7}]}, "errors": ["no"]}'],
    ['has too few entities', '{"data": {"_entities": []}}'],
    ['has no list of entities', '{"data": {"_entities": {"0": {"planets": 7}}}}'],
    ['has __proto__ as a key', '{"data": {"_entities": [{"planets": 7, "__proto__": {"polluted": 1}}]}}'],
    [
      'has __proto__ as a key in disguise',
      '{"data": {"_entities": [{"planets": 7, "\\u005f_proto__": {"polluted": 1}}]}}',
    ],
  ])('that %s is none; nothing else is harmed', async (_, text) => {
    sky.planets.spoil = () => text;
    const { status, data, errors } = await ask(STAR);
    expect({ status, data }).toEqual({ status: 200, data: { star: { name: nameOf('7'), planets: null } } });
    expect(errors).toMatchObject([{ path: ['star', 'planets'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  });

  test('that is not as it was sent is none', async () => {
    const answer = '{"data": {"planet": "Mars"}}';
    sky.planets.digest = contentDigest(answer);
    sky.planets.spoil = () => answer;
    expect((await ask(PLANET)).data).toEqual({ planet: 'Mars' });
    sky.planets.spoil = () => answer.replace('Mars', 'Mark');
    expect((await ask(PLANET)).data).toEqual({ planet: null });
  });

  test('may hold that word in somebody’s text', async () => {
    sky.planets.spoil = () => '{"data": {"planet": "\\u201c__proto__\\u201d"}}';
    expect(await ask(PLANET)).toMatchObject({ data: { planet: '“__proto__”' }, errors: [] });
  });

  test('of a subgraph that has errors of its own is no failure, however often', async () => {
    sky.planets.spoil = () => entities({ planets: null }).replace('}]}}', '}]},"errors":[{"message":"x"}]}');
    for (let time = 0; time < 8; time++) expect((await ask(STAR)).errors).toHaveLength(1);
    expect(await breaker()).toBe(0);
  });
});

describe('what many ask for at the same time', () => {
  const plans = async () =>
    (await metric('plan_cache_lookups_total{result="hit"}')) +
    (await metric('plan_cache_lookups_total{result="miss"}'));
  const CATALOGUE = '{ catalogue }';

  /** Asks at once, while the subgraph waits. @returns how often it was asked, and the answers */
  async function together(count: number, who: (index: number) => Promise<Answer>) {
    const letGo = sky.stars.hold();
    const before = sky.stars.asked.length;
    const planned = await plans();
    const asked = Array.from({ length: count }, (_, index) => who(index));
    try {
      // each that has its plan asks the next moment
      await until(async () => (await plans()) - planned === count);
    } finally {
      letGo();
    }
    const answers = await Promise.all(asked);
    return { times: sky.stars.asked.length - before, answers };
  }

  test('without having signed in is asked once, and each gets an answer of their own', async () => {
    const { times, answers } = await together(10, () => ask('{ star(id: "3") { name planets } }'));
    expect(times).toBe(1);
    for (const { data } of answers) expect(data).toEqual({ star: { name: nameOf('3'), planets: 3 } });
  });

  test('with other variables is another question', async () => {
    const query = 'query($id: ID!) { star(id: $id) { name } }';
    const { times, answers } = await together(5, (id) => ask(query, { id: String(id) }));
    expect(times).toBe(5);
    answers.forEach(({ data }, id) => {
      expect(data).toEqual({ star: { name: nameOf(String(id)) } });
    });
  });

  test('by people who have signed in is asked by each', async () => {
    const { token } = await Person.named('patient', url);
    const { times } = await together(5, () => ask(CATALOGUE, {}, token));
    expect(times).toBe(5);
  });
});

test('a thousand references are asked for by five hundred; a part that fails is lacking, and no more', async () => {
  const list = 'query($count: Int!) { stars(count: $count) { name planets } }';
  sky.planets.asked.length = 0;
  const whole = await ask(list, { count: 600 });
  expect(whole.errors).toEqual([]);
  const all = (count: number) =>
    Array.from({ length: count }, (_, id) => ({ name: nameOf(String(id)), planets: id % 10 }));
  expect(whole.data.stars).toEqual(all(600));
  expect(sky.planets.asked.map(({ representations }) => (representations as unknown[]).length).sort()).toEqual([
    100, 500,
  ]);

  sky.planets.spoil = (text) => (text.length < 5_000 ? 'none' : text);
  const part = await ask(list, { count: 600 });
  sky.planets.spoil = (text) => text;
  expect(part.data.stars).toEqual(all(600).map((star, id) => (id < 500 ? star : { ...star, planets: null })));
  expect(part.errors.map(({ path }) => path?.slice(0, 2))).toEqual(expect.arrayContaining([['stars', 500]]));
  expect(part.errors.length).toBeLessThanOrEqual(10);
});
