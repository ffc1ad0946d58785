/** Finishes the answer of a permitted operation: denied fields become null, each with an error that says what to do. */
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLOutputType,
  getNullableType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { DeniedField, Place } from './denied-places.js';
import type { Permitted } from './permit.js';

type Fields = Readonly<Record<string, unknown>>;

/** A response path, innermost key first, so that going down costs nothing until an error needs it. */
interface Path {
  readonly key: string | number;
  readonly above: Path | undefined;
}

/**
 * The same `result` when nothing is denied. Errors have `extensions.code` (UNAUTHENTICATED or FORBIDDEN) and, where
 * scopes would help, `extensions.requiredScopes`; beyond `maxErrors` one more without a path tells how many there were.
 */
export function nullDenied<R extends ExecutionResult>(result: R, permitted: Permitted, maxErrors = 20): R {
  if (permitted.denied.size === 0 || !result.data) return result;
  const withholding = new Withholding(permitted.denied, maxErrors);
  const data = withholding.object(result.data, permitted.root, undefined);
  const errors = withholding.errors();
  if (errors.length === 0) return result;
  return { ...result, data, errors: [...(result.errors ?? []), ...errors] };
}

class Withholding {
  readonly #errors: GraphQLError[] = [];
  #more = 0;
  #last: DeniedField | undefined;

  constructor(
    private readonly denied: ReadonlyMap<string, DeniedField>,
    private readonly maxErrors: number,
  ) {}

  /** The object with its keys in the order of the query; null when a field that may not be null is denied in it. */
  object(object: Fields, place: Place, path: Path | undefined): Fields | null {
    const deniedHere = this.#deniedAmong(object);
    // Without a prototype, as executors make them: a client may choose `__proto__` as an alias.
    const finished: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(object)) {
      const responseKey = this.denied.get(key)?.responseKey ?? key;
      if (responseKey in finished) continue;
      const denied = deniedHere.get(responseKey);
      if (denied) {
        this.#report(denied, { key: responseKey, above: path });
        if (denied.nonNull) return null;
        finished[responseKey] = null;
        continue;
      }
      const below = place.below(key);
      const value = below ? this.#value(object[key], below.type, below.place, { key, above: path }) : object[key];
      if (below && value === null && isNonNullType(below.type)) return null;
      finished[key] = value;
    }
    return finished;
  }

  #value(value: unknown, type: GraphQLOutputType, place: Place, path: Path): unknown {
    if (typeof value !== 'object' || value === null) return null;
    const nullable = getNullableType(type);
    if (!isListType(nullable)) return this.object(value as Fields, place, path);
    if (!Array.isArray(value)) return null;
    const itemType: GraphQLOutputType = nullable.ofType;
    const items: unknown[] = [];
    for (const [index, item] of value.entries()) {
      const finished = this.#value(item, itemType, place, { key: index, above: path });
      if (finished === null && isNonNullType(itemType)) return null;
      items.push(finished);
    }
    return items;
  }

  /**
   * By response key. It may be there twice, denied on an interface and permitted on the type behind it: then the null
   * wins, as an object with half of the fields asked for would be a lie.
   */
  #deniedAmong(object: Fields): ReadonlyMap<string, DeniedField> {
    const found = new Map<string, DeniedField>();
    for (const key of Object.keys(object)) {
      const denied = this.denied.get(key);
      if (denied && !found.has(denied.responseKey)) found.set(denied.responseKey, denied);
    }
    return found;
  }

  #report(denied: DeniedField, path: Path): void {
    this.#last = denied;
    if (this.#errors.length >= this.maxErrors) {
      this.#more += 1;
      return;
    }
    this.#errors.push(
      new GraphQLError(messageFor(denied), {
        nodes: denied.node,
        path: keysOf(path),
        extensions: {
          code: denied.code,
          ...(denied.requiredScopes && { requiredScopes: denied.requiredScopes }),
        },
      }),
    );
  }

  errors(): readonly GraphQLError[] {
    if (this.#more === 0 || !this.#last) return this.#errors;
    const rest = new GraphQLError(
      `${this.#more} more fields of this answer were withheld for the same kind of reason.`,
      {
        extensions: { code: this.#last.code, withheld: this.#more },
      },
    );
    return [...this.#errors, rest];
  }
}

function messageFor({ code, requiredScopes }: DeniedField): string {
  if (code === 'UNAUTHENTICATED') return 'Sign in to use this field.';
  if (!requiredScopes?.length) return 'No token may use this field.';
  const scopes = requiredScopes.map((all) => all.join(' and ')).join(', or ');
  const noun = requiredScopes.flat().length === 1 ? 'scope' : 'scopes';
  return `This field needs the ${noun} ${scopes}, which your token does not have.`;
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let step: Path | undefined = path; step; step = step.above) keys.push(step.key);
  return keys.reverse();
}
