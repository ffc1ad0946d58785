import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockedSubgraph } from '../scripts/dev/mocked-subgraph.js';
import { freePorts } from '../scripts/ports.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { ALL_SCOPES } from '../subgraphs/common/identity.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { applicationId, patientId } from '../subgraphs/common/seed.js';
import type { SubgraphName } from '../subgraphs/common/settings.js';
import { env } from './api.js';
import { Person } from './client.js';
import { copyDatabase } from './cluster.js';
import { Program } from './program.js';

afterAll(() => Program.endAll());

describe('a mocked subgraph', () => {
  const application = applicationId(0, 0);
  const known = {
    ids: new Map([
      ['Application', [application, applicationId(1, 0), applicationId(2, 0)]],
      ['Patient', [patientId(0), patientId(1)]],
    ]),
    own: new Map([['Patient', new Map([['demo-patient', patientId(0)]])]]),
  };
  const mocked = (name: SubgraphName) =>
    new MockedSubgraph(name, readFileSync(join(PROJECT_ROOT, `schema/subgraphs/${name}.graphql`), 'utf8'), known);

  /** What is answered by one that was made just now, so that it can remember nothing. */
  async function ask(name: SubgraphName, query: string, variables = {}, of = mocked(name)) {
    const identity = { subject: 'demo-patient', roles: [], scopes: ALL_SCOPES };
    const result = await of.request({ identity, locale: Locale.EN, trace: '' }).execute({ query, variables });
    expect(result.errors).toBeUndefined();
    // biome-ignore lint/suspicious/noExplicitAny: read as a client without types would
    return result.data as any;
  }

  test('answers the same for the same id, by whatever way it is reached', async () => {
    const fields = 'id status number total { amount } lines { id medicine { id } }';
    const reference = [{ __typename: 'Application', id: application }];
    const references = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Application';
    const { _entities } = await ask('pharmacy', `${references} { drugOrders { ${fields} } } } }`, { r: reference });
    const [order, other] = _entities[0].drugOrders;
    expect(order.id).not.toBe(other.id);
    const again = await ask('pharmacy', `query($id: ID!) { drugOrder(id: $id) { ${fields} application { id } } }`, {
      id: order.id,
    });
    expect(again.drugOrder).toEqual({ ...order, application: { id: application } });
  });

  test('tells of which type a record behind an interface is, the same in a list and by its id', async () => {
    const listed = '{ __typename id version }';
    const { articles } = await ask('community', `{ articles { nodes ${listed} } }`);
    const { _entities } = await ask(
      'community',
      `query($r: [_Any!]!) { _entities(representations: $r) { ... on Disease { stories { nodes ${listed} } } } }`,
      { r: [{ __typename: 'Disease', id: patientId(0) }] },
    );
    const records = [...articles.nodes, ..._entities[0].stories.nodes];
    expect(records.length).toBeGreaterThan(3);
    for (const record of records) {
      const { post } = await ask('community', `query($id: ID!) { post(id: $id) ${listed} }`, { id: record.id });
      expect(post).toEqual(record);
    }
  });

  test('turns the pages of a list, and knows how long it is', async () => {
    const page = 'edges { cursor node { id } } nodes { id } totalCount pageInfo { hasNextPage endCursor }';
    const all = (await ask('catalog', `{ diseases { ${page} } }`)).diseases;
    const first = (await ask('catalog', `{ diseases(first: 1) { ${page} } }`)).diseases;
    const { endCursor, hasNextPage } = first.pageInfo;
    const rest = (
      await ask('catalog', `query($after: ID) { diseases(after: $after) { ${page} } }`, { after: endCursor })
    ).diseases;
    expect(hasNextPage).toBe(true);
    expect([...first.nodes, ...rest.nodes]).toEqual(all.nodes);
    expect(all.totalCount).toBe(all.nodes.length);
    expect(all.edges.map(({ node }: { node: object }) => node)).toEqual(all.nodes);
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  test('lets every change succeed, and gives for ids what was asked for', async () => {
    const ids = [patientId(1), patientId(0)];
    const { medicinesById } = await ask('catalog', 'query($ids: [ID!]!) { medicinesById(ids: $ids) { id } }', { ids });
    expect(medicinesById).toEqual(ids.map((id) => ({ id })));
    const change = 'mutation($input: PublishDraftInput!) { publishDraft(input: $input) { __typename } }';
    const input = { postId: patientId(2), expectedVersion: 1, idempotencyKey: 'some-key' };
    const { publishDraft } = await ask('community', change, { input });
    expect(['Story', 'Question']).toContain(publishDraft.__typename);
    const standing = await ask('patient', 'query($p: ID!) { careStanding(patientId: $p) { patientId } }', {
      p: patientId(1),
    });
    expect(standing.careStanding.patientId).toBe(patientId(1));
  });
});

describe('`npm run dev -- --only fund`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'care-dev-'));
  const file = join(folder, 'gateway/http/body.ts');
  let dev: Program;
  let url: string;
  let patient: Person;

  /** No source of this project is changed: a copy is, whose types are looked at in one file, as that takes a second less. */
  beforeAll(async () => {
    for (const name of ['package.json', 'tsconfig.json', 'gateway', 'subgraphs', 'scripts', 'schema', 'dist'])
      cpSync(join(PROJECT_ROOT, name), join(folder, name), {
        recursive: true,
        filter: (path) => !path.endsWith('.map'),
      });
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
    const one = { extends: './tsconfig.json', include: ['gateway/http/body.ts'] };
    writeFileSync(join(folder, 'tsconfig.build.json'), JSON.stringify(one));
    const [port] = await freePorts(1);
    url = `http://localhost:${port}`;
    const environment = {
      PORT: String(port),
      DATABASE_URL: await copyDatabase(env('TEST_ADMIN_URL'), `dev_${process.pid}`),
      KEYS_DIR: env('TEST_KEYS_DIR'),
      DATA_DIR: join(folder, 'data'),
      REQUEST_LOG: 'off',
    };
    dev = new Program('dev.js', ['--only', 'fund'], environment, folder);
    await dev.says(/Ready in .* s at /);
    patient = await Person.named('patient', url);
  });

  afterAll(async () => {
    await dev.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (somebody: Person) =>
    somebody.ask(
      'query($id: ID!) { application(id: $id) { number patient { id displayName } drugOrders { id } grant { tier } } }',
      { id: applicationId(0, 0) },
    );
  const nonsense = async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: 'nonsense' });
    return response.text();
  };

  /** Asks on a connection of its own. @returns the status */
  const knock = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      request(`${url}/graphql`, { method: 'POST', agent: false, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end('{"query":"{ __typename }"}');
    });

  test('runs the fund on real data, makes up the others, and says so', async () => {
    const { data, errors, extensions } = await ask(patient);
    expect(errors).toEqual([]);
    expect(data.application).toMatchObject({
      number: 'RC-2026-000001',
      patient: { id: patientId(0), displayName: expect.stringMatching(/^Display name \d+$/) },
      grant: { tier: 'II' },
    });
    expect(extensions?.mocked).toEqual(['patient', 'pharmacy']);
    expect((await patient.ask('{ funds { nodes { code } } }')).extensions).not.toHaveProperty('mocked');
  });

  test('keeps the rules of access, also for what is made up', async () => {
    const { errors } = await new Person(url).ask('{ drugOrders { nodes { id } } }');
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask(await Person.named('other-patient', url))).data.application).toBeNull();
  });

  test('goes on with what there was when the new does not start, and serves what is saved without refusing anybody', async () => {
    const source = readFileSync(file, 'utf8');
    const before = await ask(patient);
    let asking = true;
    const statuses = new Set<number | undefined>();
    const meanwhile = (async () => {
      while (asking) statuses.add(await knock());
    })();
    writeFileSync(file, `${source}throw new Error('does not start');\n`);
    await dev.says(/does not start[\s\S]*the program from before goes on/);
    expect(await nonsense()).toContain('The body is not JSON.');
    writeFileSync(file, source.replace('The body is not JSON.', 'This is not JSON.'));
    await dev.says(/✓ Served after/);
    asking = false;
    await meanwhile;
    expect([...statuses]).toEqual([200]);
    expect(await nonsense()).toContain('This is not JSON.');
    expect((await ask(patient)).data).toEqual(before.data);
  });

  test('says which types are wrong in what it serves', async () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}export const wrong: number = 'text';\n`);
    await dev.says(/✓ Served after[\s\S]*TS2322/);
  });

  test('ends all that it has started when it is told to', async () => {
    expect(await dev.end('SIGTERM')).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});
