import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type Fields, isFields, merge } from './data.js';
import type { Rewrite } from './rewrites.js';
import { namesWithin } from './types.js';

type Read = (source: unknown) => Fields | null;

/** Entities that are asked for: each representation once, with all objects that it stands for. */
export interface Represented {
  readonly representations: readonly Fields[];
  readonly objects: readonly (readonly Fields[])[];
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
  return (found) => {
    const representations: Fields[] = [];
    const objects: Fields[][] = [];
    const known = new Map<string, Fields[]>();
    for (const object of found) {
      const representation = read(object);
      if (!representation?.__typename) continue;
      rewrite?.(representation);
      const key = JSON.stringify(representation);
      const same = known.get(key);
      if (same) same.push(object);
      else {
        const first = [object];
        known.set(key, first);
        representations.push(representation);
        objects.push(first);
      }
    }
    return { representations, objects };
  };
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
