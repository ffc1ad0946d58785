import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildSchema, type GraphQLField, getNamedType, isInputObjectType } from 'graphql';
import { diseaseId } from '../subgraphs/catalog/import.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { ANONYMOUS, type Identity } from '../subgraphs/common/identity.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { applicationId, patientId } from '../subgraphs/common/seed.js';
import { SUBGRAPH_NAMES, type SubgraphName } from '../subgraphs/common/settings.js';
import { type Caller, type SIGNERS, Signer } from '../subgraphs/common/signature.js';
import { type ApiUnderTest, SUBGRAPH_TIMEOUT_MS, startApi } from './api.js';
import type { Answer, Person } from './client.js';
import { statementsAt } from './metrics.js';
import { OVERVIEW } from './story.js';

const PATIENT = patientId(0);
const APPLICATION = applicationId(0, 0);
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const SCOPES = ['patient:self', 'fund:apply', 'pharmacy:order'];
const person = (subject: string): Identity => ({ subject, roles: ['PATIENT'], scopes: SCOPES });
const OWNER = person('demo-patient');
const STRANGER = person('demo-other-patient');
const caller = (identity: Identity): Caller => ({ identity, locale: Locale.EN, trace: TRACE });

const ENTITIES = (selection: string) =>
  `query($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
const reading = (id: string) =>
  JSON.stringify({ query: 'query($id: ID!) { patient(id: $id) { displayName } }', variables: { id } });

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi('many processes', 'door');
});
afterAll(() => api?.stop());

const signed = (
  body: string,
  identity: Identity,
  {
    by = 'gateway',
    to = 'patient',
    keys = api.keysDir,
  }: { by?: (typeof SIGNERS)[number]; to?: string; keys?: string } = {},
) => new Signer(by, keys).sign(to, body, caller(identity));

async function knock(subgraph: SubgraphName, body: string, token?: string) {
  const response = await fetch(api.subgraphUrls[subgraph] as string, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Signed ${token}` }) },
    body,
  });
  return { status: response.status, ...(JSON.parse(await response.text()) as Partial<Answer>) };
}

/** These set something, and set the same when they are repeated: events and readings are sets, too. */
const SETTING = /^(follow|unfollow|react|takeBack|show|hide|mark\w*Read|report(Shipment|Temperatures))/;

