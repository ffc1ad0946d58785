import { createRequire } from 'node:module';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { keepConditionalObjects } from './conditional-objects.js';

interface Operation {
  expandAllFragments(): Operation;
  normalize(): Operation;
}
type ToOperation = (schema: object, document: DocumentNode, options?: { validate?: boolean }) => Operation;

const require = createRequire(import.meta.url);
const internals = require('@apollo/federation-internals/dist/operations.js') as { operationFromDocument: ToOperation };

let original: ToOperation | undefined;

/**
 * `@apollo/gateway` builds its own form of an operation anew at every request, to shape the answer by, from a document
 * that Apollo Server keeps by its text: a tenth of a request's processor time. This remembers it with the document's
 * operation for as long as that lives. Only unvalidated ones are, which is how the gateway asks when it executes; the
 * form is read, never changed. The others are about to be planned.
 *
 * It is normalised as the planner's is: within `... on Post { ... on Story { title } }` where only a `Story` can stand, the
 * gateway has not asked for `__typename`, and as it is would take a post for no story and leave the title out of the answer.
 *
 * @returns how often an operation has been built since, for the test that says that this still works
 */
export function rememberOperations(): () => number {
  let built = 0;
  const remembered = new WeakMap<
    OperationDefinitionNode,
    { schema: object; fragments: number; operation: Operation }
  >();
  original ??= internals.operationFromDocument;
  const build = original;
  internals.operationFromDocument = (schema, document, options) => {
    const [first] = document.definitions;
    if (options?.validate !== false) return build(schema, keepConditionalObjects(document), options);
    if (first?.kind !== 'OperationDefinition') return build(schema, document, options);
    const fragments = document.definitions.length;
    const kept = remembered.get(first);
    if (kept?.schema === schema && kept.fragments === fragments) return kept.operation;
    built++;
    const operation = build(schema, document, options).expandAllFragments().normalize();
    remembered.set(first, { schema, fragments, operation });
    return operation;
  };
  return () => built;
}
