import { type GraphQLSchema, isScalarType, valueFromASTUntyped } from 'graphql';
import { DateTime, Decimal, LocalDate } from '../subgraphs/common/scalars.js';

/**
 * Has the values of our own scalars looked at before anything is executed: of a supergraph, the gateway knows their names
 * alone and would let everything through to the subgraphs. A scalar of the same name in somebody else's supergraph is
 * theirs: it is known by its description.
 *
 * @param schema the API as clients see it; values pass as they were sent
 */
export function lookAtOwnScalars(schema: GraphQLSchema): void {
  for (const own of [DateTime, Decimal, LocalDate]) {
    const type = schema.getType(own.name);
    if (!isScalarType(type) || type.description !== own.description) continue;
    type.parseValue = (value) => {
      own.parseValue(value);
      return value;
    };
    type.parseLiteral = (node, variables) => {
      own.parseLiteral(node);
      return valueFromASTUntyped(node, variables);
    };
  }
}
