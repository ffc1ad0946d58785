import { expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { Query, Resolver } from 'type-graphql';
import { accessJson, accessMarkdown, accessTable } from '../../scripts/access-table.js';
import { catalog } from '../../subgraphs/catalog/index.js';
import type { RecordsOf } from '../../subgraphs/common/records.js';
import { buildSubgraph } from '../../subgraphs/common/subgraph.js';
import { isFielded } from './crawl.js';
import { declaredAccess, schemaOf } from './declared.js';

@Resolver()
class Forgetful {
  @Query(() => String, { description: 'Nobody has said who may read it.' })
  forgotten(): string {
    return '';
  }
}

test('a field without a rule fails the build', async () => {
  await expect(buildSubgraph({ ...catalog, resolvers: [...catalog.resolvers, Forgetful] })).rejects.toThrow(
    'No access rule is declared for Query.forgotten.',
  );
});

test('the table has every field of the API', async () => {
  const { table } = await declaredAccess();
  const inTable = table.flatMap(({ fields }) => fields.map(({ coordinate }) => coordinate));
  const inApi = Object.values(schemaOf('ANYONE').getTypeMap())
    .filter(isFielded)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(inTable.sort()).toEqual(inApi.sort());
  expect(table.flatMap(({ fields }) => fields).filter(({ subgraph }) => subgraph === '')).toEqual([]);
});

const SDL = `
  type Query { secret: Secret @authenticated open: Secret @public }
  type Secret @requiresScopes(scopes: [["patient:self"], ["fund:review"]]) { id: ID! word: String @requiresScopes(scopes: [["patient:self"]]) }
`;
const one = (records: Readonly<Record<string, RecordsOf>>, references = ['Secret']) => ({
  definition: {
    name: 'patient' as const,
    references: Object.fromEntries(references.map((type) => [type, () => null])),
    records,
  },
  sdl: parse(SDL),
});
const api = buildSchema('type Query { secret: Secret open: Secret } type Secret { id: ID! word: String }');

test('who may select a field, its own rule says with those of its type and of the type that it gives', () => {
  const table = accessTable([one({ Secret: { PATIENT: 'own' } })], api, api);
  const of = (type: string) =>
    Object.fromEntries(
      table.find(({ name }) => name === type)?.fields.map(({ coordinate, allowed }) => [coordinate, [...allowed]]) ??
        [],
    );
  const both = ['PATIENT', 'CAREGIVER', 'REVIEWER'];
  expect(of('Query')).toEqual({ 'Query.secret': both, 'Query.open': both });
  expect(of('Secret')).toEqual({ 'Secret.id': both, 'Secret.word': ['PATIENT', 'CAREGIVER'] });
  expect(accessMarkdown(table)).toContain('| Secret.word |  | ✓ | ✓ |  |  |');
  expect(accessJson(table)).toContain('"Secret.word": "PATIENT CAREGIVER"');
});

test('whose records of an entity are read must be said, once', () => {
  expect(() => accessTable([one({})], api)).toThrow('Say whose records are read of Secret');
  expect(() => accessTable([one({ Secret: {} }), one({ Secret: {} })], api)).toThrow('declared twice');
});
