import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';
import { freePorts } from '../scripts/ports.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { applicationId } from '../subgraphs/common/seed.js';
import { env } from './api.js';
import { Person } from './client.js';
import { copyDatabase } from './cluster.js';
import { Program } from './program.js';
import { OVERVIEW } from './story.js';

/** What `npm start` prints last. */
const STARTED = /Stop with Ctrl-C/;
const quiet = { LOG_LEVEL: 'silent', PORT: '0' };
const urlOf = ({ said }: Program): string => /http:\/\/localhost:\d+/.exec(said)?.[0] as string;

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'care-processes-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  await Program.endAll();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A database of one's own in the test's PostgreSQL, whose roles have their passwords from these keys. */
const ownDatabase = async (name: string) => ({
  DATABASE_URL: await copyDatabase(env('TEST_ADMIN_URL'), `processes_${name}_${process.pid}`),
  KEYS_DIR: env('TEST_KEYS_DIR'),
});

describe('npm start with a data folder of its own', () => {
  const environment = { ...quiet, DATA_DIR: join(newFolder(), 'data') };
  const start = async () => {
    const program = new Program('start.js', [], environment);
    await program.says(STARTED);
    return program;
  };
  let program: Program;
  let child = '';
  const readBack = async () => {
    const caregiver = await Person.named('caregiver', urlOf(program));
    return (await caregiver.ask('query($id: ID!) { patient(id: $id) { displayName } }', { id: child })).data.patient;
  };

  afterAll(async () => {
    await program?.end('SIGTERM');
  });

  test('prints where it answers, whom one can be, and the main query with its answer', async () => {
    program = await start();
    const { said } = program;
    for (const path of ['/graphql', '/health/ready', '/metrics', '/oidc'])
      expect(said).toContain(urlOf(program) + path);
    for (const name of ['second-reviewer', 'other-sponsor', 'npm run token -- NAME']) expect(said).toContain(name);
    const answer = JSON.parse(said.slice(said.indexOf('\n{\n'), said.lastIndexOf('\n}\n') + 2));
    expect(answer).toMatchObject({ data: { application: { id: applicationId(0, 0) } } });
    expect(answer.errors).toBeUndefined();
    expect(program.complained).toBe('');
  });

  test('ends with 0 on SIGTERM, and a second start finds the data of the first', async () => {
    const caregiver = await Person.named('caregiver', urlOf(program));
    const birth = { birthDate: '2020-02-29', sex: 'MALE', region: 'Beijing' };
    const input = { relation: 'DEPENDANT', displayName: 'Child of the first start', ...birth };
    child = (await caregiver.does('registerPatient', input, '... on Patient { id }')).id;
    expect(await program.end('SIGTERM')).toBe(0);
    program = await start();
    expect(await readBack()).toEqual({ displayName: 'Child of the first start' });
  });

  test('works again with its data after it was killed', async () => {
    expect(await program.end('SIGKILL')).toBeNull();
    program = await start();
    expect(await readBack()).toEqual({ displayName: 'Child of the first start' });
  });

  test('npm run token prints a token and nothing else', async () => {
    const { code, said, complained } = await Program.run('token.js', ['patient', '--url', urlOf(program)], {});
    expect({ code, complained }).toEqual({ code: 0, complained: '' });
    expect(said).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { data } = await new Person(urlOf(program), said.trim()).ask('{ me { roles } }');
    expect(data).toEqual({ me: { roles: ['PATIENT'] } });
  });

  test('npm run smoke goes through again and again, each step ticked with its time', async () => {
    for (let run = 0; run < 2; run++) {
      const { code, said, complained } = await Program.run('smoke.js', ['--url', urlOf(program)], {});
      expect({ code, complained }).toEqual({ code: 0, complained: '' });
      expect(said.trimEnd().split('\n').length).toBeGreaterThan(15);
      for (const line of said.trimEnd().split('\n')) expect(line).toMatch(/^✓ .+ {2}\d+ ms$/);
    }
  });
});

