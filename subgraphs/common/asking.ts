import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ClientError, GraphQLClient } from 'graphql-request';
import type { Ask } from './context.js';
import { DataUnreadable } from './errors.js';
import { describeError, log } from './log.js';
import type { SubgraphName } from './settings.js';
import type { Caller, Signer } from './signature.js';
import type { AskOthers, Subgraph } from './subgraph.js';

/** A subgraph did not answer, or not in time. Told to the client as `SUBGRAPH_UNAVAILABLE`. */
export class SubgraphUnavailable extends GraphQLError {
  constructor(subgraph: string) {
    super(`The ${subgraph} part of this API does not answer just now. Try again in a moment.`, {
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph },
    });
  }
}

/** The caller as seen by the subgraph that is asked: the same person, with the asking subgraph's own scope. */
function onBehalf(asking: SubgraphName, caller: Caller): Caller {
  const { identity } = caller;
  // when questions nest, each is asked with the scope of the one who asks, not of those before
  const scopes = identity.scopes.filter((scope) => !scope.startsWith('service:'));
  return { ...caller, identity: { ...identity, scopes: [...scopes, `service:${asking}`], via: asking } };
}

/** Whether what was asked for stands there and cannot be read: to ask again later, as of a subgraph that is down, does not help. */
const unreadable = (errors: readonly GraphQLFormattedError[] | undefined): boolean =>
  errors?.some(({ extensions }) => extensions?.code === 'DATA_UNREADABLE') ?? false;

/** Asks within this process. `subgraphs` is read at each question, so that it may be filled afterwards. */
export function askInProcess(subgraphs: ReadonlyMap<string, Subgraph>): AskOthers {
  return (asking, caller) =>
    async <Data>(name: string, document: string, variables: Record<string, unknown>): Promise<Data> => {
      const result = await subgraphs
        .get(name)
        ?.request(onBehalf(asking, caller))
        .execute({ query: document, variables });
      if (!result || result.errors) {
        if (unreadable(result?.errors)) throw new DataUnreadable();
        log.error(
          { asking, subgraph: name, ...describeError(result?.errors?.[0]) },
          'a question between subgraphs failed',
        );
        throw new SubgraphUnavailable(name);
      }
      return result.data as Data;
    };
}

/** Asks over HTTP, each question signed by the asking subgraph. */
export function askOverHttp(urls: (name: string) => string, signer: Signer, timeoutMs: number): AskOthers {
  return (asking, caller): Ask =>
    async <Data>(name: string, document: string, variables: Record<string, unknown>): Promise<Data> => {
      const client = new GraphQLClient(urls(name), {
        signal: AbortSignal.timeout(timeoutMs),
        requestMiddleware: (request) => {
          const token = signer.sign(name, String(request.body), onBehalf(asking, caller));
          return {
            ...request,
            headers: { ...(request.headers as Record<string, string>), authorization: `Signed ${token}` },
          };
        },
      });
      try {
        return await client.request<Data>(document, variables);
      } catch (error) {
        if (error instanceof ClientError && unreadable(error.response.errors)) throw new DataUnreadable();
        log.error({ asking, subgraph: name, ...describeError(error) }, 'a question between subgraphs failed');
        throw new SubgraphUnavailable(name);
      }
    };
}
