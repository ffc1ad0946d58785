import { composeServices } from '@apollo/composition';
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, type GraphQLFormattedError, parse } from 'graphql';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { guardedExecutor } from './guarded-executor.js';
import { createPermitCache, type PermitCache } from './permit-cache.js';
import { splitSupergraph } from './supergraph-rules.js';

process.env.APOLLO_TELEMETRY_DISABLED = '1';

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"]
)`;

const patientSdl = `
  ${LINK}
  type Query {
    me: Patient @authenticated
    patient(id: ID!): Patient
    patients: [Patient!]
    person(kind: String): Person
    anything: [Anything!]
    status: Status
    secretNumber(salt: Int): Int @requiresScopes(scopes: [["number"]])
  }
  type Mutation {
    rename(name: String!): Patient
    approve(amount: Int!): Int @requiresScopes(scopes: [["fund:review"]])
    approveAll: Int! @requiresScopes(scopes: [["fund:review"]])
  }
  interface Person { id: ID!  name: String  phone: String }
  type Patient implements Person @key(fields: "id") {
    id: ID!
    name: String
    phone(format: String): String @requiresScopes(scopes: [["phone:read"]])
    friends: [Patient!]
    record: Record
    birth: String! @requiresScopes(scopes: [["birth:read", "phone:read"], ["admin"]])
  }
  type Doctor implements Person @key(fields: "id") { id: ID!  name: String  phone: String }
  type Record @authenticated { text: String  author: Doctor }
  union Anything = Patient | Doctor | Record
  enum Status @authenticated { OPEN }
`;
const fundSdl = `
  ${LINK}
  type Patient @key(fields: "id") { id: ID!  grants: [Grant!] }
  type Grant { amount: Int  reviewer: String @requiresScopes(scopes: [["fund:review"]])  ledger: Ledger }
  type Ledger { sum: Int! @requiresScopes(scopes: [["fund:finance"]])  currency: String }
