import {
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InterfaceTypeDefinitionNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { isPartner } from '../gateway/partner/partners.js';
import { type AccessRule, accessRules, permits } from '../subgraphs/common/access.js';
import { ANONYMOUS, type Identity, ROLE_SCOPES, ROLES } from '../subgraphs/common/identity.js';
import { REACHES, type Reach, type RecordsOf } from '../subgraphs/common/records.js';
import type { SubgraphDefinition } from '../subgraphs/common/subgraph.js';

/** Who asks: somebody who has not signed in, or somebody with one role and all that it may hold. */
export const COLUMNS = ['ANYONE', ...ROLES] as const;
export type Column = (typeof COLUMNS)[number];

/** A field, a query or a mutation, and who may select it. Whose records they then see, `TypeRow.records` says. */
export interface FieldRow {
  /** `Application.reviews` */
  readonly coordinate: string;
  /** The subgraph that answers it; the first by name where several do. */
  readonly subgraph: string;
  /** What the declarations say, in words. */
  readonly rule: string;
  readonly allowed: ReadonlySet<Column>;
  /** Not in what partners see. */
  readonly hiddenFromPartners: boolean;
}

export interface TypeRow {
  readonly name: string;
  readonly fields: readonly FieldRow[];
  readonly records?: RecordsOf;
}

/** The whole of who may see and do what, as the declarations in the subgraphs have it. */
export type AccessTable = readonly TypeRow[];

/** A subgraph with its SDL. */
export interface DeclaredSubgraph {
  readonly definition: Pick<SubgraphDefinition, 'name' | 'references' | 'records'>;
  readonly sdl: DocumentNode;
}

/** Somebody with this role and all that it may hold. */
export const identityOf = (column: Column): Identity =>
  column === 'ANYONE' ? ANONYMOUS : { subject: column, roles: [column], scopes: ROLE_SCOPES[column] };

/** Where a column's token works. */
export const endpointOf = (column: Column): 'api' | 'partner' => (isPartner(identityOf(column)) ? 'partner' : 'api');

type Declared = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
const declaresFields = ({ kind }: { kind: Kind }): boolean =>
  kind === Kind.OBJECT_TYPE_DEFINITION || kind === Kind.INTERFACE_TYPE_DEFINITION;

/**
 * The table, from the declarations of all subgraphs. It knows nothing of the gateway, so that what the gateway does can be
 * held against it.
 *
 * @param api what people see
 * @param partner what partners see; without it they see nothing
 * @throws when whose records of an entity are read is declared nowhere or twice
 */
export function accessTable(
  subgraphs: readonly DeclaredSubgraph[],
  api: GraphQLSchema,
  partner?: GraphQLSchema,
): AccessTable {
  const rules = new Map<string, AccessRule[]>();
  const owners = new Map<string, string>();
  for (const { definition, sdl } of subgraphs) {
    for (const [coordinate, rule] of accessRules(sdl)) rules.set(coordinate, [...(rules.get(coordinate) ?? []), rule]);
    for (const [type, field] of declaredFields(sdl)) {
      // a bare key is everywhere; it belongs to whom the rest belongs
      const coordinate = `${type.name.value}.${field.name.value}`;
      const first = owners.get(coordinate);
      if (!first || (field.name.value === 'id' && isStub(first, type.name.value, subgraphs)))
        owners.set(coordinate, definition.name);
    }
  }
  const records = recordsOf(subgraphs);
  const rulesOf = (type: GraphQLNamedType, field: string): readonly AccessRule[] => {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const returned = type.getFields()[field]?.type;
    if (!returned) return [];
    const coordinates = [`${type.name}.${field}`, type.name, getNamedType(returned).name];
    const own = coordinates.flatMap((coordinate) => rules.get(coordinate) ?? []);
    // whoever asks an interface may be answered by any type behind it
    const behind = isInterfaceType(type) ? api.getPossibleTypes(type) : [];
    return [...own, ...behind.flatMap((each) => rulesOf(each, field))];
  };
  return Object.values(api.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
    .map((type) => ({
      name: type.name,
      fields: Object.keys((type as { getFields(): object }).getFields()).map((field) => {
        const coordinate = `${type.name}.${field}`;
        const needed = rulesOf(type, field);
        const shown = fieldIn(partner, type.name, field);
        const allowed = COLUMNS.filter(
          (column) =>
            (endpointOf(column) === 'api' || shown) && needed.every((rule) => permits(rule, identityOf(column))),
        );
        return {
          coordinate,
          subgraph: owners.get(coordinate) ?? '',
          rule: inWords(needed),
          allowed: new Set(allowed),
          hiddenFromPartners: !shown,
        };
      }),
      records: records.get(type.name),
    }));
}

function* declaredFields(sdl: DocumentNode): Iterable<[Declared, FieldDefinitionNode]> {
  for (const type of sdl.definitions.filter(declaresFields) as Declared[])
    for (const field of type.fields ?? []) yield [type, field];
}

/** Whether a subgraph only adds fields to another's entity, or names it. */
const isStub = (subgraph: string, type: string, subgraphs: readonly DeclaredSubgraph[]): boolean =>
  subgraphs.find(({ definition }) => definition.name === subgraph)?.definition.records[type] === undefined &&
  subgraphs.some(({ definition }) => definition.records[type] !== undefined);

function fieldIn(schema: GraphQLSchema | undefined, type: string, field: string): boolean {
  const found = schema?.getType(type);
  return (isObjectType(found) || isInterfaceType(found)) && field in found.getFields();
}

function recordsOf(subgraphs: readonly DeclaredSubgraph[]): ReadonlyMap<string, RecordsOf> {
  const found = new Map<string, RecordsOf>();
  for (const { definition } of subgraphs) {
    for (const [type, records] of Object.entries(definition.records)) {
      if (found.has(type))
        throw new Error(`Whose records of ${type} are read is declared twice, in ${definition.name} too.`);
      found.set(type, records);
    }
  }
  const missing = subgraphs
    .flatMap(({ definition }) => Object.keys(definition.references))
    .filter((type) => !found.has(type));
  if (missing.length > 0)
    throw new Error(
      `Say whose records are read of ${[...new Set(missing)].join(', ')}: in \`records\` of their subgraph.`,
    );
  return found;
}

/** What must hold, shortest first; every rule of a list must. */
function inWords(rules: readonly AccessRule[]): string {
  const words = new Set<string>();
  for (const rule of rules) {
    if (rule.kind === 'AUTHENTICATED') words.add('signed in');
    if (rule.kind === 'SCOPES')
      words.add(rule.anyOf.map((all) => all.map((scope) => `\`${scope}\``).join(' + ')).join(' or '));
  }
  if (words.size > 1) words.delete('signed in');
  return words.size === 0 ? 'anybody' : [...words].join('; and ');
}

/** The records of a type that this column reads; undefined for none. */
export function reachOf({ records, fields }: TypeRow, column: Column): Reach | undefined {
  if (endpointOf(column) === 'partner' && fields.every(({ hiddenFromPartners }) => hiddenFromPartners))
    return undefined;
  return records?.[column] ?? records?.ANYONE;
}

const LETTERS: Readonly<Record<Column, string>> = {
  ANYONE: 'any',
  PATIENT: 'pat',
  CAREGIVER: 'care',
  PHYSICIAN: 'phys',
  REVIEWER: 'rev',
  FINANCE: 'fin',
  PHARMACIST: 'pharm',
  MODERATOR: 'mod',
  ADMIN: 'adm',
  SPONSOR: 'SPON',
  HOSPITAL: 'HOSP',
  CARRIER: 'CARR',
  MERCHANT: 'MERC',
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** `schema/access.md`: a section a subgraph, a row a field; a type whose fields are all alike is one row. */
export function accessMarkdown(table: AccessTable): string {
  const subgraphs = [...new Set(table.flatMap(({ fields }) => fields.map(({ subgraph }) => subgraph)))].sort();
  const parts = [PREFACE, legend(), recordsTable(table)];
  for (const subgraph of subgraphs) {
    parts.push(`## ${subgraph}`);
    parts.push([...heading('field'), ...table.flatMap((type) => rowsOf(type, subgraph))].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

const PREFACE = `<!-- Generated by \`npm run schema\`. Do not edit: change the declarations. -->

# Who may see and do what

Made of the access declarations beside the resolvers and of \`records\` in each subgraph's \`index.ts\`, and executed cell by cell by
\`tests/access/\`. A field is for whom there is a mark in its row; for anybody else it is \`null\` with an error, and a mutation is not
done. Of what records somebody reads the fields, the first table says; of all others nobody can tell whether they exist.`;

function legend(): string {
  const columns = COLUMNS.map((column) => `${LETTERS[column]} = ${column === 'ANYONE' ? 'not signed in' : column}`);
  return `Columns: ${columns.join(', ')}. Those in capitals are partners, who ask at \`/partner/graphql\` and see only what its schema has: \`-\` is what it has not. \`/graphql\` refuses their tokens (403), and \`/partner/graphql\` everybody else's (403, or 401 for nobody).`;
}

const heading = (first: string): string[] => [
  line([first, ...COLUMNS.map((column) => LETTERS[column]), 'needs']),
  line(['---', ...COLUMNS.map(() => '---'), '---']),
];

function recordsTable(table: AccessTable): string {
  const rows = table
    .filter(({ records }) => records)
    .map((type) => line([type.name, ...COLUMNS.map((column) => reachOf(type, column) ?? '')]));
  const used = new Set(table.flatMap((type) => COLUMNS.map((column) => reachOf(type, column))));
  const words = Object.entries(REACHES).flatMap(([reach, means]) =>
    used.has(reach as Reach) ? [`- ${reach}: ${means}`] : [],
  );
  const head = [
    line(['type', ...COLUMNS.map((column) => LETTERS[column])]),
    line(['---', ...COLUMNS.map(() => '---')]),
  ];
  return `## Whose records\n\n${[...head, ...rows].join('\n')}\n\n${words.join('\n')}`;
}

const marks = ({ allowed, hiddenFromPartners }: FieldRow): string[] =>
  COLUMNS.map((column) =>
    endpointOf(column) === 'partner' && hiddenFromPartners ? '-' : allowed.has(column) ? '✓' : '',
  );

function rowsOf({ name, fields }: TypeRow, subgraph: string): string[] {
  const here = fields.filter((field) => field.subgraph === subgraph);
  const row = (label: string, field: FieldRow) => line([label, ...marks(field), field.rule]);
  const kinds = new Map<string, FieldRow[]>();
  const isRoot = name === 'Query' || name === 'Mutation';
  for (const field of here) {
    const kind = isRoot ? field.coordinate : row('', field);
    kinds.set(kind, [...(kinds.get(kind) ?? []), field]);
  }
  return [...kinds.values()].map((alike) => {
    const [field] = alike as [FieldRow];
    if (alike.length === fields.length && alike.length > 1) return row(`${name}: all ${alike.length} fields`, field);
    const names = alike.map(({ coordinate }) => coordinate.slice(name.length + 1));
    return row(`${name}.${names.length === 1 ? names[0] : `{${names.join(', ')}}`}`, field);
  });
}

/** `schema/access.json`: every cell, a line a field, for programs and for reading what a change changes. */
export function accessJson(table: AccessTable): string {
  const lines = table.flatMap(({ fields }) =>
    fields.map(({ coordinate, allowed }) => `${JSON.stringify(coordinate)}: ${JSON.stringify([...allowed].join(' '))}`),
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