describe('a subgraph asked directly', () => {
  const body = reading(PATIENT);
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('answers what the gateway has signed', async () => {
    const { status, data } = await knock('patient', body, signed(body, OWNER));
    expect({ status, data }).toEqual({ status: 200, data: { patient: { displayName: expect.any(String) } } });
  });

  const at = (offsetSeconds: number) => {
    const now = Date.now() + offsetSeconds * 1000;
    jest.spyOn(Date, 'now').mockReturnValue(now);
    const token = signed(body, OWNER);
    jest.restoreAllMocks();
    return token;
  };
  /** A folder of keys in which the gateway's is another's. */
  const stolen = (owner: string, use: (keys: string) => string) => {
    const keys = mkdtempSync(join(tmpdir(), 'care-keys-'));
    cpSync(join(api.keysDir, `${owner}.private.pem`), join(keys, 'gateway.private.pem'));
    const token = use(keys);
    rmSync(keys, { recursive: true });
    return token;
  };
  const swapped = (token: string, other: string) => {
    const [header, , signature] = token.split('.');
    return `${header}.${other.split('.')[1]}.${signature}`;
  };

  test.each<[string, () => string | undefined | Promise<string>]>([
    ['without a signature', () => undefined],
    ['with a signature that is none', () => 'x.y.z'],
    ['with a signature of a minute ago', () => at(-60)],
    ['with a signature of a minute from now', () => at(60)],
    ['with a signature for another subgraph', () => signed(body, OWNER, { to: 'fund' })],
    ['with a signature for other variables', () => signed(reading(patientId(1)), OWNER)],
    ['with a signature for the same query, spaced otherwise', () => signed(` ${body}`, OWNER)],
    ['with claims under another signature', () => swapped(signed(body, STRANGER), signed(body, OWNER))],
    ['signed by a subgraph as the gateway', () => stolen('pharmacy', (keys) => signed(body, OWNER, { keys }))],
    ['signed by a subgraph that does not say so', () => signed(body, OWNER, { by: 'pharmacy' })],
    ['signed by a subgraph as another', () => signed(body, { ...OWNER, via: 'fund' }, { by: 'pharmacy' })],
    ['signed by the gateway in the name of the system', () => signed(body, { ...OWNER, system: true })],
    [
      'with a signature that was used',
      async () => {
        const token = signed(body, OWNER);
        await knock('patient', body, token);
        return token;
      },
    ],
  ])('refuses a request %s with 401, before any statement', async (_, token) => {
    const { origin } = new URL(api.subgraphUrls.patient as string);
    const made = await token();
    const before = await statementsAt(origin);
    const { status, data, errors } = await knock('patient', body, made);
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await statementsAt(origin)).toBe(before);
  });

  test('does once what is sent again to another replica, which cannot know that the signature was used', async () => {
    const input = {
      idempotencyKey: 'replay',
      diseaseId: diseaseId(31),
      title: 'A story',
      body: 'What I have to tell.',
    };
    const query = 'mutation($input: PublishStoryInput!) { publishStory(input: $input) { ... on Story { id } } }';
    const change = JSON.stringify({ query, variables: { input } });
    const writer = { ...OWNER, scopes: [...SCOPES, 'community:write'] };
    // to another replica a used signature is what a new one is to this one
    const again = () => knock('community', change, signed(change, writer, { to: 'community' }));
    const [first, second] = [await again(), await again()];
    expect(first).toEqual({ status: 200, data: { publishStory: { id: expect.any(String) } } });
    expect(second).toEqual({ ...first, extensions: { idempotentReplay: true } });
  });

  test('can be sent no change that does more when it is sent twice', () => {
    const repeatable = ({ name, args }: GraphQLField<unknown, unknown>) => {
      const input = args.find((arg) => arg.name === 'input');
      const type = input && getNamedType(input.type);
      const hasKey = isInputObjectType(type) && 'idempotencyKey' in type.getFields();
      return hasKey || SETTING.test(name);
    };
    const changes = Object.values(
      buildSchema(readFileSync(join(PROJECT_ROOT, 'schema/api.graphql'), 'utf8'))
        .getMutationType()
        ?.getFields() ?? {},
    );
    expect(changes.length).toBeGreaterThan(80);
    expect(changes.filter((change) => !repeatable(change)).map(({ name }) => name)).toEqual([]);
  });

  test.each([
    ['entities by reference', ENTITIES('... on Patient { displayName }')],
    ['its schema', 'query Sdl { _service { sdl } }'],
    ['its schema by introspection', '{ __schema { queryType { name } } }'],
    [
      'its schema in a fragment',
      'query { ...All } fragment All on Query { ...More } fragment More on Query { x: __type(name: "Patient") { name } }',
    ],
  ])('gives %s to the gateway alone, not to another subgraph', async (_, query) => {
    const { origin } = new URL(api.subgraphUrls.patient as string);
    const variables = { representations: [{ __typename: 'Patient', id: PATIENT }] };
    const question = JSON.stringify({ query, variables });
    expect((await knock('patient', question, signed(question, OWNER))).errors).toBeUndefined();
    const before = await statementsAt(origin);
    const other = signed(question, { ...OWNER, via: 'pharmacy' }, { by: 'pharmacy' });
    const { data, errors } = await knock('patient', question, other);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await statementsAt(origin)).toBe(before);
  });

  test('is asked what is for subgraphs by those that it is for, and by nobody else', async () => {
    const question = JSON.stringify({
      query:
        'query($patientId: ID!, $diseaseId: ID!) { verifiedDiagnosis(patientId: $patientId, diseaseId: $diseaseId) { diagnosedOn } }',
      variables: { patientId: PATIENT, diseaseId: PATIENT },
    });
    const scoped = (scope: string, via?: SubgraphName) => ({
      ...OWNER,
      scopes: [...SCOPES, scope],
      ...(via && { via }),
    });
    const right = signed(question, scoped('service:fund', 'fund'), { by: 'fund' });
    expect(await knock('patient', question, right)).toMatchObject({ data: { verifiedDiagnosis: null } });
    for (const token of [
      signed(question, OWNER),
      signed(question, scoped('service:fund')),
      signed(question, scoped('service:fund', 'pharmacy'), { by: 'pharmacy' }),
      signed(question, scoped('service:pharmacy', 'pharmacy'), { by: 'pharmacy' }),
    ]) {
      const { data, errors } = await knock('patient', question, token);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  test.each<[SubgraphName, string, string, string]>([
    ['patient', 'Patient', PATIENT, '... on Patient { displayName }'],
    ['fund', 'Application', APPLICATION, '... on Application { number }'],
  ])('%s gives a stranger no %s by reference, and its owner does get it', async (subgraph, type, id, selection) => {
    const entities = JSON.stringify({
      query: ENTITIES(selection),
      variables: { representations: [{ __typename: type, id, subject: 'demo-patient', displayName: 'forged' }] },
    });
    const asked = (identity: Identity) => knock(subgraph, entities, signed(entities, identity, { to: subgraph }));
    expect((await asked(STRANGER)).data).toEqual({ _entities: [null] });
    expect((await asked(ANONYMOUS)).data ?? null).toBeNull();
    expect((await asked(OWNER)).data).toEqual({ _entities: [expect.objectContaining({})] });
  });

  test('tells a stranger through the stub of a patient what it tells of a patient that there is not', async () => {
    const through = async (id: string, identity: Identity) => {
      const entities = JSON.stringify({
        query: ENTITIES('... on Patient { annualAid { granted { amount } } applications { nodes { id } } }'),
        variables: { representations: [{ __typename: 'Patient', id }] },
      });
      const { data } = await knock('fund', entities, signed(entities, identity, { to: 'fund' }));
      return data._entities[0];
    };
    expect(await through(PATIENT, STRANGER)).toEqual(await through('01934a3c-5800-7000-8000-00000000ffff', STRANGER));
    expect(await through(PATIENT, OWNER)).not.toEqual(await through(PATIENT, STRANGER));
  });

  test.each([
    ['an unknown type', { __typename: 'Secret', id: PATIENT }],
    ['a type that others own', { __typename: 'Application', id: APPLICATION }],
    ['an id that is no id', { __typename: 'Patient', id: "' or 1=1" }],
    ['an id that is an object', { __typename: 'Patient', id: { $ne: '' } }],
    ['__proto__ as a type', { __typename: '__proto__', id: PATIENT }],
  ])('gives nothing for a reference with %s', async (_, representation) => {
    const variables = { representations: [representation] };
    const entities = JSON.stringify({ query: ENTITIES('... on Patient { displayName }'), variables });
    const { data } = await knock('patient', entities, signed(entities, OWNER));
    expect(data).toEqual({ _entities: [null] });
  });

  test('looks up 500 references at once, and refuses 501', async () => {
    const asked = (count: number) => {
      const representations = Array.from({ length: count }, () => ({ __typename: 'Patient', id: PATIENT }));
      const query = ENTITIES('... on Patient { displayName }');
      const entities = JSON.stringify({ query, variables: { representations } });
      return knock('patient', entities, signed(entities, OWNER));
    };
    expect((await asked(500)).data._entities).toHaveLength(500);
    const { data, errors } = await asked(501);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('is given nothing of an entity but its id: no field needs what others say, so nothing can be forged', () => {
    for (const name of SUBGRAPH_NAMES) {
      const sdl = readFileSync(join(PROJECT_ROOT, `schema/subgraphs/${name}.graphql`), 'utf8');
      expect(sdl.match(/@(requires|external|provides|interfaceObject|fromContext)\b/g)).toBeNull();
      expect(new Set(sdl.match(/@key\([^)]*\)/g)?.map((key) => /fields: "([^"]*)"/.exec(key)?.[1]))).toEqual(
        new Set(['id']),
      );
    }
  });

  test('traces nothing for those who ask for a trace', async () => {
    const response = await fetch(api.subgraphUrls.patient as string, {
      method: 'POST',
      headers: { authorization: `Signed ${signed(body, OWNER)}`, 'apollo-federation-include-trace': 'ftv1' },
      body,
    });
    expect(Object.keys(JSON.parse(await response.text()))).toEqual(['data']);
  });
});

describe('a subgraph that does not answer', () => {
  let patient: Person;
  let whole: Answer;

  beforeAll(async () => {
    patient = await api.person('patient');
    whole = await patient.ask(OVERVIEW, { id: APPLICATION });
  });

  async function timed(ask: () => Promise<Answer>) {
    const began = performance.now();
    return { answer: await ask(), ms: performance.now() - began };
  }
  const overview = () => timed(() => patient.ask(OVERVIEW, { id: APPLICATION }));
  const health = async () => {
    const response = await fetch(`${api.url}/health/ready`);
    return { status: response.status, parts: JSON.parse(await response.text()).parts as Record<string, boolean> };
  };
  const ALL = { catalog: true, patient: true, fund: true, pharmacy: true, community: true };

  test('is not the ordinary case', async () => {
    expect(whole.errors).toEqual([]);
    expect(whole.data.application.drugOrders.length).toBeGreaterThan(0);
    expect(await health()).toEqual({ status: 200, parts: ALL });
  });

  /** The whole answer but for one field. */
  function expectAllBut(answer: Answer, path: string[], edit: (application: Record<string, unknown>) => void): void {
    const rest = structuredClone(whole.data);
    edit(rest.application);
    expect(answer.data).toEqual(rest);
    expect(answer.errors).toMatchObject([{ path, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
    expect(JSON.stringify(answer.errors)).not.toMatch(/127\.0\.0\.1|localhost|ECONN|http/i);
    expect(answer.status).toBe(200);
  }
  const withoutOrders = (application: Record<string, unknown>) => {
    application.drugOrders = null;
  };
  const withoutStories = (application: Record<string, unknown>) => {
    (application.disease as Record<string, unknown>).stories = null;
  };

  test('and was killed costs its own fields, at once, and the health check names it', async () => {
    await api.kill('pharmacy');
    const { answer, ms } = await overview();
    expectAllBut(answer, ['application', 'drugOrders'], withoutOrders);
    expect(ms).toBeLessThan(SUBGRAPH_TIMEOUT_MS);
    expect(await health()).toEqual({ status: 503, parts: { ...ALL, pharmacy: false } });
    await api.restart('pharmacy');
  });

  test('and was killed costs fields of fields too', async () => {
    await api.kill('community');
    const { answer } = await overview();
    expectAllBut(answer, ['application', 'disease', 'stories'], withoutStories);
    expect((await patient.ask('{ stories { nodes { id } } me { roles } }')).data).toEqual({
      stories: null,
      me: { roles: ['PATIENT'] },
    });
    expect(await health()).toEqual({ status: 503, parts: { ...ALL, community: false } });
    await api.restart('community');
  });

  test('but hangs costs its own fields within the time limit', async () => {
    const goOn = api.pause('pharmacy');
    try {
      const { answer, ms } = await overview();
      expectAllBut(answer, ['application', 'drugOrders'], withoutOrders);
      expect(ms).toBeGreaterThan(SUBGRAPH_TIMEOUT_MS * 0.9);
      expect(ms).toBeLessThan(SUBGRAPH_TIMEOUT_MS + 1_000);
      expect(await health()).toEqual({ status: 503, parts: { ...ALL, pharmacy: false } });
    } finally {
      goOn();
    }
  });

  test('is used again when it answers again, by the same gateway', async () => {
    const { answer } = await overview();
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual(whole.data);
    expect(await health()).toEqual({ status: 200, parts: ALL });
  });
});
