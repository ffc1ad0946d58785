import { type ASTNode, type DocumentNode, Kind, parse, print, type SelectionNode, visit } from 'graphql';
import type { Question } from './query-generator.js';

/** A large answer takes a second; whoever looks at a difference does not want to wait for more than some minutes. */
const MOST_ATTEMPTS = 200;

/**
 * The simplest query that can be found by leaving out parts of one, and of which the same is still true.
 *
 * @param isValid what is not is not tried
 * @param stillSo what is true of the given one
 */
export async function simplest(
  question: Question,
  isValid: (query: string) => boolean,
  stillSo: (simpler: Question) => Promise<boolean>,
): Promise<Question> {
  let best = question;
  let left = MOST_ATTEMPTS;
  for (let at = 0; ; ) {
    const document = parse(best.query);
    if (at >= partsOf(document) || left === 0) return best;
    const simpler = withoutPart(document, at, best);
    if (simpler && isValid(simpler.query) && left-- > 0 && (await stillSo(simpler))) best = simpler;
    else at++;
  }
}

const isPart = (node: ASTNode): boolean =>
  node.kind === Kind.FIELD ||
  node.kind === Kind.INLINE_FRAGMENT ||
  node.kind === Kind.FRAGMENT_SPREAD ||
  node.kind === Kind.DIRECTIVE ||
  node.kind === Kind.ARGUMENT ||
  node.kind === Kind.OBJECT_FIELD;

function partsOf(document: DocumentNode): number {
  let parts = 0;
  visit(document, {
    enter: (node) => {
      if (isPart(node)) parts++;
    },
  });
  return parts * 2;
}

/** Two attempts at each part: it is left out; or, an inline fragment, what is in it stands in its place, or a field loses its alias. */
function withoutPart(document: DocumentNode, at: number, { variables }: Question): Question | undefined {
  let place = 0;
  let changed = false;
  const edited = visit(document, {
    enter: (node) => {
      if (!isPart(node)) return undefined;
      const here = Math.floor(at / 2) === place++;
      if (!here) return undefined;
      changed = true;
      if (at % 2 === 0) return null;
      if (node.kind === Kind.FIELD && node.alias) return { ...node, alias: undefined };
      changed = false;
      return undefined;
    },
    SelectionSet: {
      leave: (node) => {
        const selections = node.selections as readonly SelectionNode[];
        return selections.length === 0 ? { ...node, selections: [TYPENAME] } : undefined;
      },
    },
  }) as DocumentNode;
  return changed ? tidied(edited, variables) : undefined;
}

const TYPENAME: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Without the fragments and variables that nothing uses any more. */
function tidied(document: DocumentNode, variables: Record<string, unknown>): Question {
  let current = document;
  for (;;) {
    const spread = new Set<string>();
    const used = new Set<string>();
    visit(current, {
      FragmentSpread: ({ name }) => void spread.add(name.value),
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(name.value),
    });
    const definitions = current.definitions
      .filter((node) => node.kind !== Kind.FRAGMENT_DEFINITION || spread.has(node.name.value))
      .map((node) =>
        node.kind === Kind.OPERATION_DEFINITION
          ? {
              ...node,
              variableDefinitions: node.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)),
            }
          : node,
      );
    if (definitions.length === current.definitions.length) {
      const given = Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name)));
      return { query: print({ ...current, definitions }), variables: given };
    }
    current = { ...current, definitions };
  }
}
