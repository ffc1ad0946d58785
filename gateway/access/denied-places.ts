/**
 * Where in an answer the stand-ins of denied fields can be. Fragments are shared, so the paths to denied fields can be
 * exponentially many in the length of a query; they are therefore never listed. A `Trail` mirrors one selection set of
 * the document, a `Place` merges the trails that meet at one object of an answer, and is made when an answer gets there.
 */
import type { FieldNode, GraphQLOutputType } from 'graphql';

export type DenialCode = 'UNAUTHENTICATED' | 'FORBIDDEN';

export interface DeniedField {
  /** `Application.bankAccount`. */
  readonly coordinate: string;
  readonly responseKey: string;
  readonly code: DenialCode;
  /** What would open it, as an OR of ANDs; absent when signing in is enough. */
  readonly requiredScopes?: readonly (readonly string[])[];
  /** The denied field is `T!`: its null belongs to the nearest nullable parent. */
  readonly nonNull: boolean;
  /** The first selection of it, for the error's location. */
  readonly node: FieldNode;
}

/** One selection set that leads to a denied field: its fields that do, and the fragments in it that do. */
export interface Trail {
  readonly branches: readonly Branch[];
  readonly fragments: ReadonlySet<Trail>;
}

interface Branch {
  readonly responseKey: string;
  readonly type: GraphQLOutputType;
  readonly trail: Trail;
}

/** Merges by response key alone, not by type: a valid document has the same lists and `!` under one key for all types. */
export class Place {
  readonly #branches = new Map<string, { type: GraphQLOutputType; trails: Set<Trail>; place?: Place }>();

  constructor(
    trails: Iterable<Trail>,
    private readonly known: KnownPlaces = new KnownPlaces(),
  ) {
    const reached = new Set(trails);
    for (const trail of reached) {
      for (const fragment of trail.fragments) reached.add(fragment);
      for (const { responseKey, type, trail: below } of trail.branches) {
        const branch = this.#branches.get(responseKey);
        if (branch) branch.trails.add(below);
        else this.#branches.set(responseKey, { type, trails: new Set([below]) });
      }
    }
  }

  /** What lies below a response key; undefined when no denied field does. */
  below(responseKey: string): { readonly type: GraphQLOutputType; readonly place: Place } | undefined {
    const branch = this.#branches.get(responseKey);
    if (!branch) return undefined;
    branch.place ??= this.known.placeOf(branch.trails);
    return { type: branch.type, place: branch.place };
  }
}

/** One place for each set of trails, so that an answer reached over many paths needs few places. */
class KnownPlaces {
  readonly #numbers = new Map<Trail, number>();
  readonly #places = new Map<string, Place>();

  placeOf(trails: ReadonlySet<Trail>): Place {
    const key = Array.from(trails, (trail) => this.#numberOf(trail))
      .sort((a, b) => a - b)
      .join();
    let place = this.#places.get(key);
    if (!place) {
      place = new Place(trails, this);
      this.#places.set(key, place);
    }
    return place;
  }

  #numberOf(trail: Trail): number {
    const number = this.#numbers.get(trail) ?? this.#numbers.size;
    this.#numbers.set(trail, number);
    return number;
  }
}
