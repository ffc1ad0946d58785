/**
 * Rewrites an operation to what its sender may run. A denied `alias: secret(args) { … }` becomes `denied_0: __typename`:
 * no subgraph is asked for it, no selection set gets empty, and fragments, lists, `@include` and `@skip` decide as
 * before where it stands. Afterwards nullDenied (null-denied.ts) turns `denied_0` into `alias: null` and an error.
 *
 * The stand-in does not keep the field's own response key: that key may belong to another, permitted field on another
 * type (`... on A { x: secret } ... on B { x: name }`), and only a key that nothing else has tells them apart.
 */
import { createHash } from 'node:crypto';
import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import { type DeniedField, Place, type Trail } from './denied-places.js';
import { type FieldRules, satisfies } from './field-rules.js';

export interface Permitted {
  /** What to run: the very document that came in when nothing is denied. */
  readonly document: DocumentNode;
  /** By the response key of its stand-in; empty when nothing is denied. */
  readonly denied: ReadonlyMap<string, DeniedField>;
  /**
   * Empty when nothing is denied, else a hash of the document. Must become part of whatever key plans or answers are
   * cached under: the text of the query is the same for those who may and those who may not.
   */
  readonly planKey: string;
  /** The root of the answer, for nullDenied. */
  readonly root: Place;
  /** How many selections were looked at; at most those of the operation and of each fragment once. */
  readonly visited: number;
}

/**
 * `document` must have been validated against the same schema.
 * @throws GraphQLError when it has no such operation, or a field, type or fragment that is unknown.
 */
export function permitOperation(
  fieldRules: FieldRules,
  document: DocumentNode,
  operationName: string | null | undefined,
  identity: Identity,
): Permitted {
  return new Permission(fieldRules, document, identity).ofOperation(operationFrom(document, operationName));
}

function operationFrom(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const candidates = document.definitions.filter(
    (node): node is OperationDefinitionNode =>
      node.kind === Kind.OPERATION_DEFINITION && (!name || node.name?.value === name),
  );
  const [operation] = candidates;
  if (!operation || candidates.length > 1) throw unknown(name ? `operation "${name}"` : 'operation');
  return operation;
}

/** A selection set as permitted, with the trail to what is denied in it, if anything is. */
interface Rewritten {
  readonly selectionSet: SelectionSetNode;
  readonly trail: Trail | undefined;
}

class Permission {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Every fragment that is still spread, rewritten once however often that is. `null` while it is being rewritten. */
  readonly #rewritten = new Map<string, Rewritten | null>();
  readonly #denied = new Map<string, DeniedField>();
  /** The stand-in of a coordinate under a response key, so that what would have merged still does. */
  readonly #standIns = new Map<string, string>();
  #prefix: string | undefined;
  #visited = 0;

  constructor(
    private readonly fieldRules: FieldRules,
    private readonly document: DocumentNode,
    private readonly identity: Identity,
  ) {
    this.#fragments = new Map(
      document.definitions
        .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  ofOperation(operation: OperationDefinitionNode): Permitted {
    const rootType = this.fieldRules.schema.getRootType(operation.operation);
    if (!rootType) throw unknown(`operation type ${operation.operation}`);
    const { selectionSet, trail } = this.#selectionSet(operation.selectionSet, rootType);
    const root = new Place(trail ? [trail] : []);
    if (this.#denied.size === 0) {
      return { document: this.document, denied: this.#denied, planKey: '', root, visited: this.#visited };
    }
    const document = this.#documentOf({ ...operation, selectionSet });
    const planKey = createHash('sha256').update(print(document)).digest('base64url');
    return { document, denied: this.#denied, planKey, root, visited: this.#visited };
  }

  /** The operation with the fragments it still spreads, declaring the variables that are still used: else it is invalid. */
  #documentOf(operation: OperationDefinitionNode): DocumentNode {
    const fragments = [...this.#rewritten].flatMap(([name, rewritten]) => {
      const fragment = this.#fragments.get(name);
      return fragment && rewritten ? [{ ...fragment, selectionSet: rewritten.selectionSet }] : [];
    });
    const used = variablesIn([operation, ...fragments]);
    const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
    return { kind: Kind.DOCUMENT, definitions: [{ ...operation, variableDefinitions }, ...fragments] };
  }

  #selectionSet(original: SelectionSetNode, parent: GraphQLCompositeType): Rewritten {
    const branches: Trail['branches'][number][] = [];
    const fragments = new Set<Trail>();
    let leadsToDenied = false;

    const selections = original.selections.map((selection): SelectionNode => {
      this.#visited += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const { trail } = this.#fragment(selection.name.value);
        if (trail) fragments.add(trail);
        return selection;
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition ? this.#composite(selection.typeCondition.name.value) : parent;
        const { selectionSet, trail } = this.#selectionSet(selection.selectionSet, type);
        if (!trail) return selection;
        fragments.add(trail);
        return { ...selection, selectionSet };
      }
      const field = this.#field(parent, selection.name.value);
      const standIn = this.#standInFor(selection, parent, field);
      if (standIn) {
        leadsToDenied = true;
        return standIn;
      }
      if (!selection.selectionSet) return selection;
      const type = getNamedType(field.type);
      if (!isCompositeType(type)) throw unknown(`fields of ${type.name}`);
      const { selectionSet, trail } = this.#selectionSet(selection.selectionSet, type);
      if (!trail) return selection;
      branches.push({ responseKey: responseKeyOf(selection), type: field.type, trail });
      return { ...selection, selectionSet };
    });

