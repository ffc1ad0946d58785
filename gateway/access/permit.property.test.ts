/** graphql-js is the oracle: running what is permitted must answer as running everything with denied fields throwing. */
import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  executeSync,
  type FieldNode,
  GraphQLError,
  type GraphQLFieldResolver,
  getNamedType,
  isInterfaceType,
  isObjectType,
  parse,
  print,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { FieldRules } from './field-rules.js';
import { nullDenied } from './null-denied.js';
import { permitOperation } from './permit.js';
import type { AccessRule } from './supergraph-rules.js';

const NODE_FIELDS = 'id: ID!  name(v: Int): String  next: Node  peers: [Node!]';
const schema = buildSchema(`
  interface Node { ${NODE_FIELDS} }
  type A implements Node { ${NODE_FIELDS}  strict: String!  nick: String  any: [Any]  self: A!  rows: [[B!]]! }
  type B implements Node { ${NODE_FIELDS}  strict: String!  nick: String  code: Code!  a: A }
  union Any = A | B
  enum Code { X }
  type Query { node: Node  any: [Any!]  a: A!  b: B  list: [A!]!  code: Code }
  type Mutation { first: A!  second: B  third: Code }
`);
const FIELDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
    .map((type) => [type.name, isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : []]),
);
const COORDINATES = [
  ...Object.entries(FIELDS).flatMap(([type, fields]) => fields.map((field) => `${type}.${field}`)),
  ...['A', 'B', 'Node', 'Code'],
];
const CONDITIONS: Readonly<Record<string, readonly string[]>> = {
  Query: ['Query'],
  Mutation: ['Mutation'],
  Node: ['Node', 'A', 'B', 'Any'],
  Any: ['Node', 'A', 'B', 'Any'],
  A: ['A', 'Node', 'Any'],
  B: ['B', 'Node', 'Any'],
};
/** One response key for different fields of the same shape: on different types they may stand beside one another. */
const ALIASES: Readonly<Record<string, string>> = { nick: 'name: ', next: 'to: ', a: 'to: ', second: 'to: ' };
/** `F0` may spread `F1` and `F2`, `F1` may spread `F2`: no circles. */
const FRAGMENT_TYPES = ['Node', 'A', 'Any'];

/** The text of a selection set on a type; `fragment` is the one it stands in, -1 for the operation. */
function selectionSet(type: string, depth: number, fragment: number): fc.Arbitrary<string> {
  return fc
    .array(selection(type, depth, fragment), { minLength: 1, maxLength: 4 })
    .map((all) => `{ ${all.join(' ')} }`);
}

function selection(type: string, depth: number, fragment: number): fc.Arbitrary<string> {
  const directive = fc.constantFrom('', '', '', '', '@include(if: $t)', '@skip(if: $t)', '@include(if: $f)');
  const fields = (FIELDS[type] ?? []).filter((name) => depth > 0 || !isComposite(type, name));
  const field = fc
    .tuple(fc.constantFrom('__typename', ...fields), fc.integer({ min: 0, max: 3 }), directive)
    .chain(([name, luck, on]) => {
      const alias = luck === 0 ? (ALIASES[name] ?? `x_${name}: `) : '';
      const called = `${alias}${name}${name === 'name' ? '(v: $v)' : ''} ${on}`;
      if (!isComposite(type, name)) return fc.constant(called);
      return selectionSet(typeOf(type, name), depth - 1, fragment).map((below) => `${called} ${below}`);
    });
  if (depth === 0) return field;
  const inline = fc
    .tuple(fc.constantFrom(...(CONDITIONS[type] ?? [])), directive)
    .chain(([on, dir]) => selectionSet(on, depth - 1, fragment).map((below) => `... on ${on} ${dir} ${below}`));
  const spreads = FRAGMENT_TYPES.map((_, i) => i).filter(
    (i) => i > fragment && type !== 'Query' && type !== 'Mutation',
  );
  if (spreads.length === 0) return fc.oneof({ weight: 4, arbitrary: field }, { weight: 2, arbitrary: inline });
  const spread = fc.tuple(fc.constantFrom(...spreads), directive).map(([i, on]) => `...F${i} ${on}`);
  return fc.oneof({ weight: 4, arbitrary: field }, { weight: 2, arbitrary: inline }, { weight: 2, arbitrary: spread });
}

function typeOf(type: string, field: string): string {
  const parent = schema.getType(type);
  const found = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
  return found ? getNamedType(found.type).name : 'String';
}
const isComposite = (type: string, field: string): boolean => typeOf(type, field) in CONDITIONS;

/** Valid documents only; definitions that nothing uses are left out, as they would make it invalid. */
const documents: fc.Arbitrary<DocumentNode> = fc
  .tuple(
    fc
      .constantFrom('query', 'query', 'mutation')
      .chain((kind) => selectionSet(kind === 'query' ? 'Query' : 'Mutation', 5, -1).map((text) => ({ kind, text }))),
    fc.tuple(...FRAGMENT_TYPES.map((type, i) => selectionSet(type, 2, i))),
  )
  .map(([{ kind, text }, fragments]) => {
    let body = text;
    fragments.forEach((fragment, i) => {
      if (body.includes(`...F${i} `)) body += ` fragment F${i} on ${FRAGMENT_TYPES[i]} ${fragment}`;
    });
    const variables = ['$t: Boolean!', '$f: Boolean = false', '$v: Int'].filter((v) => body.includes(v.slice(0, 2)));
    return parse(`${kind} Q${variables.length ? `(${variables.join(', ')})` : ''} ${body}`, { noLocation: false });
  })
  .filter((document) => validate(schema, document).length === 0);

