import type { GraphiQLProps } from 'graphiql';
import type { Asker } from '../explorer-data.js';
import { demoToken, GONE } from './data.js';
import { askingOf, type Endpoint, endpointOf, type Headers, withToken } from './explorer-asking.js';

type Fetcher = GraphiQLProps['fetcher'];
type Params = Parameters<Fetcher>[0];

/** How a request went. */
export interface Outcome {
  /** The operation's name, if it has one. */
  readonly operation?: string;
  readonly endpoint: Endpoint;
  /** Absent when nobody answered. */
  readonly status?: number;
  readonly milliseconds: number;
}

/** A token instead of one that was not good any more. */
export interface FreshToken {
  readonly name: string;
  readonly token: string;
}

interface Told {
  readonly onRenewed: (fresh: FreshToken) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

const UNAUTHENTICATED = 401;
/** GraphiQL's own, for what it knows of the schema. */
const INTROSPECTION = 'IntrospectionQuery';
const JSON_TYPE = 'application/json';

const failure = (message: string) => ({ errors: [{ message }] });

/** Sends requests where their headers lead: partners' to `/partner/graphql`, with a good token wherever a demo person asks. */
export function createFetcher(askers: readonly Asker[], { onRenewed, onOutcome }: Told): Fetcher {
  const send = async (endpoint: Endpoint, params: Params, headers: Headers): Promise<Response> => {
    // what is no header is refused here, in words that say which
    const request = new Request(endpoint, {
      method: 'POST',
      headers: {
        accept: `application/graphql-response+json, ${JSON_TYPE}`,
        'content-type': JSON_TYPE,
        'apollographql-client-name': 'explorer',
        ...(headers as Record<string, string>),
      },
      body: JSON.stringify(params),
    });
    return fetch(request).catch(() => {
      throw new Error(GONE);
    });
  };

  const ask = async (endpoint: Endpoint, params: Params, headers: Headers): Promise<Response> => {
    const asking = askingOf(headers, askers);
    if (asking.kind !== 'demo') return send(endpoint, params, headers);
    const { name } = asking.asker;
    const token = asking.token ?? (await demoToken(name));
    const first = await send(endpoint, params, withToken(headers, token));
    if (first.status !== UNAUTHENTICATED) return first;
    const renewed = await demoToken(name, token);
    onRenewed({ name, token: renewed });
    return send(endpoint, params, withToken(headers, renewed));
  };

  return async (params, options) => {
    const headers = options?.headers ?? {};
    const endpoint = endpointOf(askingOf(headers, askers));
    const began = performance.now();
    const tell = (status?: number) => {
      const { operationName: operation } = params;
      const milliseconds = Math.round(performance.now() - began);
      if (operation !== INTROSPECTION) onOutcome({ operation: operation ?? undefined, endpoint, status, milliseconds });
    };
    let response: Response;
    try {
      response = await ask(endpoint, params, headers);
    } catch (error) {
      tell();
      return failure(error instanceof Error ? error.message : String(error));
    }
    const text = await response.text();
    tell(response.status);
    try {
      return JSON.parse(text);
    } catch {
      return failure(`The server answered with status ${response.status}, and not with JSON: ${text.slice(0, 200)}`);
    }
  };
}
