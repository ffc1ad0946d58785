import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { RequestContext } from '../gateway/context.js';
import { Faults } from '../gateway/documents/faults.js';
import { documentIdOf, type OperationsManifest, trustedDocuments } from '../gateway/documents/trusted-documents.js';
import type { GraphQLParams } from '../gateway/http/params.js';
import { Refused } from '../gateway/http/refused.js';
import { KnownOperations } from '../gateway/known-operations.js';
import { operationsManifest, readOperations } from '../scripts/operations-manifest.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { ANONYMOUS } from '../subgraphs/common/identity.js';
import { Locale } from '../subgraphs/common/scalars.js';

const inSchema = (name: string) => readFileSync(join(PROJECT_ROOT, 'schema', name), 'utf8');
const SCHEMAS = {
  '/graphql': buildSchema(inSchema('api.graphql')),
  '/partner/graphql': buildSchema(inSchema('partner.graphql')),
};
const FUNDS = 'query Funds { funds { nodes { id } } }';
const OTHER = 'query Other { funds { totalCount } }';

describe('The manifest of operations', () => {
  const manifest = (name: string, text: string) => operationsManifest([{ name, text }], SCHEMAS);

  test('names every file of schema/operations, under the hash of the text that is run', () => {
    const files = readOperations();
    const listed = Object.entries(JSON.parse(inSchema('operations.json')) as OperationsManifest);
    expect(listed.length).toBe(files.length);
    for (const [id, { text }] of listed) expect(id).toBe(documentIdOf(text));
    expect(Object.fromEntries(listed)).toEqual(operationsManifest(files, SCHEMAS));
  });

  test('keeps an id when only comments and spaces have changed', () => {
    const spaced = manifest('Funds.graphql', `# All of them.\n${FUNDS.replaceAll(' ', '\n  ')}`);
    expect(spaced).toEqual(manifest('Funds.graphql', FUNDS));
  });

  test('has what lies below partner/ for partners alone', () => {
    const [document] = Object.values(manifest('partner/Funds.graphql', FUNDS));
    expect(document).toMatchObject({ name: 'Funds', endpoint: '/partner/graphql' });
  });

  test.each([
    ['does not fit the schema', 'Funds.graphql', 'query Funds { nothing }'],
    ['does not fit the schema of partners', 'partner/Me.graphql', 'query Me { me { roles } }'],
    ['has another name than its file', 'Fund.graphql', FUNDS],
    ['has no name', 'Funds.graphql', '{ funds { nodes { id } } }'],
    ['is not alone in its file', 'Funds.graphql', `${FUNDS} ${OTHER}`],
  ])('is not made with an operation that %s: the message names the file', (_, name, text) => {
    expect(() => manifest(name, text)).toThrow(`schema/operations/${name}`);
  });
});

describe('The documents of an endpoint', () => {
  const MANIFEST = operationsManifest([{ name: 'Funds.graphql', text: FUNDS }], SCHEMAS);
  const [ID = '', { text } = { text: '' }] = Object.entries(MANIFEST)[0] ?? [];
  const OFF = { trustedDocuments: 'off', automaticPersistedQueries: false } as const;
  const people = (settings: object = {}) => trustedDocuments(MANIFEST, { ...OFF, ...settings }, '/graphql');
  const persisted = (query: string, hash = documentIdOf(query).slice('sha256:'.length)): GraphQLParams => ({
    extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
  });
  const refusal = (run: () => unknown): Refused => {
    try {
      run();
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
    throw new Error('not refused');
  };

  test('are run by their ids, other queries as they are', () => {
    const variables = { a: 1 };
    expect(people().resolve({ documentId: ID, variables })).toMatchObject({ query: text, variables });
    expect(people().resolve({ query: OTHER })).toEqual({ query: OTHER });
  });

  test('are all that is run where only trusted ones are: no query, not even one that is listed, and no introspection', () => {
    const only = people({ trustedDocuments: 'only', automaticPersistedQueries: true });
    expect(only.resolve({ documentId: ID }).query).toBe(text);
    for (const params of [
      { query: OTHER },
      { query: text },
      { query: '{ __schema { queryType { name } } }' },
      { query: OTHER, ...persisted(OTHER) },
      persisted(OTHER),
      {},
    ]) {
      expect(refusal(() => only.resolve(params))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
  });

  test.each([
    '',
    ID.toUpperCase(),
    ID.slice('sha256:'.length),
    `${ID} `,
    'constructor',
    '__proto__',
    'toString',
  ])('are found by their whole ids alone, not by %p', (documentId) => {
    expect(refusal(() => people().resolve({ documentId }))).toMatchObject({ status: 400 });
  });

  test('are not run by another endpoint, which says where they are', () => {
    const partners = trustedDocuments(MANIFEST, OFF, '/partner/graphql');
    expect(refusal(() => partners.resolve({ documentId: ID })).message).toContain('/graphql');
  });

  test('can be added to by clients only where that is set, under the hash of the text, and for themselves alone', () => {
    expect(refusal(() => people().resolve({ query: OTHER, ...persisted(OTHER) }))).toMatchObject({
      status: 400,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    });
    const open = people({ automaticPersistedQueries: true });
    expect(refusal(() => open.resolve({ query: OTHER, ...persisted(FUNDS) })).status).toBe(400);
    expect(refusal(() => open.resolve(persisted(FUNDS)))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    open.resolve({ query: OTHER, ...persisted(OTHER) });
    expect(open.resolve(persisted(OTHER)).query).toBe(OTHER);
    expect(refusal(() => open.resolve({ documentId: documentIdOf(OTHER) })).status).toBe(400);
    for (const persistedQuery of [null, 1, [], { version: 2, sha256Hash: 'a' }, { version: 1, sha256Hash: {} }])
      expect(refusal(() => open.resolve({ extensions: { persistedQuery } })).status).toBe(400);
  });

  test('that clients have added are forgotten before they fill the memory', () => {
    const open = people({ automaticPersistedQueries: true });
    const long = (n: number) => `query Q${n} { funds { totalCount } } #${'x'.repeat(250_000)}`;
    for (let n = 0; n < 50; n++) open.resolve({ query: long(n), ...persisted(long(n)) });
    expect(open.resolve(persisted(long(49))).query).toBe(long(49));
    expect(refusal(() => open.resolve(persisted(long(0)))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });
});

describe('What is known of texts', () => {
  test('comes from those that were executed: what is refused drives nothing out, however often it comes', async () => {
    const executed: unknown[] = [];
    const operations = new KnownOperations(
      async ({ source }) => {
        executed.push(source);
        return { data: {} };
      },
      new Faults(SCHEMAS['/graphql'], false),
      { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    );
    const run = (query: string) =>
      operations.run(
        { query, document: parse(query) },
        new RequestContext({ identity: ANONYMOUS, locale: Locale.EN, trace: '' }),
      );
    await run(FUNDS);
    for (let n = 0; n < 1_100; n++) expect(await run(`{ nothing${n} }`)).toMatchObject({ status: 400 });
    expect([...operations.texts()]).toEqual([FUNDS]);
    expect(executed).toEqual([FUNDS]);
  });
});
