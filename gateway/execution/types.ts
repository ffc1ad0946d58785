import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/** The names of what a condition on a type lets through: the type itself and everything that is one. */
export function namesWithin(schema: GraphQLSchema, condition: string): ReadonlySet<string> {
  const type = schema.getType(condition);
  const names = new Set([condition]);
  if (!isAbstractType(type)) return names;
  for (const { name } of schema.getPossibleTypes(type)) names.add(name);
  if (isInterfaceType(type)) for (const { name } of schema.getImplementations(type).interfaces) names.add(name);
  return names;
}

/** The names of the object types that something of this type can be. */
export function possibleNames(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  if (isObjectType(type)) return [name];
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((each) => each.name) : [];
}
