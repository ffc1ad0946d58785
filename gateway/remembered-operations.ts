import { createRequire } from 'node:module';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';

type ToOperation = (schema: object, document: DocumentNode, options?: { validate?: boolean }) => object;

const require = createRequire(import.meta.url);
const internals = require('@apollo/federation-internals/dist/operations.js') as { operationFromDocument: ToOperation };

let original: ToOperation | undefined;

/**
 * `@apollo/gateway` builds its own form of an operation anew at every request, to shape the answer by, from a document
 * that Apollo Server keeps by its text: a tenth of a request's processor time. This remembers it with the document's
 * operation for as long as that lives. Only unvalidated ones are, which is how the gateway asks when it executes; the
 * form is read, never changed.
 *
 * @returns how often an operation has been built since, for the test that says that this still works
 */
export function rememberOperations(): () => number {
  let built = 0;
  const remembered = new WeakMap<OperationDefinitionNode, { schema: object; fragments: number; operation: object }>();
  original ??= internals.operationFromDocument;
  const build = original;
  internals.operationFromDocument = (schema, document, options) => {
    const [first] = document.definitions;
    if (options?.validate !== false || first?.kind !== 'OperationDefinition') return build(schema, document, options);
    const fragments = document.definitions.length;
    const kept = remembered.get(first);
    if (kept?.schema === schema && kept.fragments === fragments) return kept.operation;
    built++;
    const operation = build(schema, document, options);
    remembered.set(first, { schema, fragments, operation });
    return operation;
  };
  return () => built;
}
