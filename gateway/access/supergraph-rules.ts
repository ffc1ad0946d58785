/**
 * Takes the access rules out of a supergraph. @apollo/gateway refuses a supergraph that links `authenticated` or
 * `requiresScopes`, because it does not enforce them; we do (permit.ts), so it gets the supergraph without them.
 */
import {
  type ASTNode,
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  Kind,
  type NamedTypeNode,
  parse,
  print,
  valueFromAST,
  valueFromASTUntyped,
  visit,
} from 'graphql';

/** `scopes` is an OR of ANDs: a token must hold every scope of one of the inner lists. It implies being signed in. */
export type AccessRule = { readonly authenticated: true } | { readonly scopes: readonly (readonly string[])[] };

/** Rules by schema coordinate: `Query.application` for a field, `Application` for a type. */
export type AccessRules = ReadonlyMap<string, AccessRule>;

export class SupergraphRefused extends Error {
  override readonly name = 'SupergraphRefused';
}

const AUTHENTICATED = 'https://specs.apollo.dev/authenticated';
const REQUIRES_SCOPES = 'https://specs.apollo.dev/requiresScopes';
/** What this file enforces or, for `inaccessible`, what the gateway does by itself. All else for SECURITY is refused. */
const ENFORCED_HERE = new Set([`${AUTHENTICATED}/v0.1`, `${REQUIRES_SCOPES}/v0.1`]);
const ENFORCED_BY_GATEWAY = new Set(['v0.1', 'v0.2'].map((v) => `https://specs.apollo.dev/inaccessible/${v}`));
/** Security specs stay so when a supergraph links them without saying `for: SECURITY`. */
const ALWAYS_SECURITY = /^https:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)(\/|$)/;

const SCOPES_TYPE = new GraphQLNonNull(
  new GraphQLList(new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)))),
);

const RULED_KINDS: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_EXTENSION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_EXTENSION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_TYPE_EXTENSION,
]);

/**
 * `runtimeSdl` is the supergraph for `new ApolloGateway({ supergraphSdl })`, `rules` what must then be enforced.
 * @throws SupergraphRefused when it holds a security directive that nobody would enforce, or a rule that cannot be read.
 */
