import type { QueryPlanInlineFragmentNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Fields, isFields, merge } from './data.js';
import type { Rewrite } from './rewrites.js';
import { namesWithin } from './types.js';

/** What a subgraph knows an object by; null when the object lacks a part of it. */
type Read = (source: unknown) => Fields | null;

/** Entities that are asked for: each representation once, with all objects that it stands for. */
export class Represented {
  readonly representations: Fields[] = [];
  readonly objects: Fields[][] = [];
  private readonly known = new Map<unknown, Map<unknown, Fields[]>>();

  /** @param key tells it from all others of its type */
  add(object: Fields, type: unknown, key: unknown, represent: () => Fields): void {
    let ofType = this.known.get(type);
    if (!ofType) {
      ofType = new Map();
      this.known.set(type, ofType);
    }
    const same = ofType.get(key);
    if (same) {
      same.push(object);
      return;
    }
    const first = [object];
    ofType.set(key, first);
    this.objects.push(first);
    this.representations.push(represent());
  }
}

/**
 * Makes of objects what a subgraph knows them by. An object that lacks a part of it, or is of another type, is not asked for.
 *
 * @param requires a plan's selection of it
 * @param rewrite what is changed in it before it is sent
 */
export function compileRepresentations(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | undefined,
): (objects: Iterable<Fields>) => Represented {
  const read = compile(schema, requires);
  const onlyKeys = new Map<unknown, string | undefined>();
  return (found) => {
    const represented = new Represented();
    for (const object of found) {
      const type = object.__typename;
      let only = onlyKeys.get(type);
      if (only === undefined && !onlyKeys.has(type)) {
        only = onlyKeyOf(schema, requires, String(type));
        onlyKeys.set(type, only);
      }
      if (only !== undefined) {
        const key = object[only];
        if (key !== undefined)
          represented.add(object, type, key, () => rewritten({ __typename: type, [only]: key }, rewrite));
        continue;
      }
      const representation = read(object);
      if (representation?.__typename)
        represented.add(object, '', JSON.stringify(representation), () => rewritten(representation, rewrite));
    }
    return represented;
  };
}

function rewritten(representation: Fields, rewrite: Rewrite | undefined): Fields {
  rewrite?.(representation);
  return representation;
}

/** The one field beside its type that an object of this type is known by, which is the usual case; undefined where there is more. */
function onlyKeyOf(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  type: string,
): string | undefined {
  const fragments = requires.filter(
    (node): node is QueryPlanInlineFragmentNode =>
      node.kind === 'InlineFragment' && namesWithin(schema, node.typeCondition ?? '').has(type),
  );
  const selections = fragments[0]?.selections ?? [];
  const isSimple =
    fragments.length === 1 &&
    requires.every(({ kind }) => kind === 'InlineFragment') &&
    selections.every((node) => node.kind === 'Field' && !node.selections);
  const keys = selections.flatMap((node) => (node.kind === 'Field' ? [node.alias ?? node.name] : []));
  if (!isSimple || keys.length !== 2 || !keys.includes('__typename')) return undefined;
  return keys.find((key) => key !== '__typename');
}

function compile(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]): Read {
  const parts = selections.map((selection) => {
    if (selection.kind === 'Field') return fieldPart(schema, selection);
    const read = compile(schema, selection.selections);
    const names = namesWithin(schema, selection.typeCondition ?? '');
    return (source: Fields, into: Fields): boolean => {
      const part = names.has(String(source.__typename)) ? read(source) : null;
      if (part) merge(into, part);
      return true;
    };
  });
  return (source) => {
    if (!isFields(source)) return null;
    const into: Fields = {};
    return parts.every((part) => part(source, into)) ? into : null;
  };
}

/** What puts a field in, and says whether it was there. */
function fieldPart(schema: GraphQLSchema, { alias, name, selections }: QueryPlanSelectionNode & { kind: 'Field' }) {
  const key = alias ?? name;
  const below = selections && compile(schema, selections);
  const partOf = (value: unknown): unknown =>
    below ? (Array.isArray(value) ? value.map(partOf) : below(value)) : value;
  return (source: Fields, into: Fields): boolean => {
    const value = source[key];
    if (value === undefined) return false;
    into[key] = partOf(value);
    return true;
  };
}
