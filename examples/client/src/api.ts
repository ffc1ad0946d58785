import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLError, print } from 'graphql';
import { GraphQLClient } from 'graphql-request';

/** What came back: what there is, and what is missing. */
export interface Answer<Data> {
  readonly data: Data;
  readonly missing: readonly Missing[];
}

/** A field that is null because it could not be told, not because there is nothing. */
export interface Missing {
  /** Where in the answer: `application.drugOrders` */
  readonly place: string;
  /** `SUBGRAPH_UNAVAILABLE`: trying again in a moment helps. Others: see `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
}

/** The API, asked by typed documents: what comes back has the type of what was asked. */
export class Api {
  private readonly client: GraphQLClient;

  /** @param token of somebody who has signed in */
  constructor(address: URL, token: string) {
    this.client = new GraphQLClient(new URL('/graphql', address).href, {
      // a part that is down costs its own fields only: by default graphql-request throws the others away
      errorPolicy: 'all',
      headers: {
        authorization: `Bearer ${token}`,
        'apollographql-client-name': 'rare-disease-care-client',
        'apollographql-client-version': '0.1.0',
      },
    });
  }

  /** @throws ClientError when nothing was executed: 401 without a good token, 429 when too much was asked for */
  async ask<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    const { data, errors = [] } = await this.client.rawRequest<Data, Variables>(print(document), variables);
    return { data, missing: (errors as readonly GraphQLError[]).map(missingBy) };
  }
}

const missingBy = ({ path = [], message, extensions }: GraphQLError): Missing => ({
  place: path.join('.'),
  code: String(extensions.code),
  message,
});
