import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema, parse } from 'graphql';
import { accessTable, type Column, endpointOf, reachOf, type TypeRow } from '../../scripts/access-table.js';
import { SUBGRAPHS } from '../../subgraphs/all.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import type { Reach } from '../../subgraphs/common/records.js';
import { buildSubgraph } from '../../subgraphs/common/subgraph.js';
import type { Owner } from './world.js';

const published = (name: string): string => readFileSync(join(PROJECT_ROOT, 'schema', name), 'utf8');

const SCHEMAS = { api: buildSchema(published('api.graphql')), partner: buildSchema(published('partner.graphql')) };

/** What the gateway runs where a column's token works. */
export const supergraphOf = (column: Column): string =>
  published(endpointOf(column) === 'api' ? 'supergraph.graphql' : 'partner-supergraph.graphql');

/** What somebody sees of the API where their token works. */
export const schemaOf = (column: Column): GraphQLSchema => SCHEMAS[endpointOf(column)];

/** Records that are read as those that they belong to. */
const PART_OF: Readonly<Record<string, string>> = {
  CareInvitation: 'Patient',
  CareRelationship: 'Patient',
  CareNotice: 'Patient',
  Consent: 'Patient',
  CareTask: 'CarePlan',
  PharmacyNotice: 'DrugOrder',
  ClawBack: 'Claim',
};

/** Whether somebody's records are among those that a column reaches. */
function reaches(reach: Reach | undefined, owner: Owner, column: Column): boolean {
  const own = owner === `hidden ${column}`;
  switch (reach) {
    case undefined:
    case 'as a number':
      return false;
    case 'all':
      return true;
    case 'published':
    case 'verified':
      return owner === 'published';
    case 'published and own':
    case 'verified and own':
      return owner === 'published' || own;
    case 'once published':
      return owner === 'published' || owner.startsWith('hidden');
    case 'of others':
      return owner.startsWith('hidden') && !own;
    case 'in care':
      return owner === 'child';
    case 'own organisation':
      return owner === (column === 'MERCHANT' ? 'merchant' : 'mine');
    case 'own':
      return owner === (column === 'CAREGIVER' ? 'child' : 'mine') || own;
    case 'handed in':
      return owner === 'mine' || own;
    default:
      return owner === 'mine';
  }
}

/** What is declared: the table of `schema/access.md`, and questions that tests have about it. */
export async function declaredAccess() {
  const declared = [];
  for (const definition of SUBGRAPHS) declared.push({ definition, sdl: parse((await buildSubgraph(definition)).sdl) });
  const table = accessTable(declared, SCHEMAS.api, SCHEMAS.partner);
  const rows = new Map(table.map((row) => [row.name, row]));
  const cells = new Map(table.flatMap(({ fields }) => fields.map((field) => [field.coordinate, field] as const)));
  const typeRow = (type: string) => rows.get(type) as TypeRow;
  return {
    table,
    typeRow,
    /** Whether a column may select a field. */
    mayAsk: (column: Column, coordinate: string) => cells.get(coordinate)?.allowed.has(column) ?? false,
    /** Whether a column sees records of this type that belong to somebody. */
    isWithin: (type: string, owner: Owner, column: Column) =>
      reaches(reachOf(typeRow(PART_OF[type] ?? type), column), owner, column),
  };
}
