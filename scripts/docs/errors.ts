import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isUnionType,
} from 'graphql';
import { ERROR_CODES } from '../../gateway/errors.js';
import { USER_ERRORS, type UserErrorCode } from '../../subgraphs/common/errors.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { heading, names, readSchema, table } from './page.js';

/** More mutations than these are not named one by one. */
const MANY = 8;

const FAILURE_CLASS = /export class (\w+) extends UserError \{[\s\S]*?UserErrorCode\.(\w+)/g;

/** The code that each kind of failure carries, as its class says: the schema has no word for it. */
export function codesOfFailures(): ReadonlyMap<string, string> {
  const folder = join(PROJECT_ROOT, 'subgraphs');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /errors\.ts$/.test(file));
  return new Map(
    files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(FAILURE_CLASS)].map(
        ([, type = '', code = '']) => [type, code] as const,
      ),
    ),
  );
}

/** The mutations and queries that may answer a type, by the types of their unions. */
function answeredBy(schema: GraphQLSchema): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const root of [schema.getMutationType(), schema.getQueryType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const type = getNamedType(field.type);
      for (const member of isUnionType(type) ? type.getTypes() : [])
        found.set(member.name, [...(found.get(member.name) ?? []), field.name]);
    }
  }
  return found;
}

/** `docs/errors.md`. @throws for a kind of failure whose code cannot be told */
export function errorCatalogue(): string {
  const schema = buildSchema(readSchema('api.graphql'));
  const base = schema.getType('UserError') as GraphQLInterfaceType;
  const common = Object.keys(base.getFields());
  const codes = codesOfFailures();
  const from = answeredBy(schema);
  const failures = Map.groupBy(schema.getPossibleTypes(base), ({ name }) => {
    const code = codes.get(name);
    if (!code) throw new Error(`${name} implements UserError, but which code it carries cannot be told.`);
    return code;
  });
  const sections = Object.keys(USER_ERRORS)
    .sort()
    .map((code) => section(code as UserErrorCode, failures.get(code) ?? [], common, from));
  return `${[heading('Errors'), PREFACE, topLevel(), VALUES, ...sections].join('\n\n')}\n`;
}

const PREFACE = `There are two kinds. What a person can run into is a **value**: a member of the mutation's union with a \`code\`. What is wrong with a
request, its token or a part of the API is a **top-level error** with \`extensions.code\`. Both say in \`message\` what to do, in English; clients
switch on the code and never on the message. New codes may be added: take an unknown one for a failure and show its message.

- [Top-level errors](#top-level-errors)
- [Failures as values](#failures-as-values): ${Object.keys(USER_ERRORS)
  .sort()
  .map((code) => `[${code}](#${code.toLowerCase()})`)
  .join(', ')}`;

function topLevel(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, told]) => [
    `\`${code}\``,
    [...told.refusedWith, ...(told.besideData ? ['200 beside `data`'] : [])].join(', '),
    told.means,
    told.whatToDo,
    'more' in told ? told.more : '',
  ]);
  return `## Top-level errors

\`\`\`json
{ "errors": [{ "message": "…", "path": ["application", "drugOrders"],
               "extensions": { "code": "SUBGRAPH_UNAVAILABLE", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736" } }],
  "data": { "application": { "number": "RC-2026-000001", "drugOrders": null } } }
\`\`\`

An answer with \`data\` is right except at the \`path\`s of its errors, where there is \`null\`. An answer without was refused: nothing was executed.
Every error has a \`traceId\`, which the operator finds in the logs.

${table(['code', 'HTTP status', 'means', 'what to do', 'more'], rows)}`;
}

const VALUES = `## Failures as values

\`\`\`graphql
mutation ($input: SubmitApplicationInput!) {
  submitApplication(input: $input) {
    ... on Application { status allowedActions }
    ... on NotEligible { reasons }
    ... on UserError { code message path }
  }
}
\`\`\`

The last line catches every failure, those included that are added later. Nothing was changed where a failure is answered.
A kind of failure adds the fields named here to \`code\`, \`message\` and \`path\`.`;

function section(
  code: UserErrorCode,
  failures: readonly GraphQLObjectType[],
  common: readonly string[],
  from: ReadonlyMap<string, readonly string[]>,
): string {
  const { means, whatToDo } = USER_ERRORS[code];
  const rows = [...failures]
    .sort((one, other) => one.name.localeCompare(other.name, 'en'))
    .map((type) => {
      const own = Object.values(type.getFields()).filter(({ name }) => !common.includes(name));
      return [
        `\`${type.name}\``,
        type.description ?? '',
        own.map(({ name, type: of, description }) => `\`${name}: ${of}\` ${description ?? ''}`).join('<br>'),
        operations(from.get(type.name) ?? []),
      ];
    });
  return `### ${code}

${means} **What to do:** ${whatToDo}

${table(['type', 'when', 'adds', 'answered by'], rows)}`;
}

function operations(all: readonly string[]): string {
  const shown = names(all.slice(0, MANY));
  return all.length > MANY ? `${shown} and ${all.length - MANY} more` : shown;
}
