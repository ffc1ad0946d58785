import type { Session } from './database.js';
import type { Identity } from './identity.js';
import type { Locale } from './scalars.js';

/** What a resolver knows of the request, in every subgraph; each adds its own loaders and services. */
export interface SubgraphContext {
  readonly identity: Identity;
  /** The language of `name` where a field's argument does not say. */
  readonly locale: Locale;
  /** This caller's view of this subgraph's database. */
  readonly session: Session;
  /** Asks another subgraph on behalf of the caller. Its connection is given back first. */
  readonly ask: Ask;
  /** Says in the answer that an idempotency key was used again. */
  readonly markReplayed: () => void;
}

/**
 * Asks another subgraph a question, on behalf of the caller and with the asking subgraph's own scope `service:<name>`.
 *
 * @param document a GraphQL operation in the other subgraph's words
 * @returns its data
 * @throws {SubgraphUnavailable} when it does not answer in time or answers with an error
 */
export type Ask = <Data>(subgraph: string, document: string, variables: Record<string, unknown>) => Promise<Data>;
