import { buildSchema, type ExecutionResult, executeSync, type GraphQLSchema, parse, print, validate } from 'graphql';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { FieldRules } from './field-rules.js';
import { nullDenied } from './null-denied.js';
import { type Permitted, permitOperation } from './permit.js';
import { createPermitCache } from './permit-cache.js';
import type { AccessRule } from './supergraph-rules.js';

const schema: GraphQLSchema = buildSchema(`
  type Query { tree: Tree  open(a: Int): Int  shut(a: Int): Int  list: [Tree]  json: Json  never: Int }
  type Mutation { shut: Int }
  type Tree { left: Tree  right: Tree  leaf: Int  secret: Int }
  scalar Json
`);
const rules = new Map<string, AccessRule>([
  ['Query.shut', { scopes: [['key']] }],
  ['Query.never', { scopes: [] }],
  ['Mutation.shut', { scopes: [['key']] }],
  ['Tree.secret', { authenticated: true }],
]);
const signedIn: Identity = { ...ANONYMOUS, subject: 'somebody' };
const permit = (text: string, identity = ANONYMOUS, operationName?: string): Permitted =>
  permitOperation(new FieldRules(schema, rules), parse(text), operationName, identity);
const printed = (permitted: Permitted): string => print(permitted.document).replaceAll(/\s+/g, ' ');

/** `f0` spreads `f1` twice, `f1` spreads `f2` twice, … */
const bomb = (n: number, spread: (name: string) => string): string =>
  `{ tree { ...f0 } } ${Array.from({ length: n }, (_, i) => `fragment f${i} on Tree { ${spread(`f${i + 1}`)} }`).join(' ')}
   fragment f${n} on Tree { leaf secret }`;