`;

/** Which resolvers ran, so that a test can say that one did not. */
const ran: string[] = [];
const person = (id: string) => ({ id, name: `name-${id}` });
const noting =
  <T>(name: string, value: T) =>
  (): T => {
    ran.push(name);
    return value;
  };

const patientSchema = buildSubgraphSchema([
  {
    typeDefs: parse(patientSdl),
    resolvers: {
      Query: {
        me: noting('me', person('1')),
        patient: (_: unknown, { id }: { id: string }) => person(id),
        patients: () => [person('1'), person('2')],
        person: (_: unknown, { kind }: { kind?: string }) => ({ ...person('9'), kind: kind ?? 'Patient' }),
        anything: () => [
          { ...person('1'), kind: 'Patient' },
          { ...person('5'), kind: 'Doctor' },
          { text: 'ill', kind: 'Record' },
        ],
        status: noting('status', 'OPEN'),
        secretNumber: noting('secretNumber', 42),
      },
      Mutation: {
        rename: (_: unknown, { name }: { name: string }) => ({ id: '1', name }),
        approve: noting('approve', 1),
        approveAll: noting('approveAll', 1),
      },
      Person: { __resolveType: ({ kind }: { kind: string }) => kind },
      Anything: { __resolveType: ({ kind }: { kind: string }) => kind },
      Patient: {
        __resolveReference: ({ id }: { id: string }) => person(id),
        phone: noting('phone', '0123'),
        birth: noting('birth', '1990-01-01'),
        friends: () => [person('2'), person('3')],
        record: noting('record', { text: 'ill' }),
      },
      Doctor: { phone: () => '999' },
      Record: { author: () => person('5') },
    },
  },
]);
const fundSchema = buildSubgraphSchema([
  {
    typeDefs: parse(fundSdl),
    resolvers: {
      Patient: { grants: () => [{ amount: 5 }, { amount: 7 }] },
      Grant: { reviewer: noting('reviewer', 'R'), ledger: () => ({ currency: 'CNY' }) },
      Ledger: { sum: noting('sum', 12) },
    },
  },
]);

const withScopes = (...scopes: string[]): Identity => ({ subject: 'somebody', roles: [], scopes });

interface Context {
  readonly identity: Identity;
}

describe('guardedExecutor, on a real gateway over two subgraphs', () => {
  let server: ApolloServer<Context>;

  beforeAll(async () => {
    const services = [
      { name: 'patient', url: 'http://patient', typeDefs: parse(patientSdl), schema: patientSchema },
      { name: 'fund', url: 'http://fund', typeDefs: parse(fundSdl), schema: fundSchema },
    ];
    const composed = composeServices(services);
    if (!composed.supergraphSdl) throw new Error(composed.errors?.join('\n'));
    const { runtimeSdl, rules } = splitSupergraph(composed.supergraphSdl);
    const gateway = new ApolloGateway({
      supergraphSdl: runtimeSdl,
      buildService: ({ name }) => {
        const service = services.find((candidate) => candidate.name === name);
        if (!service) throw new Error(`no subgraph ${name}`);
        return new LocalGraphQLDataSource(service.schema);
      },
    });
    let permits: PermitCache | undefined;
    gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
      permits = createPermitCache(apiSchema, rules);
    });
    const guarded: GatewayInterface = {
      onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
      stop: () => gateway.stop(),
      load: async (options) => {
        const { executor } = await gateway.load(options);
        return {
          executor:
            executor &&
            guardedExecutor(
              executor,
              () => {
                if (!permits) throw new Error('no schema yet');
                return permits;
              },
              ({ context }) => (context as Context).identity,
            ),
        };
      },
    };
    server = new ApolloServer<Context>({ gateway: guarded, plugins: [ApolloServerPluginUsageReportingDisabled()] });
    await server.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    ran.length = 0;
  });

  async function run(query: string, identity: Identity, variables = {}): Promise<ExecutionResult> {
    const response = await server.executeOperation({ query, variables }, { contextValue: { identity } });
    if (response.body.kind !== 'single') throw new Error('unexpected incremental answer');
    return JSON.parse(JSON.stringify(response.body.singleResult));
  }
  const codes = (result: ExecutionResult) =>
    (result.errors ?? []).map((error: GraphQLFormattedError) => [error.path?.join('.'), error.extensions?.code]);

  it('answers as the gateway would when nothing is denied', async () => {
    const result = await run('{ patient(id: 1) { name phone } }', withScopes('phone:read'));
    expect(result).toEqual({ data: { patient: { name: 'name-1', phone: '0123' } } });
  });

  it('makes a denied field null, says which scope opens it, and never runs its resolver', async () => {
    const result = await run('{ patient(id: 1) { name phone } }', withScopes());
    expect(result.data).toEqual({ patient: { name: 'name-1', phone: null } });
    expect(result.errors).toMatchObject([
      {
        message: 'This field needs the scope phone:read, which your token does not have.',
        path: ['patient', 'phone'],
        locations: [{ line: 1, column: 25 }],
        extensions: { code: 'FORBIDDEN', requiredScopes: [['phone:read']] },
      },
    ]);
    expect(ran).toEqual([]);
  });

  it('asks somebody who has not signed in to do so', async () => {
    const result = await run('{ me { name } patient(id: 1) { name } }', ANONYMOUS);
    expect(result.data).toEqual({ me: null, patient: { name: 'name-1' } });
    expect(result.errors).toMatchObject([
      { message: 'Sign in to use this field.', path: ['me'], extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(ran).toEqual([]);
  });

  it('does not let a plan made for one caller serve another with the same query', async () => {
    const query = 'query Same { patient(id: 1) { phone } }';
    expect((await run(query, withScopes('phone:read'))).data).toEqual({ patient: { phone: '0123' } });
    ran.length = 0;
    expect((await run(query, withScopes())).data).toEqual({ patient: { phone: null } });
    expect(ran).toEqual([]);
    expect((await run(query, withScopes('phone:read'))).data).toEqual({ patient: { phone: '0123' } });
  });

  it('denies under aliases, in fragments, in lists and over subgraphs, with the indices in the path', async () => {
    const query = `
      query { patients { a: phone ...Money friends { b: phone } } }
      fragment Money on Patient { grants { amount ... { who: reviewer } } }
    `;
    const result = await run(query, withScopes());
    const grants = [5, 7].map((amount) => ({ amount, who: null }));
    const friends = [{ b: null }, { b: null }];
    expect(result.data).toEqual({
      patients: [
        { a: null, grants, friends },
        { a: null, grants, friends },
      ],
    });
    expect(codes(result)).toEqual(
      [0, 1].flatMap((i) =>
        ['a', 'grants.0.who', 'grants.1.who', 'friends.0.b', 'friends.1.b'].map((path) => [
          `patients.${i}.${path}`,
          'FORBIDDEN',
        ]),
      ),
    );
    expect(ran).toEqual([]);
  });

  it('keeps the order of the keys as asked for', async () => {
    const result = await run('{ patient(id: 1) { name phone id } }', withScopes());
    expect(Object.keys(result.data?.patient as object)).toEqual(['name', 'phone', 'id']);
  });

  it('denies a field whose type has a rule, and fields inside of that type', async () => {
    const result = await run(
      '{ patient(id: 1) { record { text } } anything { ... on Record { text } } status }',
      ANONYMOUS,
    );
    expect(result.data).toEqual({
      patient: { record: null },
      anything: [{}, {}, { text: null }],
      status: null,
    });
    expect(codes(result)).toEqual([
      ['patient.record', 'UNAUTHENTICATED'],
      ['anything.2.text', 'UNAUTHENTICATED'],
      ['status', 'UNAUTHENTICATED'],
    ]);
    expect(ran).toEqual([]);
  });

  it('denies an interface field when one of the types behind it denies it, whatever type is there', async () => {
    const result = await run('{ person(kind: "Doctor") { name phone } }', withScopes());
    expect(result.data).toEqual({ person: { name: 'name-9', phone: null } });
    const onType = await run('{ person(kind: "Doctor") { ... on Doctor { phone } } }', withScopes());
    expect(onType).toEqual({ data: { person: { phone: '999' } } });
  });

  it('denies on an interface although a fragment on the type behind it is permitted', async () => {
    for (const query of [
      '{ person(kind: "Doctor") { phone ... on Doctor { phone } } }',
      '{ person(kind: "Doctor") { ... on Doctor { phone } phone } }',
    ]) {
      const result = await run(query, withScopes());
      expect(result.data).toEqual({ person: { phone: null } });
      expect(codes(result)).toEqual([['person.phone', 'FORBIDDEN']]);
    }
  });

  it('denies for one member of a union and permits for another under the same response key', async () => {
    const query =
      '{ anything { __typename ... on Patient { x: phone } ... on Doctor { x: name } ... on Record { x: text } } }';
    const result = await run(query, withScopes());
    expect(result.data).toEqual({
      anything: [
        { __typename: 'Patient', x: null },
        { __typename: 'Doctor', x: 'name-5' },
        { __typename: 'Record', x: 'ill' },
      ],
    });
    expect(codes(result)).toEqual([['anything.0.x', 'FORBIDDEN']]);
  });

  it('reports a field selected several times once a place', async () => {
    const query = `
      { patient(id: 1) { phone phone ...P ... on Patient { phone } ... on Person { phone } } patient(id: 1) { phone } }
      fragment P on Patient { phone }
    `;
    const result = await run(query, withScopes());
    expect(result.data).toEqual({ patient: { phone: null } });
    expect(codes(result)).toEqual([['patient.phone', 'FORBIDDEN']]);
  });

  it('obeys @skip and @include of the denied field and of what is around it', async () => {
    const query = `
      query ($yes: Boolean!, $no: Boolean = false) {
        patient(id: 1) {
          name
          a: phone @include(if: $yes)
          b: phone @skip(if: $yes)
          c: phone @include(if: $no)
          ... @include(if: $yes) { d: phone }
          ... @skip(if: $yes) { e: phone }
        }
        n: secretNumber @include(if: $no)
        m: secretNumber @skip(if: $no)
      }
    `;
    const result = await run(query, withScopes(), { yes: true });
    expect(result.data).toEqual({ patient: { name: 'name-1', a: null, d: null }, m: null });
    expect(codes(result).map(([path]) => path)).toEqual(['patient.a', 'patient.d', 'm']);
  });

  it('drops variables and fragments that only a denied field used', async () => {
    const query = `
      query ($id: ID!, $format: String, $salt: Int) {
        patient(id: $id) { name phone(format: $format) record { ...Inside } }
        secretNumber(salt: $salt)
      }
      fragment Inside on Record { text author { name } }
    `;
    const result = await run(query, ANONYMOUS, { id: '1', format: 'x', salt: 3 });
    expect(result.data).toEqual({ patient: { name: 'name-1', phone: null, record: null }, secretNumber: null });
    expect(result.errors).toHaveLength(3);
  });

  it('answers an operation in which all is denied', async () => {
    const result = await run('{ me { name } secretNumber }', ANONYMOUS);
    expect(result.data).toEqual({ me: null, secretNumber: null });
    expect(ran).toEqual([]);
  });

  it('answers __typename beside and inside of what is denied', async () => {
    const result = await run(
      '{ __typename me { __typename } patient(id: 1) { t: __typename phone __typename } }',
      ANONYMOUS,
    );
    expect(result.data).toEqual({
      __typename: 'Query',
      me: null,
      patient: { t: 'Patient', phone: null, __typename: 'Patient' },
    });
  });

  it('never runs a denied mutation, and runs the permitted ones beside it', async () => {
    const result = await run(
      'mutation ($n: Int!) { before: rename(name: "x") { name } approve(amount: $n) after: rename(name: "y") { name } }',
      withScopes('fund:apply'),
      { n: 3 },
    );
    expect(result.data).toEqual({ before: { name: 'x' }, approve: null, after: { name: 'y' } });
    expect(codes(result)).toEqual([['approve', 'FORBIDDEN']]);
    expect(ran).toEqual([]);
  });

  it('answers a mutation of which nothing is permitted', async () => {
    expect((await run('mutation { approve(amount: 1) }', ANONYMOUS)).data).toEqual({ approve: null });
    expect((await run('mutation { approveAll }', withScopes())).data).toBeNull();
    expect(ran).toEqual([]);
  });

  it('runs a mutation that the scopes permit', async () => {
    expect(await run('mutation { approve(amount: 1) }', withScopes('fund:review'))).toEqual({ data: { approve: 1 } });
  });

  it('hands the null of a denied non-null field to the nearest nullable parent', async () => {
    const object = await run('{ patient(id: 1) { name birth } me { name } }', withScopes());
    expect(object.data).toEqual({ patient: null, me: { name: 'name-1' } });
    const list = await run('{ patients { name birth } }', withScopes());
    expect(list.data).toEqual({ patients: null });
    expect(codes(list)).toEqual([['patients.0.birth', 'FORBIDDEN']]);
    const deep = await run('{ patient(id: 1) { grants { amount ledger { sum currency } } } }', withScopes());
    expect(deep.data).toEqual({ patient: { grants: [5, 7].map((amount) => ({ amount, ledger: null })) } });
  });

  it('takes any one of the alternatives, and all scopes of it', async () => {
    const query = '{ patient(id: 1) { birth } }';
    expect((await run(query, withScopes('birth:read'))).errors?.[0]?.message).toBe(
      'This field needs the scopes birth:read and phone:read, or admin, which your token does not have.',
    );
    expect((await run(query, withScopes('birth:read', 'phone:read'))).errors).toBeUndefined();
    expect((await run(query, withScopes('admin'))).errors).toBeUndefined();
  });

  it('leaves introspection free', async () => {
    const query = `
      { __type(name: "Patient") { ...T } __schema { queryType { ...T } } secretNumber }
      fragment T on __Type { name }
    `;
    expect((await run(query, ANONYMOUS)).data).toEqual({
      __type: { name: 'Patient' },
      __schema: { queryType: { name: 'Query' } },
      secretNumber: null,
    });
  });

  it('is not misled by aliases that look like its own or like properties of objects', async () => {
    const query = `{
      patient(id: 1) { denied_0: name denied__0: id __proto__: phone constructor: phone hasOwnProperty: name }
    }`;
    const { data } = await run(query, withScopes());
    expect(Object.entries(data?.patient as object)).toEqual([
      ['denied_0', 'name-1'],
      ['denied__0', '1'],
      ['__proto__', null],
      ['constructor', null],
      ['hasOwnProperty', 'name-1'],
    ]);
  });
});