describe('SIGTERM', () => {
  test('loses no answer of 20 requests in flight on kept connections, takes no new one, and ends with 0', async () => {
    const database = await ownDatabase('drain');
    const program = new Program('start.js', [], { ...quiet, ...database });
    await program.says(STARTED);
    const patient = await Person.named('patient', urlOf(program));
    const ask = () => patient.ask(OVERVIEW, { id: applicationId(0, 0) });
    const atOnce = () => Array.from({ length: 20 }, ask);
    const [warm] = await Promise.all(atOnce());

    const answers = await withClient(database.DATABASE_URL, async (client) => {
      // the fund's answers wait until this transaction ends
      await client.query('begin; lock table fund.application in access exclusive mode');
      const asked = atOnce();
      const late = halfAsked(urlOf(program));
      await sleep(300);
      program.signal('SIGTERM');
      await sleep(300);
      await expect(fetch(`${urlOf(program)}/health/live`)).rejects.toThrow();
      late.finish();
      await client.query('commit');
      expect(await late.status).toBe(200);
      return Promise.all(asked);
    });
    for (const { status, data, errors } of answers)
      expect({ status, data, errors }).toEqual({ status: 200, data: warm?.data, errors: [] });
    expect(await program.end('SIGCONT')).toBe(0);
  });
});

