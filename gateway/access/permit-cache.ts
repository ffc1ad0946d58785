import type { DocumentNode, GraphQLSchema } from 'graphql';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import { FieldRules } from './field-rules.js';
import { type Permitted, permitOperation } from './permit.js';
import type { AccessRules } from './supergraph-rules.js';

export interface PermitCache {
  /** @throws GraphQLError as permitOperation does. */
  permit(document: DocumentNode, operationName: string | null | undefined, identity: Identity): Permitted;
}

type Generation = WeakMap<DocumentNode, Map<string, Permitted>>;

/**
 * Remembers who may run what of a document, by the document object (the server keeps one a query text) and by what the
 * rules look at: signed in or not, and scopes. Make a new one when the schema changes.
 *
 * Two generations instead of an exact order of use: when the young one has `max` entries it becomes the old one, and
 * what is still used moves up. So a hit costs two look-ups and moves nothing, and at most 2 × `max` entries live, fewer
 * when documents are collected.
 */
export function createPermitCache(schema: GraphQLSchema, rules: AccessRules, max = 1000): PermitCache {
  const fieldRules = new FieldRules(schema, rules);
  let young: Generation = new WeakMap();
  let old: Generation = new WeakMap();
  let size = 0;

  function remember(document: DocumentNode, key: string, permitted: Permitted): void {
    if (size >= max) {
      old = young;
      young = new WeakMap();
      size = 0;
    }
    const entries = young.get(document) ?? new Map<string, Permitted>();
    young.set(document, entries.set(key, permitted));
    size += 1;
  }

  return {
    permit(document, operationName, identity) {
      const key = keyOf(operationName, identity);
      const recent = young.get(document)?.get(key);
      if (recent) return recent;
      const permitted = old.get(document)?.get(key) ?? permitOperation(fieldRules, document, operationName, identity);
      remember(document, key, permitted);
      return permitted;
    },
  };
}

/** What the rules look at of somebody, by the object that a token is known by for as long as it is valid. */
const scopesKeys = new WeakMap<Identity, string>();

function keyOf(operationName: string | null | undefined, identity: Identity): string {
  let scopes = scopesKeys.get(identity);
  if (scopes === undefined) {
    scopes = JSON.stringify([isSignedIn(identity), ...[...identity.scopes].sort()]);
    scopesKeys.set(identity, scopes);
  }
  return `${operationName ?? ''} ${scopes}`;
}
