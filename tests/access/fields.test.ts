import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GraphQLNamedType, getNamedType, isAbstractType } from 'graphql';
import { FieldRules, satisfies } from '../../gateway/access/field-rules.js';
import { splitSupergraph } from '../../gateway/access/supergraph-rules.js';
import { COLUMNS, type Column, identityOf } from '../../scripts/access-table.js';
import { newId } from '../../subgraphs/common/ids.js';
import { SUBGRAPH_NAMES } from '../../subgraphs/common/settings.js';
import type { Answer } from '../client.js';
import { sumOf } from '../whole-database.js';
import { Crawl, isFielded } from './crawl.js';
import { declaredAccess, schemaOf, supergraphOf } from './declared.js';
import { inputFor } from './inputs.js';
import { AccessWorld, type Owner, type Records } from './world.js';

/** Every field and every mutation of `schema/access.md` for every role, through the gateway and with real tokens. */

const { table, mayAsk, isWithin } = await declaredAccess();

let world: AccessWorld;
beforeAll(async () => {
  world = await AccessWorld.open('access_fields');
  await world.addStranger();
});
afterAll(() => world?.close());

/** Of each type a record that this column sees, if there is any. */
function near(column: Column): Records {
  const all = [...world.records].flatMap(([owner, records]) =>
    Object.entries(records).filter(([type]) => isWithin(type, owner, column)),
  );
  return Object.fromEntries(all);
}

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** The arguments of a field, as GraphQL; undefined where nothing is known to fill in. */
function filledIn(column: Column, records: Records): (coordinate: string) => string | undefined {
  const id = (type: string, name = 'id') => `(${name}: "${records[type] ?? newId()}")`;
  const by: Readonly<Record<string, string>> = {
    'Query.post': id('Story'),
    'Query.document': id('PatientDocument'),
    'Query.patientIdentity': id('PatientIdentityInClear', 'patientId'),
    'Query.medicinesById': `(ids: ["${records.Medicine}"])`,
    'Query.claimsToPay': id('Fund', 'fundId'),
    'Query.sponsorReport': `(fundId: "${records.Fund}", year: 2026)`,
    'Query.aidEligibility': `(diseaseId: "${records.Disease}", expectedExpense: { amount: "60000.00", currency: CNY })`,
    'Query.checkCommunityText': '(body: "Call 13912345678")',
    'Query.questionnaire': '(code: "wellbeing")',
    'Query.scoreQuestionnaire': '(code: "wellbeing", version: 1, answers: [])',
    'Patient.diary': `(from: "${day(-30).slice(0, 10)}", to: "${day(0).slice(0, 10)}")`,
    'Patient.annualAid': '(year: 2026)',
    'CareTask.occurrences': `(from: "${day(-30).slice(0, 10)}", to: "${day(30).slice(0, 10)}")`,
    'Physician.slots': `(from: "${day(1)}", to: "${day(8)}")`,
  };
  return (coordinate) => {
    if (by[coordinate]) return by[coordinate];
    const [type, field] = coordinate.split('.') as [string, string];
    if (type === 'Mutation') return inputFor(schemaOf(column), field, (of) => records[of]).text;
    const asked = schemaOf(column).getQueryType()?.getFields()[field];
    if (type === 'Query' && asked?.args.some(({ name }) => name === 'id')) return id(getNamedType(asked.type).name);
    return undefined;
  };
}

const everything = async () => {
  const sums: string[] = [];
  for (const subgraph of SUBGRAPH_NAMES) sums.push(await sumOf(world.admin, subgraph));
  return sums;
};

