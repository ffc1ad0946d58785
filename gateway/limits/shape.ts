/**
 * The form of a document: what makes it dear to validate and to plan, whatever the schema. It is measured before either is
 * tried, in time that grows with the text's length only, since a short text can stand for a very large operation.
 */
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';

/** What is counted, and how much of it there may be. */
export const MOST = {
  /** Words and signs. The largest operation of our own clients has some 400; reading so many takes 2 ms. */
  tokens: 5_000,
  /** Brackets of any kind in each other: all that reads a document goes down into them by recursion. */
  nesting: 64,
  operations: 20,
  fragments: 100,
  /** Of one operation. */
  variables: 100,
  directives: 100,
  /** Objects in each other; introspection, as the usual tools ask for it, has 15. */
  depth: 16,
  /** Fields, fragments and spreads that remain when every fragment is written out where it is spread. */
  selections: 1_000,
  aliases: 200,
  /** Fields of the query or the mutation itself. */
  rootFields: 50,
  /**
   * Pairs of fields that stand under one name in the same place, and are compared when a document is validated: a field
   * that stands there 100 times makes 4,950 of them.
   */
  sameNames: 5_000,
} as const;

/** What there is too much of, or that fragments go in a circle. */
export type Excess = keyof typeof MOST | 'circle' | 'kind';

/**
 * Reads a text's words without understanding them.
 *
 * @throws {GraphQLError} for what is no word of GraphQL
 */
export function excessOfText(text: string): Excess | undefined {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let nesting = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    if (++tokens > MOST.tokens) return 'tokens';
    if (OPENING.has(kind) && ++nesting > MOST.nesting) return 'nesting';
    if (CLOSING.has(kind)) nesting--;
  }
  return undefined;
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** What there is too much of in a document whose text was not too long. */
export function excessOf(document: DocumentNode): Excess | undefined {
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  let definedFragments = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      definedFragments++;
      fragments.set(definition.name.value, definition);
    } else return 'kind';
  }
  if (operations.length > MOST.operations) return 'operations';
  if (definedFragments > MOST.fragments) return 'fragments';
  if (operations.some(({ variableDefinitions = [] }) => variableDefinitions.length > MOST.variables))
    return 'variables';
  const reader = new Reader(fragments);
  const sizes = operations.map((operation) => reader.sizeOf(operation));
  // one that nobody spreads is validated like an operation; those that somebody spreads are in what spreads them
  for (const fragment of fragments.values()) reader.sizeOfFragment(fragment);
  if (reader.isCircular) return 'circle';
  const alone = [...fragments.values()].filter(({ name }) => !reader.spread.has(name.value));
  sizes.push(...alone.map((fragment) => reader.sizeOfFragment(fragment)));
  const all = sizes.reduce(beside, NOTHING);
  if (all.depth > MOST.depth) return 'depth';
  if (all.selections > MOST.selections) return 'selections';
  if (all.directives > MOST.directives) return 'directives';
  if (sizes.some(({ fields }) => fields > MOST.rootFields)) return 'rootFields';
  if (all.aliases > MOST.aliases) return 'aliases';
  const roots: readonly DefinitionNode[] = [...operations, ...alone];
  const pairs = roots.reduce(
    (sum, root) => sum + reader.sameNames([(root as OperationDefinitionNode).selectionSet]),
    0,
  );
  return pairs > MOST.sameNames ? 'sameNames' : undefined;
}

/** With every fragment written out. What is doubled often enough is infinite. */
interface Size {
  readonly selections: number;
  /** In the set itself, not in what is below its fields. */
  readonly fields: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Size = { selections: 0, fields: 0, depth: 0, aliases: 0, directives: 0 };

const beside = (a: Size, b: Size): Size => ({
  selections: a.selections + b.selections,
  fields: a.fields + b.fields,
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  directives: a.directives + b.directives,
});

/** Measures each fragment once, however often it is spread. */
class Reader {
  /** Names of fragments that somebody spreads. */
  readonly spread = new Set<string>();
  isCircular = false;
  /** `null` while it is being measured. */
  private readonly sizes = new Map<FragmentDefinitionNode, Size | null>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  sizeOf({ selectionSet, directives = [], variableDefinitions = [] }: OperationDefinitionNode): Size {
    const onVariables = variableDefinitions.reduce((sum, variable) => sum + (variable.directives?.length ?? 0), 0);
    return plus(this.sizeOfSet(selectionSet), { directives: directives.length + onVariables });
  }

  sizeOfFragment(fragment: FragmentDefinitionNode): Size {
    const known = this.sizes.get(fragment);
    if (known) return known;
    if (known === null) {
      this.isCircular = true;
      return NOTHING;
    }
    this.sizes.set(fragment, null);
    const size = plus(this.sizeOfSet(fragment.selectionSet), { directives: fragment.directives?.length ?? 0 });
    this.sizes.set(fragment, size);
    return size;
  }

  private sizeOfSet({ selections }: SelectionSetNode): Size {
    let sum = NOTHING;
    for (const selection of selections) {
      const directives = selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? this.sizeOfSet(selection.selectionSet) : NOTHING;
        const own = { selections: 1, aliases: selection.alias ? 1 : 0, depth: 1, directives };
        sum = beside(sum, { ...plus(below, own), fields: 1 });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        sum = beside(sum, plus(this.sizeOfSet(selection.selectionSet), { selections: 1, directives }));
      } else {
        this.spread.add(selection.name.value);
        const fragment = this.fragments.get(selection.name.value);
        // whether there is such a fragment is for validation to say
        const spread = fragment ? this.sizeOfFragment(fragment) : NOTHING;
        sum = beside(sum, plus(spread, { selections: 1, directives }));
      }
    }
    return sum;
  }

  /** Pairs of fields of one name in the same place. Only for what is known to be small when written out. */
  sameNames(sets: readonly SelectionSetNode[]): number {
    const byName = new Map<string, FieldNode[]>();
    for (const set of sets) this.collect(set, byName);
    let pairs = 0;
    for (const fields of byName.values()) {
      pairs += (fields.length * (fields.length - 1)) / 2;
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) pairs += this.sameNames(below);
    }
    return pairs;
  }

  private collect({ selections }: SelectionSetNode, byName: Map<string, FieldNode[]>): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const same = byName.get(name);
        if (same) same.push(selection);
        else byName.set(name, [selection]);
      } else {
        const of = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (of) this.collect(of.selectionSet, byName);
      }
    }
  }
}

const plus = (size: Size, more: Partial<Size>): Size => ({
  selections: size.selections + (more.selections ?? 0),
  fields: size.fields + (more.fields ?? 0),
  depth: size.depth + (more.depth ?? 0),
  aliases: size.aliases + (more.aliases ?? 0),
  directives: size.directives + (more.directives ?? 0),
});
