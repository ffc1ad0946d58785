import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../scripts/ports.js';
import { ANONYMOUS } from '../subgraphs/common/identity.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { Signer } from '../subgraphs/common/signature.js';
import { env } from './api.js';
import { copyDatabase } from './cluster.js';
import { FAR, MOONS, Planets } from './planets.js';
import { Program } from './program.js';
import { until } from './until.js';

const DRAIN_DELAY_MS = '1500';
let planets: Planets;
let catalog: Program;
let url: string;

beforeAll(async () => {
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  const DATABASE_URL = await copyDatabase(env('TEST_ADMIN_URL'), `drain_${process.pid}`);
  const environment = { DRAIN_DELAY_MS, LOG_LEVEL: 'silent', KEYS_DIR: env('TEST_KEYS_DIR') };
  const SUBGRAPH_URLS = JSON.stringify({ catalog: `${url}/graphql` });
  catalog = new Program('subgraph.js', ['catalog'], { ...environment, DATABASE_URL, SUBGRAPH_URLS });
  [planets] = await Promise.all([
    Planets.start({ ...environment, SUBGRAPH_TIMEOUT_MS: '60000', SUBGRAPH_READ_TIMEOUT_MS: '60000' }),
    catalog.says(/ready at /),
  ]);
});
afterAll(async () => {
  await planets?.stop();
  await Program.endAll();
});

/** Nothing listens there any more. */
const isClosed = (address: string) =>
  fetch(address).then(
    () => false,
    ({ cause }: { cause: { code: string } }) => cause.code === 'ECONNREFUSED',
  );

test('a gateway that is to end says so, serves on for a while, then takes nothing new, answers who waits, and ends with 0', async () => {
  const far = planets.ask(FAR);
  await until(() => planets.waiting === 1);
  expect((await planets.ask(MOONS)).headers.get('connection')).toBe('keep-alive');
  planets.gateway.signal('SIGTERM');
  const { status, body } = await until(
    () => planets.health(),
    ({ status }) => status === 503,
  );
  expect({ status, body }).toEqual({ status: 503, body: { status: 'draining', parts: { planets: true } } });
  const answer = await planets.ask(MOONS);
  expect(answer).toMatchObject({ status: 200, data: { planet: { moons: 2 } } });
  expect(answer.headers.get('connection')).toBe('close');
  await until(() => isClosed(planets.url));
  planets.letGo();
  const last = await far;
  expect(last).toMatchObject({ status: 200, data: { far: 'here' } });
  expect(last.headers.get('connection')).toBe('close');
  expect(await planets.gateway.end('SIGCONT')).toBe(0);
});

test('so does a subgraph', async () => {
  const signer = new Signer('gateway', env('TEST_KEYS_DIR'));
  const body = JSON.stringify({ query: '{ disease(catalogNo: 31) { nameEn } }' });
  const ask = () => {
    const token = signer.sign('catalog', body, { identity: ANONYMOUS, locale: Locale.EN, trace: '' });
    return fetch(`${url}/graphql`, { method: 'POST', body, headers: { authorization: `Signed ${token}` } });
  };
  const health = async () => JSON.parse(await (await fetch(`${url}/health/ready`)).text()).status;
  expect((await ask()).headers.get('connection')).toBe('keep-alive');
  expect(await health()).toBe('ready');
  catalog.signal('SIGTERM');
  await until(health, (status) => status === 'draining');
  const answer = await ask();
  expect({ status: answer.status, connection: answer.headers.get('connection') }).toEqual({
    status: 200,
    connection: 'close',
  });
  await until(() => isClosed(url));
  expect(await catalog.end('SIGCONT')).toBe(0);
});
