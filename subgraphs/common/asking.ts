import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Ask } from './context.js';
import { DataUnreadable } from './errors.js';
import { describeError, log } from './log.js';
import { Replicas } from './replicas.js';
import type { SubgraphName } from './settings.js';
import type { Caller, Signer } from './signature.js';
import type { AskOthers, LocalSubgraph } from './subgraph.js';
import { currentTrace } from './trace.js';
import { traced } from './tracing.js';

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
export function askInProcess(subgraphs: ReadonlyMap<string, LocalSubgraph>): AskOthers {
  return (asking, caller) =>
    async <Data>(name: string, document: string, variables: Record<string, unknown>): Promise<Data> => {
      const result = await subgraphs
        .get(name)
        ?.request(onBehalf(asking, caller))
        .execute({ query: document, variables });
      if (!result || result.errors) {
        if (unreadable(result?.errors)) throw new DataUnreadable();
        return failed(asking, name, result?.errors?.[0]);
      }
      return result.data as Data;
    };
}

/** Connections of one subgraph to each process of another. */
const CONNECTIONS = 64;
const MUTATION = /^\s*mutation\b/;

/** Questions over HTTP, and the connections that are kept for them. */
export interface AskingOverHttp {
  readonly ask: AskOthers;
  /** Gives up the connections, when the last answer has come. */
  close(): Promise<void>;
}

/**
 * Asks over HTTP, each question signed by the asking subgraph.
 *
 * @param urlsOf where the processes of a subgraph answer
 */
export function askOverHttp(
  urlsOf: (name: string) => readonly string[],
  signer: Signer,
  timeoutMs: number,
): AskingOverHttp {
  const others = new Map<string, Replicas>();
  const othersOf = (subgraph: string): Replicas => {
    let replicas = others.get(subgraph);
    if (!replicas) {
      const urls = urlsOf(subgraph);
      replicas = new Replicas({ subgraph, urls, connections: CONNECTIONS, connectTimeoutMs: timeoutMs });
      others.set(subgraph, replicas);
    }
    return replicas;
  };
  const ask: AskOthers =
    (asking, caller): Ask =>
    async <Data>(name: string, document: string, variables: Record<string, unknown>): Promise<Data> => {
      const body = JSON.stringify({ query: document, variables });
      const until = performance.now() + timeoutMs;
      const put = (trace: string) => {
        const sign = () => signer.sign(name, body, onBehalf(asking, { ...caller, trace }));
        return othersOf(name).ask({ body, sign, trace, isChange: MUTATION.test(document), until });
      };
      const answer = await traced('question', currentTrace() || caller.trace, { subgraph: name }, put, 'CLIENT').catch(
        (error: unknown) => failed(asking, name, error),
      );
      if (!answer.errors) return answer.data as Data;
      if (unreadable(answer.errors)) throw new DataUnreadable();
      return failed(asking, name, answer.errors[0]);
    };
  return {
    ask,
    close: async () => {
      await Promise.all([...others.values()].map((replicas) => replicas.close()));
    },
  };
}

/** @throws {SubgraphUnavailable} always: why, only the log says */
function failed(asking: SubgraphName, subgraph: string, reason: unknown): never {
  log.error({ asking, subgraph, ...describeError(reason) }, 'a question between subgraphs failed');
  throw new SubgraphUnavailable(subgraph);
}
