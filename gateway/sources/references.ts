import { GraphQLError } from 'graphql';
import { MAX_REFERENCES } from '../../subgraphs/common/answer.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';

type Variables = Record<string, unknown>;

/** How what the gateway asks is really asked. */
export interface Portions {
  /** The variables of each operation that is sent. */
  readonly sent: readonly Variables[];
  /** Makes the answer to what the gateway asked of the answers. */
  readonly join: (results: readonly SubgraphResult[]) => SubgraphResult;
}

/**
 * The gateway sends a reference once for every place it stands in, and as many as there are. Each is sent once, and at most as
 * many at a time as a subgraph takes.
 */
export function inPortions(variables: Variables): Portions {
  const { representations } = variables;
  if (!Array.isArray(representations) || representations.length < 2) return asOne(variables);
  const places = new Map<string, number>();
  const unique: unknown[] = [];
  const indices = representations.map((representation) => {
    const key = JSON.stringify(representation);
    let index = places.get(key);
    if (index === undefined) {
      index = unique.push(representation) - 1;
      places.set(key, index);
    }
    return index;
  });
  if (unique.length === representations.length && unique.length <= MAX_REFERENCES) return asOne(variables);
  const sent: Variables[] = [];
  for (let from = 0; from < unique.length; from += MAX_REFERENCES)
    sent.push({ ...variables, representations: unique.slice(from, from + MAX_REFERENCES) });
  return { sent, join: (results) => inAllPlaces(joined(results), indices) };
}

const asOne = (variables: Variables): Portions => ({ sent: [variables], join: ([result]) => result as SubgraphResult });

/** Errors of an entity name its index; one that concerns all of them does not. */
function moved(error: GraphQLError, to: (index: number) => number): GraphQLError {
  const [root, index, ...rest] = error.path ?? [];
  if (root !== '_entities' || typeof index !== 'number') return error;
  return new GraphQLError(error.message, { path: [root, to(index), ...rest], extensions: error.extensions });
}

function joined(results: readonly SubgraphResult[]): SubgraphResult {
  const [only] = results;
  if (only && results.length === 1) return only;
  const entities = results.flatMap(({ data }, portion) => {
    const found = data?._entities as unknown[] | undefined;
    // what is not there leaves its places empty; all but the last are full
    return found ?? Array.from({ length: portion < results.length - 1 ? MAX_REFERENCES : 0 }, () => null);
  });
  const errors = results.flatMap((result, portion) =>
    (result.errors ?? []).map((error) => moved(error, (index) => index + portion * MAX_REFERENCES)),
  );
  return { data: { _entities: entities }, ...(errors.length > 0 && { errors }) };
}

/** Puts every place's entity back, and the errors of each at its first place. */
function inAllPlaces(result: SubgraphResult, indices: readonly number[]): SubgraphResult {
  const entities = result.data?._entities as unknown[] | undefined;
  const errors = result.errors?.map((error) =>
    moved(error, (index) => {
      const place = indices.indexOf(index);
      return place === -1 ? index : place;
    }),
  );
  return {
    ...result,
    ...(entities && { data: { ...result.data, _entities: indices.map((index) => entities[index] ?? null) } }),
    ...(errors && { errors }),
  };
}
