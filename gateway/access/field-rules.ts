/** Which rules a field's selection must satisfy, and whether somebody satisfies them. */
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
} from 'graphql';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import type { AccessRule, AccessRules } from './supergraph-rules.js';

export class FieldRules {
  readonly #known = new Map<string, readonly AccessRule[]>();

  /** @param schema the API schema, as clients see it. */
  constructor(
    readonly schema: GraphQLSchema,
    private readonly rules: AccessRules,
  ) {}

  /**
   * All of them must hold: the field's own, its parent type's, its return type's, and, selected on an interface, those
   * on every object type that may stand behind it (their return types may be narrower than the interface's).
   */
  of(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): readonly AccessRule[] {
    // Introspection is free; whether it is served at all is decided elsewhere.
    if (field.name.startsWith('__') || parent.name.startsWith('__')) return [];
    const coordinate = `${parent.name}.${field.name}`;
    let rules = this.#known.get(coordinate);
    if (!rules) {
      const coordinates = new Set(this.#coordinates(parent, field));
      rules = [...coordinates].flatMap((name) => this.rules.get(name) ?? []);
      this.#known.set(coordinate, rules);
    }
    return rules;
  }

  *#coordinates(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Iterable<string> {
    yield `${parent.name}.${field.name}`;
    yield parent.name;
    yield getNamedType(field.type).name;
    if (!isInterfaceType(parent)) return;
    for (const object of this.schema.getPossibleTypes(parent)) {
      const implementation = object.getFields()[field.name];
      if (implementation) yield* this.#coordinates(object, implementation);
    }
  }
}

/** Nobody satisfies `scopes: []`, and everybody signed in satisfies `scopes: [[]]`. */
export function satisfies(identity: Identity, rule: AccessRule): boolean {
  if (!isSignedIn(identity)) return false;
  return !('scopes' in rule) || rule.scopes.some((all) => all.every((scope) => identity.scopes.includes(scope)));
}
