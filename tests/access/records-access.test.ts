import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { COLUMNS, type Column, reachOf } from '../../scripts/access-table.js';
import { newId } from '../../subgraphs/common/ids.js';
import type { Answer } from '../client.js';
import { declaredAccess, schemaOf } from './declared.js';
import { AccessWorld, type Owner, type Records } from './world.js';

/**
 * Whose records somebody sees, through the gateway and with real tokens: each type of `schema/access.md` that says it, for each
 * role, of theirs, of a stranger's and of a record that there is not. Run twice: as it is, and with the services' own checks
 * switched off (`tests/no-row-rules.ts`), where row-level security must give the same.
 */

const { table, typeRow, mayAsk, isWithin } = await declaredAccess();
const RECORDS = table.filter(({ records }) => records).map(({ name }) => name);
/** How a record is asked for by its id, where that is not `type(id:)`. A diagnosis is come upon by other ways alone. */
const ASKED: Readonly<Record<string, readonly [field: string, argument: string]>> = {
  Answer: ['post', 'id'],
  Comment: ['post', 'id'],
  PatientDocument: ['document', 'id'],
  PatientIdentityInClear: ['patientIdentity', 'patientId'],
};
const askedBy = (type: string) => ASKED[type] ?? ([`${type[0]?.toLowerCase()}${type.slice(1)}`, 'id'] as const);
const ASKABLE = RECORDS.filter((type) => type !== 'Diagnosis');
const keyOf = (type: string) => (type === 'PatientIdentityInClear' ? 'legalName' : 'id');

/** One record, asked for in one way. */
interface Look {
  readonly type: string;
  readonly owner: Owner;
  readonly id: string;
  readonly within: boolean;
}

/** Ways to ask for the same: none of them is a way round. */
const SHAPES = {
  'by an alias': (type: string) => [keyOf(type), ''],
  'in an inline fragment': (type: string) => [`... on ${type} { other: ${keyOf(type)} }`, ''],
  'in a named fragment': (type: string) => [
    `...A${type}`,
    `fragment A${type} on ${type} { __typename ${keyOf(type)} }`,
  ],
} as const satisfies Readonly<Record<string, (type: string) => readonly [selection: string, fragment: string]>>;

