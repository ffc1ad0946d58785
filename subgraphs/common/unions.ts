import { createUnionType } from 'type-graphql';
import { UserError } from './errors.js';

type NamedClass = abstract new (...args: never[]) => object;
type TypeOf = (value: unknown) => string;

/** A failure as a value of a union: not an `Error` any more, which an executor would take for one of its own. */
export interface Failure {
  readonly __typename: string;
  readonly message: string;
}

/** How to tell the members of each abstract type apart, by the type's name; `subgraph.ts` puts these in the schema. */
export const typeResolvers = new Map<string, TypeOf>([['UserError', (value) => (value as Failure).__typename]]);

/**
 * What a mutation answers: the thing it changed, or one of the failures that a client can meet. The type is told
 * synchronously (a failure names its own, anything else is the success), as the compiled executor needs it.
 */
export function resultUnion(
  name: string,
  description: string,
  success: NamedClass,
  failures: readonly NamedClass[],
): object {
  typeResolvers.set(name, (value) => (value as Partial<Failure>).__typename ?? success.name);
  return createUnionType({ name, description, types: () => [success, ...failures] as never });
}

/** Runs a use case and hands an expected failure on as a member of the union; anything else stays an exception. */
export async function orFailure<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UserError) return { ...error, message: error.message, __typename: error.constructor.name };
    throw error;
  }
}
