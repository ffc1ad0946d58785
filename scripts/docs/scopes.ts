import { buildSchema, type GraphQLSchema, getNamedType, parse } from 'graphql';
import { DEMO_PARTNERS, DEMO_PEOPLE } from '../../gateway/identity/demo-people.js';
import { isPartnerRole } from '../../gateway/partner/partners.js';
import { type AccessRule, accessRules } from '../../subgraphs/common/access.js';
import { ROLE_SCOPES, ROLES, type Role, SCOPES, type Scope } from '../../subgraphs/common/identity.js';
import { SUBGRAPH_NAMES } from '../../subgraphs/common/settings.js';
import { heading, names, readSchema, table } from './page.js';

/** What a scope opens, by coordinates of the API. */
interface Opened {
  readonly queries: readonly string[];
  readonly mutations: readonly string[];
  /** Types whose fields need it, except those with a rule of their own. */
  readonly types: readonly string[];
  /** Single fields of other types. */
  readonly fields: readonly string[];
}

/** The rules of all subgraphs, by coordinate. */
function declaredRules(): ReadonlyMap<string, readonly AccessRule[]> {
  const all = SUBGRAPH_NAMES.flatMap((name) => [...accessRules(parse(readSchema(`subgraphs/${name}.graphql`)))]);
  return new Map(
    [...Map.groupBy(all, ([coordinate]) => coordinate)].map(([coordinate, rules]) => [
      coordinate,
      rules.map(([, rule]) => rule),
    ]),
  );
}

/** Whether there are rules of scopes, and each of them is content with this one. */
function opens(scope: string, rules: readonly AccessRule[]): boolean {
  const scoped = rules.filter((rule) => rule.kind === 'SCOPES');
  return scoped.length > 0 && scoped.every(({ anyOf }) => anyOf.some((all) => all.includes(scope)));
}

/** Whatever of the API somebody with this scope alone gets by it. */
export function openedBy(scope: Scope, schema: GraphQLSchema, rules = declaredRules()): Opened {
  const rootFields = (type: ReturnType<GraphQLSchema['getQueryType']>) =>
    Object.values(type?.getFields() ?? {})
      // what cannot be read cannot be asked for either
      .filter(({ name, type: answer }) =>
        opens(
          scope,
          [`${type?.name}.${name}`, getNamedType(answer).name].flatMap((coordinate) => rules.get(coordinate) ?? []),
        ),
      )
      .map(({ name }) => name);
  const inApi = [...rules].filter(([coordinate, each]) => {
    const [type = '', field] = coordinate.split('.');
    const found = schema.getType(type);
    const isRoot = type === 'Query' || type === 'Mutation';
    const isThere = found && (!field || ('getFields' in found && field in found.getFields()));
    return isThere && !isRoot && opens(scope, each);
  });
  return {
    queries: rootFields(schema.getQueryType()),
    mutations: rootFields(schema.getMutationType()),
    types: inApi.flatMap(([coordinate]) => (coordinate.includes('.') ? [] : [coordinate])),
    fields: inApi.flatMap(([coordinate]) => (coordinate.includes('.') ? [coordinate] : [])),
  };
}

/** `docs/scopes.md` */
export function scopes(): string {
  const schema = buildSchema(readSchema('api.graphql'));
  const rules = declaredRules();
  const sections = (Object.keys(SCOPES) as Scope[]).map((scope) => section(scope, openedBy(scope, schema, rules)));
  return `${[heading('Roles and scopes'), PREFACE, rolesTable(), '## What each scope opens', HOW_TO_READ, ...sections].join('\n\n')}\n`;
}

const PREFACE = `An access token carries \`roles\` and \`scope\`. A scope counts only if one of the roles allows it: an issuer may grant less than this
table, never more. A scope opens kinds of things; **whose** records somebody then sees depends on who they are, and stands in
[schema/access.md](../schema/access.md), with every field for every role.`;

function rolesTable(): string {
  const everybody = [...DEMO_PEOPLE, ...DEMO_PARTNERS];
  const rows = ROLES.map((role: Role) => [
    `\`${role}\``,
    isPartnerRole(role) ? '`/partner/graphql`' : '`/graphql`',
    names(ROLE_SCOPES[role]),
    names(everybody.filter(({ roles }) => roles.includes(role)).map(({ name }) => name)),
  ]);
  return table(['role', 'asks at', 'may hold', 'in the demo'], rows);
}

const HOW_TO_READ = `Where a thing stands under several scopes, one of them is enough. A type stands for its fields, except those with a rule of their own,
which are named. What stands under no scope is open to everybody, or to everybody who has signed in.`;

const asLine = (title: string, all: readonly string[]): string[] =>
  all.length > 0 ? [`- **${title}** ${names([...all].sort())}`] : [];

function section(scope: Scope, { queries, mutations, types, fields }: Opened): string {
  const held = ROLES.filter((role) => ROLE_SCOPES[role].includes(scope));
  const lines = [
    ...asLine('Queries:', queries),
    ...asLine('Mutations:', mutations),
    ...asLine('Types:', types),
    ...asLine('Fields:', fields),
  ];
  return `### ${scope}

${SCOPES[scope]} Held by ${names(held)}.

${lines.length > 0 ? lines.join('\n') : 'Nothing of this version needs it.'}`;
}