let world: AccessWorld;
const before = new Map<Column, Lists>();
const after = new Map<Column, Lists>();
beforeAll(async () => {
  world = await AccessWorld.open(`access_records${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  for (const column of COLUMNS) before.set(column, await lists(column));
  await world.addStranger();
  for (const column of COLUMNS) after.set(column, await lists(column));
});
afterAll(() => world?.close());

/** All records of all owners that this column can ask for by id. */
function looks(column: Column): Look[] {
  return [...world.records].flatMap(([owner, records]) =>
    Object.entries(records)
      .filter(([type]) => ASKABLE.includes(type) && mayAsk(column, `Query.${askedBy(type)[0]}`))
      .map(([type, id]) => ({ type, owner, id, within: isWithin(type, owner, column) })),
  );
}

const STRANGERS = ['stranger', 'hidden stranger'] as const;
const AT_ONCE = 20;

/** Asks for records by their ids, some in one operation. */
async function find(column: Column, shape: keyof typeof SHAPES, of: readonly Look[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < of.length; from += AT_ONCE) {
    const some = of.slice(from, from + AT_ONCE);
    const fields = some.map(({ type }, index) => {
      const [field, argument] = askedBy(type);
      return `r${index}: ${field}(${argument}: $r${index}) { ${SHAPES[shape](type)[0]} }`;
    });
    const fragments = new Set(some.map(({ type }) => SHAPES[shape](type)[1]));
    const text = `query(${some.map((_, index) => `$r${index}: ID!`)}) { ${fields.join(' ')} } ${[...fragments].join(' ')}`;
    answers.push(
      await world.people[column].ask(text, Object.fromEntries(some.map(({ id }, index) => [`r${index}`, id]))),
    );
  }
  return answers;
}

/** Whether something of a record came back; a post of another kind than the one asked for is an empty object. */
const isThere = (record: object | null) => record !== null && Object.keys(record).length > 0;

describe.each(Object.keys(SHAPES) as (keyof typeof SHAPES)[])('%s', (shape) => {
  test.each(COLUMNS)('%s sees their own records and no others', async (column) => {
    const all = looks(column);
    const answers = await find(column, shape, all);
    const found = answers.flatMap(({ data }) => Object.values(data) as (object | null)[]).map(isThere);
    const name = ({ type, owner }: Look) => `${type} (${owner})`;
    expect(all.filter((_, index) => found[index]).map(name)).toEqual(all.filter(({ within }) => within).map(name));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  });

  test.each(COLUMNS)('%s cannot tell a stranger’s record from none', async (column) => {
    const beyond = looks(column).filter(({ within }) => !within);
    const missing = beyond.map((look) => ({ ...look, id: newId() }));
    const seen = ({ status, data, errors }: Answer) =>
      JSON.stringify({
        status,
        data,
        errors: errors.map(({ extensions: { traceId: _, ...rest }, ...error }) => ({ ...error, rest })),
      });
    expect((await find(column, shape, beyond)).map(seen)).toEqual((await find(column, shape, missing)).map(seen));
  });
});

test('each type that is asked for by id has records here, within reach and beyond it', () => {
  const all = COLUMNS.flatMap((column) => looks(column));
  const without = (within: boolean) =>
    ASKABLE.filter((type) => !all.some((look) => look.type === type && look.within === within));
  expect(without(true)).toEqual([]);
  // of these everybody sees all, or who does not, may not even ask
  expect(without(false)).toEqual([
    'Disease',
    'Medicine',
    'Hospital',
    'Organisation',
    'Fund',
    'PayoutBatch',
    'StockLot',
  ]);
});

type Lists = Readonly<
  Record<string, { readonly totalCount: number; readonly nodes: readonly { readonly id?: string }[] }>
>;

const rootsOf = (column: Column) => Object.values((schemaOf(column).getQueryType() as GraphQLObjectType).getFields());
const isList = (field: GraphQLField<unknown, unknown>) =>
  getNamedType(field.type).name.endsWith('Connection') && !field.args.some(isRequiredArgument);
const nodeOf = (column: Column, { type }: GraphQLField<unknown, unknown>) => {
  const connection = schemaOf(column).getType(getNamedType(type).name) as GraphQLObjectType;
  return getNamedType(connection.getFields().nodes?.type) as GraphQLObjectType;
};
/** All lists that this column can ask for, with how many there are. */
async function lists(column: Column): Promise<Lists> {
  const fields = rootsOf(column).filter((field) => isList(field) && mayAsk(column, `Query.${field.name}`));
  const found: Record<string, Lists[string]> = {};
  for (let from = 0; from < fields.length; from += 8) {
    const texts = fields.slice(from, from + 8).map((field) => {
      const node = nodeOf(column, field);
      return `${field.name}(first: 50) { totalCount nodes { ${'id' in node.getFields() ? 'id' : '__typename'} } }`;
    });
    const { data, errors } = await world.people[column].ask(`{ ${texts.join(' ')} }`);
    expect(errors).toEqual([]);
    Object.assign(found, data);
  }
  return found;
}

describe.each(COLUMNS)('the lists of %s', (column) => {
  test('hold nothing of a stranger’s, and count the same with and without it', () => {
    const hidden = new Set(
      STRANGERS.flatMap((owner) =>
        Object.entries(world.records.get(owner) as Records)
          .filter(([type]) => !isWithin(type, owner, column))
          .map(([, id]) => id),
      ),
    );
    const held = Object.values(after.get(column) as Lists).flatMap(({ nodes }) => nodes.map(({ id }) => id ?? ''));
    expect(held.filter((id) => hidden.has(id))).toEqual([]);
    const more = Object.entries(after.get(column) as Lists).filter(([name, list]) => {
      const field = rootsOf(column).find((each) => each.name === name) as GraphQLField<unknown, unknown>;
      const node = nodeOf(column, field).name;
      // a stranger brings their physician along; jobs come and go by themselves
      const shown = ['Physician', 'Job'].includes(node) || STRANGERS.some((owner) => isWithin(node, owner, column));
      return !shown && JSON.stringify(list) !== JSON.stringify(before.get(column)?.[name]);
    });
    expect(more.map(([name]) => name)).toEqual([]);
  });

  test('count what they hold', () => {
    const miscounted = Object.entries(after.get(column) as Lists).filter(
      ([, { totalCount, nodes }]) => totalCount !== nodes.length && nodes.length < 50,
    );
    expect(miscounted).toEqual([]);
  });
});

/** How many steps from record to record, for example `drugOrder { application { patient { … } } }`. */
const STEPS = 3;

/** Every record that can be come upon from an object of this type, by all that this column may select. */
function onward(column: Column, type: GraphQLNamedType, steps: number, within: readonly string[] = []): string {
  if (isInterfaceType(type) || isUnionType(type)) {
    const members = schemaOf(column).getPossibleTypes(type);
    return ['__typename', ...members.map((of) => `... on ${of.name} { ${onward(column, of, steps, within)} }`)].join(
      ' ',
    );
  }
  if (!isObjectType(type) || within.includes(type.name)) return '__typename';
  const isRecord = RECORDS.includes(type.name);
  const left = isRecord ? steps - 1 : steps;
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const of = getNamedType(field.type);
    if (isLeafType(of) || field.args.some(isRequiredArgument) || !mayAsk(column, `${type.name}.${field.name}`))
      return [];
    if (left <= 0 || !leadsToRecord(of)) return [];
    const pages = field.args.some(({ name }) => name === 'first') ? '(first: 3)' : '';
    // the types of a union may have fields of several types under one name
    return [
      `${type.name}_${field.name}: ${field.name}${pages} { ${onward(column, of, left, [...within, type.name])} }`,
    ];
  });
  return ['__typename', ...(isRecord && 'id' in type.getFields() ? ['id'] : []), ...fields].join(' ');
}

/** Whether records can come out of a type, as they do not out of amounts of money. Those that all may see do not count. */
const leading = new Map<string, boolean>();
function leadsToRecord(type: GraphQLNamedType): boolean {
  const known = leading.get(type.name);
  if (known !== undefined) return known;
  leading.set(type.name, false);
  const declared = typeRow(type.name)?.records;
  const below = isObjectType(type) ? Object.values(type.getFields()).filter(({ name }) => name !== 'edges') : [];
  const found = declared
    ? declared.ANYONE === undefined
    : below.some((field) => !isLeafType(getNamedType(field.type)) && leadsToRecord(getNamedType(field.type)));
  leading.set(type.name, found);
  return found;
}

/** All records in an answer, however deep. */
function* recordsIn(value: unknown): Iterable<{ readonly type: string; readonly id: string }> {
  if (typeof value !== 'object' || value === null) return;
  const { __typename: type, id } = value as { __typename?: string; id?: string };
  if (type && id && RECORDS.includes(type)) yield { type, id };
  for (const below of Object.values(value)) yield* recordsIn(below);
}

test.each(
  COLUMNS,
)('%s comes upon no record beyond their reach, however many steps from one of theirs', async (column) => {
  const starts = looks(column).filter(
    ({ within, type }) => within && leadsToRecord(schemaOf(column).getType(type) as GraphQLNamedType),
  );
  const owners = new Map(
    [...world.records].flatMap(([owner, all]) => Object.entries(all).map(([type, id]) => [`${type} ${id}`, owner])),
  );
  const wrong = new Set<string>();
  for (const { type, id } of starts) {
    const [field, argument] = askedBy(type);
    const selection = onward(column, schemaOf(column).getType(type) as GraphQLNamedType, STEPS);
    const { data, errors } = await world.people[column].ask(
      `query($id: ID!) { ${field}(${argument}: $id) { ${selection} } }`,
      { id },
    );
    for (const { message, path } of errors) wrong.add(`${type}: ${message} at ${path?.join('.')}`);
    for (const found of recordsIn(data)) {
      if (reachOf(typeRow(found.type), column) === 'as a number') continue;
      const owner = owners.get(`${found.type} ${found.id}`);
      const reach = reachOf(typeRow(found.type), column);
      if (owner ? !isWithin(found.type, owner, column) : reach === undefined)
        wrong.add(`${found.type} of ${owner} from ${type}`);
    }
  }
  expect([...wrong]).toEqual([]);
});

test('a pharmacist knows a patient as a number alone', async () => {
  const ask = async (field: string) => {
    const { data, errors } = await world.people.PHARMACIST.ask(
      `query($id: ID!) { drugOrder(id: $id) { number patient { id ${field} } } }`,
      { id: world.records.get('mine')?.DrugOrder },
    );
    return [data.drugOrder, errors];
  };
  const number = expect.stringMatching(/^RX-/);
  expect(await ask('')).toEqual([{ number, patient: { id: world.records.get('mine')?.Patient } }, []]);
  for (const field of ['displayName', 'birthDate', 'region', 'maskedName', 'diagnoses { id }']) {
    const [order] = await ask(`told: ${field}`);
    expect(order.patient?.told ?? null).toBeNull();
  }
});

test('a diagnosis is come upon by those whom it concerns alone, from the patient or among those to decide', async () => {
  const owners: readonly Owner[] = ['mine', 'child', 'stranger'];
  for (const column of COLUMNS) {
    const found = new Set<string>();
    const look = async (text: string) => {
      const { data } = await world.people[column].ask(text);
      for (const { type, id } of recordsIn(data)) if (type === 'Diagnosis') found.add(id);
    };
    const fields = '__typename id';
    if (mayAsk(column, 'Query.diagnosesToDecide'))
      await look(`{ diagnosesToDecide(first: 100) { nodes { ${fields} } } }`);
    for (const owner of owners) {
      const id = world.records.get(owner)?.Patient;
      if (mayAsk(column, 'Query.patient')) await look(`{ patient(id: "${id}") { diagnoses { ${fields} } } }`);
    }
    const seen = owners.filter((owner) => found.has(world.records.get(owner)?.Diagnosis as string));
    expect({ column, seen }).toEqual({ column, seen: owners.filter((owner) => isWithin('Diagnosis', owner, column)) });
  }
});
