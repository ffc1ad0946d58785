import { type FieldNode, Kind, OperationTypeNode, parse, type SelectionSetNode } from 'graphql';
import type { Ownership } from './ownership.js';

/** A line of an operation, with the subgraph that answers what is asked for in it. */
export interface OwnedLine {
  readonly text: string;
  /** Absent of lines that ask for nothing: comments, the operation's own first and last. */
  readonly owner?: string;
  /** Here another subgraph is asked than in the line before. */
  readonly isSeam: boolean;
}

interface Asked {
  readonly owner: string;
  readonly opens: boolean;
}

const ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/**
 * The lines of a text with one operation. What several subgraphs can answer is answered by the one that was asked for
 * what it stands in.
 *
 * @returns nothing where the supergraph has not got what the operation asks for
 */
export function ownedLines(text: string, { types }: Ownership): OwnedLine[] | undefined {
  const typeNamed = new Map(types.map((type) => [type.name, type]));
  const lines = new Map<number, Asked>();

  const askField = (node: FieldNode, on: string, asked?: string): boolean => {
    const field = typeNamed.get(on)?.fields.find(({ name }) => name === node.name.value);
    if (!field) return node.name.value === '__typename';
    const owner = asked && field.owners.includes(asked) ? asked : (field.owners[0] ?? '');
    const { startToken, endToken } = node.loc!;
    lines.set(endToken.line, { owner, opens: false });
    lines.set(startToken.line, { owner, opens: true });
    return !node.selectionSet || askAll(node.selectionSet, field.of, owner);
  };
  const askAll = ({ selections }: SelectionSetNode, on: string, asked?: string): boolean =>
    selections.every((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return true;
      if (node.kind === Kind.INLINE_FRAGMENT)
        return askAll(node.selectionSet, node.typeCondition?.name.value ?? on, asked);
      return askField(node, on, asked);
    });

  const operation = parse(text).definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  const root = ROOTS[operation?.operation ?? OperationTypeNode.QUERY];
  if (!operation || !askAll(operation.selectionSet, root)) return undefined;
  let before: string | undefined;
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const asked = lines.get(index + 1);
      if (!asked) return { text: line, isSeam: false };
      const isSeam = asked.opens && asked.owner !== before;
      before = asked.owner;
      return { text: line, owner: asked.owner, isSeam };
    });
}
