import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  visit,
} from 'graphql';
import { FieldRules, satisfies } from '../gateway/access/field-rules.js';
import { splitSupergraph } from '../gateway/access/supergraph-rules.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { type Identity, ROLE_SCOPES } from '../subgraphs/common/identity.js';
import { SUBGRAPH_NAMES } from '../subgraphs/common/settings.js';
import { composePartnerContract, TAG } from './partner-contract.js';

const file = (name: string): string => readFileSync(join(PROJECT_ROOT, 'schema', name), 'utf8');

const api = buildSchema(file('api.graphql'));
const contract = buildSchema(file('partner.graphql'));

/** The contract as it would be if these fields were declared for partners too. */
function composedWith(...coordinates: string[]): GraphQLSchema {
  const services = SUBGRAPH_NAMES.map((name) => {
    const typeDefs = visit(parse(file(`subgraphs/${name}.graphql`)), {
      ObjectTypeDefinition: (type) => ({
        ...type,
        fields: type.fields?.map((field) => {
          if (!coordinates.includes(`${type.name.value}.${field.name.value}`)) return field;
          return { ...field, directives: [...(field.directives ?? []), TAG] };
        }),
      }),
    });
    return { name, url: `http://${name}.example`, typeDefs };
  });
  return buildSchema(composePartnerContract(services).schema);
}

/** What a person is known by, what they have, and what is done for them: as words of names. */
const OF_PATIENTS = new Set(
  `patient person people member subject user caregiver guardian sex birth birthday age region address phone email
   legal national passport display pseudonym insurance bank account payout order prescription dose medicine lot delivery
   application claim expense symptom diary consent appointment plan document post story`.split(/\s+/),
);
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _]/)
    .map((word) => word.replace(/s$/, ''));

/** The types of a schema that are somebody's: `Patient`, and whatever has a field that gives one. */
const patientsOwn = (schema: GraphQLSchema): Set<string> =>
  new Set(
    Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .filter((type) => Object.values(type.getFields()).some((field) => getNamedType(field.type).name === 'Patient'))
      .map(({ name }) => name)
      .concat('Patient')
      .filter((name) => !['Query', 'Mutation'].includes(name)),
  );

const argumentsOf = (field: GraphQLField<unknown, unknown> | GraphQLInputField): string[] =>
  'args' in field ? field.args.map(({ name }) => name) : [];

/** Names in a schema that say or lead to who a patient is: fields, arguments, inputs' fields, and types. */
function leadsToPatients(schema: GraphQLSchema): string[] {
  const own = patientsOwn(api);
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    const suspicious = own.has(type.name) ? [type.name] : [];
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return suspicious;
    const names = Object.values(type.getFields()).flatMap((field) => [
      field.name,
      ...argumentsOf(field).map((name) => `${field.name}(${name})`),
    ]);
    const found = names.filter((name) => wordsOf(name.replace(/^\w+\(/, '')).some((word) => OF_PATIENTS.has(word)));
    return [...suspicious, ...found.map((name) => `${type.name}.${name}`)];
  });
}

describe('the contract with partners', () => {
  test('says nothing of patients, and leads to none', () => {
    expect([...patientsOwn(api)]).toEqual(expect.arrayContaining(['Patient', 'Application', 'DrugOrder']));
    expect(leadsToPatients(contract)).toEqual([]);
  });

  test.each([
    [
      ['Shipment.order', 'DrugOrder.id'],
      ['DrugOrder', 'Shipment.order'],
    ],
    [
      ['Query.patient', 'Patient.version'],
      ['Patient', 'Query.patient'],
    ],
    [['Diagnosis.disease', 'Disease.medicines', 'Medicine.id'], ['Disease.medicines']],
  ])('would be seen to if %j were declared for them', (declared, found) => {
    expect(leadsToPatients(composedWith(...declared)).sort()).toEqual(found);
  });

  test('has the rules of the API, each and unchanged', () => {
    const of = (name: string) => [...splitSupergraph(file(name)).rules].sort(([a], [b]) => a.localeCompare(b));
    const sorted = (rules: ReturnType<typeof of>) => JSON.parse(JSON.stringify(rules)) as unknown;
    expect(of('supergraph.graphql').length).toBeGreaterThan(300);
    expect(sorted(of('partner-supergraph.graphql'))).toEqual(sorted(of('supergraph.graphql')));
  });

  test('holds nothing that no partner could use', () => {
    const rules = new FieldRules(contract, splitSupergraph(file('partner-supergraph.graphql')).rules);
    const partners = (['SPONSOR', 'HOSPITAL', 'CARRIER', 'MERCHANT'] as const).map(
      (role): Identity => ({ subject: role, roles: [role], scopes: ROLE_SCOPES[role] }),
    );
    const useless = Object.values(contract.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields())
            .filter((field) => !partners.some((who) => rules.of(type, field).every((rule) => satisfies(who, rule))))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(useless).toEqual([]);
  });

  test('is described throughout, in the words of the API', () => {
    for (const type of Object.values(contract.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      const whole = api.getType(type.name);
      expect([type.name, type.description]).toEqual([type.name, whole?.description]);
      if (!isObjectType(type) || !isObjectType(whole)) continue;
      for (const field of Object.values(type.getFields())) {
        const { description, args } = whole.getFields()[field.name] ?? {};
        expect([field.name, field.description]).toEqual([field.name, description]);
        expect(field.args.map(({ name }) => name).sort()).toEqual(args?.map(({ name }) => name).sort());
      }
    }
  });

  test('takes the enums, scalars, unions and arguments of a field with it, and nothing else of a type', () => {
    const of = (type: string) => {
      const found = contract.getType(type);
      return isObjectType(found) || isInputObjectType(found) ? Object.keys(found.getFields()) : [];
    };
    expect(of('Fund').sort()).toEqual(['code', 'id', 'nameEn', 'nameZh', 'status']);
    expect(of('PledgeContributionInput')).not.toContain('organisationId');
    expect(contract.getType('FundStatus')).toBeDefined();
    expect(contract.getType('FundAction')).toBeUndefined();
    expect(
      contract
        .getQueryType()
        ?.getFields()
        .funds?.args.map(({ name }) => name),
    ).toEqual(['after', 'first']);
  });

  test('does not compose when a field is declared for partners and what it gives is not', () => {
    expect(() => composedWith('Shipment.order')).toThrow(/"DrugOrder" is @inaccessible/);
  });
});
