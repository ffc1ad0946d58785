import { type DocumentNode, Kind, visit } from 'graphql';

const DESCRIBED: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
]);
const ROOTS = new Set(['Query', 'Mutation']);

/** Coordinates in a subgraph's SDL that have no description. Another subgraph's entity is described by its owner. */
export function undescribed(sdl: DocumentNode): string[] {
  const missing: string[] = [];
  const within: string[] = [];
  let stub = false;
  visit(sdl, {
    enter(node) {
      if (!('name' in node) || !node.name || !DESCRIBED.has(node.kind)) return;
      within.push(node.name.value);
      const described = 'description' in node && node.description;
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
        stub = !described && (node.directives ?? []).some((directive) => directive.name.value === 'key');
      }
      const exempt = stub && (within.length === 1 || (within.length === 2 && node.name.value === 'id'));
      if (!described && !exempt && !(within.length === 1 && ROOTS.has(node.name.value))) missing.push(within.join('.'));
    },
    leave(node) {
      if ('name' in node && node.name && DESCRIBED.has(node.kind)) within.pop();
    },
  });
  return missing;
}