test('the gateway’s rules are those of the table, cell by cell', () => {
  const wrong: string[] = [];
  const rulesOf = new Map<string, FieldRules>();
  for (const column of COLUMNS) {
    const schema = schemaOf(column);
    const supergraph = supergraphOf(column);
    const rules = rulesOf.get(supergraph) ?? new FieldRules(schema, splitSupergraph(supergraph).rules);
    rulesOf.set(supergraph, rules);
    for (const { name, fields } of table) {
      const type = schema.getType(name);
      if (!type || !isFielded(type)) continue;
      for (const { coordinate, allowed } of fields) {
        const field = type.getFields()[coordinate.slice(name.length + 1)];
        const permitted = field && rules.of(type, field).every((rule) => satisfies(identityOf(column), rule));
        if (field && permitted !== allowed.has(column)) wrong.push(`${coordinate} for ${column}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

describe.each(COLUMNS)('%s', (column) => {
  let crawl: Crawl;
  const told = (outcome: RegExp) =>
    crawl.outcomes.filter((each) => outcome.test(each.outcome)).map(({ coordinate }) => coordinate);

  test('gets what the table allows and nothing else, in aliases and fragments, and what is forbidden is not done', async () => {
    const before = await everything();
    crawl = new Crawl(
      schemaOf(column),
      world.people[column],
      (coordinate) => mayAsk(column, coordinate),
      filledIn(column, near(column)),
    );
    await crawl.run();
    expect(crawl.outcomes.filter(({ outcome }) => !['ANSWERED', 'DENIED'].includes(outcome))).toEqual([]);
    expect(told(/DENIED/).filter((coordinate) => mayAsk(column, coordinate))).toEqual([]);
    expect(told(/ANSWERED/).filter((coordinate) => !mayAsk(column, coordinate))).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test('has come to every type that leads from one to the other, but for those of which there is nothing here', () => {
    const done = new Set(crawl.outcomes.map(({ coordinate }) => coordinate.split('.')[0]));
    const left = reachable(column).filter((type) => !done.has(type));
    expect(left.filter((type) => !NOTHING_OF.has(type))).toEqual([]);
  });
});

/**
 * Nothing of these is in the demo for some who may come to them: the rules of their fields are held against the table above, and
 * those who have something of it have come to it.
 */
const NOTHING_OF: ReadonlySet<string> = new Set([
  ...['QuestionnaireScore', 'NotFound', 'PostRevision', 'Comment', 'CommentEdge', 'AnswerEdge', 'ModerationDecision'],
  ...[
    'OwnModerationCase',
    'OwnModerationCaseEdge',
    'CaseReport',
    'CommunityNotice',
    'CommunityNoticeEdge',
    'TextFinding',
  ],
  ...['ArticleRevision', 'ArticleRevisionEdge', 'FollowedDisease', 'FollowedDiseaseEdge', 'ShipmentEvent', 'PackedLot'],
  ...[
    'TemperaturePoint',
    'Refund',
    'PaidByOther',
    'Notice',
    'OwnContributions',
    'Job',
    'JobEdge',
    'Handover',
    'ErasureStep',
  ],
  ...[
    'ErasureObstacle',
    'Award',
    'AwardLimit',
    'Payout',
    'ClaimEdge',
    'DiagnosisEdge',
    'ShipmentEdge',
    'LotOrderCount',
  ],
  ...['QuestionnaireResult', 'QuestionnaireResultEdge', 'QuestionnaireAnswer', 'AccessLogEntry', 'AccessLogEntryEdge'],
  ...['CareNotice', 'CareNoticeEdge', 'Absence', 'AbsenceEdge'],
  // finance may ask for orders and patients by the rules of the types, and row rules show them none
  ...['Patient', 'AnnualAid', 'DrugOrder', 'DrugOrderConnection', 'DrugOrderEdge', 'DrugOrderLine', 'Shipment'],
]);

/** The types that somebody may come to from the root, by what they may select. */
function reachable(column: Column): string[] {
  const schema = schemaOf(column);
  const types = new Set<string>();
  const visit = (type: GraphQLNamedType) => {
    if (types.has(type.name) || !(isFielded(type) || isAbstractType(type))) return;
    types.add(type.name);
    if (isAbstractType(type)) for (const of of schema.getPossibleTypes(type)) visit(of);
    if (!isFielded(type)) return;
    for (const field of Object.values(type.getFields()))
      if (mayAsk(column, `${type.name}.${field.name}`)) visit(getNamedType(field.type));
  };
  visit(schema.getQueryType() as GraphQLNamedType);
  return [...types].filter((name) => isFielded(schema.getType(name) as GraphQLNamedType));
}

/** A physician may open the record of somebody whom they do not treat: that is what it is for. */
const MEANT_FOR_STRANGERS = 'openRecordInEmergency';
/** Where it is not enough that they see it: it must not be hidden, be theirs, be told to them, have no sign-in, be a carrier. */
const MORE_THAN_SEEN: ReadonlySet<string> = new Set([
  ...['answerQuestion', 'addComment', 'react', 'takeBackReaction'],
  ...['withdrawArticle', 'markNoticeRead', 'markPharmacyNoticeRead', 'inviteToTakeOver', 'shipDrugOrder'],
]);
const AT_ONCE = 12;
const SELECTION = '__typename ... on UserError { code message path }';
/** What carriers hand in is taken as far as it is good. */
const REPORT = '... on ShipmentReport { refused { problem shipmentId } }';
const REPORTS: ReadonlySet<string> = new Set(['reportShipmentEvents', 'reportTemperatures']);

/** Does several things, one after the other, and gives what each came to. */
async function done(
  column: Column,
  deeds: readonly { mutation: string; text: string }[],
): Promise<{ came: unknown; errors: Answer['errors'] }[]> {
  const came: { came: unknown; errors: Answer['errors'] }[] = [];
  for (let from = 0; from < deeds.length; from += AT_ONCE) {
    const some = deeds.slice(from, from + AT_ONCE);
    const fields = some.map(
      ({ mutation, text }, index) =>
        `m${index}: ${mutation}${text} { ${SELECTION} ${REPORTS.has(mutation) ? REPORT : ''} }`,
    );
    const { data, errors } = await world.people[column].ask(`mutation { ${fields.join(' ')} }`);
    some.forEach((_, index) => {
      came.push({ came: data?.[`m${index}`], errors: errors.filter(({ path }) => !path || path[0] === `m${index}`) });
    });
  }
  return came;
}

describe.each(COLUMNS)('a mutation by %s', (column) => {
  const mutations = () =>
    Object.keys(schemaOf(column).getMutationType()?.getFields() ?? {}).filter((name) =>
      mayAsk(column, `Mutation.${name}`),
    );
  const strangers: readonly Owner[] = ['stranger', 'hidden stranger', `hidden ${column}`];
  const beyond = (type: string): string | undefined =>
    strangers.flatMap((owner) => (isWithin(type, owner, column) ? [] : (world.records.get(owner)?.[type] ?? [])))[0];

  test('answers of a stranger’s record what it answers of none, and does nothing', async () => {
    const known = near(column);
    const inputs = mutations().map((mutation) => ({
      mutation,
      ...inputFor(schemaOf(column), mutation, (type) => beyond(type) ?? known[type]),
    }));
    const deeds = inputs.filter(
      ({ mutation, names }) => mutation !== MEANT_FOR_STRANGERS && names.some((type) => beyond(type) !== undefined),
    );
    const swapped = deeds.map(({ mutation, text }) => ({
      mutation,
      text: strangers
        .flatMap((owner) => Object.values(world.records.get(owner) ?? {}))
        .reduce((all, id) => all.replaceAll(id, newId()), anew(text)),
    }));
    const before = await everything();
    const told = await done(column, deeds);
    const missing = await done(column, swapped);
    expect(plain(told)).toEqual(plain(missing));
    const codes = deeds.map(({ mutation }, index) => `${mutation} ${codeOf(told[index])}`);
    expect(codes).toEqual(
      deeds.map(({ mutation }) => `${mutation} ${REPORTS.has(mutation) ? 'UNKNOWN_SHIPMENT' : 'NOT_FOUND'}`),
    );
    expect(await everything()).toEqual(before);
  });

  test('finds their own record', async () => {
    const known = near(column);
    const deeds = mutations()
      .map((mutation) => ({ mutation, ...inputFor(schemaOf(column), mutation, (type) => known[type]) }))
      .filter(({ names }) => names.length > 0 && names.every((type) => known[type]));
    const came = await done(column, deeds);
    expect(came.flatMap(({ errors }) => errors)).toEqual([]);
    const unfound = deeds.filter((_, index) => ['NOT_FOUND', 'UNKNOWN_SHIPMENT'].includes(codeOf(came[index]) ?? ''));
    expect(unfound.map(({ mutation }) => mutation).filter((mutation) => !MORE_THAN_SEEN.has(mutation))).toEqual([]);
  });
});

/** What a mutation came to, for a program. */
function codeOf(done: { came: unknown } | undefined): string | undefined {
  const { code, refused } = (done?.came ?? {}) as { code?: string; refused?: { problem: string }[] };
  return code ?? refused?.[0]?.problem;
}

/** What is said once more is not done once more, so it gets a key of its own. */
const anew = (text: string) => text.replace(/idempotencyKey: "[^"]*"/, `idempotencyKey: "${newId()}"`);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** But for ids and the trace. */
const plain = (came: unknown) =>
  JSON.parse(JSON.stringify(came, (key, value) => (key === 'traceId' ? undefined : value)).replace(UUID, 'ID'));