    if (!leadsToDenied && branches.length === 0 && fragments.size === 0) {
      return { selectionSet: original, trail: undefined };
    }
    return { selectionSet: { ...original, selections }, trail: { branches, fragments } };
  }

  #fragment(name: string): Rewritten {
    const known = this.#rewritten.get(name);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    if (!fragment || known === null) throw unknown(`fragment "${name}"`);
    this.#rewritten.set(name, null);
    const rewritten = this.#selectionSet(fragment.selectionSet, this.#composite(fragment.typeCondition.name.value));
    this.#rewritten.set(name, rewritten);
    return rewritten;
  }

  #standInFor(
    selection: FieldNode,
    parent: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
  ): FieldNode | undefined {
    const broken = this.fieldRules.of(parent, field).filter((rule) => !satisfies(this.identity, rule));
    if (broken.length === 0) return undefined;
    const coordinate = `${parent.name}.${field.name}`;
    const responseKey = responseKeyOf(selection);
    const place = `${coordinate} ${responseKey}`;
    let alias = this.#standIns.get(place);
    if (alias === undefined) {
      alias = `${this.#standInPrefix()}${this.#standIns.size}`;
      this.#standIns.set(place, alias);
      const requiredScopes = broken.find((rule) => 'scopes' in rule)?.scopes;
      this.#denied.set(alias, {
        coordinate,
        responseKey,
        code: isSignedIn(this.identity) ? 'FORBIDDEN' : 'UNAUTHENTICATED',
        ...(requiredScopes && { requiredScopes }),
        nonNull: isNonNullType(field.type),
        node: selection,
      });
    }
    return {
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: alias },
      name: { kind: Kind.NAME, value: TypeNameMetaFieldDef.name },
      directives: selection.directives,
    };
  }

  /** No response key of the document begins with it, so that a stand-in is never taken for a client's own field. */
  #standInPrefix(): string {
    if (this.#prefix !== undefined) return this.#prefix;
    const keys = new Set<string>();
    visit(this.document, { Field: (node) => void keys.add(responseKeyOf(node)) });
    this.#prefix = 'denied_';
    while ([...keys].some((key) => key.startsWith(this.#prefix ?? ''))) this.#prefix += '_';
    return this.#prefix;
  }

  #field(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parent === this.fieldRules.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    const fields = isObjectType(parent) || 'getFields' in parent ? parent.getFields() : {};
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw unknown(`field ${parent.name}.${name}`);
    return field;
  }

  #composite(name: string): GraphQLCompositeType {
    const type = this.fieldRules.schema.getType(name);
    if (!isCompositeType(type)) throw unknown(`type ${name}`);
    return type;
  }
}

const responseKeyOf = (node: FieldNode): string => node.alias?.value ?? node.name.value;

function variablesIn(nodes: readonly ASTNode[]): ReadonlySet<string> {
  const used = new Set<string>();
  for (const node of nodes) {
    visit(node, {
      VariableDefinition: () => false,
      Variable: (variable) => void used.add(variable.name.value),
    });
  }
  return used;
}

/** A document that was not validated is refused, never run with parts that no rule was asked about. */
const unknown = (what: string): GraphQLError =>
  new GraphQLError(`The document names an unknown ${what}.`, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
