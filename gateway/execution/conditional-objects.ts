import { type DocumentNode, Kind, type SelectionNode, visit } from 'graphql';

/** Whether it may be left out; what says `@include(if: true)` is always there. */
const isConditional = ({ directives = [] }: SelectionNode): boolean =>
  directives.some(({ name, arguments: [condition] = [] }) => {
    const value = condition?.value.kind === Kind.BOOLEAN ? condition.value.value : undefined;
    return (name.value === 'skip' && value !== false) || (name.value === 'include' && value !== true);
  });

/**
 * The document as it is planned: of an object of which everything may be left out by `@skip` or `@include`, at least its type is
 * asked for, under a name that nothing else has. The planner does not ask for an object at all when all of it is left out:
 * the answer would say `null` where there is one. What is asked for besides never gets into an answer.
 */
export function keepConditionalObjects(document: DocumentNode): DocumentNode {
  const names = new Set<string>();
  let conditions = false;
  visit(document, {
    Directive: () => {
      conditions = true;
    },
    Name: ({ value }) => void names.add(value),
  });
  if (!conditions) return document;
  let there = 'there';
  while (names.has(there)) there += '_';
  const asked: SelectionNode = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: there },
    name: { kind: Kind.NAME, value: '__typename' },
  };
  return visit(document, {
    SelectionSet: {
      leave: (node, _key, parent) => {
        // the answer as a whole is there in any case
        if (parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION) return undefined;
        return node.selections.every(isConditional) ? { ...node, selections: [...node.selections, asked] } : undefined;
      },
    },
  });
}
