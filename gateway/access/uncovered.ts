import { type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';
import { FieldRules } from './field-rules.js';
import type { AccessRules } from './supergraph-rules.js';

/**
 * Coordinates of the object fields that no rule covers (own, parent type's or return type's) and that are not declared
 * public, sorted. `publicCoordinates` may hold fields (`Query.diseases`) and whole types (`Money`).
 */
export function uncoveredFields(
  apiSchema: GraphQLSchema,
  rules: AccessRules,
  publicCoordinates: ReadonlySet<string>,
): string[] {
  const fieldRules = new FieldRules(apiSchema, rules);
  return Object.values(apiSchema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type) && !publicCoordinates.has(type.name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => fieldRules.of(type, field).length === 0)
        .map((field) => `${type.name}.${field.name}`),
    )
    .filter((coordinate) => !publicCoordinates.has(coordinate))
    .sort();
}