const rule: fc.Arbitrary<AccessRule> = fc.constantFrom(
  { authenticated: true } as const,
  { scopes: [['s']] },
  { scopes: [['s', 't'], ['u']] },
);
const ruleSets = fc
  .array(fc.tuple(fc.constantFrom(...COORDINATES), rule), { minLength: 2, maxLength: 6 })
  .map((entries) => new Map<string, AccessRule>(entries));
const identities: fc.Arbitrary<Identity> = fc.constantFrom(
  ANONYMOUS,
  ...[[], ['s'], ['s', 't'], ['u']].map((scopes) => ({ subject: 'somebody', roles: [], scopes })),
);

const allowed = (identity: Identity, found: AccessRule | undefined): boolean =>
  found === undefined ||
  (identity.subject !== '' &&
    ('authenticated' in found || found.scopes.some((all) => all.every((s) => identity.scopes.includes(s)))));

/** The denied selections, by the plainest reading of the rules. */
function deniedNodes(
  document: DocumentNode,
  rules: ReadonlyMap<string, AccessRule>,
  identity: Identity,
): Set<FieldNode> {
  const denied = new Set<FieldNode>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType();
        if (!parent || node.name.value.startsWith('__')) return;
        const parents = isInterfaceType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent];
        const names = parents.flatMap(({ name }) => [
          name,
          `${name}.${node.name.value}`,
          typeOf(name, node.name.value),
        ]);
        if (names.some((name) => !allowed(identity, rules.get(name)))) denied.add(node);
      },
    }),
  );
  return denied;
}

const VALUES: Readonly<Record<string, (parent: { id: number }) => unknown>> = {
  id: ({ id }) => id,
  name: ({ id }) => (id % 3 === 0 ? null : `n${id}`),
  next: ({ id }) => (id % 5 === 4 ? null : { id: id + 1, kind: id % 2 ? 'A' : 'B' }),
  peers: ({ id }) => [0, 1].map((i) => ({ id: id + i, kind: i ? 'A' : 'B' })),
  nick: ({ id }) => `k${id}`,
  strict: ({ id }) => `s${id}`,
  any: ({ id }) => ['A', 'B', 'A'].map((kind, i) => ({ id: id + i, kind })),
  self: ({ id }) => ({ id: id + 1, kind: 'A' }),
  rows: ({ id }) => [[{ id, kind: 'B' }], null, [], [{ id: id + 1, kind: 'B' }]],
  code: () => 'X',
  a: ({ id }) => ({ id: id + 1, kind: 'A' }),
  node: () => ({ id: 1, kind: 'B' }),
  b: () => ({ id: 2, kind: 'B' }),
  list: () => [1, 2].map((id) => ({ id, kind: 'A' })),
  first: () => ({ id: 1, kind: 'A' }),
  second: () => ({ id: 2, kind: 'B' }),
  third: () => 'X',
};

function run(document: DocumentNode, resolve: GraphQLFieldResolver<{ id: number }, unknown>): ExecutionResult {
  return executeSync({
    schema,
    document,
    rootValue: { id: 0 },
    variableValues: { t: true, v: 1 },
    fieldResolver: resolve,
    typeResolver: (value) => (value as { kind: string }).kind,
  });
}
const resolveValue: GraphQLFieldResolver<{ id: number }, unknown> = (parent, _args, _context, info) =>
  VALUES[info.fieldName]?.(parent);

describe('a permitted operation', () => {
  it('answers as the whole operation does with resolvers that throw where a field is denied', () => {
    let withDenials = 0;
    fc.assert(
      fc.property(documents, ruleSets, identities, (document, rules, identity) => {
        const denied = deniedNodes(document, rules, identity);
        const expected = run(document, (parent, args, context, info) => {
          if (info.fieldNodes.some((node) => denied.has(node))) throw new GraphQLError('denied');
          return resolveValue(parent, args, context, info);
        });

        const permitted = permitOperation(new FieldRules(schema, rules), document, 'Q', identity);
        const raw = run(permitted.document, (parent, args, context, info) => {
          const names = [
            `${info.parentType.name}.${info.fieldName}`,
            info.parentType.name,
            getNamedType(info.returnType).name,
          ];
          for (const name of names) expect(allowed(identity, rules.get(name))).toBe(true);
          return resolveValue(parent, args, context, info);
        });
        const answer = nullDenied(raw, permitted, Number.POSITIVE_INFINITY);

        expect(JSON.stringify(answer.data)).toBe(JSON.stringify(expected.data));
        expect((answer.errors ?? []).map(({ path }) => path?.join('.'))).toEqual(
          (expected.errors ?? []).map(({ path }) => path?.join('.')),
        );
        expect(validate(schema, permitted.document)).toEqual([]);
        expect(permitted.denied.size === 0).toBe(denied.size === 0);
        expect(permitted.denied.size === 0).toBe(print(permitted.document) === print(document));
        if (expected.errors) withDenials += 1;
      }),
      { numRuns: 500 },
    );
    expect(withDenials).toBeGreaterThan(50);
  });
});
