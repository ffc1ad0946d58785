import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import type { Settings } from '../../subgraphs/common/settings.js';
import type { GraphQLParams } from '../http/params.js';
import { Refused } from '../http/refused.js';

/** An operation that one of our own clients runs. */
export interface TrustedDocument {
  /** The operation's name. */
  readonly name: string;
  readonly endpoint: '/graphql' | '/partner/graphql';
  readonly text: string;
}

/** `schema/operations.json`: documents by their ids, as `npm run schema` has written them. */
export type OperationsManifest = Readonly<Record<string, TrustedDocument>>;

/** Says what it is a hash of, so that another kind can follow. */
export const documentIdOf = (text: string): string => `sha256:${sha256(text)}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Which documents one endpoint runs. */
export interface TrustedDocuments {
  /**
   * The parameters with the document's text as `query`, where a request names it; otherwise as they are.
   *
   * @throws {Refused} 400 for an id that is not known or is another endpoint's, a query beside it, a hash that nobody may
   *   register, or, where only trusted ones are run, any other query
   */
  resolve(params: GraphQLParams): GraphQLParams;
}

/** Texts that clients have registered live in memory: so many, and so many characters of them with their hashes. */
const REGISTERED = { max: 1_000, maxSize: 10_000_000 };

/** @throws when the manifest is not there */
export function readTrustedDocuments(
  settings: Pick<Settings, 'trustedDocuments' | 'automaticPersistedQueries'>,
  endpoint: TrustedDocument['endpoint'],
): TrustedDocuments {
  const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'schema/operations.json'), 'utf8')) as OperationsManifest;
  return trustedDocuments(manifest, settings, endpoint);
}

export function trustedDocuments(
  manifest: OperationsManifest,
  settings: Pick<Settings, 'trustedDocuments' | 'automaticPersistedQueries'>,
  endpoint: TrustedDocument['endpoint'],
): TrustedDocuments {
  // a map, and no object: no id that a client thinks of finds what it does not own
  const documents = new Map(Object.entries(manifest));
  const registered = settings.automaticPersistedQueries
    ? new LRUCache<string, string>({ ...REGISTERED, sizeCalculation: (text, hash) => text.length + hash.length })
    : undefined;

  function named(documentId: string, params: GraphQLParams): GraphQLParams {
    if (params.query !== undefined)
      throw new Refused(400, 'Send the id of a document or a query, not both: which is meant cannot be known.');
    const document = documents.get(documentId);
    if (!document)
      throw new Refused(
        400,
        'There is no document with this id. Take an id from schema/operations.json of the version that this server runs.',
      );
    if (document.endpoint !== endpoint) throw new Refused(400, `This document is run at ${document.endpoint}.`);
    return { ...params, query: document.text };
  }

  /** Automatic persisted queries: a client sends a hash, and the text with it when we do not know it. */
  function persisted(given: unknown, params: GraphQLParams): GraphQLParams {
    if (!registered)
      throw new Refused(400, 'Documents cannot be registered here. Send the query itself.', {
        code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      });
    const { version, sha256Hash: hash } = (given ?? {}) as { version?: unknown; sha256Hash?: unknown };
    if (version !== 1 || typeof hash !== 'string')
      throw new Refused(400, 'Send `persistedQuery` as {"version": 1, "sha256Hash": "…"}.');
    const { query } = params;
    if (query === undefined) {
      const text = registered.get(hash);
      if (text === undefined)
        throw new Refused(400, 'There is no query with this hash yet. Send it once with the hash.', {
          code: 'PERSISTED_QUERY_NOT_FOUND',
        });
      return { ...params, query: text };
    }
    if (sha256(query) !== hash) throw new Refused(400, 'The hash is not that of the query.');
    registered.set(hash, query);
    return params;
  }

  return {
    resolve(params) {
      if (params.documentId !== undefined) return named(params.documentId, params);
      if (settings.trustedDocuments === 'only')
        throw new Refused(
          400,
          'Only the operations that are published with this API are run here. Send the `documentId` of one of them, and no query.',
        );
      const given = params.extensions?.persistedQuery;
      return given === undefined ? params : persisted(given, params);
    },
  };
}