/** A request whose body is still on its way. */
function halfAsked(url: string) {
  const body = JSON.stringify({ query: '{ disease(catalogNo: 31) { nameEn } }' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const request = httpRequest(`${url}/graphql`, { method: 'POST', headers });
  request.write(body.slice(0, 10));
  const status = new Promise((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  return { status, finish: () => request.end(body.slice(10)) };
}

describe('a program that cannot start says why in one sentence and exits with 1:', () => {
  const DATABASE = { ...quiet, KEYS_DIR: env('TEST_KEYS_DIR'), DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/care' };
  let file: string;
  beforeAll(() => {
    file = join(newFolder(), 'file');
    writeFileSync(file, 'not a supergraph {');
  });

  type Start = [script: string, args: string[], environment: NodeJS.ProcessEnv];

  /** All of them at once, for each takes a second. */
  async function expectRefusal(why: RegExp, ...starts: Start[]) {
    const ends = await Promise.all(starts.map((start) => Program.run(...start)));
    for (const { code, said, complained } of ends) {
      expect({ code, said }).toEqual({ code: 1, said: '' });
      expect(complained).toMatch(/^[^\n]+\.\n$/);
      expect(complained).toMatch(why);
    }
  }

  test('the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const SUBGRAPH_URLS = JSON.stringify({ fund: `http://127.0.0.1:${port}/graphql` });
    const environment = { ...(await ownDatabase('port')), LOG_LEVEL: 'silent', PORT: String(port), SUBGRAPH_URLS };
    await expectRefusal(
      new RegExp(`^Port ${port} is taken\\.`),
      ['start.js', [], environment],
      ['gateway.js', [], environment],
      ['subgraph.js', ['fund'], environment],
    );
    server.close();
  });

  test('the database cannot be reached', () =>
    expectRefusal(
      /^The database cannot be reached \(ECONNREFUSED\)\./,
      ['start.js', [], DATABASE],
      ['subgraph.js', ['fund'], DATABASE],
    ));

  test('the data folder cannot be written', async () => {
    const environment = { ...quiet, DATA_DIR: join(file, 'x') };
    await expectRefusal(/cannot be written.+DATA_DIR/, ['start.js', [], environment], ['gateway.js', [], environment]);
  });

  test('the data are of a newer version', async () => {
    const database = await ownDatabase('newer');
    await withClient(database.DATABASE_URL, (client) =>
      client.query("insert into fund.migration (name, executed_at) values ('9999-from-the-future', now())"),
    );
    await expectRefusal(
      /^The data of the fund subgraph was written by a newer version.+9999-from-the-future/,
      ['start.js', [], { ...quiet, ...database }],
      ['subgraph.js', ['fund'], { ...quiet, ...database }],
    );
  });

  test('production has no issuer', async () => {
    const environment = { ...DATABASE, NODE_ENV: 'production' };
    await expectRefusal(/ISSUER_URL/, ['start.js', [], environment], ['gateway.js', [], environment]);
  });

  test('a setting makes no sense', async () => {
    const { code, complained } = await Program.run('start.js', [], { PORT: 'x', DATABASE_URL: 'mysql://x' });
    expect(code).toBe(1);
    expect(complained).toMatch(/^[^\n]*PORT[^\n]*DATABASE_URL[^\n]*\n$/);
  });

  test('there is no such subgraph', () =>
    expectRefusal(/^Usage: .+catalog, patient, fund/, ['subgraph.js', ['nothing'], quiet]));

  test('the supergraph is none', () =>
    expectRefusal(
      /^The supergraph .+ cannot be read/,
      ['gateway.js', ['--supergraph', file], DATABASE],
      ['gateway.js', ['--supergraph', `${file}.none`], DATABASE],
    ));

  test('no server runs', () =>
    expectRefusal(
      /^Nothing answers at http:\/\/localhost:1\./,
      ['smoke.js', ['--url', 'http://localhost:1'], {}],
      ['token.js', ['patient', '--url', 'http://localhost:1'], {}],
    ));
});

describe('npm run schema:check', () => {
  const folder = join(newFolder(), 'schema');
  const run = async (...args: string[]) => Program.run('schema.js', [...args, '--folder', folder], {});
  const file = (name: string) => join(folder, name);

  test('passes on what npm run schema has written', async () => {
    expect(await run('--release')).toMatchObject({ code: 0 });
    expect(await run('--check')).toMatchObject({ code: 0, complained: '' });
  });

  test('fails on drift and names the file', async () => {
    const supergraph = readFileSync(file('supergraph.graphql'), 'utf8');
    writeFileSync(file('supergraph.graphql'), supergraph.replace('Query', 'Qvery'));
    const { code, complained } = await run('--check');
    expect(code).toBe(1);
    expect(complained).toMatch(/^schema\/supergraph\.graphql is not what the resolvers say[^\n]+\n$/);
    writeFileSync(file('supergraph.graphql'), supergraph);
  });

  test('fails on a breaking change until it is declared', async () => {
    for (const name of ['released.graphql', 'released-partner.graphql']) {
      const released = readFileSync(file(name), 'utf8');
      writeFileSync(file(name), released.replace('type Query {', 'type Query {\n  oldField: Int\n'));
    }
    const { code, complained } = await run('--check');
    expect(code).toBe(1);
    expect(complained).toContain('Breaking change: Query.oldField was removed.');
    expect(complained).toContain('Breaking change: partners: Query.oldField was removed.');
    const changes = ['Query.oldField was removed.', 'partners: Query.oldField was removed.'];
    const declared = Object.fromEntries(changes.map((change) => [change, 'Nobody used it.']));
    writeFileSync(file('breaking-changes.json'), JSON.stringify(declared));
    expect(await run('--check')).toMatchObject({ code: 0, complained: '' });
  });
});

describe('npm run start:gateway with another supergraph', () => {
  const typeDefs = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { planet(name: String!): Planet }
    type Planet @key(fields: "name") { name: String! moons: Int! }`);

  test('joins a subgraph that it has never seen, signed and traced', async () => {
    const schema = buildSubgraphSchema([
      { typeDefs, resolvers: { Query: { planet: (_: unknown, { name }: { name: string }) => ({ name, moons: 2 }) } } },
    ]);
    const heard: Record<string, unknown>[] = [];
    const server = createServer(async (request, response) => {
      heard.push(request.headers);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { query: source, variables: variableValues } = JSON.parse(Buffer.concat(chunks).toString());
      response.end(JSON.stringify(await graphql({ schema, source, variableValues })));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const supergraph = join(newFolder(), 'supergraph.graphql');
    writeFileSync(supergraph, composeServices([{ name: 'planets', url, typeDefs }]).supergraphSdl as string);

    const [port] = await freePorts(1);
    const args = ['--supergraph', supergraph, '--port', String(port)];
    const gateway = new Program('gateway.js', args, { LOG_LEVEL: 'silent', KEYS_DIR: env('TEST_KEYS_DIR') });
    await gateway.says(/ready at /);
    const { data, errors } = await new Person(`http://localhost:${port}`).ask(
      '{ planet(name: "Mars") { name moons } }',
    );
    expect({ data, errors }).toEqual({ data: { planet: { name: 'Mars', moons: 2 } }, errors: [] });
    expect(heard.at(-1)).toMatchObject({
      authorization: expect.stringMatching(/^Signed /),
      traceparent: expect.stringMatching(/^00-/),
    });
    expect(await gateway.end('SIGTERM')).toBe(0);
    server.closeAllConnections();
    server.close();
  });
});