export function splitSupergraph(supergraphSdl: string): { runtimeSdl: string; rules: AccessRules } {
  const supergraph = parse(supergraphSdl);
  const links = securityLinks(supergraph);
  const directives = new Map(links.map((link) => [link.directiveName, link.spec]));
  const scalars = scalarsOf(supergraph, directives);
  const rules = new Map<string, AccessRule>();

  const runtime = visit(supergraph, {
    Directive(node, _key, _parent, _path, ancestors) {
      if (links.some((link) => link.node === node)) return null;
      const spec = directives.get(node.name.value);
      if (spec === undefined) return undefined;
      addRule(rules, coordinateOf(node, ancestors), ruleOf(spec, node));
      return null;
    },
    DirectiveDefinition: (node) => (directives.has(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (scalars.has(node.name.value) ? null : undefined),
  });
  return { runtimeSdl: print(runtime), rules };
}

interface SecurityLink {
  readonly node: DirectiveNode;
  readonly spec: string;
  /** Without `@`; a supergraph may import the directive under another name. */
  readonly directiveName: string;
}

function securityLinks(supergraph: DocumentNode): SecurityLink[] {
  return supergraph.definitions
    .filter((node) => node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
    .flatMap((node) => node.directives ?? [])
    .filter(isSecurityLink)
    .map((node) => {
      const spec = ENFORCED_HERE.has(urlOf(node)) ? urlOf(node).slice(0, urlOf(node).lastIndexOf('/')) : undefined;
      if (spec === undefined) {
        throw new SupergraphRefused(
          `The supergraph links ${urlOf(node) || print(node)} for security. This gateway enforces only ` +
            `${[...ENFORCED_HERE].join(' and ')}; loading it would leave what it guards open.`,
        );
      }
      return { node, spec, directiveName: importedName(node, spec) };
    });
}

function isSecurityLink(node: ConstDirectiveNode): boolean {
  const purpose = argument(node, 'for');
  const secures = purpose !== undefined && print(purpose.value).replaceAll('"', '') === 'SECURITY';
  return (secures || ALWAYS_SECURITY.test(urlOf(node))) && !ENFORCED_BY_GATEWAY.has(urlOf(node));
}

/** `@core(feature:)` is the older spelling of `@link(url:)`. */
function urlOf(node: ConstDirectiveNode): string {
  const url = (argument(node, 'url') ?? argument(node, 'feature'))?.value;
  return url?.kind === Kind.STRING ? url.value.replace(/\/$/, '') : '';
}

/** The directive's name here: `import: [{ name, as }]` goes before `as`, which goes before the spec's own. */
function importedName(node: ConstDirectiveNode, spec: string): string {
  const ownName = spec.slice(spec.lastIndexOf('/') + 1);
  const imports: unknown = literal(node, 'import') ?? [];
  for (const item of Array.isArray(imports) ? imports : [imports]) {
    const { name, as } = typeof item === 'string' ? { name: item, as: undefined } : (item as Record<string, unknown>);
    if (name !== `@${ownName}`) continue;
    if (as === undefined) return ownName;
    if (typeof as === 'string' && as.startsWith('@')) return as.slice(1);
    throw new SupergraphRefused(`Cannot tell under which name ${print(node)} is imported.`);
  }
  const as = literal(node, 'as');
  return typeof as === 'string' ? as : ownName;
}

/** The scalars of the directives' arguments (`requiresScopes__Scope`), whatever they are called here. */
function scalarsOf(supergraph: DocumentNode, directives: ReadonlyMap<string, string>): ReadonlySet<string> {
  const scalars = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.DIRECTIVE_DEFINITION || !directives.has(definition.name.value)) continue;
    visit(definition, { NamedType: (type: NamedTypeNode) => void scalars.add(type.name.value) });
  }
  return scalars;
}

/** The nearest nodes above a directive; `ancestors` holds nodes and lists of nodes, outermost first. */
function coordinateOf(directive: DirectiveNode, ancestors: readonly (ASTNode | readonly ASTNode[])[]): string {
  const [owner, parent] = ancestors.filter((ancestor): ancestor is ASTNode => 'kind' in ancestor).reverse();
  if (owner && 'name' in owner && owner.name) {
    if (RULED_KINDS.has(owner.kind)) return owner.name.value;
    if (owner.kind === Kind.FIELD_DEFINITION && parent && 'name' in parent && parent.name) {
      return `${parent.name.value}.${owner.name.value}`;
    }
  }
  throw new SupergraphRefused(`${print(directive)} stands on a ${owner?.kind}, where it is not enforced.`);
}

function ruleOf(spec: string, directive: DirectiveNode): AccessRule {
  if (spec === AUTHENTICATED) return { authenticated: true };
  const value = directive.arguments?.find(({ name }) => name.value === 'scopes')?.value;
  const scopes = valueFromAST(value, SCOPES_TYPE) as string[][] | undefined;
  if (scopes === undefined) throw new SupergraphRefused(`Cannot read the scopes of ${print(directive)}.`);
  return { scopes };
}

function addRule(rules: Map<string, AccessRule>, coordinate: string, rule: AccessRule): void {
  const present = rules.get(coordinate);
  if (present && 'scopes' in present) {
    if ('scopes' in rule) throw new SupergraphRefused(`${coordinate} has its scopes declared twice.`);
    return;
  }
  rules.set(coordinate, rule);
}

const argument = (node: ConstDirectiveNode, name: string): ConstArgumentNode | undefined =>
  node.arguments?.find((candidate) => candidate.name.value === name);

function literal(node: ConstDirectiveNode, name: string): unknown {
  const found = argument(node, name);
  return found && valueFromASTUntyped(found.value);
}
