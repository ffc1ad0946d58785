import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getLocation,
  getOperationAST,
  Kind,
  parse,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { MAX_PAGE } from '../../subgraphs/common/connection.js';
import type { LimitSettings } from '../../subgraphs/common/settings.js';
import { Refused } from '../http/refused.js';
import { refuseReservedName } from '../http/refused-text.js';
import { type Cost, costOf, type ImpossibleLength, pointsOf } from './cost.js';
import type { Inspected, Limits } from './limits.js';
import { type Excess, excessOf, excessOfText, MOST } from './shape.js';
import { isExcessive } from './variables.js';

/** Texts that are remembered, and the longest of them: longer ones are no page's query. */
const REMEMBERED = 1_000;
const LONGEST_REMEMBERED = 20_000;

/** Told to whoever sends it: with what is meant, so much of it, and what to do. Nothing of the schema is in it. */
const TOO_MUCH: Readonly<Record<Excess, string>> = {
  tokens: `The document has more than ${MOST.tokens} words and signs. Send values as variables, and ask for less at once.`,
  nesting: `The document has more than ${MOST.nesting} brackets in each other. Ask for less at once.`,
  operations: `The document has more than ${MOST.operations} operations. Send those that you do not run another time.`,
  fragments: `The document has more than ${MOST.fragments} fragments. Ask for less at once.`,
  variables: `The operation has more than ${MOST.variables} variables. Give several values as one input.`,
  directives: `The operation has more than ${MOST.directives} directives. Ask for less at once.`,
  depth: `The operation goes more than ${MOST.depth} levels deep. Ask for what is further down by its id.`,
  selections: `The operation selects more than ${MOST.selections} fields and fragments, with each fragment written out where it is spread. Ask for less at once.`,
  aliases: `The operation has more than ${MOST.aliases} aliases. Ask for less at once.`,
  rootFields: `The operation asks for more than ${MOST.rootFields} things at its top. Ask for lists, or by several requests.`,
  sameNames: 'The operation selects the same fields in the same place too often. Select each once.',
  circle: 'Fragments must not spread each other in a circle.',
  kind: 'A document has operations and fragments, and nothing else.',
};

/** @param schema the API as the clients of this endpoint see it */
export function createLimits(schema: GraphQLSchema, { costOfOperation, burst }: LimitSettings): Limits {
  const remembered = new LRUCache<string, Inspected>({ max: REMEMBERED });
  // what is more than a client can ever save up would be refused for ever
  const most = Math.min(costOfOperation, burst);
  return {
    inspect(text) {
      const known = remembered.get(text);
      if (known) return known;
      const inspected = priced(schema, read(text), most);
      if (text.length <= LONGEST_REMEMBERED) remembered.set(text, inspected);
      return inspected;
    },
  };
}

/** @throws {Refused} 400 */
function read(text: string): DocumentNode {
  let document: DocumentNode | undefined;
  let excess: Excess | undefined;
  try {
    excess = excessOfText(text);
    if (!excess) document = parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { message, locations } = error;
    throw new Refused(400, message, { locations, isSyntaxError: true });
  }
  excess ??= document && excessOf(document);
  if (excess || !document) throw new Refused(400, TOO_MUCH[excess ?? 'kind'], { limit: excess });
  refuseReservedName(text, document);
  return document;
}

function priced(schema: GraphQLSchema, document: DocumentNode, most: number): Inspected {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** By the operation's name; the one that is meant without a name is called ''. */
  const costs = new Map<string, Cost>();
  return {
    document,
    cost(operationName = '', variables) {
      let cost = costs.get(operationName);
      if (!cost) {
        const operation = getOperationAST(document, operationName || undefined);
        // which is meant is for others to say; nothing is executed before they have
        if (!operation) return 1;
        cost = costOf(schema, operation, fragments);
        costs.set(operationName, cost);
      }
      if (isExcessive(variables))
        throw new Refused(400, 'The values of the variables are too many, or nested too deeply. Send fewer at once.', {
          limit: 'values',
        });
      const points = pointsOf(cost, variables);
      if (typeof points !== 'number') throw impossible(points);
      if (points > most) throw tooExpensive(points, most);
      return Math.max(1, Math.ceil(points));
    },
  };
}

function impossible({ given, node }: ImpossibleLength): Refused {
  const locations = node.loc && [getLocation(node.loc.source, node.loc.start)];
  return new Refused(400, `\`first\` must be from 1 to ${MAX_PAGE}, but is ${given}.`, { limit: 'first', locations });
}

const tooExpensive = (requested: number, limit: number): Refused =>
  new Refused(
    400,
    `This operation may cost ${requested} points, one for each object that may come back, and at most ${limit} are allowed. Ask for shorter lists by a smaller \`first\`, for fewer lists in each other, or by several requests.`,
    { code: 'TOO_EXPENSIVE', limit: 'cost', extensions: { cost: { requested, limit } } },
  );
