import {
  type DocumentNode,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  parse,
  typeFromAST,
} from 'graphql';
import { ALL_SCOPES } from '../subgraphs/common/identity.js';
import { Locale } from '../subgraphs/common/scalars.js';
import { RequestContext } from './context.js';
import type { DataSource } from './execution/steps.js';
import type { JoinedApi } from './gateway.js';

/** Nobody's request: parsed, validated and planned as one of somebody who may see everything, and answered by nobody. */
class Rehearsal extends RequestContext {
  constructor() {
    super({ identity: { subject: '', roles: [], scopes: ALL_SCOPES }, locale: Locale.EN, trace: '' });
  }
}

/** A subgraph that rehearsals do not reach. */
export const exceptRehearsals = (source: DataSource): DataSource => ({
  process: (fetch) => (fetch.context instanceof Rehearsal ? Promise.resolve({ data: {} }) : source.process(fetch)),
});

/**
 * Prepares an endpoint for what it will be asked, so that the first who ask need not wait for it. Texts that do not fit its
 * schema are passed over. In between, others get their turn.
 */
export async function rehearse({ operations, schema }: JoinedApi, texts: Iterable<string>): Promise<void> {
  for (const query of texts) {
    const document = parse(query);
    for (const operation of operationsOf(document)) {
      const operationName = operation.name?.value;
      const variables = variablesFor(operation, schema);
      await operations.run({ query, document, operationName, variables }, new Rehearsal()).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** A value for each variable that must have one. What is asked for with it, nobody looks at. */
function variablesFor({ variableDefinitions = [] }: OperationDefinitionNode, schema: GraphQLSchema) {
  const required = variableDefinitions.filter((node) => node.type.kind === Kind.NON_NULL_TYPE && !node.defaultValue);
  return Object.fromEntries(
    required.map(({ variable, type }) => {
      const known = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
      return [variable.name.value, known && exampleOf(known)];
    }),
  );
}

/** One of these every scalar takes. */
const EXAMPLES = ['1', 1, '2026-01-01', '2026-01-01T00:00:00Z', true, {}, []];

function exampleOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return exampleOf(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isScalarType(type)) return EXAMPLES.find((value) => takes(() => type.parseValue(value)));
  const required = Object.values((type as GraphQLInputObjectType).getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, exampleOf(field.type)]));
}

function takes(parse: () => unknown): boolean {
  try {
    return parse() !== undefined;
  } catch {
    return false;
  }
}
