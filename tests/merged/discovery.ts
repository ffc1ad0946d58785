import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Ground } from './query-generator.js';

/** Objects in objects, counted with the connections and edges between. */
const DEEP = 6;
/** Of each list. */
const SOME = 5;

/**
 * A query for each thing that can be asked for without knowing anything, with all that leads to more: what they answer is what
 * other queries are asked with.
 */
export function discoveryQueries({ schema, mayRead, leavesOut }: Ground): string[] {
  const fields = (type: GraphQLObjectType) => Object.values(type.getFields());
  const askable = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) =>
    mayRead(type, field) && !leavesOut(field) && !field.args.some(isRequiredArgument);
  const call = ({ name, args }: GraphQLField<unknown, unknown>) =>
    args.some((arg) => arg.name === 'first') ? `${name}(first: ${SOME})` : name;

  function selection(type: GraphQLObjectType, above: readonly GraphQLObjectType[]): string {
    const inner = [...above, type];
    const selected = fields(type).flatMap((field) => {
      const of = getNamedType(field.type);
      if (!askable(type, field)) return [];
      if (isLeafType(of)) return [call(field)];
      // pages are read by their edges, which have cursors
      if (!isObjectType(of) || field.name === 'nodes' || inner.includes(of) || inner.length >= DEEP) return [];
      return [`${call(field)} { ${selection(of, inner)} }`];
    });
    return ['__typename', ...selected].join(' ');
  }

  const query = schema.getQueryType() as GraphQLObjectType;
  return fields(query).flatMap((field) => {
    const of = getNamedType(field.type);
    return askable(query, field) && isObjectType(of) ? [`{ ${call(field)} { ${selection(of, [query])} } }`] : [];
  });
}
