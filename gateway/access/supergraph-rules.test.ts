import { composeServices } from '@apollo/composition';
import { ApolloGateway } from '@apollo/gateway';
import { parse } from 'graphql';
import { SupergraphRefused, splitSupergraph } from './supergraph-rules.js';

process.env.APOLLO_TELEMETRY_DISABLED = '1';

const FEDERATION = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${imports}])`;
const STOCK = '"@authenticated", "@requiresScopes"';
const RENAMED = '{ name: "@authenticated", as: "@signedIn" }, { name: "@requiresScopes", as: "@needs" }';

function supergraphOf(...subgraphs: string[]): string {
  const composed = composeServices(
    subgraphs.map((sdl, index) => ({ name: `s${index}`, url: `http://s${index}`, typeDefs: parse(sdl) })),
  );
  if (!composed.supergraphSdl) throw new Error(composed.errors?.join('\n'));
  return composed.supergraphSdl;
}

const patients = `
  ${FEDERATION(STOCK)}
  type Query { me: Patient @authenticated  status: Status }
  interface Person { name: String }
  type Patient implements Person @key(fields: "id") {
    id: ID!
    name: String @authenticated @requiresScopes(scopes: [["a", "b"], ["c"]])
  }
  enum Status @authenticated { OPEN }
  scalar Secret @requiresScopes(scopes: [["s"]])
`;
const funds = `
  ${FEDERATION(STOCK)}
  type Patient @key(fields: "id") { id: ID!  grants: Int @requiresScopes(scopes: [["fund"]]) }
  type Ledger @authenticated { sum: Int }
  type Query { ledger: Ledger }
`;

const loads = async (supergraphSdl: string): Promise<string> => {
  const gateway = new ApolloGateway({ supergraphSdl });
  await gateway.load();
  await gateway.stop();
  return 'loaded';
};

describe('splitSupergraph', () => {
  const supergraphSdl = supergraphOf(patients, funds);

  it('makes a supergraph loadable that the gateway refuses as it is', async () => {
    await expect(loads(supergraphSdl)).rejects.toThrow(/SECURITY/);
    await expect(loads(splitSupergraph(supergraphSdl).runtimeSdl)).resolves.toBe('loaded');
  });

  it('leaves no trace of the rules in the runtime supergraph', () => {
    expect(splitSupergraph(supergraphSdl).runtimeSdl).not.toMatch(/authenticated|requiresScopes/);
  });

  it('collects the rules of fields, objects, interfaces, enums and scalars by coordinate', () => {
    expect(Object.fromEntries(splitSupergraph(supergraphSdl).rules)).toEqual({
      'Query.me': { authenticated: true },
      'Patient.name': { scopes: [['a', 'b'], ['c']] },
      'Person.name': { scopes: [['a', 'b'], ['c']] },
      'Patient.grants': { scopes: [['fund']] },
      Status: { authenticated: true },
      Secret: { scopes: [['s']] },
      Ledger: { authenticated: true },
    });
  });

  it('changes nothing in a supergraph without rules', async () => {
    const open = supergraphOf('type Query { hello: String }');
    expect(splitSupergraph(open).rules.size).toBe(0);
    await expect(loads(splitSupergraph(open).runtimeSdl)).resolves.toBe('loaded');
  });

  it('knows the directives under the names they were imported as', async () => {
    const { runtimeSdl, rules } = splitSupergraph(
      supergraphOf(`
        ${FEDERATION(RENAMED)}
        type Query { me: Int @signedIn  mine: Int @needs(scopes: [["x"]]) }
      `),
    );
    expect(Object.fromEntries(rules)).toEqual({
      'Query.me': { authenticated: true },
      'Query.mine': { scopes: [['x']] },
    });
    await expect(loads(runtimeSdl)).resolves.toBe('loaded');
  });

  it('knows a spec that the supergraph links under another name', () => {
    const { rules } = splitSupergraph(`
      schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "auth", for: SECURITY) { query: Query }
      directive @auth on FIELD_DEFINITION
      type Query { me: Int @auth }
    `);
    expect(rules.get('Query.me')).toEqual({ authenticated: true });
  });

  it('reads a single scope as a list of one, as GraphQL does', () => {
    const { rules } = splitSupergraph(`
      schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) { query: Query }
      directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
      type Query { me: Int @requiresScopes(scopes: "x") }
    `);
    expect(rules.get('Query.me')).toEqual({ scopes: [['x']] });
  });

  it('loads @inaccessible, which is for security too but enforced by the gateway itself', async () => {
    const hidden = supergraphOf(`
      ${FEDERATION('"@inaccessible", "@authenticated"')}
      type Query { me: Int @authenticated  hidden: Int @inaccessible }
    `);
    const { runtimeSdl } = splitSupergraph(hidden);
    expect(runtimeSdl).toContain('@inaccessible');
    await expect(loads(runtimeSdl)).resolves.toBe('loaded');
  });

  it('refuses @policy, which nobody here enforces', () => {
    const policed = supergraphOf(`${FEDERATION('"@policy"')} type Query { me: Int @policy(policies: [["p"]]) }`);
    expect(() => splitSupergraph(policed)).toThrow(SupergraphRefused);
    expect(() => splitSupergraph(policed)).toThrow(/policy\/v0\.1/);
  });

  it.each([
    ['an unknown spec', 'url: "https://example.org/lock/v1.0", for: SECURITY'],
    ['a later version', 'url: "https://specs.apollo.dev/authenticated/v0.2", for: SECURITY'],
    ['@policy that does not say it is for security', 'url: "https://specs.apollo.dev/policy/v0.1"'],
    ['a link without url', 'for: SECURITY'],
    [
      'an alias that is no directive',
      'url: "https://specs.apollo.dev/authenticated/v0.1", import: [{ name: "@authenticated", as: 1 }]',
    ],
  ])('refuses %s', (_name, link) => {
    expect(() => splitSupergraph(`schema @link(${link}) { query: Query } type Query { me: Int }`)).toThrow(
      SupergraphRefused,
    );
  });

  it('takes rules out also when the link does not say that it is for security', () => {
    const { rules } = splitSupergraph(`
      schema @link(url: "https://specs.apollo.dev/authenticated/v0.1") { query: Query }
      directive @authenticated on FIELD_DEFINITION
      type Query { me: Int @authenticated }
    `);
    expect(rules.has('Query.me')).toBe(true);
  });

  it.each([
    ['an argument', 'type Query { me(of: Int @authenticated): Int }'],
    ['a union', 'type Query { me: Any } union Any @authenticated = Query'],
    ['an input field', 'type Query { me: Int } input I { a: Int @authenticated }'],
    ['an enum value', 'type Query { me: Int } enum E { A @authenticated }'],
  ])('refuses a rule on %s, where it would not be enforced', (_name, types) => {
    const sdl = `schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: Query } ${types}`;
    expect(() => splitSupergraph(sdl)).toThrow(/not enforced/);
  });
});
