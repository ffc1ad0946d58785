import type { FetchDataRewrite } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Fields, isFields } from './data.js';
import { namesWithin } from './types.js';

/** Changes what is sent or has come as a plan says: a type's name where an interface stands for it, a key where two would have met. */
export type Rewrite = (value: unknown) => void;

const ON = '... on ';

/** @param rewrites with ways down of response keys and `... on T`; lists are gone through without a word */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | undefined {
  if (!rewrites?.length) return undefined;
  const all = rewrites.map((rewrite) => compile(schema, rewrite.path, changeOf(rewrite)));
  return (value) => {
    for (const apply of all) apply(value);
  };
}

function changeOf(rewrite: FetchDataRewrite): (object: Fields, key: string) => void {
  if (rewrite.kind === 'ValueSetter') {
    return (object, key) => {
      object[key] = rewrite.setValueTo;
    };
  }
  return (object, key) => {
    if (!object[key]) return;
    object[rewrite.renameKeyTo] = object[key];
    object[key] = undefined;
  };
}

function compile(
  schema: GraphQLSchema,
  [step = '', ...rest]: readonly string[],
  change: (object: Fields, key: string) => void,
): Rewrite {
  const below = rest.length > 0 ? compile(schema, rest, change) : undefined;
  const names = step.startsWith(ON) ? namesWithin(schema, step.slice(ON.length)) : undefined;
  const apply = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(apply);
    else if (!isFields(value)) return;
    else if (!names) below ? below(value[step]) : change(value, step);
    // what does not say its type has only one
    else if (value.__typename === undefined || names.has(String(value.__typename))) below?.(value);
  };
  return apply;
}