describe('permitOperation', () => {
  it('gives the very document back when nothing is denied', () => {
    const document = parse('{ open tree { secret } }');
    const permitted = permitOperation(new FieldRules(schema, rules), document, null, signedIn);
    expect(permitted.document).toBe(document);
    expect(permitted.planKey).toBe('');
    expect(permitted.denied.size).toBe(0);
  });

  it('puts __typename under a response key of its own where a field is denied, with its directives', () => {
    expect(printed(permit('{ a: shut(a: 1) @include(if: true) open }'))).toBe(
      '{ denied_0: __typename @include(if: true) open }',
    );
  });

  it('names the coordinate, the code and the scopes of what it denies', () => {
    expect([...permit('{ shut tree { b: secret } }').denied.values()]).toMatchObject([
      { coordinate: 'Query.shut', responseKey: 'shut', code: 'UNAUTHENTICATED', requiredScopes: [['key']] },
      { coordinate: 'Tree.secret', responseKey: 'b', code: 'UNAUTHENTICATED' },
    ]);
    expect([...permit('{ shut }', signedIn).denied.values()]).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it('never permits a field whose rule has no alternative', () => {
    const answer = executeSync({ schema, document: permit('{ never }', signedIn).document });
    expect(nullDenied(answer, permit('{ never }', signedIn)).errors).toMatchObject([
      { message: 'No token may use this field.', extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  it('drops variables, fragments and operations that are no longer used', () => {
    const permitted = permit(
      `query Mine($a: Int, $b: Int, $c: Boolean!) { x: shut(a: $a) open(a: $b) tree @skip(if: $c) { ...Kept } }
       query Other { open }
       fragment Kept on Tree { leaf secret }`,
      ANONYMOUS,
      'Mine',
    );
    expect(printed(permitted)).toBe(
      'query Mine($b: Int, $c: Boolean!) { denied_0: __typename open(a: $b) tree @skip(if: $c) { ...Kept } } ' +
        'fragment Kept on Tree { leaf denied_1: __typename }',
    );
    expect(validate(schema, permitted.document)).toEqual([]);
  });

  it('tells plans apart by what is denied', () => {
    const query = '{ shut tree { secret } }';
    expect(permit(query).planKey).not.toBe(permit(query, signedIn).planKey);
    expect(permit(query).planKey).toBe(permit(query).planKey);
  });

  it.each([
    ['an operation that is not there', '{ open }', 'Nope'],
    ['two operations and no name', 'query A { open } query B { open }', undefined],
    ['an unknown field', '{ nope }', undefined],
    ['a field of Object.prototype', '{ constructor }', undefined],
    ['an unknown fragment', '{ ...Nope }', undefined],
    ['an unknown type', '{ ... on Nope { open } }', undefined],
    ['a circle of fragments', '{ tree { ...A } } fragment A on Tree { left { ...A } }', undefined],
    ['an operation type that the schema lacks', 'subscription { open }', undefined],
  ])('refuses %s', (_name, text, operationName) => {
    expect(() => permit(text, ANONYMOUS, operationName)).toThrow(/unknown/);
  });

  it.each([
    ['flat', (name: string) => `...${name} ...${name}`],
    ['in one field', (name: string) => `left { ...${name} ...${name} }`],
    ['in two fields', (name: string) => `left { ...${name} } right { ...${name} }`],
  ])('looks at every selection of a fragment bomb once: %s', (_name, spread) => {
    const permitted = permit(bomb(24, spread));
    expect(permitted.denied.size).toBe(1);
    expect(permitted.visited).toBeLessThanOrEqual(2 + 24 * 4 + 2);
  });
});

describe('nullDenied', () => {
  const finish = (data: ExecutionResult['data'], permitted: Permitted): ExecutionResult =>
    nullDenied<ExecutionResult>({ data }, permitted);

  it('walks only the answer, however many paths a fragment bomb spans', () => {
    const permitted = permit(bomb(24, (name) => `left { ...${name} ...${name} } right { ...${name} }`));
    const chain = (depth: number): unknown =>
      depth === 0 ? { leaf: 1, denied_0: 'Tree' } : { left: chain(depth - 1), right: null };
    const { data, errors } = finish({ tree: chain(24) }, permitted);
    expect(JSON.stringify(data)).toContain('{"leaf":1,"secret":null}');
    expect(errors).toMatchObject([{ path: ['tree', ...Array.from({ length: 24 }, () => 'left'), 'secret'] }]);
  });

  it('reports the first places one by one and counts the rest', () => {
    const permitted = permit('{ list { secret } }');
    const list = Array.from({ length: 50 }, () => ({ denied_0: 'Tree' }));
    const { data, errors } = finish({ list }, permitted);
    expect(data).toEqual({ list: list.map(() => ({ secret: null })) });
    expect(errors).toHaveLength(21);
    expect(errors?.[19]?.path).toEqual(['list', 19, 'secret']);
    expect(errors?.[20]).toMatchObject({
      path: undefined,
      message: '30 more fields of this answer were withheld for the same kind of reason.',
      extensions: { code: 'UNAUTHENTICATED', withheld: 30 },
    });
  });

  it('keeps the errors that were there, and is silent about what is null already', () => {
    const broken: ExecutionResult = { data: { tree: null }, errors: [] };
    expect(nullDenied(broken, permit('{ tree { secret } }'))).toBe(broken);
    expect(nullDenied({ data: null, errors: [] }, permit('{ tree { secret } }')).data).toBeNull();
  });

  it('never looks into the value of a scalar', () => {
    const json = { denied_0: 'mine', deep: [{ denied_0: 1 }] };
    expect(nullDenied({ data: { json, denied_0: 'Query' } }, permit('{ json shut }')).data).toEqual({
      json,
      shut: null,
    });
  });
});

describe('createPermitCache', () => {
  const document = parse('query A { shut } query B { open }');
  const withScopes = (...scopes: string[]): Identity => ({ ...signedIn, scopes });

  it('decides once for a document, an operation and a set of scopes', () => {
    const cache = createPermitCache(schema, rules);
    const first = cache.permit(document, 'A', withScopes('x', 'y'));
    expect(cache.permit(document, 'A', { ...withScopes('y', 'x'), subject: 'somebody else' })).toBe(first);
    expect(cache.permit(parse('query A { shut }'), 'A', withScopes('x', 'y'))).not.toBe(first);
  });

  it('never hands one caller what another may run', () => {
    const cache = createPermitCache(schema, rules);
    expect(cache.permit(document, 'A', withScopes('key')).denied.size).toBe(0);
    expect(cache.permit(document, 'A', withScopes()).denied.size).toBe(1);
    expect(cache.permit(document, 'A', { ...ANONYMOUS, scopes: ['key'] }).denied.size).toBe(1);
    expect(cache.permit(document, 'B', withScopes()).denied.size).toBe(0);
  });

  it('forgets what is not used, keeps what is, and so stays bounded', () => {
    const cache = createPermitCache(schema, rules, 2);
    const used = cache.permit(document, 'A', withScopes('used'));
    const unused = cache.permit(document, 'A', withScopes('unused'));
    for (let i = 0; i < 9; i += 1) {
      cache.permit(document, 'A', withScopes(`other-${i}`));
      expect(cache.permit(document, 'A', withScopes('used'))).toBe(used);
    }
    expect(cache.permit(document, 'A', withScopes('unused'))).not.toBe(unused);
  });
});
